/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.profile.ClientProfile;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** What the tests of this package share: a clock that they set, profiles and who hands them out, and a cookie's origin. */
final class TestSessions {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final CookieTarget SITE = CookieTarget.of(URI.create("https://portal.example/"));

    private TestSessions() {}

    static SessionKey key(String id) {
        return new SessionKey(SessionKey.DEFAULT_SITE, id);
    }

    /** The session {@code anna}. */
    static Session session(Desk desk, SessionClock clock) {
        return new Session(key("anna"), 0, desk, new ReentrantLock(), TestGates::generation, clock, null);
    }

    static ClientProfile profile(String name) {
        return new ClientProfile(name, null, null, Map.of(), Map.of());
    }

    static List<ClientProfile> profiles(String... names) {
        return Stream.of(names).map(TestSessions::profile).toList();
    }

    /** Hands out profiles named p0, p1, ..., or the one asked for; knows no profile named "unknown". */
    static final class Desk extends Equipment {

        final List<String> taken = new ArrayList<>();
        final List<String> givenBack = new ArrayList<>();
        final Set<String> aside = new HashSet<>();
        private ClientProfile owned = ClientProfile.NONE;

        Desk() {
            this(null);
        }

        Desk(String own) {
            super(own);
        }

        /** What was taken and not given back. */
        List<String> inUse() {
            List<String> names = new ArrayList<>(taken);
            givenBack.forEach(name -> assertThat(names.remove(name)).isTrue());
            return names;
        }

        @Override
        boolean has(String name) {
            return !name.equals("gone");
        }

        @Override
        ClientProfile present() {
            return owned;
        }

        @Override
        boolean isAside() {
            return aside.contains(owned.name());
        }

        @Override
        void exchange(String name) {
            if ("unknown".equals(name)) {
                throw new IllegalArgumentException("profile 'unknown' is unknown");
            }
            returnOwned();
            taken.add(name == null ? "p" + taken.size() : name);
            owned = profile(taken.get(taken.size() - 1));
        }

        @Override
        void returnOwned() {
            if (owned != ClientProfile.NONE) {
                givenBack.add(owned.name());
            }
            owned = ClientProfile.NONE;
        }
    }

    static final class FakeClock implements SessionClock {

        private final AtomicLong millis = new AtomicLong(START.toEpochMilli());

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }

        @Override
        public long monotonicMillis() {
            return millis.get();
        }

        void tick() {
            millis.incrementAndGet();
        }

        void advance(Duration time) {
            millis.addAndGet(time.toMillis());
        }

        void back(long by) {
            millis.addAndGet(-by);
        }
    }
}
