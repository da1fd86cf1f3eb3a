/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;
import org.apache.camel.CamelException;
import org.jspecify.annotations.Nullable;

/**
 * An exchange could not be held, or not for as long as it would have to be: too many are held, its {@code holdTimeout} is
 * over, or ends before the time until which the site wants to be left alone, or its route was stopped. Its request was not
 * accepted by the server.
 */
public final class SessionHoldException extends CamelException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final String site;
    private final String id;
    private final long generation;
    private final int held;
    private final @Nullable Instant retryAt;

    /**
     * @param retryAt until when the site wants to be left alone, null when it did not ask for that
     */
    SessionHoldException(SessionKey session, long generation, int held, @Nullable Instant retryAt, String what) {
        super("session '" + session + "': " + what + " (held=" + held + ", generation=" + generation + ")");
        this.site = session.site();
        this.id = session.id();
        this.generation = generation;
        this.held = held;
        this.retryAt = retryAt;
    }

    /**
     * No session of a pool was to be had.
     *
     * @param pool    its site and name, which stand for the session's
     * @param waiting how many wait for one
     */
    public static SessionHoldException ofPool(SessionKey pool, int waiting, String what) {
        return new SessionHoldException(pool, waiting, "pool '" + pool + "': " + what + " (waiting=" + waiting + ")");
    }

    private SessionHoldException(SessionKey pool, int held, String message) {
        super(message);
        this.site = pool.site();
        this.id = pool.id();
        this.generation = 0;
        this.held = held;
        this.retryAt = null;
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

    /** Until when the site wants to be left alone, null when it did not ask for that. */
    @Override
    public @Nullable Instant getRetryAt() {
        return retryAt;
    }
}
