/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.GenerationState.Origin;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One renewal with its attempts, of which one is made after the other. Guarded by the lock of its gate. */
final class RenewalAttempts {

    final long number;
    final Origin reason;
    private @Nullable Passage initiator; // null when it has ended
    private final int attempts;
    private int made;
    private @Nullable RenewalToken first;
    private @Nullable RenewalToken latest;

    /**
     * @param number the event that began it: no two renewals have the same
     */
    RenewalAttempts(long number, Origin reason, Passage initiator, int attempts) {
        this.number = number;
        this.reason = reason;
        this.initiator = initiator;
        this.attempts = attempts;
    }

    /** Makes the next attempt; the one before has ended. */
    RenewalToken attempt(Generation pending, long nowMillis) {
        Passage asker = Objects.requireNonNull(initiator);
        RenewalToken next = new RenewalToken(new GenerationState(pending, reason, nowMillis), asker, first);
        first = next.first();
        latest = next;
        made++;
        return next;
    }

    /** The latest attempt is none of those that may be made. */
    void doNotCountLatest() {
        made--;
    }

    /** There will be no further attempt. */
    void end() {
        initiator = null;
    }

    boolean mayTryAgain() {
        return made < attempts;
    }

    /** The attempt made last, null when there was no generation to fill. */
    @Nullable
    RenewalToken latest() {
        return latest;
    }
}
