/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStrategy;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.GateRules;
import io.github.camelsessions.internal.session.SessionClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.IntUnaryOperator;

/** Makes pools for tests, with a clock that stands still until it is told, and chance that always takes the last. */
final class TestPools {

    /** Monotonic times may be negative. */
    private static final long BEFORE_ZERO =
            Instant.parse("2031-01-01T00:00:00Z").toEpochMilli();

    static final SessionKey KEY = new SessionKey("site", "shop");

    private long millis = Instant.parse("2030-01-01T00:00:00Z").toEpochMilli();
    private long set; // of the wall clock alone
    private int size = 1000;
    private PoolStrategy strategy = PoolStrategy.random;
    private long maxUses = 50;
    private Duration maxAge = Duration.ofMinutes(50);
    private double maxErrorScore = 3;
    private double decrement = 0.5;
    private int maxConcurrent = 1;
    private Duration minDelay = Duration.ZERO;
    private int logins = 4;
    private int warm;
    private boolean logsIn = true;
    private int maxHeld = 10_000;

    long now() {
        return millis + set;
    }

    Instant instant(long millisFromNow) {
        return Instant.ofEpochMilli(now() + millisFromNow);
    }

    long monotonicMillis() {
        return millis - BEFORE_ZERO;
    }

    /** Somebody sets the wall clock. */
    void setWallClock(Duration forward) {
        set += forward.toMillis();
    }

    void pass(Duration time) {
        millis += time.toMillis();
    }

    TestPools size(int size) {
        this.size = size;
        return this;
    }

    TestPools strategy(PoolStrategy strategy) {
        this.strategy = strategy;
        return this;
    }

    TestPools maxUses(long maxUses) {
        this.maxUses = maxUses;
        return this;
    }

    TestPools maxAge(Duration maxAge) {
        this.maxAge = maxAge;
        return this;
    }

    TestPools maxErrorScore(double maxErrorScore, double decrement) {
        this.maxErrorScore = maxErrorScore;
        this.decrement = decrement;
        return this;
    }

    TestPools maxConcurrent(int maxConcurrent) {
        this.maxConcurrent = maxConcurrent;
        return this;
    }

    TestPools minDelay(Duration minDelay) {
        this.minDelay = minDelay;
        return this;
    }

    TestPools logins(int logins) {
        this.logins = logins;
        return this;
    }

    TestPools warm(int warm) {
        this.warm = warm;
        return this;
    }

    TestPools logsIn(boolean logsIn) {
        this.logsIn = logsIn;
        return this;
    }

    TestPools maxHeld(int maxHeld) {
        this.maxHeld = maxHeld;
        return this;
    }

    PoolRules rules() {
        GateRules gate = new GateRules(
                0, Duration.ZERO, Duration.ZERO, maxHeld, 3, Duration.ofSeconds(30), Duration.ofMinutes(30), false);
        return new PoolRules(
                size,
                strategy,
                maxUses,
                maxAge,
                maxErrorScore,
                decrement,
                "401,403",
                maxConcurrent,
                minDelay,
                logins,
                warm,
                logsIn,
                gate);
    }

    PoolGate gate() {
        return gate(() -> Instant.ofEpochMilli(now()), bound -> bound - 1);
    }

    PoolGate gate(InstantSource clock, IntUnaryOperator random) {
        return new PoolGate(
                KEY,
                rules(),
                new SessionClock() {
                    @Override
                    public Instant instant() {
                        return clock.instant();
                    }

                    @Override
                    public long monotonicMillis() {
                        return clock.millis() - set - BEFORE_ZERO; // as monotonicMillis
                    }
                },
                random);
    }
}
