/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelExchangeException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.component.http.HttpProducer;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.GZIPHelper;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * camel-http's producer, sending to the target that the call names. The target comes as an object and never through the
 * headers {@code CamelHttpUri}, {@code CamelHttpPath} and {@code CamelHttpQuery}, which consumers set for reasons of
 * their own.
 */
final class FetchHttpProducer extends HttpProducer {

    /** What one fetch sends, carried by the exchange between {@link #send} and the overridden steps of camel-http. */
    private record Fetch(SessionCall call, URI target, HttpMethods method) {}

    private record Configured(CallRules rules, RequestConfig config) {}

    private static final String FETCH = "io.github.camelsessions.fetch";

    private final ReservedConnections reserved;
    private volatile @Nullable Configured latest; // most endpoints have one set of rules

    FetchHttpProducer(HttpEndpoint endpoint, ReservedConnections reserved) {
        super(endpoint);
        this.reserved = reserved;
    }

    void send(Exchange exchange, SessionCall call, URI target, HttpMethods method) throws Exception {
        exchange.setProperty(FETCH, new Fetch(call, target, method));
        try {
            process(exchange);
        } finally {
            Charsets.forgetUnknown(exchange);
            exchange.removeProperty(FETCH);
        }
    }

    @Override
    protected HttpUriRequest createMethod(Exchange exchange) throws CamelExchangeException {
        Fetch fetch = fetch(exchange);
        HttpUriRequest request = fetch.method().createMethod(fetch.target());
        if (carriesBody(fetch.method())) {
            request.setEntity(createRequestEntity(exchange));
        }
        return request;
    }

    @Override
    protected HttpHost createHost(HttpUriRequest request) {
        // java.net.URI, which camel-http asks, finds no host in https://under_score.example
        return new HttpHost(request.getScheme(), request.getAuthority());
    }

    private boolean carriesBody(HttpMethods method) {
        return switch (method) {
            case GET -> getEndpoint().isGetWithBody();
            case DELETE -> getEndpoint().isDeleteWithBody();
            default -> method.isEntityEnclosing();
        };
    }

    @Override
    protected HttpEntity createRequestEntity(Exchange exchange) throws CamelExchangeException {
        Message message = exchange.getIn();
        if (message.getBody() instanceof Map<?, ?> form) {
            return new UrlEncodedFormEntity(FormFields.of(form, exchange), StandardCharsets.UTF_8);
        }
        if (message.getBody() instanceof MultipartEntityBuilder form) {
            return form.build();
        }
        Charsets.forgetUnknown(message);
        String json = ExchangeHelper.getContentType(exchange);
        if (message.getBody() instanceof String text && Charsets.isJson(json) && !GZIPHelper.isGzip(message)) {
            // camel-http would take the charset of the page before
            return new ByteArrayEntity(text.getBytes(StandardCharsets.UTF_8), ContentType.parse(json));
        }
        if (message.getBody() instanceof StreamCache cache && message.getBody() instanceof Reader) {
            cache.reset();
            message.setBody(message.getBody(String.class)); // Camel's cache of a reader counts characters, not bytes
        }
        if (message.getBody() instanceof StreamCache cache
                && !getEndpoint().isMultipartUpload()
                && !GZIPHelper.isGzip(message)) {
            String type = ExchangeHelper.getContentType(exchange);
            String encoding = message.getHeader(HttpConstants.CONTENT_ENCODING, String.class);
            return new StreamCacheEntity(cache, type == null ? null : ContentType.parse(type), encoding);
        }
        return super.createRequestEntity(exchange);
    }

    private static boolean isForm(@Nullable Object body) {
        return body instanceof Map || body instanceof MultipartEntityBuilder;
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
        HttpEntity entity = request.getEntity();
        if (entity != null && isForm(exchange.getIn().getBody())) {
            // the message's own Content-Type is, on the way from page to form, the one of the page
            request.setHeader(HttpHeaders.CONTENT_TYPE, entity.getContentType());
        }
        Fetch fetch = fetch(exchange);
        SessionCall call = fetch.call();
        HttpClient client = call.isReserved() ? reserved.client() : getHttpClient();
        RequestConfig config = requestConfig(client, call.rules());
        return SessionExecutor.execute(
                getEndpoint(), client, config, exchange, host, request, fetch.target(), call, handler);
    }

    private RequestConfig requestConfig(HttpClient client, CallRules rules) {
        Configured found = latest;
        if (found == null || found.rules() != rules) { // of whichever client: all here are made from the same options
            found = new Configured(
                    rules,
                    SessionExecutor.requestConfig(client)
                            .setRedirectsEnabled(rules.followRedirects())
                            .setMaxRedirects(rules.maxRedirects())
                            .build());
            latest = found;
        }
        return found.config();
    }

    private static Fetch fetch(Exchange exchange) {
        return Objects.requireNonNull(exchange.getProperty(FETCH, Fetch.class), "sent by send only");
    }
}
