/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured: tables; targets, which a noisy machine may miss and which never fail the run; and counts, such as
 * renewals and lost exchanges, which have to be right on any machine. Not thread-safe.
 */
final class Report {

    /** A figure beside what it should be. */
    record Target(String experiment, String what, String bound, double measured, boolean met) {}

    /** A number that has to be right. */
    record Count(String experiment, String what, String expected, long actual, boolean right) {}

    private final PrintStream out;
    private final boolean smoke;
    private final Map<String, Object> machine = new LinkedHashMap<>();
    private final List<Table> tables = new ArrayList<>();
    private final Map<String, BarChart> charts = new LinkedHashMap<>();
    private final List<Target> targets = new ArrayList<>();
    private final List<Count> counts = new ArrayList<>();

    /** @param smoke whether the run is too short for its targets to be judged */
    Report(PrintStream out, boolean smoke) {
        this.out = out;
        this.smoke = smoke;
    }

    /** Says something about where the figures come from. */
    void machine(String name, Object value) {
        machine.put(name, value);
        out.println(name + ": " + value);
    }

    /** Says what is going on. */
    void progress(String text) {
        out.println(text);
        out.flush();
    }

    /** Prints a table and keeps it. */
    void add(Table table) {
        tables.add(table);
        table.print(out);
    }

    /** Keeps a chart, to be written to a file of this name. */
    void chart(String name, BarChart chart) {
        charts.put(name, chart);
    }

    /** Notes a figure for which there is a target; a smoke run has none. */
    void target(String experiment, String what, double measured, Bound bound) {
        if (!smoke) {
            targets.add(new Target(experiment, what, bound.toString(), measured, bound.holds(measured)));
        }
    }

    void exactly(String experiment, String what, long expected, long actual) {
        counts.add(new Count(experiment, what, "= " + expected, actual, actual == expected));
    }

    void noMoreThan(String experiment, String what, long bound, long actual) {
        counts.add(new Count(experiment, what, "<= " + bound, actual, actual <= bound));
    }

    boolean isRight() {
        return counts.stream().allMatch(Count::right);
    }

    /** Prints targets and counts. */
    void summarize() {
        if (!targets.isEmpty()) {
            Table table = new Table("targets", "Targets", "experiment", "what", "target", "measured", "");
            targets.forEach(t -> table.row(t.experiment, t.what, t.bound, t.measured, t.met ? "met" : "MISSED"));
            table.print(out);
        }
        if (!counts.isEmpty()) {
            Table table = new Table("counts", "Counts", "experiment", "what", "expected", "counted", "");
            counts.forEach(c -> table.row(c.experiment, c.what, c.expected, c.actual, c.right ? "right" : "WRONG"));
            table.print(out);
        }
    }

    /** Writes {@code results.json} and the charts into a folder, which need not exist. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("tables", tables);
        all.put("targets", targets);
        all.put("counts", counts);
        Path json = folder.resolve("results.json");
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
        progress("\n" + json.toAbsolutePath().normalize());
        for (Map.Entry<String, BarChart> chart : charts.entrySet()) {
            Path svg = folder.resolve(chart.getKey() + ".svg");
            chart.getValue().write(svg);
            progress(svg.toAbsolutePath().normalize().toString());
        }
    }
}
