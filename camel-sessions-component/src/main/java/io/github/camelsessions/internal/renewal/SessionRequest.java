/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.Generation;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One exchange's request, as often as it has to be sent. Used by one thread at a time, but for {@link #abort}. */
public interface SessionRequest {

    /** The session to send it in. */
    SessionKey session();

    RenewalRules rules();

    /** The name of the client profile that the session takes when it has none, null for the next of the rotation. */
    @Nullable
    String profile();

    /** Whether a refusal of it may begin a renewal of its session, or wait for one; otherwise that is its answer. */
    default boolean renewsRefused() {
        return true;
    }

    /** Whether whoever sends it has a meaning of its own for answers of that status. */
    default boolean judges(int status) {
        return false;
    }

    /** Whether its method is safe: it asks for nothing but an answer. */
    boolean isSafe();

    /** Whether a status outside the ok range is an exception. */
    boolean throwsOnFailure();

    /** Tells the target, method and URL, from others: a hash code of them. */
    int target();

    /** Tells what is sent, without secrets. */
    String describe();

    /**
     * Sends what the exchange's message says. The answer, or the exception for its status, is on the exchange afterwards.
     *
     * @param priority       whether it is sent for a renewal: on connections that are kept free for these
     * @param furtherRequest to be called for each request after the first, such as a followed redirect
     * @return null when there was no answer
     */
    @Nullable
    Reply send(Exchange exchange, Generation generation, boolean priority, Runnable furtherRequest);

    /** Whether the site has seen anything of the latest send: it ended later, as after a redirect, or with an answer. */
    boolean hasReachedSite();

    /**
     * Why the site may have carried out the request, though what it led to was refused; null when nothing says so. Fits
     * behind "POST https://...: ". What may still be sent again is then the rest alone.
     */
    default @Nullable String carriedOut() {
        return null;
    }

    /** How many requests of the latest send were sent once more, because a kept connection had been closed. */
    default int reconnected() {
        return 0;
    }

    /** Ends a send under way, or one that is about to begin. */
    void abort();

    /** Why the exchange's message cannot be sent twice, null when it can. */
    @Nullable
    String obstacle(Exchange exchange);

    /** Makes the body one that can be sent twice, if that is possible. */
    void makeResendable(Exchange exchange);

    /** Lets the connection of an answer go that will not be read soon. */
    void detach(Exchange exchange);
}
