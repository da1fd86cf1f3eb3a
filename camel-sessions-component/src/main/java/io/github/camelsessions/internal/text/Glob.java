/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import java.util.List;

/**
 * Literal parts with an asterisk between each two. Each is looked for from left to right and never again, so that the time
 * is linear in the length of the text, which may be anybody's.
 */
public record Glob(List<String> parts) {

    public static Glob of(String text) {
        return new Glob(List.of(text.split("\\*", -1)));
    }

    public boolean matches(String text) {
        return matches(text, 0, text.length());
    }

    /** Whether what lies between two places matches. */
    public boolean matches(String text, int start, int end) {
        String first = parts.get(0);
        String last = parts.get(parts.size() - 1);
        int from = start + first.length();
        int to = end - last.length();
        if (!text.startsWith(first, start) || !text.startsWith(last, to)) {
            return false;
        }
        if (parts.size() == 1) {
            return from == end;
        }
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = text.indexOf(part, from);
            if (found < 0) {
                return false;
            }
            from = found + part.length();
        }
        return from <= to;
    }
}
