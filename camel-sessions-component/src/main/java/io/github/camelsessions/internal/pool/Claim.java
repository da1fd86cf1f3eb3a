/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An exchange's wish for a session of a pool, from its arrival until the session is given back. A replay in another session
 * is a claim of its own, at the place in line of the first.
 *
 * <p>Guarded by the lock of its {@link PoolGate}; what the exchange reads without it is volatile, and set before the
 * exchange is let go on.
 */
final class Claim {

    enum State {
        /** It has not asked yet. */
        NEW,
        /** It waits for a session. */
        WAITING,
        /** It has one. */
        SERVED,
        /** It gets none. */
        REFUSED,
        /** It has given its session back, or given up. */
        ENDED
    }

    /**
     * Why it gets none.
     *
     * @param full    whether too many wait; else no session could be created
     * @param waiting how many wait
     * @param until   when the next one is tried, null when full
     * @param cause   why the last log-in failed, null when full
     */
    record Refusal(
            boolean full,
            int waiting,
            @Nullable Instant until,
            @Nullable Throwable cause) {}

    final long arrival;
    final @Nullable Long wanted;
    final boolean failsWhenFull;
    final boolean endures;
    private final Runnable resume;

    volatile State state = State.NEW;
    volatile @Nullable Member member;
    volatile @Nullable Refusal refusal;

    /** Whether more waited than may when it asked, itself included. */
    boolean crowded;

    boolean sent;
    long waitingSinceMillis;

    /** Whether the session that it was given may be renewed when the site refuses it; set before the state. */
    boolean mayRenew = true;

    /**
     * @param arrival       the lower, the earlier it came; no two have the same
     * @param wanted        the number of the session that it has to be, if that can be had
     * @param failsWhenFull whether it is refused when as many wait as may
     * @param endures       whether it waits while no log-in is tried after one that failed, instead of being refused
     * @param resume        lets its exchange go on if that waits
     */
    Claim(long arrival, @Nullable Long wanted, boolean failsWhenFull, boolean endures, Runnable resume) {
        this.arrival = arrival;
        this.wanted = wanted;
        this.failsWhenFull = failsWhenFull;
        this.endures = endures;
        this.resume = resume;
    }

    void resume() {
        resume.run();
    }
}
