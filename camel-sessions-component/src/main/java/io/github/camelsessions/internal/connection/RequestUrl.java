/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;

/** The URL of a request as it goes over the wire. */
public final class RequestUrl {

    private RequestUrl() {}

    /**
     * With the host in A-labels, which the request's own {@code getUri} gives in Unicode, so that no pattern for the host
     * would match.
     *
     * @throws URISyntaxException when it is no URL; its message holds the query, its reason does not
     */
    public static URI of(HttpRequest request) throws URISyntaxException {
        return new URI(text(request));
    }

    static String text(HttpRequest request) {
        String path = request.getPath();
        boolean rooted = path != null && path.startsWith("/");
        return new HttpHost(request.getScheme(), request.getAuthority()).toURI()
                + (rooted ? "" : "/")
                + (path == null ? "" : path);
    }

    /** Whether the host of a request is given in Unicode where it is asked for. */
    static boolean isInUnicode(HttpRequest request) {
        String host =
                request.getAuthority() == null ? "" : request.getAuthority().getHostName();
        for (int i = 0; i < host.length(); i++) {
            if (host.charAt(i) > 0x7F) {
                return true;
            }
        }
        return false;
    }
}
