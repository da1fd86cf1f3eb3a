/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionFailure;
import io.github.camelsessions.profile.ProfilesAsideException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/** Tells failures of a log-in that may pass by themselves from those that may lock an account when tried again. */
final class TransientFailures {

    static final String RETRY_AFTER = "Retry-After";

    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429);

    private TransientFailures() {}

    /** A failure that no exception of the HTTP client tells. */
    static final class TransientException extends CamelException {
        private static final long serialVersionUID = 1L;

        private final @Nullable String retryAfter;

        /**
         * @param retryAfter the header Retry-After of the answer, null without one
         */
        TransientException(String message, @Nullable String retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }
    }

    /** Whether another attempt may help: after an I/O error and after 408, 425, 429 and 500 to 599. */
    static boolean isTransient(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof SessionFailure && !(cause instanceof SessionExpiredException)) {
                return false; // another session's renewal has tried enough
            }
            if (cause instanceof ProfilesAsideException) {
                return false; // it says itself when it is over
            }
            if (cause instanceof HttpOperationFailedException failed) {
                return isTransient(failed.getStatusCode());
            }
            if (cause instanceof IOException || cause instanceof TransientException) {
                return true;
            }
        }
        return false;
    }

    static boolean isTransient(int status) {
        return TRANSIENT.contains(status) || (status >= 500 && status <= 599);
    }

    private static @Nullable Throwable next(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == failure ? null : cause;
    }

    /** What the server asks to wait with the header Retry-After, zero when it does not. */
    static Duration retryAfter(Throwable failure, Instant now) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            String header = null;
            if (cause instanceof HttpOperationFailedException failed && failed.getResponseHeaders() != null) {
                header = retryAfter(failed.getResponseHeaders());
            } else if (cause instanceof TransientException failed) {
                header = failed.retryAfter;
            }
            Duration asked = RetryAfter.after(header, now);
            if (asked != null) {
                return asked;
            }
        }
        return Duration.ZERO;
    }

    /** The header Retry-After among those of an answer, null without one. */
    static @Nullable String retryAfter(Map<String, String> headers) {
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (RETRY_AFTER.equalsIgnoreCase(header.getKey())) {
                return header.getValue();
            }
        }
        return null;
    }
}
