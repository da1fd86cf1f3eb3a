/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange bears of a failure from before it renews a session: that the session expired, when it renews in
 * {@code onException} or {@code doCatch}. It is put aside meanwhile, so that only a failure of the renewal itself shows,
 * and the route's error handlers see that one as a new one. Immutable.
 */
record FailureBefore(
        @Nullable Object caught, boolean handled, @Nullable Boolean handledByErrorHandler) {

    static FailureBefore putAside(Exchange exchange) {
        ExchangeExtension extension = exchange.getExchangeExtension();
        FailureBefore earlier = new FailureBefore(
                exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT),
                extension.isFailureHandled(),
                extension.isErrorHandlerHandledSet() ? (Boolean) extension.isErrorHandlerHandled() : null);
        extension.setFailureHandled(false);
        extension.setErrorHandlerHandled(null);
        return earlier;
    }

    /** The exchange goes on as if nothing had been in between. */
    void putBack(Exchange exchange) {
        putCaughtBack(exchange);
        exchange.getExchangeExtension().setFailureHandled(handled);
        exchange.getExchangeExtension().setErrorHandlerHandled(handledByErrorHandler);
    }

    /** The exchange fails anew: error handlers that were asked about something within the renewal are asked again. */
    void failAnew(Exchange exchange, Exception failure) {
        putCaughtBack(exchange);
        ExchangeExtension extension = exchange.getExchangeExtension();
        extension.setFailureHandled(false);
        extension.setErrorHandlerHandled(null);
        extension.setRedeliveryExhausted(false);
        exchange.setException(failure);
    }

    private void putCaughtBack(Exchange exchange) {
        exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
        if (caught != null) {
            exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, caught);
        }
    }

    /** Whether an error handler of the route has dealt with a failure: the exchange is answered and ends with that. */
    static boolean isAnswered(Exchange exchange) {
        ExchangeExtension extension = exchange.getExchangeExtension();
        return exchange.getException() == null
                && extension.isErrorHandlerHandledSet()
                && extension.isErrorHandlerHandled();
    }
}
