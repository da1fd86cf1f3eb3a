/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import org.apache.camel.Exchange;
import org.apache.camel.SafeCopyProperty;
import org.jspecify.annotations.Nullable;

/**
 * Tells of an exchange that the session id in its header was written by a pool, and not by the route. Immutable.
 *
 * @param session what the pool has chosen
 */
public record PoolChosen(SessionKey session) implements SafeCopyProperty {

    private static final String PROPERTY = "io.github.camelsessions.poolChosen";

    @Override
    public SafeCopyProperty safeCopy() {
        return this;
    }

    /** Writes the header, and remembers that it was a pool. */
    static void write(Exchange exchange, SessionKey session) {
        exchange.getMessage().setHeader(SessionsConstants.ID, session.id());
        exchange.getExchangeExtension().setSafeCopyProperty(PROPERTY, new PoolChosen(session));
    }

    /** The session that a pool has chosen for the exchange, if that is the one with this id; else null. */
    public static @Nullable SessionKey of(Exchange exchange, String id) {
        PoolChosen chosen = exchange.getExchangeExtension().getSafeCopyProperty(PROPERTY, PoolChosen.class);
        return chosen != null && chosen.session.id().equals(id) ? chosen.session : null;
    }
}
