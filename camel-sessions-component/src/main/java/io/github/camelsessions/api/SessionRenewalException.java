/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

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

    private final SessionSituation situation;

    /**
     * @param cause null for an exchange that the renewal was not begun by
     */
    public SessionRenewalException(SessionSituation situation, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.situation = situation;
    }

    @Override
    public SessionSituation getSituation() {
        return situation;
    }
}
