/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.GateSimulation.Outcome;
import io.github.camelsessions.internal.session.GateSimulation.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole sessions beside forbidden pages: what they lose, how often they log in, how long a suspect waits. In each world some
 * callers ask for 2 000 pages one after the other. Lost is a good page whose exchange fails.
 */
class ForbiddenWorldsTest {

    private static final int EXCHANGES = 2_000;
    private static final int SEEDS = Integer.getInteger("gate.seeds", 1);
    private static final List<Integer> CALLERS = List.of(1, 4, 16, 64);

    /** Which pages are forbidden: a share of them by chance, or in an order. */
    record Pages(double share, String pattern) {

        @Override
        public String toString() {
            return pattern.isEmpty() ? "f=" + share : pattern;
        }
    }

    private static final Pages NONE = new Pages(0, "");
    private static final List<Pages> SOME = List.of(
            new Pages(0.05, ""),
            new Pages(0.2, ""),
            new Pages(0.5, ""),
            new Pages(0, "ffo"),
            new Pages(0, "foo"),
            new Pages(0, "ffffo"));

    /**
     * @param pages   which are forbidden
     * @param callers how many ask at once
     * @param limit   how many requests the site answers in one session, 0 for any number
     * @param checks  whether there is a checkUri
     * @param more    what else is in the world
     */
    record Case(Pages pages, int callers, int limit, boolean checks, String name, Consumer<World> more) {

        Case(Pages pages, int callers, int limit, boolean checks) {
            this(pages, callers, limit, checks, "", world -> {});
        }

        Result run() {
            List<GateSimulation> runs = new ArrayList<>();
            for (int seed = 0; seed < SEEDS; seed++) {
                World world = new World();
                world.seed = 1_000L + seed;
                world.exchanges = EXCHANGES;
                world.concurrency = callers;
                world.forbidden = pages.share();
                world.pattern = pages.pattern();
                world.siteLimit = limit;
                world.meanMillis = 10;
                world.rules = TestGates.rules().checks(checks);
                more.accept(world);
                runs.add(new GateSimulation(world).run());
            }
            Result result = new Result(this, runs);
            System.out.println(result);
            return result;
        }

        /** How many log-ins there have to be: the site ends the session after so many requests, checks included. */
        double ideal(int checksSent) {
            return limit == 0 ? 0 : (double) (EXCHANGES + checksSent) / limit;
        }

        @Override
        public String toString() {
            return pages + " c=" + callers + " L=" + limit + (checks ? " with checkUri" : "") + name;
        }
    }

    record Result(Case of, List<GateSimulation> runs) {

        int mostLogIns() {
            return runs.stream().mapToInt(run -> run.logIns.size()).max().orElseThrow();
        }

        int mostChecks() {
            return runs.stream().mapToInt(run -> run.checks).max().orElseThrow();
        }

        /** Of the good pages, on the mean of the seeds. */
        double lostShare() {
            return runs.stream()
                    .mapToDouble(run -> (double) run.lost() / Math.max(1, run.lost() + run.good(Outcome.OK)))
                    .average()
                    .orElseThrow();
        }

