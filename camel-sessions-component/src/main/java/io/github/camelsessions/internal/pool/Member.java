/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.SessionKey;
import org.jspecify.annotations.Nullable;

/** A session of a pool, as the pool sees it. Guarded by the lock of its {@link PoolGate}, but for its name. */
final class Member {

    enum State {
        /** Its log-in is under way. */
        CREATING,
        /** It may be given to exchanges. */
        LIVE,
        /** It is given to nobody any more; somebody still uses it. */
        RETIRED,
        /** Nobody uses it; it is being closed, which may take a log-out. */
        CLOSING
    }

    /** Before all monotonic times, which may be negative. */
    static final long NEVER_BEFORE = Long.MIN_VALUE;

    final long number;
    final SessionKey key;

    State state = State.CREATING;

    /** Whether its log-in, or what closes it, is under way. Not guarded. */
    volatile boolean underWay;

    /** Whether its log-in has not ended. */
    boolean creating;

    int inUse;

    /** Requests that the present generation has sent. */
    long uses;

    /** Exchanges it was given to that have not sent their request yet. */
    int reserved;

    double score;

    /** Whether it was ever given a good answer. */
    boolean good;

    /** What it sent its latest request in: another one means that it was renewed. */
    @Nullable
    Object generation;

    long bornMillis;
    long notBeforeMillis = NEVER_BEFORE;

    /** Its place among the ready ones. */
    int index = -1;

    /** The uses by which it is sorted among the ready ones. */
    long rank;

    Member(long number, SessionKey key) {
        this.number = number;
        this.key = key;
    }

    long usesWithReserved() {
        return uses + reserved;
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
