/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/** What the tests of this package share: a clock they set and a real public suffix list. */
final class TestJars {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final PublicSuffixMatcher MATCHER = PublicSuffixMatcherLoader.getDefault();

    private TestJars() {}

    static CookieJar jar(InstantSource clock) {
        return jar(clock, CookieLimits.DEFAULT);
    }

    static CookieJar jar(InstantSource clock, CookieLimits limits) {
        return new CookieJar(TestJars::registrableDomain, clock, limits);
    }

    static String registrableDomain(String host) {
        return MATCHER.getDomainRoot(host, null);
    }

    static CookieTarget at(String url) {
        return CookieTarget.of(URI.create(url));
    }

    static final class FakeClock implements InstantSource {

        private volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        FakeClock advance(Duration duration) {
            now = now.plus(duration);
            return this;
        }

        FakeClock tick() {
            return advance(Duration.ofMillis(1));
        }
    }
}
