/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.capture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.github.camelsessions.internal.text.Quoted;
import java.io.IOException;
import java.util.Locale;
import org.jsoup.nodes.Element;
import org.jsoup.select.Evaluator;
import org.jsoup.select.QueryParser;
import org.jsoup.select.Selector.SelectorParseException;
import org.jspecify.annotations.Nullable;

/** What in a body becomes a variable. Whatever the body is, it ends in time that grows with its length, and never fails. */
interface TextSource {

    /** The value, null when it is not there. */
    @Nullable
    String find(AnswerText body);

    /** Whether a body of that type may hold it. */
    boolean reads(@Nullable String contentType);

    /** By a JSON Pointer (RFC 6901). */
    static TextSource json(String option, String pointer) {
        try {
            return new OfJson(JsonPointer.compile(pointer));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    option + ": must be a JSON Pointer, which begins with a slash, such as json:/data/token");
        }
    }

    /** By a CSS selector, with {@code @NAME} behind it for an attribute; without that it is a field's value, else the text. */
    static TextSource css(String option, String selector) {
        int at = selector.lastIndexOf('@');
        String attribute = at < 0 ? "" : selector.substring(at + 1).strip();
        boolean named = !attribute.isEmpty()
                && attribute.chars().allMatch(c -> Character.isLetterOrDigit(c) || "-_:.".indexOf(c) >= 0);
        try {
            return new OfPage(
                    QueryParser.parse(named ? selector.substring(0, at) : selector), named ? attribute : null);
        } catch (SelectorParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException(option
                    + ": is no CSS selector; such as css:meta[name=csrf-token]@content for an attribute, css:#code"
                    + " for a field's value or a text");
        }
    }

    /** By a regular expression, of which the first group counts, or all when it has none. */
    static TextSource regex(String option, String expression) {
        try {
            return new OfText(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(option + ": is no regular expression that RE2 knows, which has neither"
                    + " back references nor look-around: " + Quoted.bare(e.getDescription()));
        }
    }

    private static boolean is(@Nullable String contentType, String... parts) {
        if (contentType == null) {
            return true; // servers send pages that they wrote by hand
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        for (String part : parts) {
            if (type.contains(part)) {
                return true;
            }
        }
        return false;
    }

    record OfJson(JsonPointer pointer) implements TextSource {

        private static final JsonFactory JSON = new JsonFactory();

        @Override
        public @Nullable String find(AnswerText body) {
            try (JsonParser parser = new FilteringParserDelegate(
                    JSON.createParser(body.octets()),
                    new JsonPointerBasedFilter(pointer),
                    Inclusion.ONLY_INCLUDE_ALL,
                    false)) {
                JsonToken token = parser.nextToken();
                return token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL
                        ? null
                        : parser.getText();
            } catch (IOException e) { // no JSON, or cut off before the place
                return null;
            }
        }

        @Override
        public boolean reads(@Nullable String contentType) {
            return is(contentType, "json", "text/plain", "javascript");
        }
    }

    record OfPage(Evaluator selector, @Nullable String attribute) implements TextSource {

        @Override
        public @Nullable String find(AnswerText body) {
            Element found = body.page().selectFirst(selector);
            if (found == null) {
                return null;
            }
            if (attribute != null) {
                return found.attr(attribute);
            }
            return switch (found.normalName()) {
                case "input", "textarea", "button" -> found.val();
                case "select" -> selected(found);
                default -> found.text();
            };
        }

        private static @Nullable String selected(Element select) {
            Element option = select.selectFirst("option[selected]");
            option = option == null ? select.selectFirst("option") : option;
            return option == null ? null : option.hasAttr("value") ? option.attr("value") : option.text();
        }

        @Override
        public boolean reads(@Nullable String contentType) {
            return is(contentType, "html", "xml");
        }
    }

    record OfText(Pattern expression) implements TextSource {

        @Override
        public @Nullable String find(AnswerText body) {
            Matcher matcher = expression.matcher(body.text());
            return matcher.find() ? matcher.group(Math.min(1, matcher.groupCount())) : null;
        }

        @Override
        public boolean reads(@Nullable String contentType) {
            return is(contentType, "text/", "html", "xml", "json", "javascript", "x-www-form-urlencoded");
        }
    }
}
