/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestSessions.key;
import static io.github.camelsessions.internal.session.TestSessions.profiles;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class SessionRegistryConcurrencyTest {

    private static final int THREADS = 8;
    private static final int STEPS = 20_000;
    private static final String[] PROFILES = {"a", "b", "c", "d", "e", "f"};

    private final SessionRegistry registry = new SessionRegistry(host -> host, SessionClock.system(), 6);
    private final CyclicBarrier start = new CyclicBarrier(THREADS);

    @Test
    void whateverManyThreadsDoNothingIsLeftInUse() throws Exception {
        runWorkers(false);
    }

    @Test
    void whateverManyThreadsDoWhileAllSessionsAreStoppedNothingIsLeftInUse() throws Exception {
        runWorkers(true);
    }

    private void runWorkers(boolean closing) throws Exception {
        registry.setProfiles(profiles(PROFILES));
        long seed = System.nanoTime();
        List<FutureTask<Void>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<Void> worker = new FutureTask<>(new Worker(new Random(seed + i), closing));
            workers.add(worker);
            Thread thread = new Thread(worker, "worker-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> worker : workers) {
            try {
                worker.get(60, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("deadlock, or a loop without end; seed " + seed, e);
            }
        }

        assertThat(registry.stats())
                .as("seed %d", seed)
                .allSatisfy(stats -> assertThat(stats.inFlight()).isZero());
        registry.setMaxSessions(4);
        Admission.admit(registry, key("last"), null).close();
        assertThat(registry.size()).as("seed %d", seed).isLessThanOrEqualTo(4);
        registry.closeAll();
        assertThat(registry.size()).as("seed %d", seed).isZero();
        SessionRegistryTest.assertEveryProfileIsFree(registry, PROFILES.length);
    }

    /** Does what exchanges, operators and reloads do, at random, with up to two exchanges of its own in flight. */
    private final class Worker implements Callable<Void> {

        private final Random random;
        private final boolean closing;
        private final List<Admission> open = new ArrayList<>();

        Worker(Random random, boolean closing) {
            this.random = random;
            this.closing = closing;
        }

        @Override
        public Void call() throws Exception {
            start.await(30, TimeUnit.SECONDS);
            for (int step = 0; step < STEPS; step++) {
                step();
                for (Admission admission : open) {
                    // never evicted, whoever makes room
                    SessionStats stats = registry.stats(admission.generation().session());
                    if (!closing) {
                        assertThat(stats).isNotNull();
                        assertThat(stats.inFlight()).isPositive();
                    }
                }
            }
            open.forEach(Admission::close);
            return null;
        }

        private void step() {
            SessionKey key = key("s" + random.nextInt(12));
            int chance = random.nextInt(100);
            if (open.size() == 2 || (chance < 40 && !open.isEmpty())) {
                Admission done = open.remove(0);
                done.close();
                done.close();
            } else if (chance < 80) {
                try {
                    open.add(Admission.admit(
                            registry, key, chance < 50 ? PROFILES[random.nextInt(PROFILES.length)] : null));
                } catch (IllegalStateException e) {
                    // all others are in flight: that is an answer, too
                    assertThat(e).hasMessageContaining("no room");
                }
            } else if (chance < 90) {
                Admission.clear(registry, key);
            } else if (chance < 94) {
                registry.find(key);
                registry.stats().forEach(stats -> assertThat(stats.inFlight()).isNotNegative());
            } else if (chance < 98 || !closing) {
                registry.setMaxSessions(4 + random.nextInt(5));
            } else {
                registry.closeAll();
            }
        }
    }
}
