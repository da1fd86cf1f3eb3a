/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionSituation;
import org.jspecify.annotations.Nullable;

/**
 * Why the gate lets an exchange not through. Immutable.
 *
 * @param kind      what happened
 * @param situation how the session stood
 * @param cause     what the renewal failed with, null when none did
 */
public record GateFailure(
        Kind kind, SessionSituation situation, @Nullable Throwable cause) {

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
