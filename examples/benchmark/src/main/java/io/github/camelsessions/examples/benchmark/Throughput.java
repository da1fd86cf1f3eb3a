/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.examples.benchmark.Trial.Score;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Requests a second, CPU and latency of all {@link Contenders}. */
final class Throughput implements Experiment {

    private static final List<Integer> SIZES = List.of(1024, 65536);
    private static final List<Integer> CONCURRENCIES = List.of(1, 16, 64);

    /** What is compared: pages of a size, asked for by a number of callers at the same time. */
    private record Case(boolean virtual, int size, int concurrency) {

        static List<Case> all() {
            List<Case> all = new ArrayList<>();
            for (boolean virtual : Callers.canBeVirtual() ? List.of(false, true) : List.of(false)) {
                for (int size : SIZES) {
                    CONCURRENCIES.forEach(concurrency -> all.add(new Case(virtual, size, concurrency)));
                }
            }
            return all;
        }

        Callers callers() {
            return virtual ? Callers.virtual(concurrency) : Callers.platform(concurrency);
        }

        String threads() {
            return virtual ? "virtual" : "platform";
        }

        String label() {
            return (size >> 10) + " kB x " + concurrency + (virtual ? " virtual" : "");
        }

        @Override
        public String toString() {
            return size + " bytes, " + concurrency + " callers" + (virtual ? ", virtual threads" : "");
        }
    }

    /** What came out in one case. */
    private record Outcome(Case in, List<Score> scores) {

        Score of(String contender) {
            return scores.stream()
                    .filter(score -> score.contender().name().equals(contender))
                    .findFirst()
                    .orElseThrow();
        }

        double perSecondTo(String other) {
            return of(Contenders.FETCH).perSecondTo(of(other));
        }

        double cpuRatio(Score score) {
            return score.cpuMicros() / of(Contenders.PLAIN).cpuMicros();
        }

        double p99Ratio(Score score) {
            return score.millis(99) / of(Contenders.PLAIN).millis(99);
        }
    }

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int warmUp = settings.smoke() ? 0 : 15;
        int rounds = settings.smoke() ? 1 : 60;
        List<Outcome> outcomes = new ArrayList<>();
        try (SiteProcess site = SiteProcess.start();
                Contenders contenders = Contenders.byCookies(site, SIZES)) {
            for (Case next : Case.all()) {
                report.progress(name() + ": " + next);
                try (Callers callers = next.callers()) {
                    Trial trial = new Trial(contenders.all(), next.size(), callers);
                    outcomes.add(new Outcome(next, trial.run(warmUp, rounds)));
                }
            }
            checkCookies(contenders, site, report);
        }
        report.add(table(outcomes, rounds));
        report.chart(name(), chart(outcomes));
        addTargets(outcomes, report);
    }

    private Table table(List<Outcome> outcomes, int rounds) {
        Table table = new Table(
                name(),
                "Throughput: median of " + rounds + " rounds, and its ratio to " + Contenders.PLAIN,
                "threads",
                "bytes",
                "callers",
                "contender",
                "requests/s",
                "ratio",
                "CPU us each",
                "CPU ratio",
                "p50 ms",
                "p99 ms",
                "p99 ratio");
        for (Outcome outcome : outcomes) {
            Score plain = outcome.of(Contenders.PLAIN);
            outcome.scores.forEach(score -> table.row(
                    outcome.in.threads(),
                    outcome.in.size(),
                    outcome.in.concurrency(),
                    score.contender().name(),
                    score.perSecond(),
                    score.perSecondTo(plain),
                    score.cpuMicros(),
                    outcome.cpuRatio(score),
                    score.millis(50),
                    score.millis(99),
                    outcome.p99Ratio(score)));
        }
        return table;
    }

    private static BarChart chart(List<Outcome> outcomes) {
        BarChart chart = new BarChart(
                "Requests a second, camel-http = 1",
                "ratio",
                outcomes.stream().map(outcome -> outcome.in.label()).toList());
        for (Score score : outcomes.get(0).scores) {
            String contender = score.contender().name();
            chart.bars(
                    contender,
                    outcomes.stream()
                            .map(outcome -> outcome.of(contender).perSecondTo(outcome.of(Contenders.PLAIN)))
                            .toList());
        }
        return chart;
    }

    /** Whether each contender sent what it is said to send: otherwise they were not to be compared. */
    private void checkCookies(Contenders contenders, SiteProcess site, Report report) throws Exception {
        for (Contender contender : contenders.all()) {
            site.rules(1, 0, 0);
            contender.get(SIZES.get(0)); // whether it sends its cookie, which the site has forgotten by now
            report.exactly(
                    name(),
                    "cookies sent by " + contender.name(),
                    contender.keepsCookies() ? 1 : 0,
                    site.counts().withCookie());
        }
    }

    private void addTargets(List<Outcome> outcomes, Report report) {
        String plain = Contenders.PLAIN;
        String beside = " of fetch / " + plain;
        addTarget(report, "requests/s" + beside, outcomes, o -> o.perSecondTo(plain), Bound.atLeast(0.97));
        addTarget(report, "CPU" + beside, outcomes, o -> o.cpuRatio(o.of(Contenders.FETCH)), Bound.atMost(1.05));
        addTarget(report, "p99" + beside, outcomes, o -> o.p99Ratio(o.of(Contenders.FETCH)), Bound.atMost(1.1));
        addTarget(
                report,
                "requests/s of fetch / " + Contenders.COOKIE_HANDLER,
                outcomes,
                o -> o.perSecondTo(Contenders.COOKIE_HANDLER),
                Bound.atLeast(1));
    }

    private void addTarget(
            Report report, String what, List<Outcome> outcomes, ToDoubleFunction<Outcome> figure, Bound bound) {
        double median =
                Trial.median(outcomes.stream().map(figure::applyAsDouble).toList());
        report.target(name(), what + ", median of all", median, bound);
        Comparator<Outcome> ascending = Comparator.comparingDouble(figure);
        Outcome worst = Collections.min(outcomes, bound.isLeast() ? ascending : ascending.reversed());
        report.target(name(), what + ", worst: " + worst.in, figure.applyAsDouble(worst), bound);
    }
}
