/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.MessageHelper;
import org.jspecify.annotations.Nullable;

/** What an exchange was like before its request was sent, so that each send starts from the same. Immutable. */
public record RequestState(Message request, @Nullable Object charset) {

    public static RequestState of(Exchange exchange) {
        return new RequestState(exchange.getIn().copy(), exchange.getProperty(ExchangePropertyKey.CHARSET_NAME));
    }

    /**
     * The same of one whose answer has come, when nothing was remembered before: camel-http leaves that as an out-message or
     * as an exception, and the in-message alone.
     *
     * @param charset which it had as a property before it was sent
     */
    static RequestState after(Exchange exchange, @Nullable Object charset) {
        return new RequestState(exchange.getIn().copy(), charset);
    }

    /** Puts one header back. */
    public void restoreHeader(Exchange exchange, String name) {
        Object value = request.getHeader(name);
        if (value == null) {
            exchange.getMessage().removeHeader(name);
        } else {
            exchange.getMessage().setHeader(name, value);
        }
    }

    /** Puts the exchange back: the answer, its exception and what an answer left in the properties are gone. */
    public void restore(Exchange exchange) {
        exchange.setException(null);
        ExchangeHelper.prepareOutToIn(exchange); // camel-http sets an out message
        exchange.setIn(request.copy());
        // the answer's charset would be taken for that of the request
        exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        if (charset != null) {
            exchange.setProperty(ExchangePropertyKey.CHARSET_NAME, charset);
        }
        MessageHelper.resetStreamCache(exchange.getIn());
    }
}
