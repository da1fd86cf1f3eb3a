/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.examples.benchmark.Contenders.Way;
import io.github.camelsessions.examples.benchmark.Trial.Score;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to name the target of each request anew, by sessions and by camel-http with its cookie store; and, where
 * there are virtual threads, what the same costs with thousands of requests on the wire at a slow site.
 */
final class TargetWays implements Experiment {

    private static final int SIZE = 1024;
    private static final int CALLERS = 16;
    private static final int IN_FLIGHT = 5000;

    /** Some callers, and how long the site takes for their pages. */
    private record Case(boolean virtual, int callers, int millis) {

        Callers start() {
            return virtual ? Callers.virtual(callers) : Callers.platform(callers);
        }

        String query() {
            return millis == 0 ? "" : "?after=" + millis;
        }

        @Override
        public String toString() {
            return callers + (virtual ? " virtual threads" : " callers") + ", site takes " + millis + " ms";
        }
    }

    @Override
    public String name() {
        return "targets";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        List<Case> cases = new ArrayList<>(List.of(new Case(false, CALLERS, 0)));
        if (Callers.canBeVirtual()) {
            cases.add(new Case(true, CALLERS, 0));
            cases.add(new Case(true, settings.smoke() ? 500 : IN_FLIGHT, settings.smoke() ? 100 : 1000));
        }
        Table table = new Table(
                name(),
                "Ways to name a target: medians, and ratios to camel-http that names it so",
                "threads",
                "callers",
                "site, ms",
                "contender",
                "requests/s",
                "ratio",
                "CPU us each",
                "CPU ratio",
                "p50 ms",
                "p99 ms");
        for (Case next : cases) {
            report.progress(name() + ": " + next);
            List<Way> all = List.of(Way.values());
            // each contender keeps a connection for each caller, and each connection a thread of the site
            for (List<Way> ways : next.millis() == 0
                    ? List.of(all)
                    : all.stream().map(List::of).toList()) {
                measure(next, ways, settings, table, report);
            }
        }
        report.add(table);
    }

    private void measure(Case in, List<Way> ways, Settings settings, Table table, Report report) throws Exception {
        int rounds = settings.smoke() ? 1 : in.millis() == 0 ? 60 : 12;
        try (SiteProcess site = SiteProcess.start();
                Contenders contenders =
                        Contenders.byTargets(site, ways, List.of(SIZE), in.query(), Math.max(200, in.callers()));
                Callers callers = in.start()) {
            Trial trial = new Trial(contenders.all(), SIZE, callers);
            compare(in, ways, trial.run(settings.smoke() ? 0 : rounds / 4, rounds), table, report);
        }
    }

    private void compare(Case in, List<Way> ways, List<Score> scores, Table table, Report report) {
        for (Way way : ways) {
            Score plain = of(way.camelHttp(), scores);
            Score fetch = of(way.sessions(), scores);
            for (Score score : List.of(plain, fetch)) {
                table.row(
                        in.virtual() ? "virtual" : "platform",
                        in.callers(),
                        in.millis(),
                        score.contender().name(),
                        score.perSecond(),
                        score.perSecondTo(plain),
                        score.cpuMicros(),
                        score.cpuMicros() / plain.cpuMicros(),
                        score.millis(50),
                        score.millis(99));
            }
            String beside = " of fetch / camel-http cookie store, target " + way.where() + ", " + in;
            report.target(name(), "requests/s" + beside, fetch.perSecondTo(plain), Bound.atLeast(0.97));
            report.target(name(), "CPU" + beside, fetch.cpuMicros() / plain.cpuMicros(), Bound.atMost(1));
        }
    }

    private static Score of(String contender, List<Score> scores) {
        return scores.stream()
                .filter(score -> score.contender().name().equals(contender))
                .findFirst()
                .orElseThrow();
    }
}
