/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.internal.connection.RequestUrl;
import io.github.camelsessions.internal.http.Charsets;
import io.github.camelsessions.internal.http.SessionCall;
import io.github.camelsessions.internal.http.SessionExecutor;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.component.http.HttpProducer;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.jspecify.annotations.Nullable;

/**
 * camel-http's producer, which sends each request in the session it is told, or in none. Target, method, headers and body
 * are what camel-http makes of the message.
 */
final class SessionHttpProducer extends HttpProducer {

    /** What one send is, carried by the exchange between {@link #send} and the overridden steps of camel-http. */
    private record Sent(SessionCall call, @Nullable URI seeOther) {}

    private static final String SENT = "io.github.camelsessions.wrapped";

    private final Function<SessionCall, HttpClient> clients;

    SessionHttpProducer(HttpEndpoint endpoint, Function<SessionCall, HttpClient> clients) {
        super(endpoint);
        this.clients = clients;
    }

    /**
     * @param seeOther where a GET goes instead of the exchange's own request, null for that
     */
    void send(Exchange exchange, @Nullable SessionCall call, @Nullable URI seeOther) throws Exception {
        if (call == null) {
            process(exchange);
            return;
        }
        exchange.setProperty(SENT, new Sent(call, seeOther));
        try {
            process(exchange);
        } finally {
            Charsets.forgetUnknown(exchange);
            exchange.removeProperty(SENT);
        }
    }

    @Override
    protected HttpUriRequest createMethod(Exchange exchange) throws Exception {
        Sent sent = exchange.getProperty(SENT, Sent.class);
        return sent == null || sent.seeOther() == null
                ? super.createMethod(exchange)
                : HttpMethods.GET.createMethod(sent.seeOther());
    }

    @Override
    protected Object extractResponseBody(ClassicHttpResponse response, Exchange exchange, boolean ignored)
            throws IOException, ClassNotFoundException {
        Object body = super.extractResponseBody(response, exchange, ignored);
        Charsets.forgetUnknown(exchange); // before a failure's body is read by it
        return body;
    }

    @Override
    protected <T> T executeMethod(
            Exchange exchange, HttpHost host, HttpUriRequest request, HttpClientResponseHandler<T> handler)
            throws IOException, HttpException {
        Sent sent = exchange.getProperty(SENT, Sent.class);
        if (sent == null) {
            return super.executeMethod(exchange, host, request, handler);
        }
        HttpClient client = clients.apply(sent.call());
        return SessionExecutor.execute(
                getEndpoint(),
                client,
                SessionExecutor.requestConfig(client).build(),
                exchange,
                host,
                request,
                uri(request),
                sent.call(),
                handler);
    }

    private static URI uri(HttpUriRequest request) {
        try {
            return RequestUrl.of(request);
        } catch (URISyntaxException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
