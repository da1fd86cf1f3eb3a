/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value of a JSON or YAML text, with its place.
 *
 * <p>Not Jackson's own tree, because that loses what matters here: duplicate keys, places, how a number was written
 * ({@code password: 0123}), and whether a string is a YAML alias. It has no {@code toString()}: it holds secrets.
 *
 * <p>Hostile texts end early: aliases are refused rather than expanded, and length and depth are bounded.
 */
final class Node {

    enum Kind {
        /** Text, or a number or boolean as it was written. */
        SCALAR,
        NULL,
        LIST,
        MAP,
        /** Something that has no meaning in a profile, such as binary data. */
        OTHER
    }

    /** A key of a map, its place, and its value. */
    static final class Field {
        final String key;
        final String place;
        final Node value;

        Field(String key, String place, Node value) {
            this.key = key;
            this.place = place;
            this.value = value;
        }
    }

    /** SnakeYAML's own limit; JSON gets the same. */
    static final int LONGEST_TEXT = 3 * 1024 * 1024;

    private static final int DEEPEST = 16;

    // one more than ours, so that our own message comes first
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxNestingDepth(DEEPEST + 1).build();

    // JSON and YAML parsers are created by their factories: those are thread-safe
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(LIMITS)
            .build();

    private static final JsonFactory YAML = YAMLFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(LIMITS)
            // a default of the factory, but not of its builder
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build();

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([\\w.-]+)");

    final Kind kind;
    /** As {@code line 3, column 5}. */
    final String place;
    /** The scalar as it was written, else empty. */
    final String text;
    /** The list's members, else empty. */
    final List<Node> items = new ArrayList<>();
    /** The map's fields in their order, duplicates included, else empty. */
    final List<Field> fields = new ArrayList<>();

    private Node(Kind kind, String place, String text) {
        this.kind = kind;
        this.place = place;
        this.text = text;
    }

    boolean is(Kind expected) {
        return kind == expected;
    }

    /** Returns the value of the first field with that key, or null. */
    @Nullable
    Node get(String key) {
        for (Field field : fields) {
            if (field.key.equals(key)) {
                return field.value;
            }
        }
        return null;
    }

    /**
     * Reads the only document of the text; null when there is none, as in an empty text.
     *
     * @throws IllegalArgumentException when it is not well-formed or exceeds a limit; message and cause show nothing of
     *     the text, which the exceptions of Jackson and SnakeYAML do
     */
    static @Nullable Node read(String text, boolean json, UnaryOperator<String> placeholders) {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "has more than " + LONGEST_TEXT + " characters: split it, and check that it is the right file");
        }
        // a byte order mark, which editors of Windows write
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try (JsonParser parser = (json ? JSON : YAML).createParser(content)) {
            if (parser.nextToken() == null) {
                return null;
            }
            Node root = read(parser, 0, placeholders);
            if (parser.nextToken() != null) {
                throw new Refused("holds more than one document (" + place(parser.currentTokenLocation())
                        + "): write all profiles into one list");
            }
            return root;
        } catch (Refused e) {
            throw new IllegalArgumentException(e.reason);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("is not well-formed " + (json ? "JSON" : "YAML") + where(e)
                    + (json
                            ? " (a name that ends in .json is read as JSON)"
                            : " (quote values that contain any of : # { } [ ] , & * ! | > ' \" % @ `)"));
        }
    }

    private static Node read(JsonParser parser, int depth, UnaryOperator<String> placeholders) throws IOException {
        JsonToken token = parser.currentToken();
        String place = place(parser.currentTokenLocation());
        if (depth == DEEPEST) {
            throw new Refused("is nested deeper than " + DEEPEST + " levels (" + place + ")");
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new Refused("contains a YAML alias (" + place + "): write the value out in its place");
        }
        switch (token) {
            case START_ARRAY -> {
                Node list = new Node(Kind.LIST, place, "");
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.items.add(read(parser, depth + 1, placeholders));
                }
                return list;
            }
            case START_OBJECT -> {
                Node map = new Node(Kind.MAP, place, "");
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    String keyPlace = place(parser.currentTokenLocation());
                    parser.nextToken();
                    map.fields.add(new Field(key, keyPlace, read(parser, depth + 1, placeholders)));
                }
                return map;
            }
            case VALUE_NULL -> {
                return new Node(Kind.NULL, place, "");
            }
            case VALUE_STRING -> {
                return new Node(Kind.SCALAR, place, resolved(parser.getText(), place, placeholders));
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> {
                return new Node(Kind.SCALAR, place, parser.getText());
            }
            default -> {
                return new Node(Kind.OTHER, place, "");
            }
        }
    }

    // After parsing, so that no value can change the structure. The exception is not kept: it may quote the value.
    private static String resolved(String text, String place, UnaryOperator<String> placeholders) throws Refused {
        if (!text.contains("{{")) {
            return text;
        }
        try {
            return placeholders.apply(text);
        } catch (RuntimeException e) {
            String names = PLACEHOLDER
                    .matcher(text)
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining(", "));
            throw new Refused("has a property placeholder that cannot be resolved: " + names + " (" + place
                    + "): set the property, or give a default as in {{name:default}}");
        }
    }

    private static String where(Exception e) {
        JsonLocation location = e instanceof JsonProcessingException jackson ? jackson.getLocation() : null;
        return location == null ? "" : " at " + place(location);
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** Carries a reason of our own, which is safe to show, past the handler of foreign exceptions. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        final String reason;

        Refused(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
