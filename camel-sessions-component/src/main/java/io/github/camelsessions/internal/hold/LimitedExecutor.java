/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.api.SessionKey;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a limited number of renewals, log-outs or checks run at once. A lane that is free goes to the site that has the fewest, and of a site to
 * whoever came first. A site that has none gets one even when all are taken, as long as not twice as many run: so the
 * log-ins of sites that hang keep no other site waiting.
 *
 * <p>Whoever stands in line does so until a thread has it: none is lost when there is no memory for a thread.
 *
 * <p>Thread-safe; calls nothing under its lock.
 */
public final class LimitedExecutor {

    private final Executor threads;
    private final Consumer<Throwable> torn;
    private final Guard lock = new Guard();
    // guarded by lock
    private final Map<String, Site> sites = new HashMap<>(); // those with any in line or in a lane
    private int lanes;
    private int taken;
    private long turns;

    /** The renewals of one site. Guarded by lock. */
    private static final class Site {
        final List<Entry> line = new LinkedList<>(); // unlike an ArrayDeque, it keeps what it has when it cannot grow
        int taken;
        long latestTurn; // of two sites with as many lanes, the one where this is lower is next

        boolean isIdle() {
            return line.isEmpty() && taken == 0;
        }

        /** Whoever came first of those that no thread is being found for. */
        @Nullable
        Entry first() {
            for (Entry entry : line) {
                if (!entry.chosen) {
                    return entry;
                }
            }
            return null;
        }
    }

    /** A renewal in line. */
    private final class Entry implements Runnable {

        final SessionKey session;
        final Site site;
        private final Consumer<Runnable> action;
        private final AtomicBoolean inLane = new AtomicBoolean();
        private final Runnable leave = this::leave; // now: later there may be no memory
        boolean chosen; // guarded by lock

        Entry(SessionKey session, Site site, Consumer<Runnable> action) {
            this.session = session;
            this.site = site;
            this.action = action;
        }

        @Override
        public void run() {
            action.accept(leave);
        }

        void leave() {
            if (leaveLane(this)) {
                serve();
            }
        }
    }

    /**
     * @param torn is told of an error that may have kept a renewal from running: then {@link #serve} is to be called
     */
    public LimitedExecutor(Executor threads, int lanes, Consumer<Throwable> torn) {
        this.threads = threads;
        this.lanes = lanes;
        this.torn = torn;
    }

    public void setLanes(int lanes) {
        try (Guard ignored = lock.hold()) {
            this.lanes = lanes;
        }
        serve();
    }

    public int lanes() {
        try (Guard ignored = lock.hold()) {
            return lanes;
        }
    }

    /** Whether a renewal of the session waits for its turn. */
    public boolean isInLine(SessionKey session) {
        try (Guard ignored = lock.hold()) {
            return inLine(session) != null;
        }
    }

    private @Nullable Entry inLine(SessionKey session) {
        Site site = sites.get(session.site());
        if (site != null) {
            for (Entry entry : site.line) {
                if (!entry.chosen && entry.session.equals(session)) {
                    return entry;
                }
            }
        }
        return null;
    }

    /**
     * Runs the renewal of a session in a lane of its own.
     *
     * @param action is given what it calls, once or more often, to leave the lane
     */
    public void enter(SessionKey session, Consumer<Runnable> action) {
        try (Guard ignored = lock.hold()) {
            Site site = sites.computeIfAbsent(session.site(), name -> new Site());
            if (site.line.isEmpty()) {
                site.latestTurn = ++turns; // it stands behind those that stand there
            }
            site.line.add(new Entry(session, site, action));
        }
        serve();
    }

    /** The renewal of this session, if it stands in line, runs at once, outside the lanes: some that are in them wait for it. */
    public void hurry(SessionKey session) {
        serve(() -> inLine(session), false);
    }

    /** Fills the lanes that are free. Never throws: whoever calls does so for others. */
    public void serve() {
        serve(this::next, true);
    }

    private void serve(Supplier<@Nullable Entry> choice, boolean inLanes) {
        try {
            for (Entry next = choose(choice, inLanes); next != null; next = choose(choice, inLanes)) {
                try {
                    threads.execute(next);
                } catch (RejectedExecutionException e) { // all is being stopped; there may be a start again
                    leaveLane(next);
                } catch (Throwable e) {
                    putBack(next);
                    throw e;
                }
                remove(next);
            }
        } catch (Throwable e) {
            torn.accept(e);
        }
    }

    private @Nullable Entry choose(Supplier<@Nullable Entry> choice, boolean inLane) {
        try (Guard ignored = lock.hold()) {
            Entry next = choice.get();
            if (next != null) {
                next.chosen = true;
                next.inLane.set(inLane);
                next.site.latestTurn = ++turns;
                next.site.taken += inLane ? 1 : 0;
                taken += inLane ? 1 : 0;
            }
            return next;
        }
    }

    /** No thread was found for it. */
    private void putBack(Entry entry) {
        leaveLane(entry);
        try (Guard ignored = lock.hold()) {
            entry.chosen = false;
        }
    }

    private void remove(Entry entry) {
        try (Guard ignored = lock.hold()) {
            entry.site.line.remove(entry);
            forgetIfIdle(entry);
        }
    }

    private boolean leaveLane(Entry entry) {
        boolean first = entry.inLane.compareAndSet(true, false);
        if (first) {
            try (Guard ignored = lock.hold()) {
                taken--;
                entry.site.taken--;
                forgetIfIdle(entry);
            }
        }
        return first;
    }

    private void forgetIfIdle(Entry last) {
        if (last.site.isIdle()) {
            sites.remove(last.session.site(), last.site);
        }
    }

    /** Whose turn it is, null when nobody waits, or whoever does has to. */
    private @Nullable Entry next() {
        Entry next = null;
        for (Site site : sites.values()) {
            Entry first = site.first();
            if (first != null && (next == null || isBefore(site, next.site))) {
                next = first;
            }
        }
        boolean free = taken < lanes || (next != null && next.site.taken == 0 && taken < 2 * lanes);
        return free ? next : null;
    }

    private static boolean isBefore(Site one, Site other) {
        return one.taken != other.taken ? one.taken < other.taken : one.latestTurn < other.latestTurn;
    }
}
