/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.capture.Captures;
import io.github.camelsessions.profile.HeaderRules;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpActivityListener;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.LoggingHttpActivityListener;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpEntityContainer;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Shows another listener, usually camel-http's logger, each request and response with cookies and credentials masked.
 * Thread-safe when the other one is.
 */
public final class SecretMaskingListener implements HttpActivityListener {

    /** The exchange property with the names of response headers that become values of the session. */
    private static final String CAPTURED = "io.github.camelsessions.captured";

    private final HttpActivityListener listener;

    private SecretMaskingListener(HttpActivityListener listener) {
        this.listener = listener;
    }

    /** Puts the mask between the endpoint and its listener, if it has one. */
    public static void install(HttpEndpoint endpoint) {
        HttpActivityListener listener = endpoint.getHttpActivityListener();
        if (listener == null && endpoint.isLogHttpActivity()) {
            LoggingHttpActivityListener logging = new LoggingHttpActivityListener();
            logging.setLogMask(true);
            listener = logging;
        }
        if (listener != null && !(listener instanceof SecretMaskingListener)) {
            CamelContextAware.trySetCamelContext(listener, endpoint.getCamelContext());
            ServiceHelper.startService(listener);
            endpoint.setHttpActivityListener(new SecretMaskingListener(listener));
        }
    }

    /** Masks what becomes values of the session, too, while the exchange is sent; null ends that. */
    static void mask(Exchange exchange, @Nullable SessionValues values) {
        if (values != null && !values.captures().isEmpty()) {
            exchange.setProperty(CAPTURED, values.captures());
        } else {
            exchange.removeProperty(CAPTURED);
        }
    }

    @Override
    public void onRequestSubmitted(
            Object source, Exchange exchange, HttpHost host, HttpRequest request, @Nullable HttpEntity entity) {
        String path =
                SubmittedForm.isInQuery(exchange) ? request.getPath().replaceFirst("\\?.*", "?***") : request.getPath();
        BasicClassicHttpRequest shown = new BasicClassicHttpRequest(request.getMethod(), path);
        shown.setVersion(request.getVersion());
        shown.setScheme(request.getScheme());
        shown.setAuthority(request.getAuthority());
        copyHeaders(request, shown, Set.of());
        // a form is how credentials travel
        HttpEntity body = SessionFields.isForm(entity) ? null : entity;
        shown.setEntity(body);
        listener.onRequestSubmitted(source, exchange, host, shown, body);
        giveBack(shown, body, request);
    }

    @Override
    public void onResponseReceived(
            Object source,
            Exchange exchange,
            HttpHost host,
            HttpResponse response,
            @Nullable HttpEntity entity,
            long elapsed) {
        BasicClassicHttpResponse shown = new BasicClassicHttpResponse(response.getCode(), response.getReasonPhrase());
        shown.setVersion(response.getVersion());
        Captures captured = captured(exchange);
        Set<String> secret = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        secret.addAll(captured.headers().values());
        copyHeaders(response, shown, secret);
        HttpEntity body = entity != null && captured.reads(entity.getContentType()) ? null : entity;
        shown.setEntity(body);
        listener.onResponseReceived(source, exchange, host, shown, body, elapsed);
        giveBack(shown, body, response);
    }

    /** A listener that reads a stream to show it leaves one that can be read again in its place. */
    private static void giveBack(HttpEntityContainer shown, @Nullable HttpEntity before, HttpMessage message) {
        if (shown.getEntity() != before && message instanceof HttpEntityContainer container) {
            container.setEntity(shown.getEntity());
        }
    }

    private static boolean isSecret(Header header) {
        if (header.isSensitive()) {
            return true;
        }
        // WWW-Authenticate and Proxy-Authenticate ask for credentials and hold none
        return !header.getName().toLowerCase(Locale.ROOT).endsWith("-authenticate")
                && HeaderRules.isSecret(header.getName(), header.getValue() == null ? "" : header.getValue());
    }

    private static Captures captured(@Nullable Exchange exchange) {
        return exchange != null && exchange.getProperty(CAPTURED) instanceof Captures captured
                ? captured
                : Captures.NONE;
    }

    private static void copyHeaders(HttpMessage from, HttpMessage to, Set<?> secret) {
        for (Header header : from.getHeaders()) {
            boolean masked = secret.contains(header.getName()) || isSecret(header);
            to.addHeader(header.getName(), masked ? "***" : header.getValue());
        }
    }
}
