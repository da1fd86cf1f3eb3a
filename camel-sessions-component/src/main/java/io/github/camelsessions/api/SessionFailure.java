/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the exceptions tell that a session itself is the reason of. The session is usable afterwards. */
public interface SessionFailure {

    /** How the session stood when it happened. */
    SessionSituation getSituation();

    /** The name of the session's site, empty for the default site. */
    default String getSite() {
        return getSituation().session().site();
    }

    /** The session's id. */
    default String getSessionId() {
        return getSituation().session().id();
    }

    /** The session's generation when it happened. */
    default long getGeneration() {
        return getSituation().generation();
    }

    /** How many exchanges the session held at that time. */
    default int getHeld() {
        return getSituation().held();
    }

    /** When a renewal is tried again, or until when the site wants to be left alone; null when time changes nothing. */
    default @Nullable Instant getRetryAt() {
        return getSituation().retryAt();
    }
}
