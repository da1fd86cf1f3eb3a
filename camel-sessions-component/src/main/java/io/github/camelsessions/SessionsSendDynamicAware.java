/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.engine.SessionCalls;
import io.github.camelsessions.internal.http.HttpTarget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.spi.annotations.SendDynamic;
import org.apache.camel.support.component.SendDynamicAwareSupport;

/**
 * Lets {@code toD("sessions:fetch/https://...?sessionId=${header.user}")} use one endpoint for all sessions and all
 * targets: they travel as headers, put in before the endpoint and taken out after it. Camel's evaluation of the URI is not
 * used, as nothing in it tells what the route says from what the message brings. Thread-safe.
 */
@SendDynamic("sessions")
public class SessionsSendDynamicAware extends SendDynamicAwareSupport {

    // one, as each node of a route has an instance of its own
    private final Map<String, DynamicUri> uris = new ConcurrentHashMap<>();

    private static final class Entry extends DynamicAwareEntry {

        private final DynamicUri.Values values;

        Entry(String uri, String originalUri, DynamicUri.Values values) {
            super(uri, originalUri, Map.of(), Map.of());
            this.values = values;
        }
    }

    @Override
    public boolean isLenientProperties() {
        return true;
    }

    @Override
    public DynamicAwareEntry prepare(Exchange exchange, String evaluated, String originalUri) {
        DynamicUri uri = uris.get(originalUri);
        if (uri == null) {
            uri = DynamicUri.of(getCamelContext(), originalUri);
            uris.putIfAbsent(originalUri, uri);
        }
        return new Entry(evaluated, originalUri, uri.asEvaluated(evaluated).values(exchange));
    }

    @Override
    public String resolveStaticUri(Exchange exchange, DynamicAwareEntry entry) {
        return values(entry).endpointUri();
    }

    @Override
    public Processor createPreProcessor(Exchange exchange, DynamicAwareEntry entry) {
        DynamicUri.Values values = values(entry);
        return prepared -> { // throws nothing: Camel would send all the same
            Message message = prepared.getMessage();
            if (namesSession(values, prepared)) {
                message.setHeader(SessionsConstants.ID, values.sessionId());
            }
            if (values.target() != null) {
                Object method = message.getHeader(HttpConstants.HTTP_METHOD);
                HttpTarget.consumeHeaders(message);
                message.setHeader(HttpConstants.HTTP_URI, values.target());
                if (method != null) {
                    message.setHeader(HttpConstants.HTTP_METHOD, method);
                }
            }
            if (values.method() != null) {
                message.setHeader(HttpConstants.HTTP_METHOD, values.method());
            }
        };
    }

    @Override
    public Processor createPostProcessor(Exchange exchange, DynamicAwareEntry entry) {
        DynamicUri.Values values = values(entry);
        // asked before the pre-processor runs: was the session named by the URI or by the message?
        boolean named = namesSession(values, exchange);
        Object before = exchange.getMessage().getHeader(SessionsConstants.ID);
        return done -> {
            Message message = done.getMessage();
            if (named && before == null) {
                message.removeHeader(SessionsConstants.ID);
            } else if (named) {
                message.setHeader(SessionsConstants.ID, before);
            }
            // still there when nothing was sent
            if (values.target() != null) {
                message.removeHeader(HttpConstants.HTTP_URI);
            }
            if (values.method() != null) {
                message.removeHeader(HttpConstants.HTTP_METHOD);
            }
        };
    }

    private static DynamicUri.Values values(DynamicAwareEntry entry) {
        return ((Entry) entry).values;
    }

    private static boolean namesSession(DynamicUri.Values values, Exchange exchange) {
        // the header wins over the option, unless it is there because of a renewal
        return values.sessionId() != null
                && (exchange.getMessage().getHeader(SessionsConstants.ID) == null
                        || SessionCalls.namesRenewed(exchange));
    }
}
