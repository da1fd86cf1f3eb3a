/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriPatternTest {

    @ParameterizedTest
    @CsvSource({
        "https://portal.example/*,         https://portal.example/",
        "https://portal.example/*,         https://portal.example/a/b?c=d",
        "https://portal.example/*,         https://portal.example",
        "https://portal.example/*,         HTTPS://Portal.EXAMPLE/orders",
        "HTTPS://PORTAL.example/*,         https://portal.example/orders",
        "https://portal.example/*,         https://portal.example:443/orders",
        "https://portal.example:443/*,     https://portal.example/orders",
        "http://portal.example:80/*,       http://portal.example/orders",
        "http://portal.example,            http://portal.example:80/orders",
        "https://portal.example,           https://portal.example/any/path?x=1",
        "https://portal.example:8443/*,    https://portal.example:8443/",
        "https://portal.example:*/*,       https://portal.example:8443/",
        "*://portal.example/*,             http://portal.example/",
        "*://portal.example/*,             https://portal.example/",
        "https://*.example/*,              https://portal.example/x",
        "https://*.example/*,              https://a.b.example/x",
        "https://*/*,                      https://whatever.test/x",
        "https://portal.example/api/*/x,   https://portal.example/api/1/2/x",
        "https://portal.example/a+b(c)/*,  https://portal.example/a+b(c)/d",
        "https://portal.example/api,       https://portal.example/api",
        "https://[::1]:8443/*,             https://[::1]:8443/x",
        // as servers read it
        "https://portal.example/logout*,   https://portal.example/%6Cogout",
        "https://portal.example/logout*,   https://portal.example/log%6fut?x=1",
        "https://portal.example/%6Cogout,  https://portal.example/logout",
        "https://portal.example/a%2Fb,     https://portal.example/%61%2Fb",
        "https://portal.example/logout,    https://portal.example/x/../logout",
        "https://portal.example/logout,    https://portal.example/./logout",
        "https://portal.example/logout,    https://portal.example/%2E%2e/%2e/logout",
        "https://portal.example/a/,        https://portal.example/a/b/..",
        "https://portal.example/a/,        https://portal.example/a/.",
        "https://portal.example/,          https://portal.example/..",
        "https://portal.example/a/...,     https://portal.example/a/...",
        "https://portal.example/a//b,      https://portal.example/a//x/../b",
        "https://portal.example/100%25,    https://portal.example/100%25",
        // asterisks stand for nothing, too, and parts may come more than once
        "https://portal.example/a*b*c,     https://portal.example/abc",
        "https://portal.example/a*b*c,     https://portal.example/axbxbxc",
        "https://portal.example/*a*a,      https://portal.example/aa",
        "https://portal.example/*ab*b,     https://portal.example/abab",
        "https://portal.example/**/x,      https://portal.example/a/x",
        "https://a*b*.example/*,           https://ab.example/x",
        "https://*.*.example:*/*,          https://a.b.example:1/x",
        "https://portal.example/*?*=*,     https://portal.example/a/b?c=d"
    })
    void aUrlThatThePatternDescribesMatches(String pattern, String url) {
        assertThat(matches(pattern, url)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // another host, however the pattern's host is put into the URL
        "https://portal.example/*,   https://evil.test/https://portal.example/",
        "https://portal.example/*,   https://portal.example.evil.test/",
        "https://portal.example,     https://portal.example.evil.test/",
        "https://portal.example/*,   https://portal.example@evil.test/",
        "https://portal.example/*,   https://portal.example:443@evil.test/",
        "https://portal.example,     https://portal.example@evil.test/",
        "https://portal.example/*,   https://evil.test/?https://portal.example/",
        "https://portal.example/*,   https://user@portal.example/",
        "https://portal.example/*,   https://portalxexample/",
        "https://portal.example/app/*, https://portal.example/app/../other",
        "https://portal.example/app/*, https://portal.example/app/%2e%2E/other",
        "https://portal.example/a/b, https://portal.example/a%2Fb",
        // the star of the host does not leave the host
        "https://*.example/*,        https://evil.test/x.example/y",
        "https://*.example/*,        https://evil.test?x.example/y",
        "https://*.example/*,        https://evil.test:1@x.example/",
        "https://*.example/*,        https://x.example@evil.test/",
        "https://*.example,          https://evil.test/.example",
        "https://*.example/*,        https://example/",
        "https://portal.example:*/*, https://portal.example:1@evil.test/",
        "https://portal.example*/*,  https://portal.example@evil.test/",
        // scheme, port and path count
        "https://portal.example/*,   http://portal.example/",
        "https://portal.example/*,   http://portal.example:443/",
        "https://portal.example/*,   https://portal.example:80/",
        "https://portal.example/*,   https://portal.example:8443/",
        "https://portal.example/api, https://portal.example/api/x",
        "https://portal.example/api, https://portal.example/api?x=1",
        "https://portal.example/api/*, https://portal.example/apis",
        "https://portal.example/Api/*, https://portal.example/api/x",
        // no part of a URL serves twice
        "https://portal.example/a*a,   https://portal.example/a",
        "https://portal.example/ab*ba, https://portal.example/aba",
        "https://portal.example/*a*a,  https://portal.example/a",
        "https://portal.example/*b*b*c, https://portal.example/abc",
        "https://a*b*b.example/*,      https://ab.example/b.example/x",
        "https://*a.example/*,         https://b.example/a.example/x"
    })
    void aUrlOfAnotherPlaceDoesNotMatch(String pattern, String url) {
        assertThat(matches(pattern, url)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "portal.example",
                "portal.example/*",
                "//portal.example/*",
                "ftp://portal.example/*",
                "https:/portal.example",
                "https://",
                "https:///path",
                "https://user@portal.example/*",
                "https://portal.example?x=1"
            })
    void whatIsNoPatternIsRefusedWithItsPlace(String text) {
        assertThatThrownBy(() -> UriPattern.parse("sites[portal].uris", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sites[portal].uris")
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void aLongerPatternIsMoreSpecific() {
        assertThat(UriPattern.parse("x", "https://portal.example/api/*").length())
                .isGreaterThan(UriPattern.parse("x", "https://portal.example/*").length());
    }

    private static boolean matches(String pattern, String url) {
        return UriPattern.parse("test", pattern).matches(UriPattern.canonical(URI.create(url)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://portal.example/*/a/*/b/*/c, false",
        "https://portal.example/*/a/*/b/*,   true",
        "https://portal.example/*a*a*a*a*a*b*c, false",
        "https://*a*b*c*.example/*, false"
    })
    void aLongUrlIsReadOnceWhateverThePattern(String pattern, boolean matches) {
        UriPattern parsed = UriPattern.parse("test", pattern);
        String url = "https://portal.example/" + "/a/b".repeat(25_000);
        // the time ends a test that hangs: by a regular expression the first pattern took days
        assertThat(assertTimeoutPreemptively(Duration.ofMinutes(1), () -> parsed.matches(url)))
                .isEqualTo(matches);
    }
}
