/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Text of a route with Simple functions in it, cut at them: what a message brings is told from what the route says, and is
 * never read once more. Immutable.
 */
record DynamicText(List<Piece> pieces) {

    /**
     * What stands between two cuts.
     *
     * @param text as the route has it
     * @param function null where the text is no function
     */
    record Piece(String text, @Nullable Expression function) {

        boolean isFunction() {
            return function != null;
        }

        /** The text itself, or what its function gives; empty when that is nothing. */
        String value(Exchange exchange) {
            String value = function == null ? text : function.evaluate(exchange, String.class);
            return value == null ? "" : value;
        }
    }

    private static final List<String> FUNCTIONS = List.of("${", "$simple{");

    static DynamicText ofRoute(String text) {
        return new DynamicText(List.of(new Piece(text, null)));
    }

    /** The text as one expression: operators of Simple around its functions hold as well. */
    static DynamicText whole(CamelContext context, String text) {
        return hasFunction(text) ? new DynamicText(List.of(function(context, text))) : ofRoute(text);
    }

    /**
     * Each function by itself.
     *
     * @param ofRoute what becomes of the text between them
     */
    static DynamicText cut(CamelContext context, String text, UnaryOperator<String> ofRoute) {
        List<Piece> pieces = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isFunction(text, i)) {
                int end = endOfFunction(text, i);
                addTo(pieces, text.substring(begin, i), ofRoute);
                pieces.add(function(context, text.substring(i, end)));
                begin = end;
                i = end - 1;
            }
        }
        addTo(pieces, text.substring(begin), ofRoute);
        return new DynamicText(List.copyOf(pieces));
    }

    private static void addTo(List<Piece> pieces, String text, UnaryOperator<String> ofRoute) {
        if (!text.isEmpty()) {
            pieces.add(new Piece(ofRoute.apply(text.replace("\\$", "$")), null));
        }
    }

    private static Piece function(CamelContext context, String text) {
        Expression expression = context.resolveLanguage("simple").createExpression(text);
        expression.init(context);
        return new Piece(text, expression);
    }

    static boolean hasFunction(String text) {
        for (int i = text.indexOf('$'); i >= 0; i = text.indexOf('$', i + 1)) {
            if (isFunction(text, i)) {
                return true;
            }
        }
        return false;
    }

    /** Where the next separator is that belongs neither to a function nor to a raw value; the length without one. */
    static int endOfPart(String uri, int begin, char separator) {
        for (int i = begin; i < uri.length(); i++) {
            if (uri.startsWith("=RAW(", i)) {
                i = endOfRaw(uri, i, ")");
            } else if (uri.startsWith("=RAW{", i)) {
                i = endOfRaw(uri, i, "}");
            } else if (isFunction(uri, i)) {
                i = endOfFunction(uri, i) - 1;
            } else if (uri.charAt(i) == separator) {
                return i;
            }
        }
        return uri.length();
    }

    // as in Camel, a raw value ends where its closing token is followed by the next parameter
    private static int endOfRaw(String uri, int begin, String closing) {
        int end = uri.indexOf(closing + "&", begin);
        return end < 0 ? uri.length() - 1 : end;
    }

    private static boolean isFunction(String text, int at) {
        return FUNCTIONS.stream().anyMatch(function -> text.startsWith(function, at))
                && (at == 0 || text.charAt(at - 1) != '\\');
    }

    private static int endOfFunction(String text, int begin) {
        int open = 0;
        for (int i = text.indexOf('{', begin); i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                open++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i + 1;
            }
        }
        return text.length();
    }

    static boolean isRaw(String value) {
        return value.startsWith("RAW(") && value.endsWith(")") || value.startsWith("RAW{") && value.endsWith("}");
    }

    static String withoutRaw(String value) {
        return isRaw(value) ? value.substring(4, value.length() - 1) : value;
    }

    /** The text without percent-encoding; a plus stays one, as in the URIs of endpoints. */
    static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a percent sign of its own
        }
    }

    String value(Exchange exchange) {
        StringBuilder value = new StringBuilder();
        pieces.forEach(piece -> value.append(piece.value(exchange)));
        return value.toString();
    }
}
