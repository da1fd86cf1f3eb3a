/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionFailure;
import io.github.camelsessions.internal.text.Quoted;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A failure as our messages and log lines tell it: on one line, and without the query of the URL that camel-http's own
 * message has, since log-ins carry codes and tokens there.
 */
public final class FailureText {

    private static final int LONGEST = 1000;

    private FailureText() {}

    /** Class and message; a failure of ours says all by its message. */
    public static String of(Throwable failure) {
        String message = message(failure);
        String name = failure.getClass().getName();
        return failure instanceof SessionFailure ? message : message.isEmpty() ? name : name + ": " + message;
    }

    /** The message alone, empty without one. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        // not of the subclass, which has a message of its own
        if (failure instanceof HttpOperationFailedException http && !(failure instanceof SessionFailure)) {
            message = "HTTP operation failed invoking " + withoutQuery(http.getUri()) + " with statusCode: "
                    + http.getStatusCode()
                    + (http.getRedirectLocation() == null
                            ? ""
                            : ", redirectLocation: " + withoutQuery(http.getRedirectLocation()));
        }
        return message == null ? "" : Quoted.bare(message, LONGEST);
    }

    private static String withoutQuery(@Nullable String url) {
        String text = String.valueOf(url);
        int end = text.indexOf('?');
        return end < 0 ? text : text.substring(0, end);
    }
}
