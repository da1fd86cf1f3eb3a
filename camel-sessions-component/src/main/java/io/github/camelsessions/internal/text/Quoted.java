/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import org.jspecify.annotations.Nullable;

/**
 * Text from outside in messages of exceptions and logs: on one line, whatever it holds, so that it can forge no line of a
 * log, and no longer than anybody reads.
 */
public final class Quoted {

    private static final int LONGEST = 255;

    private Quoted() {}

    /** The text in quotation marks, cut after 255 characters. */
    public static String of(@Nullable Object text) {
        return "'" + bare(text) + "'";
    }

    /** The text without quotation marks, cut after 255 characters. */
    public static String bare(@Nullable Object text) {
        return bare(text, LONGEST);
    }

    /**
     * @param longest after how many characters it is cut; three dots show that it was
     */
    public static String bare(@Nullable Object text, int longest) {
        String all = String.valueOf(text);
        int length = Math.min(all.length(), longest);
        StringBuilder shown = new StringBuilder(length + 3);
        for (int i = 0; i < length; i++) {
            char c = all.charAt(i);
            shown.append(isSafe(c) ? c : '?');
        }
        return all.length() > longest ? shown.append("...").toString() : shown.toString();
    }

    // neither what ends a line nor what turns the direction of writing, or is not seen at all
    private static boolean isSafe(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
