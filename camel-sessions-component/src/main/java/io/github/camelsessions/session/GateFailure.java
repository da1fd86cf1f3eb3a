/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why the gate lets an exchange not through. Immutable.
 *
 * @param kind       what happened
 * @param session    the session
 * @param generation the session's generation number at that time
 * @param held       how many exchanges were waiting
 * @param retryAt    when a renewal is tried again, null when that is not known
 * @param cause      what the renewal failed with, null when none did
 */
public record GateFailure(
        Kind kind,
        SessionKey session,
        long generation,
        int held,
        @Nullable Instant retryAt,
        @Nullable Throwable cause) {

    /** What happened. */
    public enum Kind {
        /** The renewal failed, and none is tried before {@code retryAt}. */
        RENEWAL_FAILED,
        /** As many exchanges wait as may. */
        FULL,
        /** The exchange belongs to a renewal attempt that has failed or timed out. */
        REVOKED
    }
}
