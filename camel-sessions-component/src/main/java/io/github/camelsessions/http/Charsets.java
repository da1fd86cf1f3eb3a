/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.nio.charset.Charset;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** Keeps charsets that nobody can read off exchanges: to Camel they are a failure, at whatever is read or sent next. */
final class Charsets {

    private Charsets() {}

    /** Forgets the charset of an answer if the JVM does not know it. */
    static void forgetUnknown(Exchange exchange) {
        String name = exchange.getProperty(ExchangePropertyKey.CHARSET_NAME, String.class);
        if (name != null && !isKnown(name)) {
            exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        }
    }

    static boolean isKnown(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
