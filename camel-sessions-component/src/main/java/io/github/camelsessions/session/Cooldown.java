/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.profile.ProfilesAsideException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time after a failed renewal in which none is tried. It belongs to the session, whatever becomes of its generations,
 * and doubles with each failure in a row. Guarded by the lock of its gate.
 */
final class Cooldown {

    private int failures;
    private Instant until = Instant.MIN;
    private @Nullable Throwable cause;

    void failed(Throwable why, Instant now, GateRules rules) {
        cause = why;
        Instant free = ProfilesAsideException.freeAt(why);
        if (free != null) { // then, and not before; no log-in was tried, so the row does not grow
            until = free;
            return;
        }
        failures++;
        Duration length = rules.cooldown();
        Duration longest = rules.cooldownMax();
        for (int i = 1; i < failures && length.compareTo(longest) < 0; i++) {
            length = length.multipliedBy(2);
        }
        until = now.plus(length.compareTo(longest) > 0 ? longest : length);
    }

    /** Ends it; the row of failures goes on until something proves that they are over. */
    void end() {
        until = Instant.MIN;
        cause = null;
    }

    void endRow() {
        failures = 0;
    }

    boolean active(Instant now) {
        return now.isBefore(until);
    }

    /** How many renewals have failed in a row. */
    int failures() {
        return failures;
    }

    /** When it ends or ended, null when there is none. */
    @Nullable
    Instant until() {
        return until.equals(Instant.MIN) ? null : until;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }
}
