/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.util.IOHelper;

/** The body of a response, as camel-http leaves it on an exchange. */
public final class ResponseBody {

    private ResponseBody() {}

    /** Whether the response is the stream of its connection, which stays leased until the stream is closed. */
    static boolean isRaw(Exchange exchange) {
        return exchange.hasOut()
                && exchange.getMessage().getBody() instanceof InputStream stream
                && !(stream instanceof StreamCache);
    }

    /**
     * Frees the connection of a response: with camel-http's option disableStreamCache the body is the connection's own
     * stream, which is read to its end here and cached by the context's stream caching. Any other body stays. To be called
     * while the response is still the exchange's out-message, as a send leaves it.
     *
     * @throws org.apache.camel.TypeConversionException when the response cannot be read; its connection is free then, too
     */
    public static void detach(Exchange exchange) {
        if (isRaw(exchange)) {
            InputStream raw = (InputStream) exchange.getMessage().getBody();
            try {
                ResendableBody.cache(exchange, exchange.getMessage());
            } finally {
                IOHelper.close(raw);
            }
        }
    }
}
