/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Pin;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.profile.ProfilesAsideException;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/** Makes the exceptions that exchanges end with, and words them alike. */
public final class SessionFailures {

    private SessionFailures() {}

    /**
     * How a session stands.
     *
     * @param retryAt when it makes sense to come again, null when that does not depend on time
     */
    static SessionSituation now(Session session, @Nullable Instant retryAt) {
        SessionStats stats = session.stats();
        return new SessionSituation(session.key(), stats.generation(), stats.held(), retryAt);
    }

    /** For an answer with a status that camel-http took for a failure. */
    static SessionExpiredException expired(
            HttpOperationFailedException answer, SessionSituation situation, String message) {
        SessionExpiredException made = new SessionExpiredException(
                situation,
                message,
                answer.getUri(),
                answer.getStatusCode(),
                answer.getStatusText(),
                answer.getRedirectLocation(),
                answer.getResponseHeaders(),
                answer.getResponseBody());
        made.setStackTrace(answer.getStackTrace());
        return made;
    }

    /**
     * For an answer with a status that would be fine, such as a log-in form.
     *
     * @param beginning of its body, as far as that is text
     */
    static SessionExpiredException expired(Reply answer, String beginning, SessionSituation situation, String message) {
        return new SessionExpiredException(
                situation,
                message,
                answer.uri().toString(),
                answer.status(),
                answer.header(Exchange.HTTP_RESPONSE_TEXT),
                answer.header("Location"),
                answer.ownHeaders(),
                beginning);
    }

    /**
     * For a block that has started as often as it may. With the answer that was refused last; without one, when the session
     * was begun anew for others, it has no status.
     */
    public static SessionExpiredException restarted(Pin pin, int restarts, @Nullable String obstacle) {
        Generation[] generations = pin.generations();
        SessionKey session = generations[0].session();
        boolean same = session.equals(generations[1].session());
        String message = "session '" + session + "': "
                + (same
                        ? "it was begun anew while the calls of a pinned block were made, which belong to one generation"
                        : "a call of a pinned block came in session '" + generations[1].session()
                                + "', but all belong to one")
                + " (generation=" + generations[0].number() + ", restarts=" + restarts + "); "
                + (obstacle != null
                        ? "the block cannot start again: " + obstacle
                        : same
                                ? "raise restarts, or let nobody else use the session meanwhile by exclusive=true"
                                : "name the session in pinSession");
        SessionSituation situation = new SessionSituation(session, generations[0].number(), 0, null);
        SessionExpiredException made = pin.answer() instanceof SessionExpiredException refused
                ? expired(refused, situation, message)
                : new SessionExpiredException(situation, message, "", 0, null, null, Map.of(), null);
        return made;
    }

    /** An exchange cannot be held, or not any longer. */
    static SessionHoldException notHeld(Session session, String what) {
        Instant retryAt = session.pauseLeft().isZero() ? null : session.stats().pausedUntil();
        return notHeld(now(session, retryAt), what);
    }

    private static SessionHoldException notHeld(SessionSituation situation, String what) {
        return new SessionHoldException(
                situation,
                "session '" + situation.session() + "': " + what + " (held=" + situation.held() + ", generation="
                        + situation.generation() + ")");
    }

    /**
     * No session of a pool was to be had.
     *
     * @param waiting how many wait for one
     */
    public static SessionHoldException notHeldByPool(SessionKey pool, int waiting, String what) {
        return new SessionHoldException(
                new SessionSituation(pool, 0, waiting, null),
                "pool '" + pool + "': " + what + " (waiting=" + waiting + ")");
    }

    /** For an exchange that has begun the renewal, or takes part in it: the cause tells why it failed. */
    static SessionRenewalException notRenewed(SessionSituation situation, String what, @Nullable Throwable cause) {
        return new SessionRenewalException(
                situation, message(situation, what) + (cause == null ? "" : ": " + FailureText.message(cause)), cause);
    }

    /** The exchange belongs to a renewal that has failed before. */
    static SessionRenewalException revoked(Session session) {
        return notRenewed(
                now(session, null), "the renewal that this exchange belongs to has failed or timed out before", null);
    }

    /** The session needs a client profile, while all are put aside. */
    static SessionRenewalException noProfile(Session session, ProfilesAsideException why) {
        return notRenewed(now(session, why.freeAt()), "has no client profile", why);
    }

    /** For any other exchange: the message names the cause, and there is no stack trace. */
    static SessionRenewalException notRenewedByAnother(
            SessionSituation situation, String what, @Nullable Throwable cause) {
        return withoutStack(situation, message(situation, what) + named(cause));
    }

    /**
     * A pool has no session, and could not create one. The message names the cause, and there is no stack trace: all that
     * wait for the pool fail by it.
     *
     * @param waiting how many wait for one
     */
    public static SessionRenewalException notCreatedByPool(
            SessionKey pool, int waiting, @Nullable Instant retryAt, @Nullable Throwable cause) {
        return withoutStack(
                new SessionSituation(pool, 0, waiting, retryAt),
                "pool '" + pool + "': has no session, and could not create one (waiting=" + waiting + next(retryAt)
                        + ")" + named(cause));
    }

    private static SessionRenewalException withoutStack(SessionSituation situation, String message) {
        SessionRenewalException made = new SessionRenewalException(situation, message, null);
        made.setStackTrace(new StackTraceElement[0]);
        return made;
    }

    private static String message(SessionSituation situation, String what) {
        return "session '" + situation.session() + "': " + what + " (held=" + situation.held() + ", generation="
                + situation.generation() + next(situation.retryAt()) + ")";
    }

    private static String next(@Nullable Instant retryAt) {
        return retryAt == null ? "" : ", next attempt at " + retryAt;
    }

    private static String named(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + FailureText.of(cause);
    }
}
