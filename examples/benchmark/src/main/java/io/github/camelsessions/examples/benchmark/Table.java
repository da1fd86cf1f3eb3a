/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table of the report. Not thread-safe. */
final class Table {

    private final String experiment;
    private final String title;
    private final List<String> columns;
    private final List<List<Object>> rows = new ArrayList<>();

    Table(String experiment, String title, String... columns) {
        this.experiment = experiment;
        this.title = title;
        this.columns = List.of(columns);
    }

    public String getExperiment() {
        return experiment;
    }

    public String getTitle() {
        return title;
    }

    public List<String> getColumns() {
        return columns;
    }

    public List<List<Object>> getRows() {
        return rows;
    }

    /** Adds a row: text, or numbers as measured; only what is printed is rounded. */
    Table row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(Arrays.toString(cells) + " does not fit " + columns);
        }
        rows.add(List.of(cells));
        return this;
    }

    void print(PrintStream out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        rows.forEach(row -> lines.add(row.stream().map(Table::text).toList()));
        out.println();
        out.println(title);
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < columns.size(); column++) {
                int at = column;
                int width =
                        lines.stream().mapToInt(l -> l.get(at).length()).max().orElse(0);
                String padding = " ".repeat(width - line.get(column).length());
                boolean left = rows.stream().allMatch(row -> row.get(at) instanceof String);
                text.append("  ")
                        .append(left ? "" : padding)
                        .append(line.get(column))
                        .append(left ? padding : "");
            }
            out.println(text.toString().stripTrailing());
        }
        out.flush();
    }

    static String text(Object cell) {
        if (cell instanceof Double number) {
            double size = Math.abs(number);
            return String.format(Locale.ROOT, size < 10 ? "%.3f" : size < 100 ? "%.1f" : "%.0f", number);
        }
        return cell.toString();
    }
}
