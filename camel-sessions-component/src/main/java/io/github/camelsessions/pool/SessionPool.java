/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.pool;

import io.github.camelsessions.renewal.RenewalRules;
import io.github.camelsessions.renewal.SessionTraffic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of sessions: does what its gate says, that is to log members in, to close them, and to let exchanges go on. Thread-safe. */
final class SessionPool {

    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);

    private final SessionTraffic traffic;
    private final PoolChoice choice;
    private final RenewalRules renewal;
    private final InstantSource clock;
    private final PoolGate gate;

    private final ReentrantLock timing = new ReentrantLock(); // guards the timer; only that is called under it
    private volatile long wakesAt = PoolVerdict.NEVER;
    private @Nullable Future<?> timer;

    /**
     * @param renewal how members log in and are closed
     */
    SessionPool(SessionTraffic traffic, PoolChoice choice, RenewalRules renewal, InstantSource clock) {
        this.traffic = traffic;
        this.choice = choice;
        this.renewal = renewal;
        this.clock = clock;
        this.gate = new PoolGate(
                choice.key(),
                choice.rules(),
                clock,
                bound -> ThreadLocalRandom.current().nextInt(bound));
    }

    PoolChoice choice() {
        return choice;
    }

    PoolGate gate() {
        return gate;
    }

    /** Does what the gate has decided. */
    void act(PoolVerdict verdict) {
        verdict.settled.forEach(Claim::resume);
        verdict.created.forEach(this::logIn);
        verdict.closing.forEach(this::close);
        if (verdict.backOff != null) {
            tellOf(verdict.backOff);
        }
        if (verdict.wakeAtMillis < wakesAt) {
            wakeAt(verdict.wakeAtMillis);
        }
    }

    private void logIn(Member member) {
        started(() -> traffic.renew(member.key, renewal)).whenComplete((generation, failure) -> {
            act(failure == null ? gate.created(member) : gate.notCreated(member, failure));
        });
    }

    private void close(Member member) {
        started(() -> traffic.close(member.key, renewal)).whenComplete((existed, failure) -> {
            if (failure != null) {
                LOG.debug("session '{}' of pool '{}' was not closed as it should be", member, choice.key(), failure);
            }
            act(gate.closed(member));
        });
    }

    private static <T> CompletableFuture<T> started(Supplier<CompletableFuture<T>> action) {
        try {
            return action.get();
        } catch (RuntimeException e) { // there is no room for a session, or all is being stopped
            return CompletableFuture.failedFuture(e);
        }
    }

    private void tellOf(Throwable cause) {
        Instant until = gate.stats().retryAt();
        LOG.warn(
                "pool '{}' creates no session{}, then one at a time until one can be used: {}. To try earlier, mend the"
                        + " log-in and call Sessions.endPoolCooldown.",
                choice.key(),
                until == null ? " for a moment" : " until " + until,
                cause.toString());
    }

    private void wakeAt(long atMillis) {
        timing.lock();
        try {
            if (atMillis < wakesAt) {
                if (timer != null) {
                    timer.cancel(false);
                }
                wakesAt = atMillis;
                timer = traffic.runLater(this::wake, Duration.ofMillis(Math.max(1, atMillis - clock.millis())));
            }
        } finally {
            timing.unlock();
        }
    }

    private void wake() {
        timing.lock();
        try {
            wakesAt = PoolVerdict.NEVER;
        } finally {
            timing.unlock();
        }
        act(gate.wake());
    }

    /** Nothing new is begun; whoever waits is stopped by the traffic. */
    void stop() {
        gate.stop();
        timing.lock();
        try {
            if (timer != null) {
                timer.cancel(false);
            }
        } finally {
            timing.unlock();
        }
    }
}
