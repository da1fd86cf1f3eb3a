/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.EndpointHelper;
import org.jspecify.annotations.Nullable;

/**
 * The predicates in the URI of a {@code toD}, and the headers of its session. They speak of the answer, and of the session
 * at each send, but Camel evaluates the whole URI once and against the request: so they are taken from the URI as it was
 * written, and only the rest of it is evaluated. Thread-safe.
 */
final class DynamicPredicates {

    private static final Set<String> NAMES = Set.of("expiredWhen", "renewedWhen", "validWhen");
    private static final String HEADERS = "sessionHeaders.";
    private static final DynamicPredicates NONE = new DynamicPredicates(Map.of(), null);

    private final Map<String, Object> options;
    private final @Nullable Expression rest;

    private DynamicPredicates(Map<String, Object> options, @Nullable Expression rest) {
        this.options = options;
        this.rest = rest;
    }

    /**
     * @param uri as written in the route
     */
    static DynamicPredicates of(CamelContext context, String uri) {
        // one in another language than Simple tells nobody where its parameters are
        if (!uri.startsWith("sessions:") || (NAMES.stream().noneMatch(uri::contains) && !uri.contains(HEADERS))) {
            return NONE;
        }
        String resolved = EndpointHelper.resolveEndpointUriPropertyPlaceholders(context, uri);
        StringBuilder rest = new StringBuilder();
        Map<String, Object> options = new LinkedHashMap<>();
        int begin = 0;
        while (begin < resolved.length()) {
            int end = endOfPart(resolved, begin, begin == 0 ? '?' : '&');
            String part = resolved.substring(begin, end);
            String name = part.substring(0, Math.max(0, part.indexOf('=')));
            if (begin > 0 && (NAMES.contains(name) || name.startsWith(HEADERS))) {
                options.put(name, value(part.substring(name.length() + 1)));
            } else {
                rest.append(begin == 0 ? "" : rest.indexOf("?") < 0 ? "?" : "&").append(part);
            }
            begin = end + 1;
        }
        if (options.isEmpty()) {
            return NONE;
        }
        Expression expression = context.resolveLanguage("simple").createExpression(rest.toString());
        expression.init(context);
        return new DynamicPredicates(options, expression);
    }

    /** Where the next separator is that belongs neither to Simple nor to a raw value. */
    private static int endOfPart(String uri, int begin, char separator) {
        int braces = 0;
        for (int i = begin; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (uri.startsWith("=RAW(", i)) {
                i = endOfRaw(uri, i, ")");
            } else if (uri.startsWith("=RAW{", i)) {
                i = endOfRaw(uri, i, "}");
            } else if (c == '{') {
                braces++;
            } else if (c == '}') {
                braces = Math.max(0, braces - 1);
            } else if (c == separator && braces == 0) {
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

    private static String value(String written) {
        String value = written.matches("(?s)RAW\\(.*\\)|RAW\\{.*}")
                ? written.substring(4, written.length() - 1)
                : decoded(written);
        // raw again: the endpoint's URI is read once more
        return value.contains(")&") ? "RAW{" + value + "}" : "RAW(" + value + ")";
    }

    private static String decoded(String written) {
        try {
            return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return written; // a percent sign of its own
        }
    }

    Map<String, Object> options() {
        return options;
    }

    /** The evaluated URI without the predicates. */
    String evaluate(Exchange exchange, String evaluated) {
        String uri = rest == null ? null : rest.evaluate(exchange, String.class);
        return uri == null ? evaluated : uri.trim();
    }
}
