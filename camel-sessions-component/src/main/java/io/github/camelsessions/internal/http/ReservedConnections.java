/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.hc.client5.http.classic.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The connections that a renewal has for itself, so that it needs none of those that the requests waiting for it use: a
 * second endpoint with the same options, hence a client with a pool of its own, made when it is first needed. Only a
 * connection manager that the user gave to the component serves both. Thread-safe.
 */
public final class ReservedConnections extends ServiceSupport {

    private final Callable<HttpEndpoint> twin;
    private final ReentrantLock making = new ReentrantLock();
    private @Nullable HttpEndpoint endpoint; // guarded by making

    /**
     * @param twin makes another endpoint with the same options, not started
     */
    public ReservedConnections(Callable<HttpEndpoint> twin) {
        this.twin = twin;
    }

    /**
     * The client that uses them.
     *
     * @throws IllegalStateException when this was stopped
     */
    public HttpClient client() {
        making.lock();
        try {
            if (endpoint == null) {
                if (!isRunAllowed()) {
                    throw new IllegalStateException("connections are closed");
                }
                endpoint = twin.call();
                ServiceHelper.startService(endpoint);
            }
            return endpoint.getHttpClient();
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        } finally {
            making.unlock();
        }
    }

    @Override
    protected void doStop() {
        making.lock();
        try {
            ServiceHelper.stopService(endpoint);
            endpoint = null;
        } finally {
            making.unlock();
        }
    }
}
