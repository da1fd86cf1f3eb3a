/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.IdentityConnections;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Connections as the client that sends over them sees them: it cannot close them all. HttpClient does so at the first
 * {@link Error} of any request, be it that of a body's stream, and every later request would fail. Here the request that an
 * Error ends loses its own connection, and only whoever made the connections closes them. Thread-safe.
 */
public final class ClientConnections implements HttpClientConnectionManager, ConnPoolControl<HttpRoute> {

    static {
        // HttpClient uses it for the first time when a connection is dropped: a class that finds no memory then is lost
        CloseMode.IMMEDIATE.name();
    }

    private final IdentityConnections connections;

    private ClientConnections(IdentityConnections connections) {
        this.connections = connections;
    }

    /** Makes a builder build clients that use these connections, which the caller has to close. */
    public static void install(HttpClientBuilder builder, HttpClientConnectionManager connections) {
        ClientConnections own = new ClientConnections((IdentityConnections) connections);
        builder.setConnectionManager(own)
                .addExecInterceptorFirst("session-stopped", own::tellOfStop)
                .setConnectionManagerShared(false); // else a configurer's eviction of idle connections has no effect
    }

    /** Tells a request whose connections were closed so: it ends by one of many exceptions, as a CancellationException. */
    private ClassicHttpResponse tellOfStop(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try {
            return chain.proceed(request, scope);
        } catch (IOException | IllegalStateException e) {
            if (connections.isClosed()
                    && scope.clientContext.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call
                    && !call.isAborted()) {
                throw call.stopped(e);
            }
            throw e;
        }
    }

    /** Drops the connection of a request that ends with an Error: HttpClient would leave it leased. */
    static ClassicHttpResponse dropAtError(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try {
            return chain.proceed(request, scope);
        } catch (Error e) {
            try {
                scope.execRuntime.discardEndpoint();
            } catch (RuntimeException | Error again) {
                // the first one tells more
            }
            throw e;
        }
    }

    @Override
    public void close() {
        // not by the client, see above
    }

    @Override
    public void close(CloseMode mode) {
        // as close()
    }

    @Override
    public LeaseRequest lease(String id, HttpRoute route, @Nullable Timeout timeout, @Nullable Object state) {
        LeaseRequest request = connections.lease(id, route, timeout, state);
        return new LeaseRequest() {
            @Override
            public ConnectionEndpoint get(Timeout timeout)
                    throws InterruptedException, ExecutionException, TimeoutException {
                return connections.await(request, timeout);
            }

            @Override
            public boolean cancel() {
                return request.cancel();
            }
        };
    }

    @Override
    public void release(ConnectionEndpoint endpoint, @Nullable Object state, @Nullable TimeValue keepAlive) {
        connections.release(endpoint, state, keepAlive);
    }

    @Override
    public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue timeout, HttpContext context)
            throws IOException {
        connections.connect(endpoint, timeout, context);
        if (context.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call) {
            call.connected();
        }
    }

    @Override
    public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
        connections.upgrade(endpoint, context);
    }

    @Override
    public void closeIdle(TimeValue idleTime) {
        connections.closeIdle(idleTime);
    }

    @Override
    public void closeExpired() {
        connections.closeExpired();
    }

    @Override
    public PoolStats getTotalStats() {
        return connections.getTotalStats();
    }

    @Override
    public PoolStats getStats(HttpRoute route) {
        return connections.getStats(route);
    }

    @Override
    public Set<HttpRoute> getRoutes() {
        return connections.getRoutes();
    }

    @Override
    public int getMaxTotal() {
        return connections.getMaxTotal();
    }

    @Override
    public void setMaxTotal(int max) {
        connections.setMaxTotal(max);
    }

    @Override
    public int getDefaultMaxPerRoute() {
        return connections.getDefaultMaxPerRoute();
    }

    @Override
    public void setDefaultMaxPerRoute(int max) {
        connections.setDefaultMaxPerRoute(max);
    }

    @Override
    public int getMaxPerRoute(HttpRoute route) {
        return connections.getMaxPerRoute(route);
    }

    @Override
    public void setMaxPerRoute(HttpRoute route, int max) {
        connections.setMaxPerRoute(route, max);
    }
}
