/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Predicate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;

/**
 * An exchange as predicates see it. In Simple, body and headers are those of the in-message, which is still the request
 * when camel-http has left its response as the out-message, or as an exception for the status. Here it is the answer.
 */
final class AnswerView {

    private AnswerView() {}

    static boolean matches(Predicate predicate, Exchange exchange) {
        Exchange seen = ExchangeHelper.createCopy(exchange, true);
        ExchangeHelper.prepareOutToIn(seen);
        if (seen.getException() instanceof HttpOperationFailedException failed) {
            show(failed, seen.getIn());
        }
        try {
            return predicate.matches(seen);
        } finally {
            MessageHelper.resetStreamCache(exchange.getMessage());
        }
    }

    private static void show(HttpOperationFailedException answer, Message message) {
        if (answer.getResponseHeaders() != null) {
            answer.getResponseHeaders().forEach(message::setHeader);
        }
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.getStatusCode());
        message.setHeader(Exchange.HTTP_RESPONSE_TEXT, answer.getStatusText());
        message.setBody(answer.getResponseBody());
    }
}
