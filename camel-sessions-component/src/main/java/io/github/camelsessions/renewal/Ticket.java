/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.session.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The right to go on with an exchange that waits. Release, time-out and shutdown race for it: whoever claims it first has
 * the exchange, for all others it is as if there were none. One ticket for each wait. Thread-safe.
 */
final class Ticket {

    /** Why an exchange goes on. */
    enum Turn {
        /** It asks for admission again. */
        RESUME,
        /** The answer that it has was judged to stand. */
        STAND,
        /** It has waited as long as it may. */
        TIME_OUT,
        /** Its route is stopped. */
        STOP
    }

    private static final AtomicReferenceFieldUpdater<Ticket, @Nullable Waiter> HOLDER =
            AtomicReferenceFieldUpdater.newUpdater(Ticket.class, Waiter.class, "holder");

    private final @Nullable Session session;
    private final @Nullable Object owner;
    private final long arrival;
    private final Duration time;
    private volatile @Nullable Waiter holder; // taken once, by whoever claims it
    private final @Nullable SynchronousWait waiting;
    private volatile @Nullable Future<?> timer;

    /**
     * Of an exchange that waits at the gate of its session.
     *
     * @param time how long the exchange may wait
     */
    Ticket(HeldExchange holder, Duration time, @Nullable SynchronousWait waiting) {
        this(holder, holder.session(), time, waiting);
    }

    /**
     * Of an exchange that waits at no gate.
     *
     * @param time how long the exchange may wait
     */
    Ticket(WaitingExchange holder, Duration time, @Nullable SynchronousWait waiting) {
        this(holder, null, time, waiting);
    }

    private Ticket(Waiter holder, @Nullable Session session, Duration time, @Nullable SynchronousWait waiting) {
        this.session = session;
        this.time = time;
        this.owner = holder.owner();
        this.arrival = holder.arrival();
        this.holder = holder;
        this.waiting = waiting;
    }

    /** Whose gate the exchange waits at. */
    Session session() {
        return Objects.requireNonNull(session, "it waits at no gate");
    }

    /** Who admitted the exchange, and fails it when it is stopped itself. */
    @Nullable
    Object owner() {
        return owner;
    }

    /** Its place among all exchanges: the lower, the earlier it came. */
    long arrival() {
        return arrival;
    }

    /** How long the exchange may wait. */
    Duration time() {
        return time;
    }

    /** Takes the exchange over, null when somebody else did. The ticket remembers no exchange any more. */
    @Nullable
    Waiter claim() {
        Waiter claimed = HOLDER.getAndSet(this, null);
        if (claimed != null) {
            cancelTimer();
        }
        return claimed;
    }

    boolean isClaimed() {
        return holder == null;
    }

    void setTimer(Future<?> timer) {
        this.timer = timer;
        if (isClaimed()) {
            cancelTimer();
        }
    }

    private void cancelTimer() {
        Future<?> set = timer;
        if (set != null) {
            set.cancel(false);
        }
    }

    /** The thread that waits for this ticket, null when none does. */
    @Nullable
    SynchronousWait waiting() {
        return waiting;
    }

    /** A thread that waits, because its exchange may not leave it, as in a transaction. Thread-safe. */
    static final class SynchronousWait {

        private final CountDownLatch handed = new CountDownLatch(1);
        private volatile Turn turn = Turn.STOP;
        private volatile Resumer.@Nullable Slot slot;

        /** Lets the waiting thread go on, in a slot if it was given one. */
        void hand(Turn turn, Resumer.@Nullable Slot slot) {
            this.turn = turn;
            this.slot = slot;
            handed.countDown();
        }

        /**
         * Waits until somebody has claimed the ticket: an interrupt makes that this thread, unless it comes too late.
         *
         * @return whether another one did, and has handed the exchange over; if not, it is to be stopped
         */
        boolean await(Ticket ticket) {
            try {
                handed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                if (ticket.claim() != null) {
                    return false;
                }
                Uninterruptibly.await(handed);
            }
            return true;
        }

        Turn turn() {
            return turn;
        }

        Resumer.@Nullable Slot slot() {
            return slot;
        }
    }
}
