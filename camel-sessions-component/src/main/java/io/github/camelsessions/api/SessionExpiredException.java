/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.util.Map;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The answer matches the session's expiry rules, and a renewal did not change that or is not to be had: the page is
 * forbidden for this session, its request cannot be sent again, or nothing is configured that would renew. Has the
 * status, headers and body of that answer.
 */
public final class SessionExpiredException extends HttpOperationFailedException implements SessionFailure {

    private static final long serialVersionUID = 1L;

    private final SessionSituation situation;
    private final String message;

    /** The rest as in {@link HttpOperationFailedException}. */
    public SessionExpiredException(
            SessionSituation situation,
            String message,
            String uri,
            int status,
            @Nullable String statusText,
            @Nullable String location,
            Map<String, String> headers,
            @Nullable String body) {
        super(uri, status, statusText, location, headers, body);
        this.situation = situation;
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public SessionSituation getSituation() {
        return situation;
    }
}
