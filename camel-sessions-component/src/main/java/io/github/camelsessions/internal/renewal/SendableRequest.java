/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** A request that can be sent in a session, whatever the rules of that. Used by one thread at a time, but for {@link #abort}. */
public interface SendableRequest {

    /** The name of the client profile that the session takes when it has none, null for the next of the rotation. */
    @Nullable
    String profile();

    /**
     * Sends what the exchange's message says. The answer, or the exception for its status, is on the exchange afterwards.
     *
     * @param priority       whether it is sent for a renewal: on connections that are kept free for these
     * @param furtherRequest to be called for each request after the first, such as a followed redirect
     * @return null when there was no answer
     */
    @Nullable
    Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest);

    /** Ends a send under way, or one that is about to begin. */
    void abort();
}
