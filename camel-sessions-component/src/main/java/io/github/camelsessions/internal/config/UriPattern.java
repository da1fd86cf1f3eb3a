/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.internal.text.DotSegments;
import io.github.camelsessions.internal.text.Glob;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.util.Locale;

/**
 * A pattern for URLs: {@code *} stands for any characters, but within the host never for a slash, so that
 * {@code https://*.portal.example/*} cannot be met by another host's path. Scheme and host match in any case. Immutable.
 */
final class UriPattern {

    private static final String ANY = "*";

    private final String text;
    private final String scheme;
    private final Glob authority;
    private final Glob path;

    private UriPattern(String text, String scheme, String authority, String path) {
        this.text = text;
        this.scheme = scheme;
        this.authority = Glob.of(authority);
        this.path = Glob.of(path);
    }

    /**
     * @param place where the pattern was given, for the error
     * @throws IllegalArgumentException when it is not a pattern of http or https URLs
     */
    static UriPattern parse(String place, String text) {
        int authority = text.indexOf("://") + 3;
        String scheme = text.substring(0, Math.max(0, authority - 3)).toLowerCase(Locale.ROOT);
        if (authority < 3 || !(scheme.equals("http") || scheme.equals("https") || scheme.equals(ANY))) {
            throw new IllegalArgumentException(place + ": pattern " + Quoted.of(text)
                    + " must begin with http://, https:// or *://, as in https://portal.example/*");
        }
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(place + ": pattern " + Quoted.of(text)
                    + " contains a space, which no URL does: write %20, or a comma between two patterns");
        }
        int slash = text.indexOf('/', authority);
        String host = (slash < 0 ? text.substring(authority) : text.substring(authority, slash));
        String path = slash < 0 ? "/*" : text.substring(slash);
        if (host.isEmpty() || host.contains("?") || host.contains("@")) {
            throw new IllegalArgumentException(place + ": pattern " + Quoted.of(text) + " has no valid host");
        }
        return new UriPattern(
                text, scheme, withoutDefaultPort(scheme, host.toLowerCase(Locale.ROOT)), withoutNeedlessEscapes(path));
    }

    /** Whether the URL, as given by {@link #canonical}, matches. */
    boolean matches(String canonical) {
        int colon = canonical.indexOf("://");
        int slash = canonical.indexOf('/', colon + 3);
        return (scheme.equals(ANY) || scheme.length() == colon && canonical.startsWith(scheme))
                && authority.matches(canonical, colon + 3, slash)
                && canonical.lastIndexOf('@', slash) < 0 // no user may pass for a part of the host
                && path.matches(canonical, slash, canonical.length());
    }

    /** Patterns with equal keys match the same URLs, however they are written. */
    String key() {
        return scheme + "://" + String.join(ANY, authority.parts()) + String.join(ANY, path.parts());
    }

    /** How specific the pattern is: a longer one is preferred. */
    int length() {
        return text.length();
    }

    /**
     * The form of a URL that patterns are matched with: lower-case scheme and host, no default port, a path without dot
     * segments and needless escapes, as servers read it (RFC 3986, section 6.2.2).
     */
    static String canonical(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String authority = withoutDefaultPort(scheme, uri.getRawAuthority().toLowerCase(Locale.ROOT));
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return scheme + "://" + authority + normalized(path)
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static String normalized(String path) {
        String plain = withoutNeedlessEscapes(path);
        return plain.contains("/.") ? DotSegments.removed(plain) : plain;
    }

    private static String withoutNeedlessEscapes(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int octet = path.charAt(i) == '%' ? octet(path, i + 1) : -1;
            if (isUnreserved(octet)) {
                plain.append((char) octet);
                i += 2;
            } else {
                plain.append(path.charAt(i));
            }
        }
        return plain.toString();
    }

    /** What two hexadecimal digits say, -1 when there are none. */
    private static int octet(String path, int at) {
        boolean isOne = at + 1 < path.length()
                && Character.digit(path.charAt(at), 16) >= 0
                && Character.digit(path.charAt(at + 1), 16) >= 0;
        return isOne ? Integer.parseInt(path, at, at + 2, 16) : -1;
    }

    /** RFC 3986, section 2.3. */
    private static boolean isUnreserved(int octet) {
        return octet >= 'a' && octet <= 'z'
                || octet >= 'A' && octet <= 'Z'
                || octet >= '0' && octet <= '9'
                || octet > 0 && "-._~".indexOf(octet) >= 0;
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
