/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets a limited number of renewals run at once, first come, first served. Thread-safe; calls nothing under its lock. */
final class Lanes {

    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Queue<Consumer<Runnable>> line = new ArrayDeque<>();
    private int lanes;
    private int taken;

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
     * Runs something in a lane of its own.
     *
     * @param action is given what it calls, once or more often, to leave the lane
     */
    void enter(Consumer<Runnable> action) {
        lock.lock();
        try {
            line.add(action);
        } finally {
            lock.unlock();
        }
        serve();
    }

    private void serve() {
        for (Consumer<Runnable> next = take(); next != null; next = take()) {
            Consumer<Runnable> action = next;
            AtomicBoolean inside = new AtomicBoolean(true);
            threads.execute(() -> action.accept(() -> {
                if (inside.compareAndSet(true, false)) {
                    leave();
                }
            }));
        }
    }

    private void leave() {
        lock.lock();
        try {
            taken--;
        } finally {
            lock.unlock();
        }
        serve();
    }

    private @Nullable Consumer<Runnable> take() {
        lock.lock();
        try {
            Consumer<Runnable> next = taken < lanes ? line.poll() : null;
            taken += next == null ? 0 : 1;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
