/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.renewal.FailureText;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool of sessions: does what its gate says, that is to log members in, to close them, and to let exchanges go on. Thread-safe. */
final class SessionPool {

    private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);

    private static final int LEFT_FOR_GOOD = -1;

    private final SessionTraffic traffic;
    private final PoolChoice choice;
    private final RenewalRules renewal;
    private final SessionClock clock;
    private final PoolGate gate;

    private final AtomicInteger visitors = new AtomicInteger(); // exchanges, from their arrival to their end
    private final ReentrantLock timing = new ReentrantLock(); // guards the timer; only that is called under it
    private volatile long wakesAt = PoolVerdict.NEVER;
    private @Nullable Future<?> timer;

    /**
     * @param renewal how members log in and are closed
     */
    SessionPool(SessionTraffic traffic, PoolChoice choice, RenewalRules renewal, SessionClock clock) {
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

    /** An exchange comes. Returns false when the pool was left for good, and the exchange needs a new one of that name. */
    boolean enter() {
        return visitors.getAndUpdate(now -> now == LEFT_FOR_GOOD ? now : now + 1) != LEFT_FOR_GOOD;
    }

    /** An exchange has come to its end. */
    void leave() {
        visitors.decrementAndGet();
    }

    /** Leaves the pool for good when nothing but counts would be lost: no exchange is here, and its sessions were evicted. */
    boolean leaveForGood() {
        List<SessionKey> members = gate.onlyMembers();
        boolean left = members != null
                && members.stream().noneMatch(traffic::exists)
                && visitors.compareAndSet(0, LEFT_FOR_GOOD);
        if (left) {
            gate.forget();
            cancelTimer();
        }
        return left;
    }

    PoolChoice choice() {
        return choice;
    }

    PoolGate gate() {
        return gate;
    }

    /** Does what the gate has decided. Never throws: what an error keeps it from doing is done a little later. */
    void act(PoolVerdict verdict) {
        trying(() -> {
            verdict.settled.forEach(Claim::resume);
            verdict.created.forEach(this::logIn);
            verdict.closing.forEach(this::close);
            if (verdict.backOff != null) {
                tellOf(verdict.backOff);
            }
            if (verdict.wakeAtMillis < wakesAt) {
                wakeAt(verdict.wakeAtMillis);
            }
        });
    }

    private void trying(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            gate.tear();
            traffic.torn(e);
        }
    }

    /** After an error: whatever it has left undone is done. */
    void mend() {
        if (gate.isTorn()) {
            wakesAt = PoolVerdict.NEVER;
            act(gate.mend());
        }
    }

    private void logIn(Member member) {
        underWay(
                member,
                () -> traffic.renew(member.key, renewal),
                failure -> act(failure == null ? gate.created(member) : gate.notCreated(member, failure)));
    }

    private void close(Member member) {
        underWay(member, () -> traffic.close(member.key, renewal), failure -> {
            if (failure != null) {
                LOG.debug("session '{}' of pool '{}' was not closed as it should be", member, choice.key(), failure);
            }
            act(gate.closed(member));
        });
    }

    /** Begins something, and tells how it has ended; when an error comes between, it is begun anew by whoever mends. */
    private <T> void underWay(
            Member member, Supplier<CompletableFuture<T>> action, Consumer<@Nullable Throwable> ended) {
        member.underWay = true;
        boolean begun = false;
        try {
            started(action).whenComplete((result, failure) -> {
                trying(() -> {
                    try {
                        ended.accept(failure);
                    } finally {
                        member.underWay = false;
                    }
                });
            });
            begun = true;
        } finally {
            member.underWay &= begun;
        }
    }

    private static <T> CompletableFuture<T> started(Supplier<CompletableFuture<T>> action) {
        try {
            return action.get();
        } catch (RuntimeException | Error e) { // there is no room for a session, or all is being stopped
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
                FailureText.of(cause));
    }

    private void wakeAt(long atMillis) {
        timing.lock();
        try {
            if (atMillis < wakesAt) {
                if (timer != null) {
                    timer.cancel(false);
                }
                wakesAt = atMillis;
                timer = traffic.runLater(
                        this::wake, Duration.ofMillis(Math.max(1, atMillis - clock.monotonicMillis())));
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
        cancelTimer();
    }

    private void cancelTimer() {
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
