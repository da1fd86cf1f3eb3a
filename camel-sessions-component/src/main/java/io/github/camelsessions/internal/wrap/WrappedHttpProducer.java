/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.internal.connection.RequestUrl;
import io.github.camelsessions.internal.http.CallRules;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.SessionCall;
import java.net.URI;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.component.http.helper.HttpMethodHelper;
import org.apache.camel.http.common.HttpHelper;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hc.client5.http.classic.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The producer of a camel-http endpoint whose exchanges may run in sessions: finds out where an exchange goes, as
 * camel-http would, and leaves it to the source of calls in which session it is sent, when, and how often. Thread-safe
 * once started.
 */
final class WrappedHttpProducer extends DefaultAsyncProducer {

    private final HttpEndpoint endpoint;
    private final CallSource calls;
    private final SessionHttpProducer producer;
    private @Nullable URI onlyTarget;

    /**
     * @param clients the client for each call
     */
    WrappedHttpProducer(HttpEndpoint endpoint, Function<SessionCall, HttpClient> clients, CallSource calls) {
        super(endpoint);
        this.endpoint = endpoint;
        this.calls = calls;
        producer = new SessionHttpProducer(endpoint, clients);
    }

    /**
     * @param restUri   what camel-http takes off the message with each send, null for nothing
     * @param restQuery as restUri
     * @param seeOther  whether it is a GET of the target instead of what camel-http makes of the message
     */
    private record Sending(
            SessionHttpProducer producer,
            URI target,
            HttpMethods method,
            @Nullable Object restUri,
            @Nullable Object restQuery,
            boolean seeOther)
            implements HttpSending {

        @Override
        public boolean throwsOnFailure(CallRules rules) {
            return ((HttpEndpoint) producer.getEndpoint()).isThrowExceptionOnFailure();
        }

        @Override
        public HttpSending seeOther(URI other) {
            return new Sending(producer, other, HttpMethods.GET, restUri, restQuery, true);
        }

        @Override
        public void send(Exchange exchange, @Nullable SessionCall call) throws Exception {
            putBack(exchange.getIn(), Exchange.REST_HTTP_URI, restUri);
            putBack(exchange.getIn(), Exchange.REST_HTTP_QUERY, restQuery);
            producer.send(exchange, call, seeOther ? target : null);
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        HttpSending sending = null;
        try {
            sending = sending(exchange);
            if (sending == null) {
                producer.process(exchange);
            }
        } catch (Throwable e) { // an error, too, must end the exchange
            exchange.setException(e);
        }
        if (sending == null) {
            callback.done(true);
            return true;
        }
        return calls.process(this, exchange, sending, callback);
    }

    /** The exchange's request, null when it has no host: camel-http tells best what is wrong with it. */
    private @Nullable HttpSending sending(Exchange exchange) throws Exception {
        Message message = exchange.getIn();
        Object restUri = null;
        Object restQuery = null;
        URI target = onlyTarget;
        if (target == null) {
            restUri = message.getHeader(Exchange.REST_HTTP_URI);
            restQuery = message.getHeader(Exchange.REST_HTTP_QUERY);
            target = target(exchange);
            putBack(message, Exchange.REST_HTTP_URI, restUri);
            putBack(message, Exchange.REST_HTTP_QUERY, restQuery);
        }
        if (target.getHost() == null) {
            return null;
        }
        HttpMethods method = HttpMethodHelper.createMethod(exchange, endpoint);
        URI sent = RequestUrl.of(method.createMethod(target.toASCIIString()));
        return new Sending(producer, sent, method, restUri, restQuery, false);
    }

    // it takes headers off the message
    private URI target(Exchange exchange) throws Exception {
        return HttpHelper.createURI(exchange, HttpHelper.createURL(exchange, endpoint), endpoint);
    }

    private static void putBack(Message message, String header, @Nullable Object value) {
        if (value != null) {
            message.setHeader(header, value);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(producer);
        // with this option no header leads elsewhere
        onlyTarget = endpoint.isSkipControlHeaders() ? target(new DefaultExchange(endpoint.getCamelContext())) : null;
    }

    @Override
    protected void doStop() throws Exception {
        calls.stop(this);
        ServiceHelper.stopService(producer);
        super.doStop();
    }
}
