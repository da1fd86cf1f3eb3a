/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.HostNames;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a request URL means for cookies. The port does not count: cookies are shared between all ports of a host.
 *
 * <p>Immutable.
 *
 * @param host the canonical host: lower case, A-labels for other alphabets, IPv6 addresses in brackets; with its
 *     trailing dot, by which {@code shop.example.} is another host than {@code shop.example}
 * @param path the path as sent, percent-encoded, without query and fragment; starts with a slash
 * @param secure whether cookies marked Secure may be set and sent: by https and wss, and by loopback hosts (127.0.0.0/8,
 *     ::1, localhost and the names below it), which count as secure in browsers too
 */
public record CookieTarget(String host, String path, boolean secure) {

    /**
     * Makes the target of an absolute URL with an authority.
     *
     * @throws IllegalArgumentException when the URL has no scheme or no host
     */
    public static CookieTarget of(URI uri) {
        String scheme = uri.getScheme();
        String host = uri.getHost();
        if (host == null) {
            host = hostOf(uri.getRawAuthority());
        }
        if (scheme == null || host == null || host.isEmpty()) {
            throw new IllegalArgumentException(
                    "cookie target: the URL with path '" + uri.getRawPath() + "' has no scheme or no host");
        }
        return of(scheme, host, uri.getRawPath());
    }

    /**
     * Makes the target of a request whose parts are known; cheap, for use at each HTTP hop.
     *
     * @param scheme such as {@code https}, in any case
     * @param host a name or an IP address, IPv6 with or without brackets, no port
     * @param pathAndQuery the request's path, with or without query and fragment; null or empty means {@code /}
     * @throws IllegalArgumentException when the host is none
     */
    public static CookieTarget of(String scheme, String host, @Nullable String pathAndQuery) {
        String canonical = HostNames.canonical(host);
        boolean secure =
                scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss") || HostNames.isLoopback(canonical);
        return new CookieTarget(canonical, pathOf(pathAndQuery), secure);
    }

    private static String pathOf(@Nullable String pathAndQuery) {
        if (pathAndQuery == null) {
            return "/";
        }
        int end = 0;
        int length = pathAndQuery.length();
        while (end < length && pathAndQuery.charAt(end) != '?' && pathAndQuery.charAt(end) != '#') {
            end++;
        }
        if (end == 0) {
            return "/";
        }
        String path = end == length ? pathAndQuery : pathAndQuery.substring(0, end);
        return path.charAt(0) == '/' ? path : "/" + path;
    }

    /** Takes the host out of an authority that java.net.URI cannot read, such as one with an underscore. */
    private static @Nullable String hostOf(@Nullable String authority) {
        if (authority == null) {
            return null;
        }
        int start = authority.lastIndexOf('@') + 1;
        int bracket = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', Math.max(start, bracket));
        return authority.substring(start, colon < 0 ? authority.length() : colon);
    }
}
