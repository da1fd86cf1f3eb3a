/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.profile.ProfilesAsideException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time after a failed renewal in which none is tried. It belongs to the session's name, whatever becomes of its
 * generations and of the session itself, and doubles with each failure in a row. Guarded by the lock of its gate; when that
 * is closed, nothing changes any more until the next gate of that name has it.
 */
final class Cooldown {

    private int failures;
    private boolean running;
    private long untilMillis; // monotonic
    private @Nullable Instant retryAt; // the same for people
    private @Nullable Throwable cause;

    /**
     * @param leastMillis how long it lasts at least
     */
    void failed(Throwable why, long leastMillis, SessionClock clock, GateRules rules) {
        cause = why;
        Instant now = clock.instant();
        Instant free = ProfilesAsideException.freeAt(why);
        Duration length;
        if (free != null) { // then, and not before; no log-in was tried, so the row does not grow
            length = free.isAfter(now) ? Duration.between(now, free) : Duration.ZERO;
        } else {
            failures++;
            length = Duration.ofMillis(
                    Math.max(leastMillis, rules.doubled(failures - 1).toMillis()));
        }
        running = true;
        untilMillis = clock.monotonicMillis() + length.toMillis();
        retryAt = now.plus(length);
    }

    /** Ends it; the row of failures goes on until something proves that they are over. */
    void end() {
        running = false;
        retryAt = null;
        cause = null;
    }

    void endRow() {
        failures = 0;
    }

    boolean active(long nowMillis) {
        return running && nowMillis < untilMillis;
    }

    long untilMillis() {
        return untilMillis;
    }

    /** How many renewals have failed in a row. */
    int failures() {
        return failures;
    }

    /** When it ends or ended, null when there is none. */
    @Nullable
    Instant retryAt() {
        return retryAt;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }
}
