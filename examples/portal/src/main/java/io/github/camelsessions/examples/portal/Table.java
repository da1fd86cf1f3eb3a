/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A table of plain text: columns as wide as their widest cell, numbers to the right, text to the left. */
final class Table {

    private final List<Object[]> rows = new ArrayList<>();

    Table(Object... titles) {
        rows.add(titles);
    }

    void add(Object... cells) {
        rows.add(cells);
    }

    void print(PrintStream out) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (Object[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].toString().length());
                numbers[i] = row[i] instanceof Number;
            }
        }
        Object[] rule = new Object[columns];
        for (int i = 0; i < columns; i++) {
            rule[i] = "-".repeat(widths[i]);
        }
        List<Object[]> lines = new ArrayList<>(rows);
        lines.add(1, rule);
        for (Object[] line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - line[i].toString().length());
                text.append(numbers[i] ? padding + line[i] : line[i] + padding).append("  ");
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
