/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.Passage.Place;
import java.time.Duration;

/** Counts the exchanges that are held; the caller has them, in their order. Guarded by the lock of its gate. */
final class HeldCount {

    private int now;
    private int backlog;
    private long inAll;
    private long longestMillis;

    /**
     * @param awaited  the number of the renewal that it waits for, 0 when it waits for its turn only
     * @param ahead    whether newcomers stand behind it
     * @param hasPlace whether it goes on waiting
     */
    void add(Passage passage, long awaited, boolean ahead, boolean hasPlace, long nowMillis) {
        passage.place = Place.WAITING;
        passage.heldSinceMillis = nowMillis;
        passage.awaited = awaited;
        passage.ahead = ahead;
        backlog += ahead ? 1 : 0;
        now++;
        inAll += hasPlace ? 0 : 1;
    }

    /** Whether it was one of them. */
    boolean remove(Passage passage, long nowMillis) {
        if (passage.place != Place.WAITING) {
            return false;
        }
        passage.place = Place.NOWHERE;
        backlog -= passage.ahead ? 1 : 0;
        now--;
        longestMillis = Math.max(longestMillis, nowMillis - passage.heldSinceMillis);
        return true;
    }

    /**
     * How many of them newcomers stand behind: those that were held because nobody could be sent. Those that came after
     * them, and wait for their turn only, do not count: with more callers than resume at once the line would never end.
     */
    int backlog() {
        return backlog;
    }

    int now() {
        return now;
    }

    long inAll() {
        return inAll;
    }

    Duration longest() {
        return Duration.ofMillis(longestMillis);
    }
}