        long longestSuspicion() {
            return runs.stream().mapToLong(run -> run.longestSuspicion).max().orElseThrow();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "world %-40s log-ins %4d, ideal %6.1f, lost %4.1f %%, longest suspicion %4d ms, checks %d",
                    of,
                    mostLogIns(),
                    of.ideal(mostChecks()),
                    100 * lostShare(),
                    longestSuspicion(),
                    mostChecks());
        }
    }

    private static Stream<Case> cases(List<Pages> pages, List<Integer> limits, boolean checks) {
        return pages.stream()
                .flatMap(some -> CALLERS.stream()
                        .flatMap(callers -> limits.stream().map(limit -> new Case(some, callers, limit, checks))));
    }

    static Stream<Case> withoutForbiddenPages() {
        return cases(List.of(NONE), List.of(0, 100, 32, 7, 2, 1), false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void withoutForbiddenPages(Case world) {
        Result result = world.run();
        assertThat(result.lostShare()).isZero();
        int ends = world.limit() == 0 ? 0 : (EXCHANGES + world.limit() - 1) / world.limit();
        assertThat(result.mostLogIns()).isBetween(Math.max(1, ends), 1 + ends);
        assertThat(result.mostChecks()).isZero();
    }

    static Stream<Case> withoutLimit() {
        return cases(SOME, List.of(0), false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void withoutLimit(Case world) {
        Result result = world.run();
        assertThat(result.lostShare()).isZero();
        assertThat(result.mostLogIns()).isLessThanOrEqualTo(9);
    }

    static Stream<Case> withLimit() {
        return cases(SOME, List.of(100, 32), false);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void withLimit(Case world) {
        Result result = world.run();
        assertThat((double) result.mostLogIns()).isLessThanOrEqualTo(2.6 * world.ideal(0) + 6);
        if (world.callers() >= 16) { // of fewer, a lone refusal cannot be told without a check
            assertThat(result.lostShare()).isLessThanOrEqualTo(0.01);
        }
        assertThat(result.longestSuspicion()).isLessThanOrEqualTo(1_010); // timers may be late by a moment
    }

    static Stream<Case> withCheck() {
        return Stream.concat(
                cases(List.of(NONE), List.of(0, 100, 32, 7, 2, 1), true), cases(SOME, List.of(0, 100, 32), true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void withCheck(Case world) {
        Result result = world.run();
        assertThat(result.lostShare()).isZero();
        // where fewer requests are allowed than are sent at once, each end costs some more
        double more = world.limit() > world.callers() ? 1.3 : 1.6;
        assertThat((double) result.mostLogIns()).isLessThanOrEqualTo(more * world.ideal(result.mostChecks()) + 2);
    }

    /** Twenty pages, asked for again and again: what each did before is the best evidence. */
    static Stream<Case> withKnownPages() {
        return SOME.subList(0, 3).stream()
                .flatMap(pages -> CALLERS.stream()
                        .flatMap(callers -> Stream.of(0, 100, 32)
                                .map(limit -> new Case(
                                        pages, callers, limit, false, " of 20 pages", world -> world.pages = 20))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void withKnownPages(Case world) {
        Result result = world.run();
        assertThat(result.lostShare()).isLessThanOrEqualTo(0.002);
        assertThat((double) result.mostLogIns()).isLessThanOrEqualTo(1.3 * world.ideal(0) + 6);
    }

    /** One of a hundred pages takes 15 s. */
    static Stream<Case> besideSlowPages() {
        return Stream.of(NONE, SOME.get(0), SOME.get(2))
                .flatMap(pages -> Stream.of(false, true)
                        .flatMap(checks -> CALLERS.stream()
                                .flatMap(callers -> Stream.of(0, 100)
                                        .map(limit -> new Case(
                                                pages,
                                                callers,
                                                limit,
                                                checks,
                                                " beside slow pages",
                                                world -> world.slow = 0.01)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void besideSlowPages(Case world) {
        Result result = world.run();
        assertThat((double) result.mostLogIns()).isLessThanOrEqualTo(2.6 * world.ideal(result.mostChecks()) + 9);
        if (world.checks() || world.pages() == NONE || world.limit() == 0) {
            assertThat(result.lostShare()).isZero();
        } else if (world.callers() == 64) { // of 16, so many wait for slow pages that few are left to tell
            assertThat(result.lostShare()).isLessThanOrEqualTo(0.01);
        }
        assertThat(result.longestSuspicion()).isLessThanOrEqualTo(world.checks() ? 1_200 : 1_010);
    }

    @Test
    void whenEverythingIsRefusedLogInsAreBoundedByTime() {
        for (int callers : CALLERS) {
            Result result = new Case(NONE, callers, 0, false, " all refused", world -> {
                        world.everythingRefused = true;
                        world.exchanges = 20_000;
                        world.pause = Duration.ofMillis(10L * callers);
                    })
                    .run();
            assertThat(result.mostLogIns()).isLessThanOrEqualTo(8);
        }
    }
}
