/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the exceptions tell that a session itself is the reason of. The session is usable afterwards. */
public interface SessionFailure {

    /** The name of the session's site, empty for the default site. */
    String getSite();

    /** The session's id. */
    String getSessionId();

    /** The session's generation when it happened. */
    long getGeneration();

    /** How many exchanges the session held at that time. */
    int getHeld();

    /** When a renewal is tried again; null when that does not depend on time. */
    @Nullable
    Instant getRetryAt();
}
