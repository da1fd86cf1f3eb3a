/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a limited number of renewals run at once. A lane that is free goes to the site that has the fewest, and of a site to
 * whoever came first. A site that has none gets one even when all are taken, as long as not twice as many run: so the
 * log-ins of sites that hang keep no other site waiting.
 *
 * <p>Thread-safe; calls nothing under its lock.
 */
final class Lanes {

    private static final Queue<Entry> NOBODY = new ArrayDeque<>(0); // never filled

    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Map<String, Queue<Entry>> line = new LinkedHashMap<>(); // by site; the one served last stands last
    private final Map<String, Integer> taken = new HashMap<>(); // by site
    private int lanes;
    private int takenInAll;

    private record Entry(SessionKey session, Consumer<Runnable> action) {}

    Lanes(Executor threads, int lanes) {
        this.threads = threads;
        this.lanes = lanes;
    }

    void setLanes(int lanes) {
        lock.lock();
        try {
            this.lanes = lanes;
        } finally {
            lock.unlock();
        }
        serve();
    }

    int lanes() {
        lock.lock();
        try {
            return lanes;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a renewal of the session waits for its turn. */
    boolean isInLine(SessionKey session) {
        lock.lock();
        try {
            return line.getOrDefault(session.site(), NOBODY).stream()
                    .anyMatch(entry -> entry.session().equals(session));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs the renewal of a session in a lane of its own.
     *
     * @param action is given what it calls, once or more often, to leave the lane
     */
    void enter(SessionKey session, Consumer<Runnable> action) {
        lock.lock();
        try {
            line.computeIfAbsent(session.site(), site -> new ArrayDeque<>()).add(new Entry(session, action));
        } finally {
            lock.unlock();
        }
        serve();
    }

    /** The renewal of this session, if it stands in line, runs at once, outside the lanes: some that are in them wait for it. */
    void hurry(SessionKey session) {
        for (Consumer<Runnable> action : takeOutOfLine(session)) {
            try {
                threads.execute(() -> action.accept(() -> {}));
            } catch (RejectedExecutionException e) {
                return; // all is being stopped
            }
        }
    }

    private List<Consumer<Runnable>> takeOutOfLine(SessionKey session) {
        lock.lock();
        try {
            List<Consumer<Runnable>> found = new ArrayList<>();
            Queue<Entry> ofSite = line.getOrDefault(session.site(), NOBODY);
            ofSite.removeIf(entry -> entry.session().equals(session) && found.add(entry.action()));
            if (ofSite.isEmpty()) {
                line.remove(session.site());
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        for (Entry next = take(); next != null; next = take()) {
            String site = next.session().site();
            Consumer<Runnable> action = next.action();
            AtomicBoolean inside = new AtomicBoolean(true);
            try {
                threads.execute(() -> action.accept(() -> {
                    if (inside.compareAndSet(true, false)) {
                        giveBack(site);
                        serve();
                    }
                }));
            } catch (RejectedExecutionException e) { // all is being stopped; there may be a start again
                giveBack(site);
            }
        }
    }

    private void giveBack(String site) {
        lock.lock();
        try {
            takenInAll--;
            taken.computeIfPresent(site, (name, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Entry take() {
        lock.lock();
        try {
            String site = next();
            Queue<Entry> ofSite = site == null ? null : line.remove(site);
            if (site == null || ofSite == null) {
                return null;
            }
            Entry next = ofSite.remove();
            if (!ofSite.isEmpty()) {
                line.put(site, ofSite);
            }
            takenInAll++;
            taken.merge(site, 1, Integer::sum);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The site whose turn it is, null when nobody waits, or whoever does has to. */
    private @Nullable String next() {
        String fewest = null;
        for (String site : line.keySet()) {
            if (fewest == null || taken(site) < taken(fewest)) {
                fewest = site;
            }
        }
        boolean free = takenInAll < lanes || (fewest != null && taken(fewest) == 0 && takenInAll < 2 * lanes);
        return free ? fewest : null;
    }

    private int taken(String site) {
        return taken.getOrDefault(site, 0);
    }
}
