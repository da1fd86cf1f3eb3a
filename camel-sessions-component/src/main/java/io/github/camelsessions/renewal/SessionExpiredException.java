/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The answer matches the session's expiry rules, and a renewal did not change that or is not to be had: the page is
 * forbidden for this session, its request cannot be sent again, or nothing is configured that would renew. Has the
 * status, headers and body of that answer.
 */
public final class SessionExpiredException extends HttpOperationFailedException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final String site;
    private final String id;
    private final long generation;
    private final int held;
    private final String message;

    private SessionExpiredException(
            SessionKey session,
            long generation,
            int held,
            String message,
            String uri,
            int status,
            @Nullable String statusText,
            @Nullable String location,
            Map<String, String> headers,
            @Nullable String body) {
        super(uri, status, statusText, location, headers, body);
        this.site = session.site();
        this.id = session.id();
        this.generation = generation;
        this.held = held;
        this.message = message;
    }

    /** For an answer with a status that camel-http took for a failure. */
    static SessionExpiredException of(
            HttpOperationFailedException answer, SessionKey session, long generation, int held, String message) {
        SessionExpiredException made = new SessionExpiredException(
                session,
                generation,
                held,
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
    static SessionExpiredException of(
            Reply answer, String beginning, SessionKey session, long generation, int held, String message) {
        return new SessionExpiredException(
                session,
                generation,
                held,
                message,
                answer.uri().toString(),
                answer.status(),
                answer.header(Exchange.HTTP_RESPONSE_TEXT),
                answer.header("Location"),
                answer.ownHeaders(),
                beginning);
    }

    @Override
    public String getMessage() {
        return message;
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
