/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.RequestUrl;
import io.github.camelsessions.internal.text.WebUrl;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Follows redirects as HttpClient does, but to where browsers would go: see {@link WebUrl}. What a request has brought by
 * TLS, as a password, does not go on without. The cookies of an answer are stored before it is asked, also when the redirect
 * cannot be followed. Immutable.
 */
final class Redirects extends DefaultRedirectStrategy {

    static final Redirects INSTANCE = new Redirects();

    private Redirects() {}

    @Override
    public boolean isRedirectAllowed(HttpHost from, HttpHost to, HttpRequest redirect, HttpContext context) {
        boolean leavesTls =
                "https".equalsIgnoreCase(from.getSchemeName()) && "http".equalsIgnoreCase(to.getSchemeName());
        return !(leavesTls && !Method.isSafe(redirect.getMethod()))
                && super.isRedirectAllowed(from, to, redirect, context);
    }

    /** @throws ProtocolException when the redirect leads nowhere; the send ends with it, as with any other I/O error */
    @Override
    public URI getLocationURI(HttpRequest request, HttpResponse response, HttpContext context) throws HttpException {
        URI from;
        try {
            from = RequestUrl.of(request);
        } catch (URISyntaxException e) {
            throw new ProtocolException(e.getReason()); // not its message, which tells the query
        }
        try {
            return WebUrl.resolve(
                    from, response.getFirstHeader(HttpHeaders.LOCATION).getValue());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(request.getMethod() + " " + from.getScheme() + "://" + from.getRawAuthority()
                    + from.getRawPath() + " was answered " + response.getCode()
                    + " with a Location that cannot be followed: " + e.getMessage()
                    + "; followRedirects=false shows the answer itself");
        }
    }
}
