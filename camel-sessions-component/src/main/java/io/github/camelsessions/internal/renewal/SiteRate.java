/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.Guard;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the requests of one site may be sent: evenly spaced, each no earlier than an interval after the one before
 * it, so that no time sees more of them than the rate allows, and one. What was not sent in time is not made up for.
 *
 * <p>Those that come too early stand in line, one line for each session. The turn goes round the sessions, and within one to
 * whoever came first. One at a time is called, and takes the turn when a thread has it: the interval begins there, so
 * that requests whose threads are late do not leave at once.
 *
 * <pre>
 * event     | it is time, nobody waits    | else
 * ----------+-----------------------------+------------------------------------------------------------------
 * take      | taken: the next one must be | no; then enter
 *           | an interval later           |
 * enter     | stands in line              | stands in line
 * due       | the first in line is called | say when it will be time, unless somebody is called or nobody waits
 * begin     | the called one takes the turn
 * leave     | stands in line no more; if it was called, the next one can be
 * give back | if no request was sent since, it is time; else the turn is lost
 * count     | a request that goes at once: the next one must be an interval later than without it
 * </pre>
 *
 * <p>Times are taken from an injected monotonic clock. Thread-safe. Nothing is called out under the lock.
 */
final class SiteRate {

    /**
     * Who stands in line.
     *
     * @param arrival the lower, the earlier it came; no two have the same
     * @param called  lets it go on when it is called
     */
    record Place(SessionKey session, long arrival, Runnable called) {

        void call() {
            called.run();
        }
    }

    /**
     * What the caller does now.
     *
     * @param called who is to be called, null for nobody
     * @param after  after which time to ask again, null for never
     */
    record Due(@Nullable Place called, @Nullable Duration after) {

        private static final Due NOTHING = new Due(null, null);
    }

    private static final double SECOND = 1e9;

    private final LongSupplier nanos;
    private final Guard lock = new Guard();
    // guarded by lock
    private final Map<SessionKey, TreeMap<Long, Place>> lines = new LinkedHashMap<>(); // the first has the next turn
    private @Nullable Place called;
    private double perSecond;
    private long interval; // in nanos, 0 for none
    private long free; // when it is time
    private long turns; // how many requests there were
    private int waiting;
    private boolean waking; // whether due() will be asked again then:
    private long wakeAt;

    /**
     * @param nanos     the time, as {@link System#nanoTime}
     * @param perSecond how many requests may be sent in a second, 0 for any number
     */
    SiteRate(LongSupplier nanos, double perSecond) {
        this.nanos = nanos;
        this.perSecond = perSecond;
        this.interval = interval(perSecond);
        this.free = nanos.getAsLong();
    }

    private static long interval(double perSecond) {
        return perSecond == 0 ? 0 : Math.max(1, (long) Math.ceil(SECOND / perSecond));
    }

    /** Changes the rate. The requests that went before count as much as if they had been sent by it. */
    void setPerSecond(double perSecond) {
        locked(() -> {
            long now = nanos.getAsLong();
            long changed = interval(perSecond);
            double debt = interval == 0 ? 0 : (double) Math.max(0, free - now) / interval;
            free = now + (long) (debt * changed);
            interval = changed;
            this.perSecond = perSecond;
            return free;
        });
    }

    double perSecond() {
        return locked(() -> perSecond);
    }

    /**
     * Takes the turn if there is one.
     *
     * @return the number of the turn, 0 when there is none: then {@link #enter}
     */
    long take() {
        return locked(() -> {
            long now = nanos.getAsLong();
            return waiting == 0 && free - now <= 0 ? taken(now) : 0L;
        });
    }

    private long taken(long now) {
        free = (free - now > 0 ? free : now) + interval;
        return ++turns;
    }

    void enter(Place place) {
        locked(() -> {
            Place before = lines.computeIfAbsent(place.session, session -> new TreeMap<>())
                    .put(place.arrival, place);
            waiting++;
            return before;
        });
    }

    /** The called one takes the turn. Returns its number. */
    long begin(Place place) {
        return locked(() -> {
            remove(place);
            return taken(nanos.getAsLong());
        });
    }

    /** Returns whether it was called. */
    boolean leave(Place place) {
        return locked(() -> remove(place));
    }

    private boolean remove(Place place) {
        if (called == place) {
            called = null;
            waiting--;
            return true;
        }
        TreeMap<Long, Place> line = lines.get(place.session);
        if (line != null && line.remove(place.arrival, place)) {
            waiting--;
            if (line.isEmpty()) {
                lines.remove(place.session);
            }
        }
        return false;
    }

    /** Whoever has taken a turn sends nothing. */
    void giveBack(long turn) {
        locked(() -> {
            if (turn == turns) { // else two would go at once
                free = nanos.getAsLong();
            }
            return free;
        });
    }

    /** A request goes at once. */
    void count() {
        locked(() -> taken(nanos.getAsLong()));
    }

    /** What is to be done now: to be asked after each event by which the next one could be called. */
    Due due() {
        return locked(() -> {
            if (called != null || waiting == 0) {
                return Due.NOTHING;
            }
            long now = nanos.getAsLong();
            if (free - now <= 0) {
                called = next();
                return new Due(called, null);
            }
            if (waking && wakeAt - now > 0 && wakeAt - free <= 0) {
                return Due.NOTHING; // then is soon enough
            }
            waking = true;
            wakeAt = free;
            return new Due(null, Duration.ofNanos(free - now));
        });
    }

    private Place next() {
        Iterator<Map.Entry<SessionKey, TreeMap<Long, Place>>> round =
                lines.entrySet().iterator();
        Map.Entry<SessionKey, TreeMap<Long, Place>> first = round.next();
        TreeMap<Long, Place> line = first.getValue();
        SessionKey session = first.getKey();
        Place next = line.pollFirstEntry().getValue();
        round.remove();
        if (!line.isEmpty()) {
            lines.put(session, line); // behind all others
        }
        return next;
    }

    /**
     * After an error: what was to be done may not have been.
     *
     * @return who is called, and is to be called again, null for nobody
     */
    @Nullable
    Place mend() {
        return locked(() -> {
            lines.values().removeIf(TreeMap::isEmpty);
            waiting = lines.values().stream().mapToInt(TreeMap::size).sum() + (called == null ? 0 : 1);
            waking = false;
            return called;
        });
    }

    /** How many wait. */
    int waiting() {
        return locked(() -> waiting);
    }

    /** How many of a session stand in line. */
    int waiting(SessionKey session) {
        return locked(() -> {
            TreeMap<Long, Place> line = lines.get(session);
            return line == null ? 0 : line.size();
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        try (Guard ignored = lock.hold()) {
            return action.get();
        }
    }
}
