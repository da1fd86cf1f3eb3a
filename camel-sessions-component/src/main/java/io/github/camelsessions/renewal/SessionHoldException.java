/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;
import org.apache.camel.CamelException;
import org.jspecify.annotations.Nullable;

/**
 * An exchange could not be held for a renewal, or not for as long as the renewal takes: too many are held, its
 * {@code holdTimeout} is over, or its route was stopped. Its request was not accepted by the server.
 */
public final class SessionHoldException extends CamelException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final String site;
    private final String id;
    private final long generation;
    private final int held;

    SessionHoldException(SessionKey session, long generation, int held, String what) {
        super("session '" + session + "': " + what + " (held=" + held + ", generation=" + generation + ")");
        this.site = session.site();
        this.id = session.id();
        this.generation = generation;
        this.held = held;
    }

    @Override
    public String getSite() {
        return site;
    }

    @Override
    public String getSessionId() {
        return id;
    }

    @Override
    public long getGeneration() {
        return generation;
    }

    @Override
    public int getHeld() {
        return held;
    }

    @Override
    public @Nullable Instant getRetryAt() {
        return null;
    }
}
