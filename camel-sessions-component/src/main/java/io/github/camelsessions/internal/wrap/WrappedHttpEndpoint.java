/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.internal.http.ClientConnections;
import io.github.camelsessions.internal.http.SecretMaskingListener;
import io.github.camelsessions.internal.http.SessionCall;
import io.github.camelsessions.internal.http.SessionHttpComponent;
import java.io.Closeable;
import java.util.Map;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpEndpointConfigurer;
import org.apache.camel.component.http.HttpEndpointUriFactory;
import org.apache.camel.util.IOHelper;
import org.apache.camel.util.URISupport;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * A camel-http endpoint whose requests may run in sessions. It is the plain endpoint with the same options and defaults,
 * and has, beside the plain client, one for sessions and one for their renewals, each made at the first request that
 * needs it.
 */
final class WrappedHttpEndpoint extends HttpEndpoint {

    private final CallSource calls;
    private @Nullable SessionClient sessionClient;
    private @Nullable SessionClient reservedClient;
    private boolean sessionized;

    /** A client, and the connections that it does not close itself. */
    private record SessionClient(HttpClient client, HttpClientConnectionManager connections) {

        void close() {
            connections.close(CloseMode.GRACEFUL);
            if (client instanceof Closeable closeable) {
                IOHelper.close(closeable);
            }
        }
    }

    WrappedHttpEndpoint(HttpEndpoint original, CallSource calls) {
        super(
                original.getEndpointUri(),
                original.getComponent(),
                original.getHttpUri(),
                original.getClientBuilder(),
                original.getClientConnectionManager(),
                original.getHttpClientConfigurer());
        this.calls = calls;
        copyOptions(original);
    }

    private void copyOptions(HttpEndpoint original) {
        setCamelContext(original.getCamelContext());
        HttpEndpointConfigurer options = new HttpEndpointConfigurer();
        for (String name : new HttpEndpointUriFactory().propertyNames()) {
            // asking for the client would build it
            Object value = name.equals("httpClient") ? null : options.getOptionValue(original, name, false);
            if (value != null) {
                options.configure(getCamelContext(), this, name, value, false);
            }
        }
        setConnectTimeout(original.getConnectTimeout());
        setConnectionRequestTimeout(original.getConnectionRequestTimeout());
        setResponseTimeout(original.getResponseTimeout());
        setSoTimeout(original.getSoTimeout());
        setHttpBinding(original.getHttpBinding());
        setHttpMethodRestrict(original.getHttpMethodRestrict());
        setExchangePattern(original.getExchangePattern());
    }

    @Override
    public Producer createProducer() throws Exception {
        return new WrappedHttpProducer(this, this::client, calls);
    }

    @Override
    protected void doStart() throws Exception {
        SecretMaskingListener.install(this); // before camel-http makes a listener that masks nothing
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        lock.lock();
        try {
            close(sessionClient);
            close(reservedClient);
            sessionClient = null;
            reservedClient = null;
        } finally {
            lock.unlock();
        }
        super.doStop();
    }

    private static void close(@Nullable SessionClient client) {
        if (client != null) {
            client.close();
        }
    }

    /**
     * The client for a request in a session.
     *
     * @throws IllegalStateException when the endpoint was given a client of its own, which knows no sessions
     */
    private HttpClient client(SessionCall call) {
        lock.lock();
        try {
            if (call.isReserved()) {
                if (reservedClient == null) {
                    reservedClient = newSessionClient();
                }
                return reservedClient.client();
            }
            if (sessionClient == null) {
                sessionClient = newSessionClient();
            }
            return sessionClient.client();
        } finally {
            lock.unlock();
        }
    }

    private SessionClient newSessionClient() {
        try {
            Map<String, Object> given = URISupport.parseQuery(URISupport.extractQuery(getEndpointUri()));
            for (String option : new String[] {"httpClient", "clientBuilder"}) {
                if (given.containsKey(option)) {
                    throw new IllegalStateException("endpoint " + URISupport.sanitizeUri(getEndpointUri())
                            + " cannot send in a session: its option " + option
                            + " brings a client that knows no sessions; remove the option, or the site's wrap=true");
                }
            }
            SessionHttpComponent component = SessionHttpComponent.like(getComponent());
            getHttpClient(); // the plain client is made before its builder is changed
            HttpClientBuilder builder = getClientBuilder();
            if (!sessionized) { // the builder stays when the endpoint is stopped and started again
                SessionHttpComponent.sessionize(builder);
                SessionHttpComponent.setExecutor(builder); // nobody can tell whether there is another one
                sessionized = true;
            }
            HttpClientConnectionManager connections = component.newConnectionManager(this);
            ClientConnections.install(builder, connections);
            return new SessionClient(builder.build(), connections);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "endpoint " + URISupport.sanitizeUri(getEndpointUri()) + ": cannot make a client for sessions", e);
        }
    }
}
