/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.EndpointInfo;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A leased connection of one identity. It tells the failures of the identity's proxy from those of the site, and speaks to
 * the proxy with the identity's user agent. Used by one thread at a time, but for the end of its lease.
 */
public final class IdentityEndpoint extends ConnectionEndpoint {

    /** The context attribute with the status of a proxy that opened no tunnel and asks for credentials. */
    public static final String TUNNEL_REFUSED = "io.github.camelsessions.tunnel";

    private final ConnectionEndpoint endpoint;
    private final ClientProfile profile;
    private final boolean proxied;
    private final boolean socks;
    private final HttpClientConnectionManager connections;
    private final Runnable onRelease;
    private final AtomicBoolean released = new AtomicBoolean();

    IdentityEndpoint(
            ConnectionEndpoint endpoint,
            Identity identity,
            HttpRoute route,
            HttpClientConnectionManager connections,
            Runnable onRelease) {
        this.endpoint = endpoint;
        this.profile = identity.profile();
        this.proxied = profile.proxy() != null && route.getProxyHost() != null;
        this.socks = identity.socks() != null;
        this.connections = connections;
        this.onRelease = onRelease;
    }

    void connect(@Nullable TimeValue timeout, HttpContext context) throws IOException {
        try {
            connections.connect(endpoint, timeout, context);
        } catch (SocksException e) {
            throw new ProxyFailedException(profile, e.what(), e.getCause(), e.isSiteInDoubt());
        } catch (IOException e) {
            if (socks && isDropped(e)) {
                throw new ProxyFailedException(profile, "dropped the connection before TLS was up", e, true);
            }
            throw proxied ? new ProxyFailedException(profile, "cannot be reached", e, false) : e;
        }
    }

    void upgrade(HttpContext context) throws IOException {
        try {
            connections.upgrade(endpoint, context);
        } catch (IOException e) {
            throw proxied && isDropped(e)
                    ? new ProxyFailedException(profile, "dropped the tunnel before TLS was up", e, true)
                    : e;
        }
    }

    /** Whether the connection ended, rather than that the other side's certificate or protocol was refused. */
    private static boolean isDropped(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException
                    || cause instanceof SocketException
                    || cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return !(e instanceof SSLException);
    }

    @Override
    public ClassicHttpResponse execute(
            String id, ClassicHttpRequest request, RequestExecutor executor, HttpContext context)
            throws IOException, HttpException {
        return proxied && Method.CONNECT.isSame(request.getMethod())
                ? openTunnel(id, request, executor, context)
                : endpoint.execute(id, request, executor, context);
    }

    private ClassicHttpResponse openTunnel(
            String id, ClassicHttpRequest connect, RequestExecutor executor, HttpContext context) throws IOException {
        context.removeAttribute(TUNNEL_REFUSED);
        if (profile.userAgent() != null) {
            connect.setHeader(HttpHeaders.USER_AGENT, profile.userAgent());
        }
        ClassicHttpResponse response;
        try {
            response = endpoint.execute(id, connect, executor, context);
        } catch (IOException | HttpException e) {
            boolean late = e instanceof SocketTimeoutException; // it may still have tried to get to the site
            throw new ProxyFailedException(profile, "gave no answer when it was asked for a tunnel", e, late);
        }
        if (response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
            context.setAttribute(
                    TUNNEL_REFUSED, response.getCode()); // HttpClient may have an answer to that, and reads it
        } else if (response.getCode() != HttpStatus.SC_OK) {
            throw new ProxyFailedException(profile, "opened no tunnel: status " + response.getCode(), null, true);
        }
        return response;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public ClassicHttpResponse execute(
            String id, ClassicHttpRequest request, HttpRequestExecutor executor, HttpContext context)
            throws IOException, HttpException {
        return execute(id, request, (sent, connection, in) -> executor.execute(sent, connection, in), context);
    }

    void release(@Nullable Object state, @Nullable TimeValue keepAlive) {
        if (released.compareAndSet(false, true)) {
            try {
                connections.release(endpoint, state, keepAlive);
            } finally {
                onRelease.run();
            }
        }
    }

    @Override
    public boolean isConnected() {
        return endpoint.isConnected();
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        endpoint.setSocketTimeout(timeout);
    }

    @Override
    public @Nullable EndpointInfo getInfo() {
        return endpoint.getInfo();
    }

    @Override
    public void close(CloseMode mode) {
        endpoint.close(mode);
    }

    @Override
    public void close() throws IOException {
        endpoint.close();
    }
}
