/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import org.apache.camel.Exchange;
import org.apache.camel.Service;

/** What a {@code sessions:} endpoint does with an exchange. Started with its producer. Thread-safe. */
interface ExchangeOperation extends Service {

    /** Does it. Whatever is thrown becomes the exchange's exception. */
    void run(Exchange exchange) throws Exception;
}
