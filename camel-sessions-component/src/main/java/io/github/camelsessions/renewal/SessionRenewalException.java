/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;
import org.apache.camel.CamelException;
import org.jspecify.annotations.Nullable;

/**
 * The session could not be renewed. Until {@link #getRetryAt()} no renewal is tried, and exchanges of the session end with
 * this exception at once; then one trial renewal decides.
 *
 * <p>The exchange that began the renewal gets what it failed with as the cause. All others, which were held meanwhile or
 * came in the cool-down, get its class and its message in the message of theirs, and no stack trace: one failed log-in is
 * one stack trace in the log, however many exchanges fail by it.
 */
public final class SessionRenewalException extends CamelException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final String site;
    private final String id;
    private final long generation;
    private final int held;
    private final @Nullable Instant retryAt;

    /** For an exchange that has begun the renewal, or takes part in it: the cause tells why it failed. */
    SessionRenewalException(
            SessionKey session,
            long generation,
            int held,
            @Nullable Instant retryAt,
            String what,
            @Nullable Throwable cause) {
        this(
                session,
                generation,
                held,
                retryAt,
                message(session, generation, held, retryAt, what)
                        + (cause == null ? "" : ": " + FailureText.message(cause)),
                cause,
                true);
    }

    /** For any other exchange: the message names the cause, and there is no stack trace. */
    static SessionRenewalException ofFollower(
            SessionKey session,
            long generation,
            int held,
            @Nullable Instant retryAt,
            String what,
            @Nullable Throwable cause) {
        String message = message(session, generation, held, retryAt, what) + named(cause);
        return new SessionRenewalException(session, generation, held, retryAt, message, null, false);
    }

    /**
     * A pool has no session, and could not create one. The message names the cause, and there is no stack trace: all that
     * wait for the pool fail by it.
     *
     * @param pool    its site and name, which stand for the session's
     * @param waiting how many wait for one
     */
    public static SessionRenewalException ofPool(
            SessionKey pool, int waiting, @Nullable Instant retryAt, @Nullable Throwable cause) {
        String message = "pool '" + pool + "': has no session, and could not create one (waiting=" + waiting
                + next(retryAt) + ")" + named(cause);
        return new SessionRenewalException(pool, 0, waiting, retryAt, message, null, false);
    }

    private SessionRenewalException(
            SessionKey session,
            long generation,
            int held,
            @Nullable Instant retryAt,
            String message,
            @Nullable Throwable cause,
            boolean hasStack) {
        super(message, cause);
        this.site = session.site();
        this.id = session.id();
        this.generation = generation;
        this.held = held;
        this.retryAt = retryAt;
        if (!hasStack) {
            setStackTrace(new StackTraceElement[0]);
        }
    }

    private static String message(
            SessionKey session, long generation, int held, @Nullable Instant retryAt, String what) {
        return "session '" + session + "': " + what + " (held=" + held + ", generation=" + generation + next(retryAt)
                + ")";
    }

    private static String next(@Nullable Instant retryAt) {
        return retryAt == null ? "" : ", next attempt at " + retryAt;
    }

    private static String named(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + FailureText.of(cause);
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
