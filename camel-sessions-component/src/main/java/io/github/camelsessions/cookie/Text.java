/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/** Questions about single characters and pieces of text that several classes ask. */
final class Text {

    private Text() {}

    /**
     * Returns the place of the first character that no cookie may hold, or -1: a control character other than HTAB (RFC
     * 6265bis, section 5.6), or one above U+00FF, which is no octet.
     */
    static int firstForbidden(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the part of a text without the WSP (space and HTAB) at its ends. */
    static String trimmed(String text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isWhitespace(text.charAt(from))) {
            from++;
        }
        while (to > from && isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isWhitespace(char c) {
        return c == ' ' || c == '\t';
    }
}
