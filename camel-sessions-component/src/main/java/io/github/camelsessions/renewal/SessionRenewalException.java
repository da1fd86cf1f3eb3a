/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;
import org.apache.camel.CamelException;
import org.jspecify.annotations.Nullable;

/**
 * The session could not be renewed; the cause tells why. Until {@link #getRetryAt()} no renewal is tried, and exchanges
 * of the session end with this exception at once; then one trial renewal decides.
 */
public final class SessionRenewalException extends CamelException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final String site;
    private final String id;
    private final long generation;
    private final int held;
    private final @Nullable Instant retryAt;

    SessionRenewalException(
            SessionKey session,
            long generation,
            int held,
            @Nullable Instant retryAt,
            String what,
            @Nullable Throwable cause) {
        super(
                "session '" + session + "': " + what + " (held=" + held + ", generation=" + generation
                        + (retryAt == null ? "" : ", next attempt at " + retryAt) + ")"
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
        this.site = session.site();
        this.id = session.id();
        this.generation = generation;
        this.held = held;
        this.retryAt = retryAt;
    }

    /**
     * A pool has no session, and could not create one.
     *
     * @param pool    its site and name, which stand for the session's
     * @param waiting how many wait for one
     */
    public static SessionRenewalException ofPool(
            SessionKey pool, int waiting, @Nullable Instant retryAt, @Nullable Throwable cause) {
        return new SessionRenewalException(
                pool,
                waiting,
                retryAt,
                "pool '" + pool + "': has no session, and could not create one (waiting=" + waiting
                        + (retryAt == null ? "" : ", next attempt at " + retryAt) + ")"
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private SessionRenewalException(
            SessionKey pool, int held, @Nullable Instant retryAt, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.site = pool.site();
        this.id = pool.id();
        this.generation = 0;
        this.held = held;
        this.retryAt = retryAt;
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
        return retryAt;
    }
}
