/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongFunction;

/** What the tests of the gate share: a clock they set, generations, and rules to vary. */
final class TestGates {

    static final SessionKey KEY = new SessionKey("portal", "anna");
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration COOLDOWN = Duration.ofSeconds(30);

    private TestGates() {}

    static Generation generation(long number) {
        return generation(KEY, number);
    }

    static Generation generation(SessionKey session, long number) {
        CookieJar jar = new CookieJar(host -> host, InstantSource.system(), CookieLimits.DEFAULT);
        return new Generation(session, number, jar);
    }

    /** A gate that has been configured with these rules. */
    static RenewalGate gate(GateRules rules, SessionClock clock, LongFunction<Generation> generations) {
        RenewalGate gate = new RenewalGate(KEY, 0, clock, (session, number) -> generations.apply(number), null);
        assertThat(gate.configure(rules, "test")).isNull();
        return gate;
    }

    static RenewalGate gate(GateRules rules, SessionClock clock) {
        return gate(rules, clock, TestGates::generation);
    }

    /** An exchange that renews a session that refuses it, and is sent again once. */
    static Passage passage() {
        return rules().passage();
    }

    static Rules rules() {
        return new Rules();
    }

    static final class Clock implements SessionClock {

        private volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public long monotonicMillis() {
            return now.toEpochMilli();
        }

        void advance(Duration time) {
            now = now.plus(time);
        }

        void advanceMillis(long millis) {
            now = now.plusMillis(millis);
        }

        void set(Instant time) {
            now = time;
        }
    }

    /**
     * Rules of a session, and the wishes of the exchanges that use it: they renew it when they are refused, three attempts,
     * one replay, no limits.
     */
    static final class Rules {

        private boolean renews = true;
        private boolean renewFirst;
        private long maxUses;
        private Duration maxAge = Duration.ZERO;
        private Duration maxIdle = Duration.ZERO;
        private int maxHeld = 10_000;
        private int maxReplays = 1;
        private boolean endures;
        private boolean checks;
        private boolean failsWhenFull = true;
        private int renewalAttempts = 3;
        private Duration cooldown = COOLDOWN;
        private Duration cooldownMax = Duration.ofMinutes(30);

        Rules renews(boolean value) {
            renews = value;
            return this;
        }

        Rules renewFirst() {
            return renewFirst(true);
        }

        Rules renewFirst(boolean value) {
            renewFirst = value;
            return this;
        }

        Rules maxUses(long value) {
            maxUses = value;
            return this;
        }

        Rules maxAge(Duration value) {
            maxAge = value;
            return this;
        }

        Rules maxIdle(Duration value) {
            maxIdle = value;
            return this;
        }

        Rules maxHeld(int value) {
            maxHeld = value;
            return this;
        }

        Rules maxReplays(int value) {
            maxReplays = value;
            return this;
        }

        Rules renewalAttempts(int value) {
            renewalAttempts = value;
            return this;
        }

        Rules cooldown(Duration first, Duration longest) {
            cooldown = first;
            cooldownMax = longest;
            return this;
        }

        Rules endures(boolean value) {
            endures = value;
            return this;
        }

        Rules checks(boolean value) {
            checks = value;
            return this;
        }

        Rules pressesBack() {
            failsWhenFull = false;
            return this;
        }

        GateRules build() {
            return new GateRules(maxUses, maxAge, maxIdle, maxHeld, renewalAttempts, cooldown, cooldownMax, checks);
        }

        Passage passage() {
            return passage(Passage.UNKNOWN);
        }

        Passage passage(int target) {
            boolean patient = endures; // as it is now
            return new Passage(renews, renewFirst, maxReplays, failsWhenFull) {
                @Override
                protected boolean endures() {
                    return patient;
                }

                @Override
                protected int target() {
                    return target;
                }
            };
        }

        boolean renews() {
            return renews;
        }

        boolean endures() {
            return endures;
        }

        boolean checks() {
            return checks;
        }

        boolean renewsFirst() {
            return renewFirst;
        }

        int maxReplays() {
            return maxReplays;
        }
    }
}
