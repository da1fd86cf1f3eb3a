/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.HeaderRules;
import java.io.IOException;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequest;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicAuthCache;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.jspecify.annotations.Nullable;

/** The one place where a request of a session leaves: with the call in its context. */
public final class SessionExecutor {

    private SessionExecutor() {}

    /** The client's request defaults, to be adapted to what a call wants. */
    public static RequestConfig.Builder requestConfig(HttpClient client) {
        RequestConfig config = client instanceof Configurable configurable ? configurable.getConfig() : null;
        // Log-in chains do return to the URL they came from, with a cookie set; maxRedirects bounds them.
        return RequestConfig.copy(config == null ? RequestConfig.DEFAULT : config)
                .setCircularRedirectsAllowed(true);
    }

    public static <T> T execute(
            HttpEndpoint endpoint,
            HttpClient client,
            RequestConfig config,
            Exchange exchange,
            HttpHost host,
            HttpUriRequest request,
            URI target,
            SessionCall call,
            HttpClientResponseHandler<T> handler)
            throws IOException, HttpException {
        refuseControls(request, exchange.getIn());
        // Before HttpClient looks at the request: a Cookie header of the message would stop redirects to other hosts.
        request.removeHeaders(HttpHeaders.COOKIE);
        // The message's own would reach the site, or be taken for the profile's. Removed here, because HttpClient puts
        // the first headers back when it answers a challenge.
        request.removeHeaders(HttpHeaders.PROXY_AUTHORIZATION);
        call.begin(request, host, target, endpoint.getAuthHost());
        HttpClientContext context = context(endpoint, config, exchange, host, call);
        boolean handedOver = false;
        try {
            // Open: the response's stream is closed by camel-http's handler, or at the exchange's completion.
            ClassicHttpResponse response = client.executeOpen(host, request, context);
            response.removeHeaders(HttpHeaders.SET_COOKIE); // of a proxy that refused the tunnel: no interceptor saw it
            call.answered(
                    response.getCode(),
                    target,
                    context.getRedirectLocations(),
                    new AnswerHeaders(response, endpoint.getHeaderFilterStrategy(), exchange));
            try {
                boolean left = Decoding.isLeft(response);
                BoundedBody.limit(response, call);
                T result = left ? handleLeft(response, handler, exchange) : handler.handleResponse(response);
                handedOver = ResponseBody.isRaw(exchange);
                return result;
            } finally {
                if (!handedOver) {
                    // nobody can read on; with disableStreamCache camel-http would keep the connection until the end
                    EntityUtils.consumeQuietly(response.getEntity());
                }
            }
        } catch (IOException | HttpException | RuntimeException e) {
            if (call.isAborted()) {
                throw call.whyAborted(e);
            }
            throw e;
        } finally {
            if (endpoint.getHttpActivityListener() != null) {
                SecretMaskingListener.mask(exchange, null);
            }
            if (!handedOver || !call.rules().isLimited()) { // else the body's end is the call's
                call.end();
            }
        }
    }

    private static HttpClientContext context(
            HttpEndpoint endpoint, RequestConfig config, Exchange exchange, HttpHost host, SessionCall call) {
        HttpClientContext context = new HttpClientContext(endpoint.getHttpContext());
        context.setAttribute(CookieInterceptor.CALL, call);
        if (endpoint.getHttpActivityListener() != null) {
            context.setAttribute("org.apache.camel.Exchange", exchange);
            context.setAttribute("org.apache.hc.core5.http.HttpHost", host);
            SecretMaskingListener.mask(exchange, call.values());
        }
        if (call.hasCredentialsForOthers()) {
            // camel-http's preemptive authentication, which asks for no host, keeps off where there is a cache
            context.setAuthCache(new BasicAuthCache());
        }
        context.setRequestConfig(config);
        return context;
    }

    /** What is still coded stays so: {@link Decoding} left it, and camel-http up to 4.18 would look at the header alone. */
    private static <T> T handleLeft(
            ClassicHttpResponse response, HttpClientResponseHandler<T> handler, Exchange exchange)
            throws IOException, HttpException {
        Object given = exchange.getProperty(Exchange.SKIP_GZIP_ENCODING);
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, Boolean.TRUE);
        try {
            return handler.handleResponse(response);
        } finally {
            exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, given);
        }
    }

    // HttpClient would write a space for each, and the server get a value that nobody meant.
    private static void refuseControls(HttpUriRequest request, Message message) {
        for (Iterator<Header> headers = request.headerIterator(); headers.hasNext(); ) {
            Header header = headers.next();
            refuseNoToken(header.getName());
            refuseControls(header.getName(), header.getValue());
        }
        if (request.getEntity() != null) { // which has been told them, and no longer knows what they were
            for (String header : List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_ENCODING)) {
                refuseControls(header, message.getHeader(header, String.class));
            }
        }
    }

    // a server would see where the name ends, and the rest as a value: a Cookie, or a length of the body
    private static void refuseNoToken(String name) {
        if (!HeaderRules.isToken(name)) {
            throw new IllegalArgumentException("a header of the message is named " + Quoted.of(name)
                    + ", which is not the name of a header (a token of RFC 9110, section 5.6.2); remove or rename it"
                    + " before the call");
        }
    }

    private static void refuseControls(String header, @Nullable String text) {
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F) {
                throw new IllegalArgumentException(
                        "header " + Quoted.bare(header) + " of the message contains a control"
                                + " character such as CR or LF; remove the header before the call, or its line breaks");
            }
        }
    }
}
