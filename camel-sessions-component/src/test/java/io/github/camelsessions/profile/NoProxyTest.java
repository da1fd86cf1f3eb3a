/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoProxyTest {

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost, 80, true",
        "localhost, LOCALHOST., 80, true",
        "localhost, a.localhost, 80, false",
        "shop.example, shop.example, 443, true",
        "shop.example, www.shop.example, 443, false",
        "*.shop.example, www.shop.example, 443, true",
        "*.shop.example, a.b.shop.example, 443, true",
        ".shop.example, www.shop.example, 443, true",
        "*.shop.example, shop.example, 443, false",
        "*.shop.example, evilshop.example, 443, false",
        "10.0.0.7, 10.0.0.7, 80, true",
        "10.0.0.7, 10.0.0.70, 80, false",
        "host:8080, host, 8080, true",
        "host:8080, host, 80, false",
        "*.internal:8080, a.internal, 8080, true",
        "::1, [0:0:0:0:0:0:0:1], 80, true",
        "[::1]:8080, ::1, 8080, true",
        "[::1]:8080, ::1, 80, false",
        "'a, b , c', b, 80, true",
        "'', localhost, 80, false",
    })
    void anEntryMeansExactlyItsHosts(String entries, String host, int port, boolean direct) {
        assertThat(NoProxy.parse(entries).matches(host, port)).isEqualTo(direct);
    }

    @ParameterizedTest
    @CsvSource({
        "'a,,b', entry 2 is empty",
        "*, entry 1 means every host",
        "http://a, entry 1 is a URL",
        "10.0.0.0/8, entry 1 is a URL or a network",
        "user:geheim@host, entry 1 is a URL",
        "a:geheim, entry 1 has a port that is not between 1 and 65535",
        "a:70000, entry 1 has a port",
        "a.*.b, entry 1 is neither a host name",
        "10.0.0.999, entry 1 is neither a host name",
    })
    void anotherFormIsRefusedByItsPlaceAndWithTheWayOut(String entries, String problem) {
        assertThatThrownBy(() -> NoProxy.parse(entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("noProxy: " + problem)
                .hasMessageEndingWith("; write hosts such as localhost, *.internal, 10.0.0.7 or host:8080")
                .message()
                .doesNotContain("geheim");
    }

    @Test
    void aProfileHasThemAsListOrText() {
        String file = """
                - {name: a, proxy: {url: "http://p:1", noProxy: [localhost, "*.internal:81"]}}
                - {name: b, proxy: {url: "http://p:1", noProxy: "localhost, .internal:81"}}
                - {name: c, proxy: {url: "http://p:1"}}
                """;

        assertThat(ProfileFile.parse("test.yaml", file))
                .extracting(profile -> profile.masked().get("proxy").toString())
                .containsExactly(
                        "{url=http://p:1, noProxy=localhost,*.internal:81}",
                        "{url=http://p:1, noProxy=localhost,*.internal:81}",
                        "{url=http://p:1}");
        assertThatThrownBy(() -> ProfileFile.parse(
                        "test.yaml", "- {name: a, proxy: {url: \"http://p:1\", noProxy: [localhost, \"*\"]}}"))
                .hasMessageContaining("entry 0 ('a'): noProxy: entry 2 means every host")
                .hasMessageContaining("line 1");
        assertThatThrownBy(() ->
                        ProfileFile.parse("test.yaml", "- {name: a, proxy: {url: \"http://p:1\", noProxy: {host: b}}}"))
                .hasMessageContaining("proxy.noProxy must be text or a list of texts");
    }
}
