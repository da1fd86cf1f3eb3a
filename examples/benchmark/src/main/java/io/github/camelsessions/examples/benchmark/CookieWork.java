/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.cookie.CookieLimits;
import io.github.camelsessions.examples.benchmark.CookieBenchmark.Crawler;
import io.github.camelsessions.examples.benchmark.CookieBenchmark.Jar;
import io.github.camelsessions.examples.benchmark.CookieBenchmark.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What cookies cost, without Camel and the network: {@link CookieBenchmark}, by JMH. */
final class CookieWork implements Experiment {

    private static final List<String> SIZES = List.of("10", "100", "10000", "1000000");
    private static final List<String> SMOKE_SIZES = List.of("10", "100", "10000");
    private static final List<String> FIELDS = List.of("typical", "long");

    @Override
    public String name() {
        return "cookies";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        List<String> sizes = settings.smoke() ? SMOKE_SIZES : SIZES;
        for (String size : sizes) {
            report.exactly(
                    name(),
                    "requests with the same header by both, of " + size + " cookies",
                    1,
                    header(new Jar(), size).equals(header(new Store(), size)) ? 1 : 0);
        }
        Collection<RunResult> results = measure(settings, sizes);
        Table table = new Table(
                name(),
                "Cookie work: nanos for each, median of the iterations, in brackets the slowest; a session's jar holds "
                        + CookieLimits.DEFAULT.total() + " cookies at most, those for more were given a higher limit",
                "what",
                "sessions",
                "(slowest)",
                "HttpClient",
                "(slowest) ",
                "HttpClient / sessions");
        List<Double> nanos = new ArrayList<>();
        for (String size : sizes) {
            nanos.add(add(table, "Cookie header, 3 of " + size + " cookies", results, "request", "cookies", size));
        }
        for (String field : FIELDS) {
            add(
                    table,
                    "Set-Cookie, " + field + ": parse, check and replace the stored cookie",
                    results,
                    "field",
                    "field",
                    field);
        }
        report.add(table);
        for (int i = 0; i < sizes.size(); i++) {
            report.target(
                    name(),
                    "us for the Cookie header, 3 of " + sizes.get(i) + " cookies",
                    nanos.get(i) / 1000,
                    Bound.atMost(1));
        }
        report.target(
                name(),
                "the same, " + sizes.get(sizes.size() - 1) + " / " + sizes.get(0),
                nanos.get(nanos.size() - 1) / nanos.get(0),
                Bound.atMost(2));
    }

    private static String header(Crawler crawler, String size) throws Exception {
        crawler.cookies = Integer.parseInt(size);
        crawler.fill();
        return crawler.header();
    }

    /** A JVM for each benchmark, so that none is compiled for what another did; the smoke run has no time for that. */
    private static Collection<RunResult> measure(Settings settings, List<String> sizes) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\b" + CookieBenchmark.class.getSimpleName() + "\\b")
                .param("cookies", sizes.toArray(String[]::new))
                .param("field", FIELDS.toArray(String[]::new))
                .shouldFailOnError(true)
                .output(settings.output().resolve("jmh.txt").toString());
        if (settings.smoke()) {
            System.setProperty("jmh.ignoreLock", "true"); // times mean nothing: another JMH may run beside this one
            options.forks(0).warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(50));
        } else {
            options.forks(1)
                    .jvmArgs("-Xms2g", "-Xmx2g")
                    .warmupIterations(4)
                    .warmupTime(TimeValue.milliseconds(500))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.milliseconds(500));
        }
        return new Runner(options.build()).run();
    }

    /** Adds what both did and returns the nanos of sessions. */
    private static double add(
            Table table, String what, Collection<RunResult> results, String work, String parameter, String value) {
        Result<?> sessions = result(results, work + "BySessions", parameter, value);
        Result<?> httpClient = result(results, work + "ByHttpClient", parameter, value);
        table.row(
                what,
                median(sessions),
                sessions.getStatistics().getMax(),
                median(httpClient),
                httpClient.getStatistics().getMax(),
                median(httpClient) / median(sessions));
        return median(sessions);
    }

    private static double median(Result<?> result) {
        return result.getStatistics().getPercentile(50);
    }

    private static Result<?> result(Collection<RunResult> results, String label, String parameter, String value) {
        return results.stream()
                .filter(result -> result.getPrimaryResult().getLabel().equals(label)
                        && value.equals(result.getParams().getParam(parameter)))
                .findFirst()
                .orElseThrow()
                .getPrimaryResult();
    }
}
