/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;

/** Is told how renewals end. Called on threads of the renewals: implementations return soon, and are thread-safe. */
public interface RenewalListener {

    /** The session was renewed. */
    void renewed(SessionKey session);

    /**
     * The session could not be renewed; no renewal is tried until then. Told before any exchange fails by it, and more than
     * once when several do so at the same time.
     *
     * @param rules how it was tried, to try it again
     */
    void failed(SessionKey session, RenewalRules rules, Instant retryAt);

    /** An operator has ended the session's cool-down. */
    void cooldownEnded(SessionKey session);
}
