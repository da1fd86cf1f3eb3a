/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.PoolStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Pools played event by event from a seed, in one thread: exchanges that come, give up, are answered and blocked, log-ins that
 * fail, and time that passes, in any order. After each event and at the end the invariants hold.
 */
@Tag("long")
class PoolSimulationTest {

    private static final int RUNS = Integer.getInteger("pool.runs", 1_500);

    @Test
    void theInvariantsHoldWhateverHappensInWhateverOrder() {
        long first = Long.getLong("pool.seed", 1);
        for (long seed = first; seed < first + RUNS; seed++) {
            try {
                new Run(seed).play();
            } catch (Throwable e) {
                throw new AssertionError("pool.seed=" + seed + " pool.runs=1", e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final TestPools pools = new TestPools();
        private final PoolRules rules;
        private final PoolGate gate;

        private final List<Claim> waiting = new ArrayList<>();
        private final List<Claim> served = new ArrayList<>();
        private final List<Member> creating = new ArrayList<>();
        private final List<Member> closing = new ArrayList<>();
        private final Map<Claim, Integer> answers = new IdentityHashMap<>();
        private final Map<Member, Integer> users = new IdentityHashMap<>();
        private final Map<Member, Integer> uses = new IdentityHashMap<>();
        private final Map<Member, Object> generations = new IdentityHashMap<>();
        private final Map<Member, Long> lastStart = new IdentityHashMap<>();
        private final Set<Long> numbers = new HashSet<>();
        private final List<Member> gone = new ArrayList<>();
        private long arrivals;
        private long wakeAt = PoolVerdict.NEVER;
        private int asked;
        private int settled;
        private int ended;

        Run(long seed) {
            random = new Random(seed);
            rules = pools.size(1 + random.nextInt(6))
                    .strategy(PoolStrategy.values()[random.nextInt(PoolStrategy.values().length)])
                    .maxUses(random.nextInt(5))
                    .maxAge(Duration.ofSeconds(random.nextInt(3) * 40L))
                    .maxConcurrent(random.nextInt(4))
                    .minDelay(Duration.ofMillis(random.nextInt(2) * 500L))
                    .logins(1 + random.nextInt(3))
                    .warm(0)
                    .logsIn(random.nextInt(4) > 0)
                    .maxHeld(3 + random.nextInt(20))
                    .rules();
            if (rules.logsIn()) {
                pools.warm(random.nextInt(3));
            }
            gate = pools.gate(() -> java.time.Instant.ofEpochMilli(pools.now()), random::nextInt);
        }

        void play() {
            for (int i = 0; i < 300; i++) {
                step();
                check();
            }
            // whoever waits is served in the end, whatever has happened before
            for (int i = 0; i < 10_000 && !isQuiet(); i++) {
                if (!creating.isEmpty()) {
                    act(gate.created(creating.remove(0)));
                } else if (!closing.isEmpty()) {
                    close(closing.remove(0));
                } else if (!served.isEmpty()) {
                    end(served.remove(0), Outcome.GOOD);
                } else {
                    assertThat(wakeAt)
                            .as("somebody waits, so the pool must wake")
                            .isNotEqualTo(PoolVerdict.NEVER);
                    pools.pass(Duration.ofMillis(Math.max(1, wakeAt - pools.monotonicMillis())));
                    act(gate.wake());
                }
                check();
            }
            assertThat(waiting).as("wait").isEmpty();
            assertThat(served).as("in use").isEmpty();
            assertThat(settled + ended).as("each exchange is answered").isEqualTo(asked);
            PoolStats stats = gate.stats();
            assertThat(stats.waiting()).isZero();
            assertThat(stats.busy()).isZero();
            assertThat(stats.creating()).isZero();
            assertThat(stats.warm()).isEqualTo(stats.size());
            assertThat(stats.created() - stats.retiredInAll() + retiredWhileCreated())
                    .isEqualTo(stats.size());
        }

        private int retiredWhileCreating;

        private int retiredWhileCreated() {
            return retiredWhileCreating;
        }

        private boolean isQuiet() {
            return waiting.isEmpty() && served.isEmpty() && creating.isEmpty() && closing.isEmpty();
        }

        private void step() {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> ask();
                case 5, 6, 7, 8 -> {
                    if (!served.isEmpty()) {
                        end(served.remove(random.nextInt(served.size())), outcome());
                    }
                }
                case 9, 10 -> {
                    if (!creating.isEmpty()) {
                        Member member = creating.remove(random.nextInt(creating.size()));
                        act(
                                random.nextInt(4) > 0
                                        ? gate.created(member)
                                        : gate.notCreated(member, new IllegalStateException("no")));
                    }
                }
                case 11 -> {
                    if (!closing.isEmpty()) {
                        close(closing.remove(random.nextInt(closing.size())));
                    }
                }
                case 12 -> {
                    if (!waiting.isEmpty()) {
                        Claim claim = waiting.remove(random.nextInt(waiting.size()));
                        act(gate.left(claim));
                        assertThat(claim.state).isEqualTo(Claim.State.ENDED);
                        ended++;
                    }
                }
                case 13 -> {
                    pools.pass(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 60_000 : 400)));
                    act(gate.wake());
                }
                case 14 -> actIfThere(gate.mark(random.nextInt(20), random.nextBoolean()));
                default -> {
                    long number = random.nextInt(20);
                    boolean wasCreating = creating.stream()
                            .anyMatch(member -> member.number == number && member.state == Member.State.CREATING);
                    actIfThere(gate.retire(number));
                    retiredWhileCreating += wasCreating ? 1 : 0;
                }
            }
        }

        private Outcome outcome() {
            return Outcome.values()[random.nextInt(Outcome.values().length)];
        }

        private void ask() {
            Long wanted = random.nextInt(3) == 0 ? Long.valueOf(random.nextInt(15)) : null;
            Claim claim = new Claim(++arrivals, wanted, true, false, () -> {});
            asked++;
            waiting.add(claim);
            act(gate.ask(claim));
        }

        private void end(Claim claim, Outcome outcome) {
            Member member = claim.member;
            boolean neverSent = outcome == Outcome.NEUTRAL && random.nextBoolean();
            if (!neverSent) {
                boolean renewed = random.nextInt(10) == 0;
                Object generation = renewed ? new Object() : generations.getOrDefault(member, member);
                if (generations.put(member, generation) != generation) {
                    uses.put(member, 0);
                }
                act(gate.sent(claim, generation));
                uses.merge(member, 1, Integer::sum);
            }
            users.merge(member, -1, Integer::sum);
            ended++;
            settled--;
            act(gate.done(claim, outcome, false, outcome == Outcome.EXPIRED ? new IllegalStateException("no") : null));
        }

        private void close(Member member) {
            assertThat(users.getOrDefault(member, 0))
                    .as("users of a closed session")
                    .isZero();
            gone.add(member);
            act(gate.closed(member));
        }

        private void actIfThere(PoolVerdict verdict) {
            if (verdict != null) {
                act(verdict);
            }
        }

        private void act(PoolVerdict verdict) {
            for (Claim claim : verdict.settled) {
                assertThat(waiting.remove(claim)).as("it waited").isTrue();
                assertThat(answers.merge(claim, 1, Integer::sum)).as("answers").isEqualTo(1);
                settled++;
                if (claim.state == Claim.State.SERVED) {
                    serve(claim);
                }
            }
            for (Member member : verdict.created) {
                assertThat(numbers.add(member.number))
                        .as("a number is used once")
                        .isTrue();
            }
            creating.addAll(verdict.created);
            closing.addAll(verdict.closing);
            wakeAt = verdict.wakeAtMillis;
        }

        private void serve(Claim claim) {
            Member member = claim.member;
            served.add(claim);
            int now = users.merge(member, 1, Integer::sum);
            assertThat(member.state).as("state of a session that is given").isEqualTo(Member.State.LIVE);
            if (rules.maxConcurrent() > 0) {
                assertThat(now).as("users at once").isLessThanOrEqualTo(rules.maxConcurrent());
            }
            if (rules.maxUses() > 0) {
                assertThat(uses.getOrDefault(member, 0)).as("uses before").isLessThan((int) rules.maxUses());
            }
            if (!rules.maxAge().isZero()) {
                assertThat(pools.monotonicMillis() - member.bornMillis)
                        .isLessThan(rules.maxAge().toMillis());
            }
            Long before = lastStart.put(member, pools.now());
            if (before != null) {
                assertThat(pools.now() - before)
                        .as("between two uses")
                        .isGreaterThanOrEqualTo(rules.minDelay().toMillis());
            }
        }

        private void check() {
            // refused ones wait no more
            waiting.removeIf(claim -> claim.state == Claim.State.REFUSED);
            PoolStats stats = gate.stats();
            assertThat(stats.waiting()).as("waiting").isEqualTo(waiting.size());
            assertThat(stats.waiting()).isLessThanOrEqualTo(rules.gate().maxHeld());
            assertThat(stats.size() + stats.closing()).isLessThanOrEqualTo(rules.size());
            assertThat(stats.creating()).isEqualTo(creating.size()).isLessThanOrEqualTo(rules.logins());
            assertThat(stats.warm()).isBetween(0, stats.size());
            if (stats.ready() > 0) {
                assertThat(waiting).as("who waits though a session is ready").allMatch(claim -> claim.wanted != null);
            }
            long first = waiting.stream()
                    .filter(claim -> claim.wanted == null)
                    .mapToLong(claim -> claim.arrival)
                    .min()
                    .orElse(Long.MAX_VALUE);
            assertThat(served.stream().filter(claim -> claim.wanted == null))
                    .as("nobody is overtaken")
                    .allMatch(claim -> claim.arrival < first);
        }
    }
}
