/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at one gate, with a site that ends sessions, log-ins that fail, and holders that give up. */
@Tag("long")
@Timeout(60)
class GateStressTest {

    private static final Passage ANYBODY = TestGates.passage();

    private static final int EXCHANGES = 100_000;
    private static final int CALLERS = 48;
    private static final int RESUME_CONCURRENCY = 8;

    private static final class Call extends Passage {
        final int ticket;
        final boolean post;
        final boolean forbidden;
        final AtomicInteger outcomes = new AtomicInteger();
        final AtomicInteger acceptedBySite = new AtomicInteger();
        /** Whoever takes it out of here may act on it: the release, or the one that gives up. */
        final AtomicInteger claims = new AtomicInteger();

        volatile boolean gaveUp;
        volatile boolean refused;
        volatile String outcome;
        boolean resumed; // handed from thread to thread with the call

        Call(int ticket) {
            super(ticket % 10 != 7, ticket % 4 == 0, ticket % 20 == 3 ? 0 : 1);
            this.ticket = ticket;
            this.post = ticket % 3 == 0;
            this.forbidden = ticket % 40 == 1;
        }
    }

    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final RenewalGate gate = TestGates.gate(
            TestGates.rules()
                    .maxHeld(46)
                    .cooldown(Duration.ofNanos(1), Duration.ofNanos(1))
                    .build(),
            SessionClock.system());

    private final ConcurrentSkipListMap<Integer, Call> queue = new ConcurrentSkipListMap<>();
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicInteger mostWorkers = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    private final Phaser pending = new Phaser(1);
    private final CountDownLatch ended = new CountDownLatch(EXCHANGES);
    private final Map<Generation, AtomicInteger> uses = new ConcurrentHashMap<>();
    private final Map<Long, AtomicInteger> successes = new ConcurrentHashMap<>();
    private final Set<RenewalToken> started = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waits = new AtomicInteger();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void eachExchangeEndsOnceAndNothingIsLeftBehind() throws InterruptedException {
        for (int i = 0; i < CALLERS; i++) {
            run(this::arrive);
        }
        while (!ended.await(100, TimeUnit.MILLISECONDS)) {
            assertThat(errors).isEmpty();
        }
        pending.arriveAndAwaitAdvance(); // tasks go on after the last exchange has ended

        assertThat(errors).isEmpty();
        System.out.println("stress: " + outcomes + ", " + gate.stats());
        assertThat(outcomes).containsKeys("delivered", "refused", "gave up", "FULL", "RENEWAL_FAILED");
        assertThat(queue).isEmpty();
        SessionStats stats = gate.stats();
        assertThat(stats.held()).as("held").isZero();
        assertThat(gate.memory().suspects.size()).as("suspects").isZero();
        assertThat(stats.inFlight()).as("in flight").isZero();
        assertThat(stats.state()).isNotEqualTo("RENEWING");
        assertThat(waits.get()).as("renewals that waited for the wire").isPositive();
        assertThat(started).noneMatch(token -> token.state() == RenewalToken.State.LIVE);
        assertThat(successes.values())
                .as("one successful renewal for each generation")
                .allMatch(count -> count.get() == 1);
        assertThat(stats.renewals()).isEqualTo(successes.size()).isGreaterThan(10);
        assertThat(workers).hasValue(0);
        assertThat(mostWorkers.get()).isBetween(1, RESUME_CONCURRENCY);
    }

    private void arrive() {
        int ticket = arrived.getAndIncrement();
        if (ticket >= EXCHANGES) {
            return;
        }
        Call call = new Call(ticket);
        if (ticket % 997 == 0) {
            others(gate.clear(null));
        }
        if (ticket % 991 == 0) {
            gate.expire();
        }
        perform(call, gate.admit(call, false, null));
    }

    private void perform(Call call, Verdict verdict) {
        switch (verdict.action()) {
            case SEND -> run(() -> answer(call));
            case HOLD -> {
                free(call);
                call.claims.set(0);
                queue.put(call.ticket, call);
                if (call.gaveUp) {
                    queue.remove(call.ticket, call);
                }
                if (call.ticket % 50 == 0) {
                    run(() -> giveUp(call));
                }
                if (!gate.holding(ANYBODY)) {
                    run(this::release);
                }
            }
            case PARK -> free(call);
            case ADMIT_AGAIN, REPLAY_STALE -> {
                free(call);
                run(() -> perform(call, gate.admit(call, false, null)));
            }
            case DELIVER -> end(call, call.refused ? "refused" : "delivered");
            case FAIL -> end(call, verdict.failure().kind().name());
            default -> throw new AssertionError(verdict);
        }
        others(verdict);
    }

