/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.PoolStats;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at one pool, with answers of all kinds, log-ins that fail and holders that give up. */
@Tag("long")
@Timeout(60)
class PoolStressTest {

    private static final int EXCHANGES = 60_000;
    private static final int AT_ONCE = 48;
    private static final int MAX_USES = 7;

    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final PoolGate gate = new TestPools()
            .size(12)
            .maxUses(MAX_USES)
            .maxAge(Duration.ofMillis(50))
            .maxConcurrent(2)
            .maxHeld(AT_ONCE - 4)
            .warm(1)
            .gate(InstantSource.system(), bound -> ThreadLocalRandom.current().nextInt(bound));

    private final Semaphore places = new Semaphore(AT_ONCE);
    private final CountDownLatch ended = new CountDownLatch(EXCHANGES);
    private final AtomicInteger pending = new AtomicInteger();
    private final Map<Member, AtomicInteger> users = new ConcurrentHashMap<>();
    private final Map<Member, AtomicInteger> uses = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /** An exchange: whoever takes the claim of its wait goes on with it. */
    private final class Call {
        final AtomicInteger answers = new AtomicInteger();
        final AtomicInteger taken = new AtomicInteger(); // 0 not out yet, 1 waits, 2 somebody has it
        final Claim claim;

        Call(int number) {
            long wanted = ThreadLocalRandom.current().nextLong(200);
            claim = new Claim(number, number % 5 == 0 ? wanted : null, true, false, this::resume);
        }

        void start() {
            act(gate.ask(claim));
            taken.set(1);
            if (claim.state != Claim.State.WAITING) {
                resume();
            } else if (ThreadLocalRandom.current().nextInt(20) == 0) {
                run(this::giveUp);
            }
        }

        void resume() {
            if (taken.compareAndSet(1, 2)) {
                run(this::goOn);
            }
        }

        private void giveUp() {
            if (taken.compareAndSet(1, 2)) {
                act(gate.left(claim));
                goOn();
            }
        }

        private void goOn() {
            switch (claim.state) {
                case SERVED -> use();
                case REFUSED -> end(claim.refusal.full() ? "full" : "no session");
                case ENDED -> end("gave up");
                default -> throw new AssertionError("goes on though " + claim.state);
            }
        }

        private void use() {
            Member member = claim.member;
            int now = users.computeIfAbsent(member, any -> new AtomicInteger()).incrementAndGet();
            if (now > 2) {
                throw new AssertionError(now + " users of " + member);
            }
            int kind = ThreadLocalRandom.current().nextInt(100);
            if (kind > 4) {
                act(gate.sent(claim, member));
                int sent =
                        uses.computeIfAbsent(member, any -> new AtomicInteger()).incrementAndGet();
                if (sent > MAX_USES) {
                    throw new AssertionError(sent + " uses of " + member);
                }
            }
            Thread.onSpinWait();
            users.get(member).decrementAndGet();
            Outcome outcome =
                    kind < 5 ? Outcome.NEUTRAL : kind < 10 ? Outcome.BLOCKED : kind < 20 ? Outcome.BAD : Outcome.GOOD;
            act(gate.done(claim, outcome, false, null));
            end(outcome.name());
        }

        private void end(String how) {
            if (answers.incrementAndGet() != 1) {
                throw new AssertionError("answered twice");
            }
            outcomes.computeIfAbsent(how, any -> new AtomicInteger()).incrementAndGet();
            places.release();
            ended.countDown();
        }
    }

    @Test
    void eachExchangeIsAnsweredOnceAndNothingIsLeftBehind() throws InterruptedException {
        for (int i = 1; i <= EXCHANGES; i++) {
            while (!places.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                assertThat(errors).isEmpty();
                run(() -> act(gate.wake()));
            }
            run(new Call(i)::start);
            if (i % 100 == 0) {
                run(() -> act(gate.endCooldown()));
            }
        }
        while (!ended.await(10, TimeUnit.MILLISECONDS)) {
            assertThat(errors).isEmpty();
            run(() -> {
                act(gate.endCooldown());
                act(gate.wake());
            });
        }
        while (pending.get() > 0) {
            Thread.onSpinWait();
        }

        assertThat(errors).isEmpty();
        PoolStats stats = gate.stats();
        System.out.println("pool stress: " + outcomes + ", " + stats);
        assertThat(outcomes).containsKeys("GOOD", "BAD", "BLOCKED", "NEUTRAL", "gave up");
        assertThat(stats.waiting()).as("waiting").isZero();
        assertThat(stats.busy()).as("busy").isZero();
        assertThat(stats.creating()).as("creating").isZero();
        assertThat(stats.closing()).as("closing").isZero();
        assertThat(stats.created() - stats.retiredInAll()).isEqualTo(stats.size());
    }

    private void act(PoolVerdict verdict) {
        verdict.settled.forEach(Claim::resume);
        verdict.created.forEach(member -> run(() -> act(
                ThreadLocalRandom.current().nextInt(50) > 0
                        ? gate.created(member)
                        : gate.notCreated(member, new IllegalStateException("no")))));
        verdict.closing.forEach(member -> run(() -> act(gate.closed(member))));
    }

    private void run(Runnable action) {
        pending.incrementAndGet();
        threads.execute(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                errors.add(e);
            } finally {
                pending.decrementAndGet();
            }
        });
    }
}
