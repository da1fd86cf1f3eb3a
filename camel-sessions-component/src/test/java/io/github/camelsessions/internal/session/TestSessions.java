/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileRotation;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
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
        ProfileOwnership profiles = new ProfileOwnership(desk.rotation, new ReentrantLock(), null);
        return new Session(key("anna"), 0, profiles, TestGates::generation, clock, null);
    }

    static ClientProfile profile(String name) {
        return new ClientProfile(name, null, null, Map.of(), Map.of());
    }

    static List<ClientProfile> profiles(String... names) {
        return Stream.of(names).map(TestSessions::profile).toList();
    }

    /**
     * Hands out profiles named p0, p1, ..., or those named fixed and other. Each has a user besides: one that is given back
     * once too often is seen.
     */
    static final class Desk {

        final ProfileRotation rotation = new ProfileRotation(InstantSource.system(), System::currentTimeMillis);

        Desk() {
            rotation.replace(profiles("p0", "p1", "p2", "p3", "p4", "fixed", "other"));
            rotation.profiles().forEach(profile -> rotation.take(profile.name()));
        }

        List<String> taken() {
            return names(stats -> stats.taken() - 1);
        }

        List<String> givenBack() {
            return names(stats -> stats.taken() - stats.users());
        }

        /** What was taken and not given back. */
        List<String> inUse() {
            return names(stats -> stats.users() - 1);
        }

        /** In the order of the rotation, each as often as that says. */
        private List<String> names(ToLongFunction<ProfileStats> times) {
            return rotation.stats().stream()
                    .flatMap(stats -> Collections.nCopies((int) times.applyAsLong(stats), stats.name()).stream())
                    .toList();
        }

        void putAside(String name) {
            rotation.putAside(rotation.byName(name), new IOException("its proxy has failed"));
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
