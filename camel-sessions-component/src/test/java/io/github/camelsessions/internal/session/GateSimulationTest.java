/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.GateSimulation.LogIn;
import io.github.camelsessions.internal.session.GateSimulation.Outcome;
import io.github.camelsessions.internal.session.GateSimulation.World;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole sessions played from a seed; each run checks the invariants of the gate besides what is said here. */
@Tag("long")
class GateSimulationTest {

    private static final int RUNS = Integer.getInteger("gate.runs", 2_500);

    private static GateSimulation run(Consumer<World> settings) {
        World world = new World();
        settings.accept(world);
        return new GateSimulation(world).run();
    }

    @Test
    void nothingIsLostWhenTheSiteEndsASessionAfterAHundredRequests() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 2_000;
            world.concurrency = 64;
            world.siteLimit = 100;
        });
        print("limit 100, concurrency 64", simulation);
        assertThat(simulation.lost()).isZero();
        assertThat(simulation.logIns).hasSizeBetween(20, 25);
    }

    @Test
    void nothingIsLostWhenFewerRequestsAreAllowedThanAreSentAtOnce() {
        for (int limit : new int[] {1, 2, 7, 32}) {
            GateSimulation simulation = run(world -> {
                world.exchanges = 1_000;
                world.concurrency = 64;
                world.siteLimit = limit;
            });
            print("limit " + limit + ", concurrency 64", simulation);
            assertThat(simulation.lost()).as("limit %d", limit).isZero();
        }
    }

    @Test
    void nothingIsRefusedWhenTheLimitIsKnown() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 2_000;
            world.concurrency = 64;
            world.siteLimit = 32;
            world.rules = TestGates.rules().renewFirst().maxUses(32);
        });
        print("maxUses 32", simulation);
        assertThat(simulation.refusedBySite).isZero();
        assertThat(simulation.lost()).isZero();
    }

    @Test
    void forbiddenPagesCauseFewRenewals() {
        for (int concurrency : new int[] {1, 16}) {
            GateSimulation simulation = run(world -> {
                world.exchanges = 2_000;
                world.concurrency = concurrency;
                world.forbidden = 0.05;
            });
            print("5 % forbidden, concurrency " + concurrency, simulation);
            assertThat(simulation.lost()).isZero();
            assertThat(simulation.logIns).hasSizeLessThan(concurrency == 1 ? 15 : 35);
        }
    }

    @Test
    void forbiddenPagesCostFewExchangesForEachEndOfASession() {
        for (int concurrency : new int[] {1, 16}) {
            GateSimulation simulation = run(world -> {
                world.exchanges = 2_000;
                world.concurrency = concurrency;
                world.forbidden = 0.05;
                world.siteLimit = 100;
            });
            print("5 % forbidden, limit 100, concurrency " + concurrency, simulation);
            assertThat(simulation.lost()).isLessThanOrEqualTo(concurrency == 1 ? 50 : 5);
        }
    }

    @Test
    void aLogInThatDoesNotHelpCountsAsFailed() {
        for (int concurrency : new int[] {1, 16, 64}) {
            GateSimulation simulation = run(world -> {
                world.exchanges = 2_000;
                world.concurrency = concurrency;
                world.everythingRefused = true;
                world.pause = Duration.ofSeconds(1);
            });
            print("all refused, concurrency " + concurrency, simulation);
            assertThat(simulation.good(Outcome.OK)).isZero();
            assertThat(simulation.logInsPerCooldown()).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aLogInThatDoesNotHelpCountsAsFailedThoughLimitsRenewToo() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 500;
            world.concurrency = 4;
            world.everythingRefused = true;
            world.rules = TestGates.rules().renewFirst().maxUses(2);
            world.pause = Duration.ofSeconds(1);
        });
        print("all refused, maxUses 2", simulation);
        assertThat(simulation.logInsPerCooldown()).isLessThanOrEqualTo(8);
        assertThat(simulation.good(Outcome.RENEWAL_FAILED)).isPositive();
    }

    @Test
    void aWrongPasswordIsTriedOncePerCooldown() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 5_000;
            world.concurrency = 1_000;
            world.logIns = Map.of(LogIn.FATAL, 1.0);
            world.clears = 0.01;
            world.pause = Duration.ofSeconds(20);
        });
        print("wrong password", simulation);
        assertThat(simulation.logInsPerCooldown()).isEqualTo(1);
        assertThat(simulation.logIns).hasSizeGreaterThan(1);
        assertThat(simulation.good(Outcome.RENEWAL_FAILED)).isEqualTo(5_000);
    }

    @Test
    void aSiteThatIsDownSeesAsManyLogInsPerCooldownAsThereAreAttempts() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 1_000;
            world.concurrency = 200;
            world.logIns = Map.of(LogIn.TRANSIENT, 1.0);
            world.pause = Duration.ofSeconds(20);
        });
        print("log-in down", simulation);
        assertThat(simulation.logInsPerCooldown()).isEqualTo(3);
    }

    @Test
    void nothingIsLostWhenProxiesFail() {
        GateSimulation simulation = run(world -> {
            world.exchanges = 2_000;
            world.concurrency = 64;
            world.lost = 0.01;
            world.posts = 0.5;
        });
        print("1 % lost", simulation);
        assertThat(simulation.lost()).isZero();
        assertThat(simulation.logIns).hasSizeLessThan(40);
    }

    @Test
    void blocksGetToTheirEndInOneGenerationThoughTheSiteEndsSessions() {
        for (double exclusive : new double[] {0, 0.5, 1}) {
            GateSimulation simulation = run(world -> {
                world.exchanges = 2_000;
                world.pinned = 0.5;
                world.exclusive = exclusive;
                world.posts = 0.5;
                world.siteLimit = 200;
            });
            print("blocks, exclusive " + exclusive, simulation);
            assertThat(simulation.lost()).isZero();
        }
    }

    @Test
    void theInvariantsHoldInManySmallWorlds() {
        Map<Outcome, Integer> seen = new EnumMap<>(Outcome.class);
        long begun = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            World world = smallWorld(seed);
            try {
                GateSimulation simulation = new GateSimulation(world).run();
                simulation.good.forEach((outcome, count) -> seen.merge(outcome, count, Integer::sum));
                begun += simulation.logIns.size();
                checkLosses(world, simulation);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("in the world of seed " + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("small worlds: " + RUNS + " runs, " + begun + " log-ins, " + seen);
        assertThat(seen).containsOnlyKeys(Outcome.values());
    }

    private static void checkLosses(World world, GateSimulation simulation) {
        boolean logInWorks = world.logIns.getOrDefault(LogIn.SUCCEEDS, 0.0) == 1.0;
        boolean calm = logInWorks
                && !world.everythingRefused
                && world.clears == 0
                && world.unanswered == 0
                && world.ends == 0
                && world.lostLogIns == 0
                && world.plain == 0
                && world.pinned == 0;
        boolean roomy = world.holdTimeout.toHours() > 1 && world.rules.build().maxHeld() > world.exchanges;
        boolean plain = calm && roomy && world.explicitRenewals == 0 && world.rules.renews();
        // answers that overtake may show one generation after the other as barren, just before a limit ends it
        boolean patient =
                world.rules.build().maxUses() == 0 || world.rules.build().renewalAttempts() > 2;
        boolean lasting = world.expiries == 0; // no generation ends before it has accepted anything
        // where refusals come before the limit that ends the generation, three of one exchange may go unjudged
        boolean fitting = world.siteLimit == 0 || world.rules.build().maxUses() <= world.siteLimit;
        if (plain && patient && lasting && fitting && world.forbidden == 0 && world.rules.maxReplays() > 0) {
            assertThat(simulation.lost()).as("lost").isZero();
        }
        if (plain && world.siteLimit == 0 && lasting && world.rules.maxReplays() > 0) {
            assertThat(simulation.good(Outcome.REFUSED))
                    .as("refused for another's sake")
                    .isZero();
        }
        boolean known = world.siteLimit > 0
                && world.rules.build().maxUses() > 0
                && world.rules.build().maxUses() <= world.siteLimit;
        if (plain && known && world.rules.renewsFirst() && world.forbidden == 0 && lasting) {
            assertThat(simulation.refusedBySite).as("refused").isZero();
        }
    }

    private static World smallWorld(int seed) {
        Random random = new Random(seed * 31L + 7);
        World world = new World();
        world.seed = seed;
        world.exchanges = 10 + random.nextInt(60);
        world.concurrency = 1 + random.nextInt(12);
        world.resumeConcurrency = 1 + random.nextInt(5);
        world.siteLimit = random.nextBoolean() ? 0 : 1 + random.nextInt(12);
        world.forbidden = sometimes(random, 0.2);
        world.posts = sometimes(random, 0.5);
        world.unanswered = sometimes(random, 0.2);
        world.clears = sometimes(random, 0.1);
        world.explicitRenewals = sometimes(random, 0.2);
        world.expiries = sometimes(random, 0.05);
        world.everythingRefused = random.nextInt(12) == 0;
        if (world.everythingRefused) {
            world.explicitRenewals = 0;
        }
        world.pause = Duration.ofMillis(random.nextInt(3) * 5_000L);
        world.logIns = switch (random.nextInt(5)) {
            case 0 -> Map.of(LogIn.TRANSIENT, 1.0);
            case 1 -> logIns(0.5, 0.1, 0.3, 0.1);
            case 2 -> logIns(0.8, 0, 0, 0.2);
            default -> Map.of(LogIn.SUCCEEDS, 1.0);
        };
        if (random.nextInt(3) == 0) {
            world.holdTimeout = Duration.ofMillis(100 + random.nextInt(60_000));
        }
        world.rules = TestGates.rules()
                .renews(random.nextInt(6) > 0)
                .renewFirst(random.nextBoolean())
                .maxUses(random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(12))
                .maxIdle(random.nextInt(4) > 0 ? Duration.ZERO : Duration.ofSeconds(1 + random.nextInt(10)))
                .maxAge(random.nextInt(4) > 0 ? Duration.ZERO : Duration.ofSeconds(1 + random.nextInt(60)))
                .maxHeld(random.nextInt(4) > 0 ? 1_000 : 1 + random.nextInt(6))
                .maxReplays(random.nextInt(5) > 0 ? 1 : random.nextInt(4))
                .renewalAttempts(1 + random.nextInt(4))
                .cooldown(Duration.ofSeconds((1 + random.nextInt(3)) * 10L), Duration.ofSeconds(60));
        world.ends = sometimes(random, 0.05);
        world.plain = sometimes(random, 1);
        world.drains = random.nextInt(3) == 0;
        world.lost = sometimes(random, 0.3);
        world.lostLogIns = sometimes(random, 0.5);
        world.rules.checks(random.nextInt(3) == 0).endures(random.nextInt(4) == 0);
        if (world.rules.endures() && world.holdTimeout.toHours() > 0) {
            world.holdTimeout = Duration.ofMinutes(10); // a log-in may fail for ever
        }
        world.unansweredChecks = sometimes(random, 1);
        world.blocks = sometimes(random, 0.3);
        world.pinned = sometimes(random, 1);
        world.exclusive = sometimes(random, 1);
        return world;
    }

    private static Map<LogIn, Double> logIns(double succeeds, double fatal, double again, double hangs) {
        Map<LogIn, Double> map = new EnumMap<>(LogIn.class);
        map.put(LogIn.SUCCEEDS, succeeds);
        map.put(LogIn.FATAL, fatal);
        map.put(LogIn.TRANSIENT, again);
        map.put(LogIn.HANGS, hangs);
        return map;
    }

    private static double sometimes(Random random, double probability) {
        return random.nextInt(3) == 0 ? probability * random.nextDouble() : 0;
    }

    private static void print(String name, GateSimulation simulation) {
        System.out.printf(
                "%s: log-ins %d, refused %d, good %s, forbidden %s, at most %d log-ins per cool-down%n",
                name,
                simulation.logIns.size(),
                simulation.refusedBySite,
                simulation.good,
                simulation.forbidden,
                simulation.logInsPerCooldown());
    }
}
