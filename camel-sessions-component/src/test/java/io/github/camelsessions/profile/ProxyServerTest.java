/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyServerTest {

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example:3128, http, proxy.example, 3128",
        "HTTP://Proxy.Example:3128/, http, proxy.example, 3128",
        "https://proxy_1.example.:65535, https, proxy_1.example., 65535",
        "socks5://10.0.0.255:1, socks5, 10.0.0.255, 1",
        "http://[2001:DB8::1]:8080, http, 2001:db8::1, 8080",
        "' http://localhost:80 ', http, localhost, 80"
    })
    void aUrlIsReadIntoSchemeHostAndPort(String url, String scheme, String host, int port) {
        assertThat(ProxyServer.parse(url)).isEqualTo(new ProxyServer(scheme, host, port, null, null));
    }

    @Test
    void userAndPasswordArePercentDecoded() {
        ProxyServer proxy = ProxyServer.parse("http://us%40er:p%C3%A4ss%3A%2F+%25@proxy.example:3128");

        assertThat(proxy.username()).isEqualTo("us@er");
        assertThat(proxy.password()).isEqualTo("päss:/+%");
        assertThat(proxy.host()).isEqualTo("proxy.example");
    }

    @Test
    void aPasswordMayHoldColonsAndAtSigns() {
        ProxyServer proxy = ProxyServer.parse("http://user:a:b@c@proxy.example:3128");

        assertThat(proxy.username()).isEqualTo("user");
        assertThat(proxy.password()).isEqualTo("a:b@c");
    }

    @Test
    void aUserMayComeWithoutAPassword() {
        assertThat(ProxyServer.parse("http://token@proxy.example:3128"))
                .isEqualTo(new ProxyServer("http", "proxy.example", 3128, "token", null));
        assertThat(ProxyServer.parse("http://token:@proxy.example:3128").password())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "proxy.example:3128, no scheme",
        "socks5h://proxy.example:1080, 'is written socks5, not socks5h'",
        "socks4://proxy.example:1080, 'is not http, https or socks5'",
        "user:se3cret@proxy.example:3128, no scheme",
        "ftp://user:se3cret@proxy.example:21, 'not http, https or socks5'",
        "://user:se3cret@proxy.example:21, 'not http, https or socks5'",
        "http://user:se3cret@proxy.example, no port",
        "http://user:se3cret@[::1], no port",
        "http://user:se3cret@proxy.example:, not a number",
        "http://user:se3cret@proxy.example:se3cret, not a number",
        "http://user:se3cret@proxy.example:-1, not a number",
        "http://user:se3cret@proxy.example:123456, not a number",
        "http://user:se3cret@proxy.example:0, not between 1 and 65535",
        "http://user:se3cret@proxy.example:65536, not between 1 and 65535",
        "http://user:se3cret@proxy.example:3128/path, 'path, query or fragment'",
        "http://user:se3cret@proxy.example:3128?q=1, 'path, query or fragment'",
        "http://user:se3cret@proxy.example:3128#f, 'path, query or fragment'",
        "http://user:x/se3cret@proxy.example:3128, 'path, query or fragment'",
        "http://user:x\\se3cret@proxy.example:3128, 'path, query or fragment'",
        "http://user:se3 cret@proxy.example:3128, space or control",
        "http://user:se3cret@:3128, neither a host name",
        "http://user:se3cret@pro..xy:3128, neither a host name",
        "http://user:se3cret@prö.example:3128, neither a host name",
        "http://user:se3cret@10.0.0.256:3128, neither a host name",
        "http://user:se3cret@10.0.1:3128, neither a host name",
        "http://user:se3cret@10.0.0.1.:3128, neither a host name",
        "http://user:se3cret@10.0.0.01:3128, neither a host name",
        "http://user:se3cret@[:::1]:3128, neither a host name",
        "http://user:se3cret@[fe80::1%eth0]:3128, neither a host name",
        "http://user:se3cret@::1:3128, in brackets",
        "http://user:se3cret@[proxy]:3128, in brackets",
        "http://@proxy.example:3128, username of the proxy is empty",
        "http://:se3cret@proxy.example:3128, username of the proxy is empty",
        "http://us%3Aer:se3cret@proxy.example:3128, contains a colon",
        "http://user:se3cret%0A@proxy.example:3128, control character",
        "http://us%0Der:se3cret@proxy.example:3128, control character",
        "http://user:se3cret%@proxy.example:3128, not percent-encoded",
        "http://user:se3cret%2@proxy.example:3128, not percent-encoded",
        "http://user:se3cret%zz@proxy.example:3128, not percent-encoded",
        "http://user:se3cret%2z@proxy.example:3128, not percent-encoded",
        "http://user:se3cret%FF@proxy.example:3128, not percent-encoded"
    })
    void anInvalidUrlIsRefusedWithItsReasonButNotShown(String url, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyServer.parse(url))
                .withMessageContaining(reason)
                .withMessageNotContaining("se3")
                .withNoCause();
    }

    @Test
    void aHostNameLongerThanDnsAllowsIsRefused() {
        String longest = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(61);

        assertThat(ProxyServer.parse("http://" + longest + ":1").host()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyServer.parse("http://" + longest + "d:1"))
                .withMessageContaining("neither a host name");
    }

    @Test
    void aPasswordNeedsAUsername() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProxyServer("http", "proxy.example", 1, null, "se3cret"))
                .withMessageContaining("password but no username")
                .withMessageNotContaining("se3cret");
    }

    @Test
    void toStringShowsNoCredentials() {
        assertThat(ProxyServer.parse("http://us3r:se3cret@proxy.example:3128"))
                .hasToString("http://proxy.example:3128");
        assertThat(ProxyServer.parse("socks5://us3r@[::1]:1080")).hasToString("socks5://[::1]:1080");
    }

    @Test
    void credentialsMakeTwoProxiesDiffer() {
        assertThat(ProxyServer.parse("http://a:b@proxy.example:3128"))
                .isEqualTo(ProxyServer.parse("http://a:b@PROXY.example:3128"))
                .isNotEqualTo(ProxyServer.parse("http://a:c@proxy.example:3128"))
                .isNotEqualTo(ProxyServer.parse("http://proxy.example:3128"));
    }

    @Test
    void basicCredentialsAreDecoded() {
        ProxyServer proxy = ProxyServer.parse("http://proxy.example:3128").withBasic("  bAsIc  " + base64("us:pä:ss"));

        assertThat(proxy.username()).isEqualTo("us");
        assertThat(proxy.password()).isEqualTo("pä:ss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic", "Bearer dXNlcjpwYXNz", "dXNlcjpwYXNz", "BasicdXNlcjpwYXNz"})
    void credentialsOfAnotherFormAreRefused(String credentials) {
        ProxyServer proxy = ProxyServer.parse("http://proxy.example:3128");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.withBasic(credentials))
                .withMessageContaining("do not have the form")
                .withMessageNotContaining("dXNlcjpwYXNz")
                .withNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "Basic dXNlcjpwYXNz!, not base64",
        "Basic dXNl cjpwYXNz, not base64",
        "Basic /zr/, not base64 of UTF-8",
        "Basic dXNlcnBhc3M=, no colon",
        "Basic OnBhc3M=, username of the proxy is empty"
    })
    void malformedBasicCredentialsAreRefused(String credentials, String reason) {
        ProxyServer proxy = ProxyServer.parse("http://proxy.example:3128");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.withBasic(credentials))
                .withMessageContaining(reason)
                .withMessageNotContaining("dXNl")
                .withMessageNotContaining("pass:")
                .withNoCause();
    }

    @Test
    void credentialsAreNotGivenTwice() {
        ProxyServer proxy = ProxyServer.parse("http://user:se3cret@proxy.example:3128");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.withCredentials("user", "other"))
                .withMessageContaining("credentials twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.withCredentials(null, "other"))
                .withMessageContaining("credentials twice");
        assertThat(proxy.withCredentials(null, null)).isEqualTo(proxy);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
