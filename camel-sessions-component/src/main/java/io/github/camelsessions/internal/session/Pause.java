/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

/**
 * The time that a site has asked a session to leave it alone, and the care after it: at first one request at a time, and
 * one more for each time as long as the pause that passes without being asked again. Immutable.
 *
 * @param untilMillis  when the pause ends, monotonic
 * @param lengthMillis how long it was when it began, at least 1
 */
record Pause(long untilMillis, long lengthMillis) {

    private static final int CARE = 16; // as many at once are not limited any more

    static Pause of(long nowMillis, long lengthMillis) {
        return new Pause(nowMillis + lengthMillis, Math.max(1, lengthMillis));
    }

    /** Of two, the one that ends later. */
    Pause later(Pause other) {
        return other.untilMillis > untilMillis ? other : this;
    }

    /** Whether one more request may be sent beside so many. */
    boolean allows(int inFlight, long nowMillis) {
        return nowMillis >= untilMillis && inFlight <= (nowMillis - untilMillis) / lengthMillis;
    }

    /** When it allows one more than so many. */
    long next(int inFlight) {
        return untilMillis + inFlight * lengthMillis;
    }

    boolean isOver(long nowMillis) {
        return nowMillis >= untilMillis && (nowMillis - untilMillis) / lengthMillis >= CARE;
    }
}
