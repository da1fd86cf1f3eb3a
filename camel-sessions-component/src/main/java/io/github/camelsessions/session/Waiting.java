/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.session.Passage.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Counts the exchanges that are held; the caller has them, in their order. Guarded by the lock of its gate. */
final class Waiting {

    private int now;
    private int backlog;
    private long inAll;
    private Duration longest = Duration.ZERO;

    /**
     * @param awaited  the renewal that it waits for, null when it waits for its turn only
     * @param ahead    whether newcomers stand behind it
     * @param hasPlace whether it goes on waiting
     */
    void add(Passage passage, @Nullable Renewal awaited, boolean ahead, boolean hasPlace, Instant time) {
        passage.place = Place.WAITING;
        passage.heldSince = time;
        passage.awaited = awaited;
        passage.ahead = ahead;
        backlog += ahead ? 1 : 0;
        now++;
        inAll += hasPlace ? 0 : 1;
    }

    /** Whether it was one of them. */
    boolean remove(Passage passage, InstantSource clock) {
        if (passage.place != Place.WAITING) {
            return false;
        }
        passage.place = Place.NOWHERE;
        backlog -= passage.ahead ? 1 : 0;
        now--;
        Duration held = Duration.between(passage.heldSince, clock.instant());
        if (held.compareTo(longest) > 0) {
            longest = held;
        }
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
        return longest;
    }
}
