/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;
import org.jspecify.annotations.Nullable;

/** An answer that is kept while its request is sent again: it stands if that fails. Immutable. */
final class Answer {

    private final Message message;
    private final @Nullable Exception exception;

    private Answer(Message message, @Nullable Exception exception) {
        this.message = message;
        this.exception = exception;
    }

    static Answer of(Exchange exchange) {
        return new Answer(exchange.getMessage(), exchange.getException());
    }

    /** Whether a predicate holds for the answer on an exchange, wherever that is: predicates look at the in message. */
    static boolean matches(Predicate predicate, Exchange exchange) {
        if (!exchange.hasOut()) {
            return matchesIn(predicate, exchange);
        }
        Message request = exchange.getIn();
        Message answer = exchange.getMessage();
        ExchangeHelper.prepareOutToIn(exchange);
        try {
            return matchesIn(predicate, exchange);
        } finally {
            exchange.setIn(request);
            exchange.setOut(answer);
        }
    }

    private static boolean matchesIn(Predicate predicate, Exchange exchange) {
        try {
            return predicate.matches(exchange);
        } finally {
            MessageHelper.resetStreamCache(exchange.getIn()); // it may have read the body
        }
    }

    void restore(Exchange exchange) {
        ExchangeHelper.prepareOutToIn(exchange); // camel-http sets an out message
        exchange.setIn(message);
        exchange.setException(exception);
        MessageHelper.resetStreamCache(message);
    }
}
