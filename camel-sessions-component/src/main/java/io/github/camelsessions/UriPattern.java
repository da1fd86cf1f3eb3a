/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A pattern for URLs: {@code *} stands for any characters, but within the host never for a slash, so that
 * {@code https://*.portal.example/*} cannot be met by another host's path. Scheme and host match in any case. Immutable.
 */
final class UriPattern {

    private final String text;
    private final Pattern pattern;

    private UriPattern(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /**
     * @param place where the pattern was given, for the error
     * @throws IllegalArgumentException when it is not a pattern of http or https URLs
     */
    static UriPattern parse(String place, String text) {
        int authority = text.indexOf("://") + 3;
        String scheme = text.substring(0, Math.max(0, authority - 3)).toLowerCase(Locale.ROOT);
        if (authority < 3 || !(scheme.equals("http") || scheme.equals("https") || scheme.equals("*"))) {
            throw new IllegalArgumentException(place + ": pattern '" + text
                    + "' must begin with http://, https:// or *://, as in https://portal.example/*");
        }
        int slash = text.indexOf('/', authority);
        String host = (slash < 0 ? text.substring(authority) : text.substring(authority, slash));
        String path = slash < 0 ? "/*" : text.substring(slash);
        if (host.isEmpty() || host.contains("?") || host.contains("@")) {
            throw new IllegalArgumentException(place + ": pattern '" + text + "' has no valid host");
        }
        return new UriPattern(
                text,
                Pattern.compile((scheme.equals("*") ? "https?" : scheme) + "://"
                        + glob(withoutDefaultPort(scheme, host.toLowerCase(Locale.ROOT)), "[^/?#@]*")
                        + glob(path, ".*")));
    }

    private static String glob(String text, String star) {
        StringBuilder regex = new StringBuilder();
        for (String part : text.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : star).append(Pattern.quote(part));
        }
        return regex.toString();
    }

    /** Whether the URL, as given by {@link #canonical}, matches. */
    boolean matches(String canonical) {
        return pattern.matcher(canonical).matches();
    }

    /** How specific the pattern is: a longer one is preferred. */
    int length() {
        return text.length();
    }

    /** The form of a URL that patterns are matched with: lower-case scheme and host, no default port, a path. */
    static String canonical(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String authority = withoutDefaultPort(scheme, uri.getRawAuthority().toLowerCase(Locale.ROOT));
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return scheme + "://" + authority + path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static String withoutDefaultPort(String scheme, String authority) {
        String port = scheme.equals("http") ? ":80" : ":443";
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    @Override
    public String toString() {
        return text;
    }
}
