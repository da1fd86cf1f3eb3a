/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One exchange's request, as often as it has to be sent. */
public interface SessionRequest extends SendableRequest {

    /** The session to send it in. */
    SessionKey session();

    RenewalRules rules();

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

    /** Why the exchange's message cannot be sent twice, null when it can. */
    @Nullable
    String obstacle(Exchange exchange);

    /** Makes the body one that can be sent twice, if that is possible. */
    void makeResendable(Exchange exchange);

    /** Lets the connection of an answer go that will not be read soon. */
    void detach(Exchange exchange);
}