    private void others(Verdict verdict) {
        RenewalToken token = verdict.renewal();
        if (token != null && token.pending().number() % 2 == 0 && !gate.drained(token)) {
            waits.incrementAndGet(); // a later verdict has it again
        } else if (token != null) {
            run(() -> logIn(token));
        }
        verdict.standing().forEach(other -> end((Call) other, "refused"));
        verdict.again().forEach(other -> run(() -> perform((Call) other, gate.admit((Call) other, false, null))));
        if (verdict.release()) {
            run(this::release);
        }
        if (verdict.wakeAfter() > 0) {
            run(
                    CompletableFuture.delayedExecutor(verdict.wakeAfter(), TimeUnit.MILLISECONDS, threads),
                    () -> others(gate.wake()));
        }
    }

    private void answer(Call call) {
        Generation generation = call.generation();
        AtomicInteger used = uses.get(generation);
        boolean lost = ThreadLocalRandom.current().nextInt(500) == 0; // before it has reached the site
        boolean accepted = !lost && !call.forbidden && used != null && used.incrementAndGet() <= 200;
        if (accepted && call.acceptedBySite.incrementAndGet() > 1 && call.post) {
            errors.add(new AssertionError("a request with side effects was accepted twice"));
        }
        boolean unanswered = ThreadLocalRandom.current().nextInt(200) == 0;
        call.refused = !lost && !unanswered && !accepted;
        run(() -> perform(
                call,
                lost
                        ? gate.lost(call, true)
                        : unanswered
                                ? gate.unanswered(call)
                                : accepted ? gate.accepted(call, !call.post) : gate.refused(call)));
    }

    private void release() {
        while (!queue.isEmpty() && !gate.holding(ANYBODY)) {
            int busy = workers.get();
            if (busy >= RESUME_CONCURRENCY) {
                return; // whoever is done goes on here
            }
            if (!workers.compareAndSet(busy, busy + 1)) {
                continue;
            }
            mostWorkers.accumulateAndGet(busy + 1, Math::max);
            Map.Entry<Integer, Call> oldest = queue.pollFirstEntry();
            if (oldest == null || !oldest.getValue().claims.compareAndSet(0, 1)) {
                workers.decrementAndGet();
                continue;
            }
            Call call = oldest.getValue();
            call.resumed = true;
            perform(call, gate.admit(call, true, null));
        }
    }

    private void giveUp(Call call) {
        if (call.claims.compareAndSet(0, 1)) {
            call.gaveUp = true;
            queue.remove(call.ticket, call);
            Verdict verdict = gate.left(call);
            end(call, "gave up");
            others(verdict);
        }
    }

    private void free(Call call) {
        if (call.resumed) {
            call.resumed = false;
            workers.decrementAndGet();
            run(this::release);
        }
    }

    private void end(Call call, String outcome) {
        free(call);
        if (call.outcomes.incrementAndGet() > 1) {
            errors.add(new AssertionError("ended twice: " + call.outcome + " and " + outcome));
        }
        call.outcome = outcome;
        outcomes.computeIfAbsent(outcome, name -> new AtomicInteger()).incrementAndGet();
        ended.countDown();
        run(this::arrive);
    }

    /** Ends well, badly, or twice at once as when a time-out races with a success. */
    private void logIn(RenewalToken token) {
        if (!started.add(token)) {
            errors.add(new AssertionError("started twice: " + token));
        }
        Passage step = TestGates.passage();
        if (gate.admit(step, false, token).action() == Action.SEND) {
            gate.accepted(step, true);
        }
        uses.put(token.pending(), new AtomicInteger());
        switch (ThreadLocalRandom.current().nextInt(10)) {
            case 0 -> end(token, false, true);
            case 1 -> end(token, false, false);
            case 2, 3 -> {
                run(() -> end(token, false, false));
                run(() -> end(token, true, false));
            }
            default -> end(token, true, false);
        }
    }

    private void end(RenewalToken token, boolean success, boolean again) {
        Verdict verdict =
                success ? gate.succeeded(token) : gate.failed(token, again, new IllegalStateException("log-in"));
        if (success && verdict.release()) {
            successes
                    .computeIfAbsent(token.pending().number(), number -> new AtomicInteger())
                    .incrementAndGet();
        }
        others(verdict);
    }

    private void run(Runnable task) {
        run(threads, task);
    }

    private void run(Executor by, Runnable task) {
        pending.register();
        by.execute(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                errors.add(e);
            } finally {
                pending.arriveAndDeregister(); // after it has registered those that it leads to
            }
        });
    }

    @Test
    void ofManyRefusalsAtOnceOneRenews() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            RenewalGate fresh = TestGates.gate(TestGates.rules().build(), SessionClock.system());
            List<Passage> passages = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Passage passage = TestGates.passage();
                fresh.admit(passage, false, null);
                passages.add(passage);
            }
            CountDownLatch start = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(passages.size());
            AtomicInteger renewals = new AtomicInteger();
            for (Passage passage : passages) {
                threads.execute(() -> {
                    try {
                        start.await();
                        renewals.addAndGet(fresh.refused(passage).renewal() == null ? 0 : 1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    done.countDown();
                });
            }
            start.countDown();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(renewals).hasValue(1);
        }
    }
}
