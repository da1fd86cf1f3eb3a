/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as predicates on an answer see it: with the answer's body and its own headers as the in-message. On the
 * exchange itself these are the out-message, or an exception for the status, and among them lie the headers that the
 * request had; a predicate that took one of these for the site's word would end sessions or call log-ins good.
 */
final class AnswerView {

    /**
     * What is known of a log-in's latest answer.
     *
     * @param left    headers that its request had and the answer has not: still on the message when the route ends
     * @param expired what in it means that the session has expired, null when nothing does
     */
    private record LogIn(Map<String, Object> left, @Nullable String expired) {}

    private static final String LOG_IN = "io.github.camelsessions.logIn";

    private AnswerView() {}

    static boolean matches(Predicate predicate, Exchange exchange, Reply reply) {
        Object body = AnswerBody.seenOf(exchange, reply);
        Exchange seen = ExchangeHelper.createCopy(exchange, true);
        ExchangeHelper.prepareOutToIn(seen);
        seen.getIn().setHeaders(reply.headers().get());
        seen.getIn().setBody(body);
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
     * @param expired what in the answer means that the session has expired, null when nothing does
     */
    static void leave(Exchange exchange, Map<String, Object> request, Reply reply, @Nullable String expired) {
        request.keySet().removeAll(reply.headers().get().keySet());
        exchange.setProperty(LOG_IN, new LogIn(request, expired));
    }

    /** What in a log-in's latest answer means that the session has expired, null when nothing does. */
    static @Nullable String expired(Exchange exchange) {
        LogIn logIn = exchange.getProperty(LOG_IN, LogIn.class);
        return logIn == null ? null : logIn.expired();
    }

    /** The log-in is judged. */
    static void forget(Exchange exchange) {
        exchange.removeProperty(LOG_IN);
    }

    /** A log-in's exchange at its end, as its route leaves it, without what only its requests had. */
    static Exchange ofLogIn(Exchange exchange) {
        LogIn logIn = exchange.getProperty(LOG_IN, LogIn.class);
        if (logIn == null) {
            return exchange;
        }
        Map<String, Object> left = logIn.left();
        Exchange seen = ExchangeHelper.createCopy(exchange, true);
        ExchangeHelper.prepareOutToIn(seen);
        // the same object: what the route has set since is its own
        seen.getIn().getHeaders().entrySet().removeIf(header -> left.get(header.getKey()) == header.getValue());
        return seen;
    }
}
