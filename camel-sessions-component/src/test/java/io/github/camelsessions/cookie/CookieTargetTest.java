/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieTargetTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example, shop.example",
        "Shop.EXAMPLE, shop.example",
        "shop.example., shop.example.",
        "BÜCHER.example。, xn--bcher-kva.example.",
        "192.0.2.7., 192.0.2.7",
        "my_service, my_service",
        "My_Service.internal, my_service.internal",
        "bücher.example, xn--bcher-kva.example",
        "BÜCHER.example, xn--bcher-kva.example",
        "XN--Bcher-Kva.example, xn--bcher-kva.example",
        "日本。jp, xn--wgv71a.jp",
        "192.0.2.7, 192.0.2.7",
        "::1, [::1]",
        "[::1], [::1]",
        "[0:0:0:0:0:0:0:1], [::1]",
        "[2001:DB8:0:0:1:0:0:1], [2001:db8::1:0:0:1]",
        "[2001:db8:0:1:1:1:1:1], [2001:db8:0:1:1:1:1:1]",
        "[::ffff:192.0.2.1], [::ffff:c000:201]",
        "[::], [::]",
        "[fe80::], [fe80::]",
        "[fe80::1%25Eth0], [fe80::1%25eth0]",
    })
    void aHostIsBroughtToOneForm(String host, String canonical) {
        assertThat(CookieTarget.of("http", host, "/").host()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..",
                ".a",
                "a..b",
                "a b",
                "a/b",
                "a:b",
                "a@b",
                "[::1",
                "[zz::1]",
                "[1.2.3.4]",
                "a\r\nb",
                "a%41"
            })
    void whatIsNoHostIsRefused(String host) {
        assertThatThrownBy(() -> CookieTarget.of("http", host, "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("host '")
                .hasMessageNotContainingAny("\r", "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "https, shop.example, true",
        "HTTPS, shop.example, true",
        "wss, shop.example, true",
        "http, shop.example, false",
        "ws, shop.example, false",
        "http, localhost, true",
        "http, LocalHost., true",
        "http, app.localhost., true",
        "http, 127.0.0.1., true",
        "http, app.localhost, true",
        "http, 127.0.0.1, true",
        "http, 127.255.3.4, true",
        "http, [::1], true",
        "http, 0:0::1, true",
        "http, notlocalhost, false",
        "http, localhost.example, false",
        "http, 127.0.0.1.example, false",
        "http, 128.0.0.1, false",
        "http, [::2], false",
    })
    void httpsAndLoopbackHostsAreSecure(String scheme, String host, boolean secure) {
        assertThat(CookieTarget.of(scheme, host, "/").secure()).isEqualTo(secure);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/b?c=/d#e, /a/b",
        "/a#b?c, /a",
        "?a=b, /",
        "#a, /",
        "/a%2Fb, /a%2Fb",
        "a/b, /a/b",
    })
    void thePathHasNeitherQueryNorFragment(String pathAndQuery, String path) {
        assertThat(CookieTarget.of("http", "h", pathAndQuery).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void noPathIsASlash(String pathAndQuery) {
        assertThat(CookieTarget.of("http", "h", pathAndQuery).path()).isEqualTo("/");
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:secret@Shop.example:8443/a/b?c=d#e, shop.example, /a/b, true",
        "http://shop.example, shop.example, /, false",
        "http://my_service:8080/a?b, my_service, /a, false",
        "http://user:pw@my_service/a, my_service, /a, false",
        "http://[2001:db8::1]:8080/a%20b, [2001:db8::1], /a%20b, false",
    })
    void aUrlBecomesATarget(URI url, String host, String path, boolean secure) {
        assertThat(CookieTarget.of(url)).isEqualTo(new CookieTarget(host, path, secure));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/relative", "mailto:a@example.com", "file:///etc", "//host/path"})
    void aUrlWithoutSchemeOrHostIsRefused(URI url) {
        assertThatThrownBy(() -> CookieTarget.of(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCanonicalHostAndAPlainPathAreTakenAsTheyAre() {
        String host = new String("shop.example");
        String path = new String("/a");
        CookieTarget target = CookieTarget.of("https", host, path);
        assertThat(target.host()).isSameAs(host);
        assertThat(target.path()).isSameAs(path);
    }
}
