/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.http.SessionHttpClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.spi.annotations.SendDynamic;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.support.component.SendDynamicAwareSupport;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@code toD("sessions:fetch/https://...?sessionId=${header.user}")} use one endpoint for all sessions and all
 * targets: both travel as headers, put in before the endpoint and taken out after it. Thread-safe.
 */
@SendDynamic("sessions")
public class SessionsSendDynamicAware extends SendDynamicAwareSupport {

    private static final String HTTP_URI = "httpUri";
    private static final String SESSION_ID = "sessionId";
    private static final String QUERY = "query.";

    private final Map<String, Boolean> parameters = LRUCacheFactory.newLRUCache(1000);
    private final Map<String, DynamicPredicates> predicates = LRUCacheFactory.newLRUCache(1000);

    /** What the evaluated URI comes to: an endpoint that is the same for all, and what differs. */
    private static final class Parts extends DynamicAwareEntry {

        private final SessionsOperation operation;
        private final Map<String, Object> options = new LinkedHashMap<>();
        private @Nullable String sessionId;
        private @Nullable String target;

        Parts(DynamicAwareEntry entry, SessionsOperation operation) {
            super(entry.getUri(), entry.getOriginalUri(), entry.getProperties(), entry.getLenientProperties());
            this.operation = operation;
        }
    }

    @Override
    public boolean isLenientProperties() {
        return true;
    }

    @Override
    public DynamicAwareEntry prepare(Exchange exchange, String evaluated, String originalUri) throws Exception {
        DynamicPredicates written =
                predicates.computeIfAbsent(originalUri, key -> DynamicPredicates.of(getCamelContext(), key));
        String uri = written.evaluate(exchange, evaluated);
        DynamicAwareEntry entry = new DynamicAwareEntry(
                uri, originalUri, endpointProperties(exchange, uri), endpointLenientProperties(exchange, uri));
        String remaining = StringHelper.before(uri, "?", uri).substring("sessions:".length());
        remaining = remaining.startsWith("//") ? remaining.substring(2) : remaining;
        Parts parts = new Parts(entry, SessionsOperation.parse(StringHelper.before(remaining, "/", remaining)));
        parts.target = StringHelper.after(remaining, "/");
        Map<String, Object> query = new LinkedHashMap<>();
        if (entry.getProperties() != null) {
            entry.getProperties().forEach((name, value) -> sort(parts, query, name, value));
        }
        if (entry.getLenientProperties() != null) {
            entry.getLenientProperties().forEach((name, value) -> {
                // what is no parameter of a target goes to the endpoint, which refuses it
                boolean parameter = parts.target != null && isParameter(parts.operation, name);
                (parameter ? query : parts.options).put(name, value);
            });
        }
        if (parts.target != null) {
            parts.target = HttpTarget.addQuery(parts.target, query);
        } else {
            query.forEach((name, value) -> parts.options.put(QUERY + name, value));
        }
        parts.options.putAll(written.options());
        return parts;
    }

    // remembered: a route's URI has the same names for each exchange, and nearness to all options takes a while to tell
    private boolean isParameter(SessionsOperation operation, String name) {
        return parameters.computeIfAbsent(
                operation + "?" + name,
                key -> !SessionHttpClient.isOption(name)
                        && OptionNames.nearest(getCamelContext(), operation, name) == null);
    }

    private static void sort(Parts parts, Map<String, Object> query, String name, Object value) {
        if (name.equals(SESSION_ID)) {
            parts.sessionId = String.valueOf(value);
        } else if (name.equals(HTTP_URI)) {
            if (parts.target != null) {
                throw SessionsComponent.targetGivenTwice();
            }
            parts.target = String.valueOf(value);
        } else if (name.startsWith(QUERY)) {
            query.put(name.substring(QUERY.length()), value);
        } else {
            parts.options.put(name, value);
        }
    }

    @Override
    public String resolveStaticUri(Exchange exchange, DynamicAwareEntry entry) throws Exception {
        Parts parts = (Parts) entry;
        String query = URISupport.createQueryString(parts.options, true);
        return "sessions:" + parts.operation + (query.isEmpty() ? "" : "?" + query);
    }

    @Override
    public Processor createPreProcessor(Exchange exchange, DynamicAwareEntry entry) {
        Parts parts = (Parts) entry;
        return prepared -> {
            Message message = prepared.getMessage();
            if (namesSession(parts, prepared)) {
                message.setHeader(SessionsConstants.ID, parts.sessionId);
            }
            if (parts.target != null) {
                String method = message.getHeader(HttpConstants.HTTP_METHOD, String.class);
                HttpTarget.consumeHeaders(message);
                message.setHeader(HttpConstants.HTTP_URI, parts.target);
                if (method != null) {
                    message.setHeader(HttpConstants.HTTP_METHOD, method);
                }
            }
        };
    }

    @Override
    public @Nullable Processor createPostProcessor(Exchange exchange, DynamicAwareEntry entry) {
        // asked before the pre-processor runs: was the session named by the URI or by the message?
        if (!namesSession((Parts) entry, exchange)) {
            return null;
        }
        Object before = exchange.getMessage().getHeader(SessionsConstants.ID);
        return done -> {
            if (before == null) {
                done.getMessage().removeHeader(SessionsConstants.ID);
            } else {
                done.getMessage().setHeader(SessionsConstants.ID, before);
            }
        };
    }

    private static boolean namesSession(Parts parts, Exchange exchange) {
        // the header wins over the option, unless it is there because of a renewal
        return parts.sessionId != null
                && (exchange.getMessage().getHeader(SessionsConstants.ID) == null
                        || SessionCalls.namesRenewed(exchange));
    }
}
