/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.text.HostNames;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchingTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example, shop.example, true",
        "www.shop.example, shop.example, true",
        "a.b.shop.example, shop.example, true",
        "shop.example, www.shop.example, false",
        "myshop.example, shop.example, false",
        "1.2.3.4, 1.2.3.4, true",
        "1.2.3.4, 3.4, false",
        "[::1], [::1], true",
    })
    void aHostDomainMatchesItselfAndItsParents(String host, String domain, boolean matches) {
        assertThat(DomainMatch.matches(host, domain)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /, true",
        "/a, /, true",
        "/a, /a, true",
        "/a/, /a, true",
        "/a/b, /a, true",
        "/a/b, /a/, true",
        "/a, /a/, false",
        "/ab, /a, false",
        "/A, /a, false",
        "/%61, /a, false",
    })
    void aPathMatchesAtSegmentBoundaries(String requestPath, String cookiePath, boolean matches) {
        assertThat(PathMatch.matches(requestPath, cookiePath)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"/, /", "/a, /", "/a/, /a", "/a/b, /a", "/a/b/c, /a/b"})
    void theDefaultPathEndsBeforeTheLastSlash(String requestPath, String defaultPath) {
        assertThat(PathMatch.defaultPath(requestPath)).isEqualTo(defaultPath);
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, true",
        "127.1, true",
        "[::1], true",
        "42, true",
        "shop.example, false",
        "shop4.example4, false",
        "4.example, false",
    })
    void aNameWhoseLastLabelIsANumberIsAnAddress(String host, boolean address) {
        assertThat(HostNames.isIpAddress(host)).isEqualTo(address);
    }
}
