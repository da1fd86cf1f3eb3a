/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.apache.camel.util.UnsafeUriCharactersEncoder;
import org.jspecify.annotations.Nullable;

/** Reads where a request goes, from an endpoint or from a message's headers. Names what is wrong with it, if so. */
final class HttpTarget {

    private static final HeaderNames CONSUMED = new HeaderNames(
            HttpConstants.HTTP_URI,
            HttpConstants.HTTP_PATH,
            HttpConstants.HTTP_QUERY,
            HttpConstants.HTTP_RAW_QUERY,
            HttpConstants.HTTP_METHOD,
            Exchange.REST_HTTP_URI,
            Exchange.REST_HTTP_QUERY);

    private static final int LAST_PORT = 65535;

    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5})?)?");

    private HttpTarget() {}

    /**
     * An absolute http or https URL, in the form that HttpClient sends: with a path.
     *
     * @param place where it was given, for the error: an option or a header
     */
    static URI parse(String place, String url) {
        String shown = withoutSecrets(url);
        if (url.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(place + ": the URL contains a control character such as CR or LF");
        }
        URI uri;
        try {
            // a fragment stays with the client; the encoder would make it a part of the path
            String sent = StringHelper.before(url.trim(), "#", url.trim());
            uri = new URI(new URI(UnsafeUriCharactersEncoder.encodeHttpURI(sent)).toASCIIString());
        } catch (URISyntaxException e) {
            // the reason, not the exception: it carries the URL with its query
            throw new IllegalArgumentException(place + " '" + shown + "' is not a URL: " + e.getReason());
        }
        String scheme = uri.getScheme();
        if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
            throw new IllegalArgumentException(place + " '" + shown
                    + "' must be an absolute http or https URL, such as https://portal.example/orders");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            throw new IllegalArgumentException(place + ": user and password must not stand in the URL;"
                    + " use http.authMethod=Basic, http.authUsername and http.authPassword");
        }
        if (!hasHost(uri)) {
            throw new IllegalArgumentException(place + " '" + shown + "' has no valid host and port: a host consists of"
                    + " letters, digits, dots, hyphens and underscores (others as xn--...), and a port is at most "
                    + LAST_PORT);
        }
        return asSent(uri);
    }

    /** The URL with the path that it asks for, its port without leading zeros, and no colon where none is given. */
    private static URI asSent(URI uri) {
        String authority = uri.getRawAuthority();
        String path = uri.getRawPath();
        if (!path.isEmpty() && !authority.endsWith(":") && !authority.contains(":0")) {
            return uri;
        }
        String sent = authority.replaceFirst(":0+(?=\\d+$)", ":").replaceFirst(":$", "");
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(uri.getScheme() + "://" + sent + (path.isEmpty() ? "/" : path) + query);
    }

    /** The URL as errors may show it: neither its query nor a user and password. */
    private static String withoutSecrets(String url) {
        String shown = withoutQuery(url);
        int at = shown.lastIndexOf('@');
        return at < 0 ? shown : "***" + shown.substring(at);
    }

    // java.net.URI finds no host in https://under_score.example, which resolvers and HttpClient know
    private static boolean hasHost(URI uri) {
        Matcher authority = AUTHORITY.matcher(Objects.toString(uri.getRawAuthority(), ""));
        return authority.matches() && (authority.group(1) == null || Integer.parseInt(authority.group(1)) <= LAST_PORT);
    }

    /** The URL with parameters added to its query. */
    static String addQuery(String url, Map<String, Object> parameters) {
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
    static @Nullable URI fromHeaders(Message message, boolean mandatory) {
        String url = message.getHeader(HttpConstants.HTTP_URI, String.class);
        if (url == null || (!mandatory && !url.contains("://"))) {
            return null;
        }
        if (withoutQuery(url).contains("{{")) {
            // camel-http would resolve it, and with it whatever a message asks for
            throw new IllegalArgumentException("header " + HttpConstants.HTTP_URI + " '" + withoutSecrets(url)
                    + "' holds a property placeholder, which is not resolved in a message; resolve it in the route");
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
    static void consumeHeaders(Message message) {
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
