/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener of events on a thread that has nothing else to do: one event at a time, in the order in which they
 * came. Whoever brings an event does not wait for the listener. Thread-safe; calls nothing under its lock.
 */
final class ListenerLine {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerLine.class);

    private final RenewalListener listener;
    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allTold = lock.newCondition();
    // guarded by lock
    private final Queue<Consumer<RenewalListener>> events = new ArrayDeque<>();
    private boolean telling;
    private long tellingSince;

    ListenerLine(RenewalListener listener, Executor threads) {
        this.listener = listener;
        this.threads = threads;
    }

    RenewalListener listener() {
        return listener;
    }

    void add(Consumer<RenewalListener> event) {
        lock.lock();
        try {
            events.add(event);
            if (telling) {
                return;
            }
            telling = true;
            tellingSince = System.nanoTime();
        } finally {
            lock.unlock();
        }
        try {
            threads.execute(this::tell);
        } catch (RejectedExecutionException e) { // all is being stopped
            close();
        }
    }

    private void tell() {
        for (Consumer<RenewalListener> event = next(); event != null; event = next()) {
            try {
                event.accept(listener);
            } catch (RuntimeException | Error e) { // the next event must be told all the same
                LOG.warn("a listener of renewals failed", e);
            }
        }
    }

    private @Nullable Consumer<RenewalListener> next() {
        lock.lock();
        try {
            Consumer<RenewalListener> next = events.poll();
            if (next == null) {
                telling = false;
                allTold.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is told, or the listener has been at it for that long. */
    void await(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = telling ? tellingSince + atMost.toNanos() - System.nanoTime() : 0;
            while (telling && left > 0) {
                left = allTold.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is not told yet never is. */
    void close() {
        lock.lock();
        try {
            events.clear();
            telling = false;
            allTold.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
