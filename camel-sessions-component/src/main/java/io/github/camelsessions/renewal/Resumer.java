/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.renewal.Ticket.Turn;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets exchanges of one site go on that have waited: the one that came first goes first, and a limited number at once,
 * each in a slot. A slot is held until the exchange has its answer, but not longer than {@link #LONG}, and for a moment of
 * the rest of its route; it is given up earlier when an exchange on that thread has to wait again. A thread that waits must not keep those from going on that
 * it may be waiting for, and the rest of a route may wait for another thread whose exchange waits here, as {@code seda}
 * does for a reply.
 *
 * <p>The slots, and not the size of a thread pool, are the limit, so that it holds with virtual threads too.
 *
 * <p>Thread-safe. Nothing is called out under the lock.
 */
final class Resumer {

    /** How long the rest of a route keeps its slot. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    /**
     * How long a request keeps its slot. So pages that drip or hang cost each of the others a second, and not the rest of
     * their holdTimeout; as long as pages take less, the slots are an exact limit.
     */
    private static final Duration LONG = Duration.ofSeconds(1);

    private static final ThreadLocal<@Nullable Slot> CURRENT = new ThreadLocal<>();

    private final Executor threads;
    private final BiFunction<Runnable, Duration, Future<?>> timer;
    private final IntSupplier slots;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final PriorityQueue<Entry> line =
            new PriorityQueue<>(Comparator.comparingLong(entry -> entry.ticket().arrival()));
    private int taken;

    private record Entry(Ticket ticket, Turn turn) {}

    /** An exchange whose turn it is. */
    private record Turned(Waiter exchange, Turn turn, Slot slot) implements Runnable {
        @Override
        public void run() {
            exchange.goOn(turn);
        }
    }

    /**
     * @param timer runs something short after a time
     * @param slots how many there are; when that grows, {@link #serve} is to be called
     */
    Resumer(Executor threads, BiFunction<Runnable, Duration, Future<?>> timer, IntSupplier slots) {
        this.threads = threads;
        this.timer = timer;
        this.slots = slots;
    }

    /** How many wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return line.size();
        } finally {
            lock.unlock();
        }
    }

    /** The ticket's exchange goes on when it is its turn. */
    void add(Ticket ticket, Turn turn) {
        lock.lock();
        try {
            line.add(new Entry(ticket, turn));
        } finally {
            lock.unlock();
        }
        serve();
    }

    void addAll(Iterable<Ticket> tickets, Turn turn) {
        lock.lock();
        try {
            tickets.forEach(ticket -> line.add(new Entry(ticket, turn)));
        } finally {
            lock.unlock();
        }
        serve();
    }

    /** Fills the slots that are free. */
    void serve() {
        for (Turned next = next(); next != null; next = next()) {
            Turned first = next;
            try {
                threads.execute(new Work(first));
            } catch (RejectedExecutionException e) { // all is being stopped
                first.slot().free();
                first.exchange().goOn(Turn.STOP);
            }
        }
    }

    /**
     * Runs an exchange on this thread, and then, in the slot that is free then, whoever is next: a change of threads for
     * each would cost more than the rest of its release.
     */
    private final class Work implements Runnable {

        private @Nullable Turned first; // null once it runs: a thread may go on for long after it has ended

        Work(Turned first) {
            this.first = first;
        }

        @Override
        public void run() {
            Turned now = first;
            first = null;
            try {
                while (now != null) {
                    now.slot().run(now);
                    Thread.interrupted(); // as a pool does: it was meant for the exchange that has ended
                    now = next();
                }
            } finally {
                if (now != null) { // it has failed
                    serve();
                }
            }
        }
    }

    /** The next exchange, with a slot, null when there is none for it; one whose thread waits for it is that thread's. */
    private @Nullable Turned next() {
        for (Entry next = take(); next != null; next = take()) {
            Waiter exchange = next.ticket().claim();
            if (exchange == null) {
                giveBack();
                continue;
            }
            Slot slot = new Slot();
            slot.releaseAfter(LONG);
            if (!exchange.handOver(next.ticket(), next.turn(), slot)) {
                return new Turned(exchange, next.turn(), slot);
            }
        }
        return null;
    }

    private @Nullable Entry take() {
        lock.lock();
        try {
            Entry next = taken < slots.getAsInt() ? line.poll() : null;
            taken += next == null ? 0 : 1;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void giveBack() {
        lock.lock();
        try {
            taken--;
        } finally {
            lock.unlock();
        }
    }

    /** Gives this thread's slot up, if it has one: what it runs is about to wait. */
    static void yieldSlot() {
        Slot slot = CURRENT.get();
        if (slot != null) {
            CURRENT.remove();
            slot.release();
        }
    }

    /** The exchange that this thread runs has its answer: the rest of its route comes now. */
    static void answered() {
        Slot slot = CURRENT.get();
        if (slot != null) {
            slot.releaseAfter(MOMENT);
        }
    }

    /** The right to run one exchange. Thread-safe. */
    final class Slot {

        private final AtomicBoolean held = new AtomicBoolean(true);
        private volatile @Nullable Future<?> release; // the latest that is timed

        /** Runs an exchange in this slot. */
        void run(Runnable action) {
            Slot before = CURRENT.get();
            CURRENT.set(this);
            try {
                action.run();
            } finally {
                if (before == null) {
                    CURRENT.remove();
                } else {
                    CURRENT.set(before);
                }
                free();
            }
        }

        /** This thread, which has waited, is in this slot until it yields. */
        void enter() {
            CURRENT.set(this);
        }

        private void releaseAfter(Duration time) {
            cancelTimer();
            if (held.get()) {
                release = timer.apply(this::release, time);
            }
        }

        private void cancelTimer() {
            Future<?> timed = release;
            if (timed != null) {
                timed.cancel(false);
            }
        }

        void release() {
            if (free()) {
                serve();
            }
        }

        private boolean free() {
            boolean freed = held.compareAndSet(true, false);
            if (freed) {
                cancelTimer();
                giveBack();
            }
            return freed;
        }
    }
}
