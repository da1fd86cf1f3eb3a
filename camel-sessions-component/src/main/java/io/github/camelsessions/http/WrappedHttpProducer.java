/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpProducer;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;

/**
 * camel-http's producer, which asks for each request whether it runs in a session. Target, method, headers and body are
 * what camel-http makes of the message.
 */
final class WrappedHttpProducer extends HttpProducer {

    private static final String CALL = "io.github.camelsessions.wrapped";

    private final HttpEndpoint endpoint;
    private final Supplier<HttpClient> sessionClient;
    private final CallSource calls;

    WrappedHttpProducer(HttpEndpoint endpoint, Supplier<HttpClient> sessionClient, CallSource calls) {
        super(endpoint);
        this.endpoint = endpoint;
        this.sessionClient = sessionClient;
        this.calls = calls;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        try {
            super.process(exchange);
        } finally {
            if (exchange.removeProperty(CALL) instanceof SessionCall call) {
                calls.done(exchange, call);
            }
        }
    }

    @Override
    protected HttpUriRequest createMethod(Exchange exchange) throws Exception {
        HttpUriRequest request = super.createMethod(exchange);
        SessionCall call = calls.open(exchange, request.getUri());
        if (call != null) {
            exchange.setProperty(CALL, call);
        }
        return request;
    }

    @Override
    protected <T> T executeMethod(
            Exchange exchange, HttpHost host, HttpUriRequest request, HttpClientResponseHandler<T> handler)
            throws IOException, HttpException {
        SessionCall call = exchange.getProperty(CALL, SessionCall.class);
        if (call == null) {
            return super.executeMethod(exchange, host, request, handler);
        }
        HttpClient client = sessionClient.get();
        return SessionExecutor.execute(
                endpoint, client, SessionExecutor.requestConfig(client), exchange, host, request, call, handler);
    }
}
