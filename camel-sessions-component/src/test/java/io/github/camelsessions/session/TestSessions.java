/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.profile.ClientProfile;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What the tests of this package share: a clock that they set, profiles and a cookie's origin. */
final class TestSessions {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final CookieTarget SITE = CookieTarget.of(URI.create("https://portal.example/"));

    private TestSessions() {}

    static SessionKey key(String id) {
        return new SessionKey(SessionKey.DEFAULT_SITE, id);
    }

    static ClientProfile profile(String name) {
        return new ClientProfile(name, null, null, Map.of(), Map.of());
    }

    static List<ClientProfile> profiles(String... names) {
        return Stream.of(names).map(TestSessions::profile).toList();
    }

    static final class FakeClock implements InstantSource {

        private final AtomicLong millis = new AtomicLong(START.toEpochMilli());

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }

        void tick() {
            millis.incrementAndGet();
        }

        void back(long by) {
            millis.addAndGet(-by);
        }
    }
}
