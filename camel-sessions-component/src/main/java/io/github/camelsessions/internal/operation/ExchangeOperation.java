/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.operation;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Service;

/** What a {@code sessions:} endpoint does with an exchange. Started with its producer. Thread-safe. */
public interface ExchangeOperation extends Service {

    /**
     * Does it. Whatever is thrown becomes the exchange's exception; nothing is thrown once the exchange was held.
     *
     * @return whether it is done and the callback was called, as in {@link org.apache.camel.AsyncProcessor#process}
     */
    boolean process(Exchange exchange, AsyncCallback callback) throws Exception;
}
