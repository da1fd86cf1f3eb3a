/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/** Reads where a request goes, from an endpoint or from a message's headers. Names what is wrong with it, if so. */
public final class HttpTarget {

    private static final HeaderNames CONSUMED = new HeaderNames(
            HttpConstants.HTTP_URI,
            HttpConstants.HTTP_PATH,
            HttpConstants.HTTP_QUERY,
            HttpConstants.HTTP_RAW_QUERY,
            HttpConstants.HTTP_METHOD,
            Exchange.REST_HTTP_URI,
            Exchange.REST_HTTP_QUERY);

    private static final int LAST_PORT = 65535;

    // eight times what RFC 9110, section 4.1, asks everybody to bear, and more than common servers do (8 kB to 32 kB)
    private static final int LONGEST = 65_536;

    private static final String UNSAFE = " \"<>{}|\\^`";

    private HttpTarget() {}

    /**
     * An absolute http or https URL, in the form that HttpClient sends: with a path.
     *
     * @param place where it was given, for the error: an option or a header
     */
    public static URI parse(String place, String url) {
        if (url.length() > LONGEST) {
            throw new IllegalArgumentException(place + ": the URL has " + url.length()
                    + " characters, and no more than " + LONGEST + " are sent; servers want long data in a body");
        }
        URI uri;
        try {
            uri = asUri(place, url.trim());
        } catch (URISyntaxException e) {
            // the reason, not the exception: it carries the URL with its query
            throw refused(place, url, "is not a URL: " + e.getReason());
        }
        String scheme = uri.getScheme();
        if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
            throw refused(place, url, "must be an absolute http or https URL, such as https://portal.example/orders");
        }
        String authority = Objects.toString(uri.getRawAuthority(), "");
        if (authority.indexOf('@') >= 0) {
            throw new IllegalArgumentException(place + ": user and password must not stand in the URL;"
                    + " use http.authMethod=Basic, http.authUsername and http.authPassword");
        }
        int host = lengthOfHost(authority);
        int port = host < 0 ? -1 : port(authority, host);
        if (port < 0) {
            throw refused(
                    place,
                    url,
                    "has no valid host and port: a host consists of letters, digits, dots, hyphens and underscores"
                            + " (others as xn--...), and a port is at most " + LAST_PORT);
        }
        return asSent(uri, authority, host, port);
    }

    private static URI asUri(String place, String url) throws URISyntaxException {
        boolean ascii = true;
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            ascii &= c < 0x80;
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(place + ": the URL contains a control character such as CR or LF");
            }
        }
        String sent = url.trim();
        int fragment = sent.indexOf('#'); // it stays with the client
        URI uri = new URI(encoded(fragment < 0 ? sent : sent.substring(0, fragment)));
        return ascii ? uri : new URI(uri.toASCIIString());
    }

    /** As camel-http does it, but a tilde stays: what can be sent as it is, is. */
    private static String encoded(String url) {
        int first = 0;
        while (first < url.length() && !isUnsafe(url, first)) {
            first++;
        }
        if (first == url.length()) {
            return url;
        }
        StringBuilder encoded = new StringBuilder(url.length() + 16).append(url, 0, first);
        for (int i = first; i < url.length(); i++) {
            char c = url.charAt(i);
            if (isUnsafe(url, i)) {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            } else {
                encoded.append(c);
            }
        }
        return encoded.toString();
    }

    private static boolean isUnsafe(String url, int at) {
        char c = url.charAt(at);
        return UNSAFE.indexOf(c) >= 0 || (c == '%' && !isEscape(url, at));
    }

    private static boolean isEscape(String url, int percent) {
        return percent + 2 < url.length()
                && HexFormat.isHexDigit(url.charAt(percent + 1))
                && HexFormat.isHexDigit(url.charAt(percent + 2));
    }

    private static IllegalArgumentException refused(String place, String url, String why) {
        return new IllegalArgumentException(place + " " + quoted(url) + " " + why);
    }

    /** The URL with the path that it asks for, its port without leading zeros, and no colon where none is given. */
    private static URI asSent(URI uri, String authority, int host, int port) {
        String path = uri.getRawPath();
        boolean plainPort = authority.length() == host
                || authority.length() > host + 1
                        && (authority.charAt(host + 1) != '0' || authority.length() == host + 2);
        if (!path.isEmpty() && plainPort) {
            return uri;
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(uri.getScheme() + "://" + authority.substring(0, host)
                + (authority.length() > host + 1 ? ":" + port : "") + (path.isEmpty() ? "/" : path) + query);
    }

    /** The URL as errors may show it: neither its query nor a user and password. */
    private static String quoted(String url) {
        String shown = withoutQuery(url);
        int at = shown.lastIndexOf('@');
        return Quoted.of(at < 0 ? shown : "***" + shown.substring(at));
    }

    /**
     * How many characters at the beginning are a host, -1 when it is none. java.net.URI finds none in
     * https://under_score.example, which resolvers and HttpClient know.
     */
    private static int lengthOfHost(String authority) {
        boolean address = authority.startsWith("[");
        int end = address ? 1 : 0;
        char before = '.';
        while (end < authority.length() && authority.charAt(end) != (address ? ']' : ':')) {
            char c = authority.charAt(end);
            boolean holds = address
                    ? c == ':' || c == '.' || Character.digit(c, 16) >= 0
                    : isOfLabel(c) || c == '.' && before != '.';
            if (!holds) {
                return -1;
            }
            before = c;
            end++;
        }
        if (address) {
            return end == authority.length() ? -1 : end + 1;
        }
        return end == 0 ? -1 : end;
    }

    private static boolean isOfLabel(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** The port behind the host, 0 when none is given, -1 when it is none. */
    private static int port(String authority, int host) {
        int port = 0;
        boolean none = host < authority.length() && authority.charAt(host) != ':' || authority.length() > host + 6;
        for (int i = host + 1; i < authority.length() && !none; i++) {
            char c = authority.charAt(i);
            none = c < '0' || c > '9';
            port = 10 * port + c - '0';
        }
        return none || port > LAST_PORT ? -1 : port;
    }

    /** The URL with parameters added to its query. */
    public static String addQuery(String url, Map<String, Object> parameters) {
        if (parameters.isEmpty()) {
            return url;
        }
        String query = URISupport.createQueryString(parameters, true);
        return url + (url.indexOf('?') < 0 ? '?' : '&') + query;
    }

    /**
     * The target in a message's headers: {@code CamelHttpUri} with {@code CamelHttpPath} and {@code CamelHttpQuery}.
     *
     * @param mandatory whether a relative URL, as consumers leave it, is an error; else it counts as none
     * @return null when there is no {@code CamelHttpUri}
     */
    public static @Nullable URI fromHeaders(Message message, boolean mandatory) {
        String url = message.getHeader(HttpConstants.HTTP_URI, String.class);
        if (url == null || (!mandatory && !url.contains("://"))) {
            return null;
        }
        int placeholder = url.indexOf("{{");
        if (placeholder >= 0 && url.lastIndexOf('?', placeholder) < 0) {
            // camel-http would resolve it, and with it whatever a message asks for
            throw new IllegalArgumentException("header " + HttpConstants.HTTP_URI + " " + quoted(url)
                    + " holds a property placeholder, which is not resolved in a message; resolve it in the route");
        }
        String path = message.getHeader(HttpConstants.HTTP_PATH, String.class);
        if (path != null && !path.isEmpty()) {
            url = appendPath(url, path);
        }
        String query = message.getHeader(HttpConstants.HTTP_RAW_QUERY, String.class);
        if (query == null) {
            query = message.getHeader(HttpConstants.HTTP_QUERY, String.class);
        }
        if (query != null) {
            url = withoutQuery(url) + (query.isEmpty() ? "" : "?" + query);
        }
        return parse("header " + HttpConstants.HTTP_URI, url);
    }

    /** Removes the headers that named this call's target and method, so that they do not steer the next call. */
    public static void consumeHeaders(Message message) {
        CONSUMED.removeFrom(message);
    }

    private static String appendPath(String url, String path) {
        String base = withoutQuery(url);
        String slash = base.endsWith("/") || path.startsWith("/") ? "" : "/";
        String relative = base.endsWith("/") && path.startsWith("/") ? path.substring(1) : path;
        return base + slash + relative + url.substring(base.length());
    }

    private static String withoutQuery(String url) {
        int end = url.indexOf('?');
        return end < 0 ? url : url.substring(0, end);
    }
}
