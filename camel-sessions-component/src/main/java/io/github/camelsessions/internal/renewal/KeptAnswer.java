/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;
import org.jspecify.annotations.Nullable;

/** An answer that is kept while its request is sent again: it stands if that fails. Immutable. */
public record KeptAnswer(Message message, @Nullable Exception exception, Reply reply) {

    public static KeptAnswer of(Exchange exchange, Reply reply) {
        return new KeptAnswer(exchange.getMessage(), exchange.getException(), reply);
    }

    public void restore(Exchange exchange) {
        ExchangeHelper.prepareOutToIn(exchange); // camel-http sets an out message
        exchange.setIn(message);
        exchange.setException(exception);
        MessageHelper.resetStreamCache(message);
    }
}
