/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.internal.http.HttpSending;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * Decides for the exchanges of plain camel-http endpoints in which session each is sent, when, and how often.
 * Thread-safe.
 */
public interface CallSource {

    /**
     * Sends an exchange, now or later, under the contract of {@link org.apache.camel.AsyncProcessor#process}. It never
     * throws: what fails, fails the exchange.
     *
     * @param owner   whoever sends, told apart by identity
     * @param sending the exchange's request
     * @return whether the exchange is done already
     */
    boolean process(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback);

    /** Fails the exchanges of an owner that are still held, because it stops. It may be used again afterwards. */
    void stop(Object owner);
}
