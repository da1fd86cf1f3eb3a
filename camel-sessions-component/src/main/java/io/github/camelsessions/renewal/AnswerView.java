/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;

/**
 * An exchange as predicates on an answer see it: with the answer's body and its own headers as the in-message. On the
 * exchange itself these are the out-message, or an exception for the status, and among them lie the headers that the
 * request had; a predicate that took one of these for the site's word would end sessions or call log-ins good.
 */
final class AnswerView {

    /** What the request of a log-in's latest answer had and the answer has not: still on the message when the route ends. */
    private static final String LEFT = "io.github.camelsessions.left";

    private AnswerView() {}

    static boolean matches(Predicate predicate, Exchange exchange, Reply reply) {
        Exchange seen = ExchangeHelper.createCopy(exchange, true);
        ExchangeHelper.prepareOutToIn(seen);
        seen.getIn().setHeaders(reply.headers().get());
        if (seen.getException() instanceof HttpOperationFailedException failed) {
            seen.getIn().setBody(failed.getResponseBody());
        }
        try {
            return predicate.matches(seen);
        } finally {
            MessageHelper.resetStreamCache(exchange.getMessage());
        }
    }

    /**
     * Notes what a log-in's message keeps of its request, so that it does not pass for the answer's.
     *
     * @param request the headers that the request had, without regard to case; is the view's afterwards
     */
    static void leave(Exchange exchange, Map<String, Object> request, Reply reply) {
        request.keySet().removeAll(reply.headers().get().keySet());
        exchange.setProperty(LEFT, request);
    }

    /** A log-in's exchange at its end, as its route leaves it, without what only its requests had. */
    static Exchange ofLogIn(Exchange exchange) {
        Map<?, ?> left = exchange.getProperty(LEFT, Map.class);
        if (left == null) {
            return exchange;
        }
        Exchange seen = ExchangeHelper.createCopy(exchange, true);
        ExchangeHelper.prepareOutToIn(seen);
        // the same object: what the route has set since is its own
        seen.getIn().getHeaders().entrySet().removeIf(header -> left.get(header.getKey()) == header.getValue());
        return seen;
    }
}
