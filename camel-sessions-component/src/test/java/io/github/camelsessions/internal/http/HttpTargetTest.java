/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTargetTest {

    @ParameterizedTest
    @CsvSource({
        "https://portal.example, https://portal.example/",
        "https://portal.example:/a, https://portal.example/a",
        "https://portal.example:0443/a?b=c, https://portal.example:443/a?b=c",
        "https://[::1]:08443, https://[::1]:8443/",
        "https://[::0]/a, https://[::0]/a",
        "https://[::1]:/a, https://[::1]/a",
        "http://portal.example:0/a, http://portal.example:0/a",
        "http://portal.example:00080, http://portal.example:80/",
        "http://portal.example:65535/a, http://portal.example:65535/a",
        "http://portal.example./a, http://portal.example./a",
        "http://under_score.example?a, http://under_score.example/?a",
        "' http://portal.example/a ', http://portal.example/a",
        "http://portal.example/a#b?c#d, http://portal.example/a",
        "http://portal.example/~a?b=~&c=[]'(), http://portal.example/~a?b=~&c=[]'()",
        "http://portal.example/a%252Fb%2f, http://portal.example/a%252Fb%2f",
        "http://portal.example/a b|c%zz, http://portal.example/a%20b%7Cc%25zz",
        "http://portal.example/é?ü=%20, http://portal.example/%C3%A9?%C3%BC=%20",
        "https://portal.example/a:01, https://portal.example/a:01"
    })
    void aTargetHasTheFormInWhichItIsSent(String given, String sent) {
        assertThat(HttpTarget.parse("httpUri", given)).hasToString(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://.portal.example/",
                "http://portal..example/",
                "http://portal.example:000080/",
                "http://portal.example:65536/",
                "http://portal.example:+80/",
                "http://portal.example:80:80/",
                "http://[::1]80/",
                "http://[fe80::1%25eth0]/",
                "http://müller.example/",
                "http://portal!.example/"
            })
    void whatIsNoHostAndPortIsRefused(String given) {
        assertThatThrownBy(() -> HttpTarget.parse("httpUri", given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("httpUri '" + given + "' ");
    }

    @Test
    void aHostMayHaveAnyNumberOfLabels() {
        String given = "http://" + "a.".repeat(20_000) + "example/x";
        assertThat(HttpTarget.parse("httpUri", given)).hasToString(given);
    }

    @Test
    void aUrlThatNoServerTakesIsRefusedWithItsLength() {
        String longest = "http://portal.example/?q=" + "x".repeat(65_536 - 25);

        assertThat(HttpTarget.parse("header CamelHttpUri", longest)).hasToString(longest);
        assertThatThrownBy(() -> HttpTarget.parse("header CamelHttpUri", longest + "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("header CamelHttpUri: the URL has 65537 characters, and no more than 65536 are sent;"
                        + " servers want long data in a body");
    }
}
