/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.profile.ProfilesAsideException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/** Tells failures of a log-in that may pass by themselves from those that may lock an account when tried again. */
final class Transience {

    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429);

    private Transience() {}

    /** A failure that no exception of the HTTP client tells. */
    static final class TransientException extends CamelException {
        private static final long serialVersionUID = 1L;

        TransientException(String message) {
            super(message);
        }
    }

    /** Whether another attempt may help: after an I/O error and after 408, 425, 429 and 5xx. */
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
        return TRANSIENT.contains(status) || status >= 500;
    }

    private static @Nullable Throwable next(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == failure ? null : cause;
    }

    /** What the server asks to wait with the header Retry-After, zero when it does not. */
    static Duration retryAfter(Throwable failure, Instant now) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof HttpOperationFailedException failed && failed.getResponseHeaders() != null) {
                for (Map.Entry<String, String> header :
                        failed.getResponseHeaders().entrySet()) {
                    if ("Retry-After".equalsIgnoreCase(header.getKey()) && header.getValue() != null) {
                        return parse(header.getValue().trim(), now);
                    }
                }
            }
        }
        return Duration.ZERO;
    }

    private static Duration parse(String value, Instant now) {
        if (value.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
