/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.SessionKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets a limited number of renewals run at once, first come, first served. Thread-safe; calls nothing under its lock. */
final class Lanes {

    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Queue<Entry> line = new ArrayDeque<>();
    private int lanes;
    private int taken;

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
    }

    /**
     * Runs the renewal of a session in a lane of its own.
     *
     * @param action is given what it calls, once or more often, to leave the lane
     */
    void enter(SessionKey session, Consumer<Runnable> action) {
        lock.lock();
        try {
            line.add(new Entry(session, action));
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
            List<Consumer<Runnable>> taken = new ArrayList<>();
            line.removeIf(entry -> entry.session().equals(session) && taken.add(entry.action()));
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        for (Entry next = take(); next != null; next = take()) {
            Consumer<Runnable> action = next.action();
            AtomicBoolean inside = new AtomicBoolean(true);
            try {
                threads.execute(() -> action.accept(() -> {
                    if (inside.compareAndSet(true, false)) {
                        leave();
                    }
                }));
            } catch (RejectedExecutionException e) { // all is being stopped; there may be a start again
                giveBack();
            }
        }
    }

    private void leave() {
        giveBack();
        serve();
    }

    private void giveBack() {
        lock.lock();
        try {
            taken--;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Entry take() {
        lock.lock();
        try {
            Entry next = taken < lanes ? line.poll() : null;
            taken += next == null ? 0 : 1;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
