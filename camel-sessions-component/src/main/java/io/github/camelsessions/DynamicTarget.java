/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.DynamicText.Piece;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.util.StringHelper;

/**
 * The target in a dynamic URI. What a message brings stays in the place where the route put it: a part of the path or of the
 * query, encoded, a scheme, a part of the host and port. Only where it stands at the very beginning it is a URL of its own,
 * and chooses all that the route does not say. Immutable.
 *
 * @param parameters what is added to the query, name and value
 */
record DynamicTarget(DynamicText url, List<Map.Entry<String, DynamicText>> parameters) {

    private static final String HOST_CHARACTERS = "._:[]-";
    // RFC 3986, section 3.3, and the slash; not the semicolon, at which some servers cut a segment
    private static final String PATH_CHARACTERS = "-._~!$&'()*+,=:@/";
    private static final String QUERY_CHARACTERS = "-._~";
    private static final String WAY_OUT = "; a target that is known in whole goes into the header CamelHttpUri";

    /**
     * The URL for an exchange.
     *
     * @throws IllegalArgumentException when what the message brings cannot stand in its place
     */
    String value(Exchange exchange) {
        StringBuilder target = new StringBuilder();
        List<Piece> pieces = url.pieces();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            String next = i + 1 < pieces.size() ? pieces.get(i + 1).text() : "";
            if (piece.isFunction()) {
                append(target, piece, piece.value(exchange), next);
            } else {
                target.append(piece.text());
            }
        }
        int fragment = target.indexOf("#");
        if (fragment >= 0) {
            target.setLength(fragment); // it stays with the client
        }
        for (Map.Entry<String, DynamicText> parameter : parameters) {
            target.append(target.indexOf("?") < 0 ? '?' : '&').append(parameter.getKey());
            for (Piece piece : parameter.getValue().pieces()) {
                String value = piece.value(exchange);
                target.append(piece.isFunction() ? encoded(value, QUERY_CHARACTERS) : value);
            }
        }
        return target.toString();
    }

    private static void append(StringBuilder target, Piece piece, String value, String next) {
        int scheme = target.indexOf("://");
        if (target.indexOf("?") >= 0) {
            target.append(encoded(value, QUERY_CHARACTERS));
        } else if (target.isEmpty() && !next.startsWith("://")) {
            target.append(wholeUrl(piece, value, next));
        } else if (scheme < 0) {
            require(consistsOf(value, ""), piece, "stands for the scheme, and must be http or https");
            target.append(value);
        } else if (target.indexOf("/", scheme + 3) >= 0) {
            appendPath(target, piece, value, next);
        } else if (isHost(target, next)) {
            require(
                    consistsOf(value, HOST_CHARACTERS),
                    piece,
                    "stands for a host or port, and must be one, or a part of it");
            target.append(value);
        } else {
            // else it could make another host of the one that the route names
            require(
                    value.isEmpty() || value.startsWith("/"),
                    piece,
                    "follows the host: it is a path, and must begin with a slash");
            appendPath(target, piece, value, next);
        }
    }

    private static String wholeUrl(Piece piece, String value, String next) {
        require(
                begins(value, 0, "http://") || begins(value, 0, "https://"),
                piece,
                "stands for the target, and must be an absolute http or https URL");
        require(
                next.isEmpty() || value.indexOf('?') < 0 && value.indexOf('#') < 0,
                piece,
                "is followed by more of the target, and must be a URL without query and fragment");
        return value;
    }

    // after a whole host, where no more of it is to come, a path begins
    private static boolean isHost(StringBuilder target, String next) {
        char last = target.charAt(target.length() - 1);
        return last == '/'
                || last != ']' && HOST_CHARACTERS.indexOf(last) >= 0
                || !next.isEmpty() && (isAlphanumeric(next.charAt(0)) || HOST_CHARACTERS.indexOf(next.charAt(0)) >= 0);
    }

    private static void appendPath(StringBuilder target, Piece piece, String value, String next) {
        target.append(encoded(value, PATH_CHARACTERS));
        int path = target.indexOf("/", target.indexOf("://") + 3);
        // with what the route says before and after it: each could be one of two dots
        String around = path < 0 ? "" : target.substring(path) + StringHelper.before(next, "?", next);
        require(!hasDotSegment(around), piece, "brings a segment . or .. into the path");
    }

    /** As servers may read it: decoded, with backslashes for slashes, and without parameters of segments. */
    private static boolean hasDotSegment(String path) {
        for (int i = 0; i < path.length(); i++) {
            int end = i + slash(path, i);
            int first = end > i ? dot(path, end) : 0;
            end += first;
            end += first > 0 ? dot(path, end) : 0;
            if (first > 0
                    && (end == path.length()
                            || slash(path, end) > 0
                            || path.charAt(end) == ';'
                            || begins(path, end, "%3B"))) {
                return true;
            }
        }
        return false;
    }

    private static int slash(String path, int at) {
        boolean plain = at < path.length() && (path.charAt(at) == '/' || path.charAt(at) == '\\');
        return plain ? 1 : begins(path, at, "%5C") ? 3 : 0;
    }

    private static int dot(String path, int at) {
        return begins(path, at, ".") ? 1 : begins(path, at, "%2E") ? 3 : 0;
    }

    private static boolean begins(String text, int at, String with) {
        return text.regionMatches(true, at, with, 0, with.length());
    }

    /** Whether a text has letters and digits of ASCII only, and what else is named. */
    static boolean consistsOf(String text, String others) {
        for (int i = 0; i < text.length(); i++) {
            if (!isAlphanumeric(text.charAt(i)) && others.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void require(boolean holds, Piece piece, String what) {
        if (!holds) {
            throw new IllegalArgumentException("dynamic target: the value of " + piece.text() + " " + what + WAY_OUT);
        }
    }

    /** Of a text that the route says in the query. */
    static String ofRoute(String text) {
        return text.replace("#", "%23");
    }

    static String encoded(String text) {
        return encoded(text, QUERY_CHARACTERS);
    }

    private static String encoded(String text, String kept) {
        if (consistsOf(text, kept)) {
            return text;
        }
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (isAlphanumeric(c) || kept.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xf, 16)));
            }
        }
        return encoded.toString();
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
