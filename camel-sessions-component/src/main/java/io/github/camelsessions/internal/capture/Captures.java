/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.capture;

import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.HeaderRules;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which values of an answer become variables of the session: those of the options {@code capture.NAME=SOURCE}. Immutable.
 *
 * @param headers the variables that response headers become, by the variable's name
 * @param cookies the same of cookies
 * @param texts   those that come of the body
 */
public record Captures(Map<String, String> headers, Map<String, String> cookies, Map<String, TextSource> texts) {

    public static final Captures NONE = new Captures(Map.of(), Map.of(), Map.of());

    private static final String OPTION = "capture";

    /** How much of a body is looked at, in octets. */
    public static final int LIMIT = 1 << 20;

    /**
     * @param options source by variable
     * @throws IllegalArgumentException which names the option, when a variable or source cannot be one
     */
    public static Captures parse(Map<String, Object> options) {
        if (options.isEmpty()) {
            return NONE;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        Map<String, String> cookies = new LinkedHashMap<>();
        Map<String, TextSource> texts = new LinkedHashMap<>();
        options.forEach((variable, given) -> {
            String source = given.toString().strip();
            String option = OPTION + "." + Quoted.bare(variable) + "=" + Quoted.bare(source);
            if (variable.isBlank() || variable.indexOf(':') >= 0) {
                throw new IllegalArgumentException(
                        option + ": a variable needs a name without a colon, such as " + OPTION + ".csrf=" + source);
            }
            int colon = source.indexOf(':');
            String kind = colon < 0 ? "" : source.substring(0, colon);
            String what = source.substring(colon + 1).strip();
            if (what.isEmpty()) {
                throw unknown(option);
            }
            switch (kind) {
                case "header" -> headers.put(variable, header(option, what));
                case "cookie" -> cookies.put(variable, what);
                case "json" -> texts.put(variable, TextSource.json(option, what));
                case "css" -> texts.put(variable, TextSource.css(option, what));
                case "regex" -> texts.put(variable, TextSource.regex(option, what));
                default -> throw unknown(option);
            }
        });
        return new Captures(headers, cookies, texts);
    }

    private static IllegalArgumentException unknown(String option) {
        return new IllegalArgumentException(option + ": must be one of header:X-CSRF-Token, json:/data/token,"
                + " css:meta[name=csrf-token]@content, regex:token=(\\w+), cookie:XSRF-TOKEN");
    }

    private static String header(String option, String name) {
        String problem = HeaderRules.capturedProblem(name);
        if (problem != null) {
            throw new IllegalArgumentException(option + ": " + Quoted.of(name) + " " + problem);
        }
        return name;
    }

    public boolean isEmpty() {
        return headers.isEmpty() && cookies.isEmpty() && texts.isEmpty();
    }

    /** What the texts of a body come to, by variable; what is not there is left out. */
    public Map<String, String> of(AnswerText body) {
        Map<String, String> found = new LinkedHashMap<>();
        texts.forEach((variable, source) -> {
            String value = source.find(body);
            if (value != null && !value.isEmpty()) {
                found.put(variable, value);
            }
        });
        return found;
    }

    /** Whether any of them comes of a body of that type. */
    public boolean reads(@Nullable String contentType) {
        return texts.values().stream().anyMatch(source -> source.reads(contentType));
    }
}
