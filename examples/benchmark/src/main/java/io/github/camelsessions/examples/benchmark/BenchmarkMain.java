/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.hc.core5.util.VersionInfo;

/** Runs the experiments and writes the report: tables to the console, {@code results.json} and {@code throughput.svg}. */
public final class BenchmarkMain {

    private static final int RIGHT = 0;
    private static final int WRONG = 1;
    private static final int MISUSED = 2;

    private static final List<Experiment> EXPERIMENTS =
            List.of(new Throughput(), new TargetWays(), new CookieWork(), new Herd(), new Size(), new Soak());

    private BenchmarkMain() {}

    public static void main(String[] args) throws Exception {
        System.exit(run(System.out, args));
    }

    /** Runs the benchmark and returns the program's exit code. */
    static int run(PrintStream out, String... args) throws Exception {
        return run(EXPERIMENTS, out, args);
    }

    static int run(List<Experiment> experiments, PrintStream out, String... args) throws Exception {
        Settings settings;
        try {
            settings = Settings.parse(experiments.stream().map(Experiment::name).toList(), args);
        } catch (IllegalArgumentException e) {
            out.println("benchmark: " + e.getMessage());
            out.println(Settings.USAGE);
            return MISUSED;
        }
        Report report = new Report(out, settings.smoke());
        describeMachine(settings, report);
        for (Experiment experiment : experiments) {
            if (settings.only().contains(experiment.name())) {
                long start = System.nanoTime();
                experiment.run(settings, report);
                report.progress(
                        "\n" + experiment.name() + ": done in " + (System.nanoTime() - start) / 1_000_000_000 + " s");
            }
        }
        report.summarize();
        report.write(settings.output());
        return report.isRight() ? RIGHT : WRONG;
    }

    private static void describeMachine(Settings settings, Report report) {
        report.machine("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.machine("mode", settings.smoke() ? "smoke: the times mean nothing" : "full");
        report.machine("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        report.machine("heap MB", Runtime.getRuntime().maxMemory() >> 20);
        report.machine("processors", Runtime.getRuntime().availableProcessors());
        report.machine(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", load "
                        + Table.text(
                                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        report.machine("camel", CamelContext.class.getPackage().getImplementationVersion());
        report.machine(
                "httpclient",
                VersionInfo.loadVersionInfo("org.apache.hc.client5", BenchmarkMain.class.getClassLoader())
                        .getRelease());
    }
}
