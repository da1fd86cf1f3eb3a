/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
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
    private final Guard lock = new Guard();
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
        try (Guard ignored = lock.hold()) {
            events.add(event);
            if (telling) {
                return;
            }
            telling = true;
            tellingSince = System.nanoTime();
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
        try (Guard ignored = lock.hold()) {
            Consumer<RenewalListener> next = events.poll();
            if (next == null) {
                telling = false;
                allTold.signalAll();
            }
            return next;
        }
    }

    /** Waits until all is told, or the listener has been at it for that long. */
    void await(Duration atMost) throws InterruptedException {
        try (Guard ignored = lock.hold()) {
            long left = telling ? tellingSince + atMost.toNanos() - System.nanoTime() : 0;
            while (telling && left > 0) {
                left = allTold.awaitNanos(left);
            }
        }
    }

    /** What is not told yet never is. */
    void close() {
        try (Guard ignored = lock.hold()) {
            events.clear();
            telling = false;
            allTold.signalAll();
        }
    }
}
