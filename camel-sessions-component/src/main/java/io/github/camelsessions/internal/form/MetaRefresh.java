/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

import org.jspecify.annotations.Nullable;

/**
 * The text of {@code <meta http-equiv=refresh content=...>} (HTML, section 4.2.5.3, «shared declarative refresh steps»).
 *
 * @param seconds after how many it happens
 * @param url     as it is written; null for the page itself
 */
record MetaRefresh(int seconds, @Nullable String url) {

    /** Reads it; null when browsers make nothing of it. */
    static @Nullable MetaRefresh parse(String content) {
        Cursor text = new Cursor(content);
        text.skip(" \t\n\f\r");
        String number = text.skip("0123456789");
        String fraction = text.skip("0123456789.");
        if (number.isEmpty() && !fraction.startsWith(".")) {
            return null;
        }
        int seconds = number.length() > 6 ? 999_999 : number.isEmpty() ? 0 : Integer.parseInt(number);
        if (!text.isEnd() && !text.isAt(";, \t\n\f\r")) {
            return null;
        }
        text.skip(" \t\n\f\r");
        if (text.isAt(";,")) {
            text.next();
        }
        text.skip(" \t\n\f\r");
        return new MetaRefresh(seconds, text.isEnd() ? null : url(text));
    }

    private static String url(Cursor text) {
        String all = text.rest();
        for (String letter : new String[] {"uU", "rR", "lL"}) {
            if (!text.isAt(letter)) {
                return letter.equals("uU") ? unquoted(text) : all;
            }
            text.next();
        }
        text.skip(" \t\n\f\r");
        if (!text.isAt("=")) {
            return all;
        }
        text.next();
        text.skip(" \t\n\f\r");
        return unquoted(text);
    }

    private static String unquoted(Cursor text) {
        if (!text.isAt("'\"")) {
            return text.rest();
        }
        char quote = text.next();
        String rest = text.rest();
        int end = rest.indexOf(quote);
        return end < 0 ? rest : rest.substring(0, end);
    }

    /** Where the reading is. */
    private static final class Cursor {

        private final String text;
        private int at;

        Cursor(String text) {
            this.text = text;
        }

        boolean isEnd() {
            return at == text.length();
        }

        boolean isAt(String signs) {
            return !isEnd() && signs.indexOf(text.charAt(at)) >= 0;
        }

        char next() {
            return text.charAt(at++);
        }

        String skip(String signs) {
            int from = at;
            while (isAt(signs)) {
                at++;
            }
            return text.substring(from, at);
        }

        String rest() {
            return text.substring(at);
        }
    }
}
