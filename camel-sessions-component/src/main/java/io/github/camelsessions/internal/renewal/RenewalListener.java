/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import java.time.Instant;

/**
 * Is told how renewals end: one event at a time, in their order, on a thread that has nothing else to do. It may take its
 * time; what it does delays no exchange and no renewal, only its own next event.
 */
public interface RenewalListener {

    /** The session was renewed. */
    void renewed(SessionKey session);

    /**
     * The session could not be renewed; no renewal is tried until then. Brought before any exchange fails by it, though
     * such an exchange may end before the listener has done with it, see {@link SessionTraffic#awaitTold}; and more than once
     * when several fail at the same time.
     *
     * @param rules how it was tried, to try it again
     */
    void failed(SessionKey session, RenewalRules rules, Instant retryAt);

    /** An operator has ended the session's cool-down. */
    void cooldownEnded(SessionKey session);
}
