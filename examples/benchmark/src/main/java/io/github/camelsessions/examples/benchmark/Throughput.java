/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.examples.benchmark.Trial.Score;
import io.github.camelsessions.examples.benchmark.Trial.Turn;
import java.util.ArrayList;
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

        @Override
        public String toString() {
            return size + " bytes, " + concurrency + " callers" + (virtual ? ", virtual threads" : "");
        }
    }

    /** How {@code sessions:fetch} does in one case, in the figures for which there is a target. */
    private record Standing(Case in, double throughput, double cpu, double p99, double toCookieHandler) {}

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int warmUp = settings.smoke() ? 0 : 15;
        int rounds = settings.smoke() ? 1 : 60;
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
        List<Standing> standings = new ArrayList<>();
        try (SiteProcess site = SiteProcess.start();
                Contenders contenders = new Contenders(site, SIZES)) {
            for (Contender contender : contenders.all()) {
                contender.logIn();
            }
            for (Case next : Case.all()) {
                report.progress(name() + ": " + next);
                try (Callers callers = next.callers()) {
                    List<Score> scores = new Trial(contenders.all(), next.size(), callers).run(warmUp, rounds);
                    standings.add(add(scores, next, table));
                }
            }
            checkCookies(contenders, site, report);
        }
        report.add(table);
        addTargets(standings, report);
    }

    private static Standing add(List<Score> scores, Case in, Table table) {
        Score plain = score(scores, Contenders.PLAIN);
        scores.forEach(score -> table.row(
                in.threads(),
                in.size(),
                in.concurrency(),
                score.contender().name(),
                score.median(Turn::perSecond),
                score.ratio(plain, Turn::perSecond),
                score.median(Turn::cpuMicros),
                score.ratio(plain, Turn::cpuMicros),
                score.millis(50),
                score.millis(99),
                score.millis(99) / plain.millis(99)));
        Score fetch = score(scores, Contenders.FETCH);
        return new Standing(
                in,
                fetch.ratio(plain, Turn::perSecond),
                fetch.ratio(plain, Turn::cpuMicros),
                fetch.millis(99) / plain.millis(99),
                fetch.ratio(score(scores, Contenders.COOKIE_HANDLER), Turn::perSecond));
    }

    private static Score score(List<Score> scores, String contender) {
        return scores.stream()
                .filter(score -> score.contender().name().equals(contender))
                .findFirst()
                .orElseThrow();
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

    private void addTargets(List<Standing> standings, Report report) {
        String beside = " of fetch / " + Contenders.PLAIN;
        addTarget(report, "requests/s" + beside, standings, Standing::throughput, Bound.atLeast(0.97));
        addTarget(report, "CPU" + beside, standings, Standing::cpu, Bound.atMost(1.05));
        addTarget(report, "p99" + beside, standings, Standing::p99, Bound.atMost(1.1));
        addTarget(
                report,
                "requests/s of fetch / " + Contenders.COOKIE_HANDLER,
                standings,
                Standing::toCookieHandler,
                Bound.atLeast(1));
    }

    private void addTarget(
            Report report, String what, List<Standing> standings, ToDoubleFunction<Standing> figure, Bound bound) {
        Comparator<Standing> better = Comparator.comparingDouble(figure);
        List<Standing> sorted = standings.stream()
                .sorted(bound.isLeast() ? better : better.reversed())
                .toList();
        double middle =
                Trial.median(standings.stream().map(figure::applyAsDouble).toList());
        report.target(name(), what + ", median of all", middle, bound);
        Standing worst = sorted.get(0);
        report.target(name(), what + ", worst: " + worst.in, figure.applyAsDouble(worst), bound);
    }
}
