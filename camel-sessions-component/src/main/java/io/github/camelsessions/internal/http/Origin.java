/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.net.URI;
import java.util.Locale;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * Whom a secret belongs to: scheme, host and port (RFC 6454, section 4). Another port of a host is somebody else, as
 * CVE-2022-27774 has shown for curl. Immutable.
 */
public record Origin(String scheme, String host, int port) {

    /** The origin of an absolute URL, null when it has no host. */
    public static @Nullable Origin of(URI url) {
        return url.getScheme() == null || url.getHost() == null
                ? null
                : of(url.getScheme(), url.getHost(), url.getPort());
    }

    static Origin of(HttpHost host) {
        return of(host.getSchemeName(), host.getHostName(), host.getPort());
    }

    /**
     * @param port negative for the scheme's own
     */
    static Origin of(String scheme, String host, int port) {
        String lower = scheme.toLowerCase(Locale.ROOT);
        return new Origin(lower, host.toLowerCase(Locale.ROOT), port >= 0 ? port : "https".equals(lower) ? 443 : 80);
    }

    /** Whether a secret of this origin may be told to the other: itself, or its own host by TLS, each at the usual port. */
    public boolean trusts(Origin other) {
        return equals(other)
                || (host.equals(other.host)
                        && "http".equals(scheme)
                        && port == 80
                        && "https".equals(other.scheme)
                        && other.port == 443);
    }
}
