/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
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

    private static final AtomicIntegerFieldUpdater<Ticket> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Ticket.class, "state");

    private static final AtomicIntegerFieldUpdater<Ticket> COUNTED =
            AtomicIntegerFieldUpdater.newUpdater(Ticket.class, "counted");

    // what becomes of its exchange, in this order
    private static final int WAITS = 0;
    private static final int CLAIMED = 1;
    private static final int GOES_ON = 2;

    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final @Nullable Session session;
    private final @Nullable Object owner;
    private final long arrival;
    private final Duration time;
    private final long made = System.nanoTime();
    private volatile int state = WAITS;
    private volatile @Nullable Waiter holder; // until it goes on
    private volatile @Nullable Turn turn; // from when it is claimed
    private volatile boolean timedOut;
    private boolean seenClaimed; // by the one thread that mends
    private volatile int counted; // 1 when it is
    private final @Nullable SynchronousWait waiting;
    private final String site;
    private volatile @Nullable Future<?> timer;
    private volatile boolean released;

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
        this.site = holder.site();
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

    /** The site that its exchange's request goes to. */
    String site() {
        return site;
    }

    /** What the exchange waits for has come: from now on it waits for its turn only. */
    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
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

    /**
     * Takes the exchange over, null when somebody else did. Whoever has it sees to it that it goes on; if an error keeps him
     * from that, it does so all the same, a little later, as long as the ticket is among the others.
     */
    @Nullable
    Waiter claim(Turn how) {
        if (!STATE.compareAndSet(this, WAITS, CLAIMED)) {
            return null;
        }
        turn = how;
        try {
            cancelTimer();
        } catch (OutOfMemoryError e) {
            // it will find nobody
        }
        return holder;
    }

    boolean isClaimed() {
        return state != WAITS;
    }

    /** A claimed exchange goes on, now, on this thread; false when it did before. The ticket remembers it no more. */
    boolean goesOn() {
        boolean first = STATE.compareAndSet(this, CLAIMED, GOES_ON);
        if (first) {
            holder = null;
        }
        return first;
    }

    /** Hands a claimed exchange over to the thread that waits for it, if one does. */
    boolean handOver(Turn how, Resumer.@Nullable Slot slot) {
        return waiting != null && waiting.hand(how, slot);
    }

    /** From here on it counts as waiting; false when it did. */
    boolean count() {
        return COUNTED.compareAndSet(this, 0, 1);
    }

    /** It counts no more; false when it did not. */
    boolean uncount() {
        return COUNTED.compareAndSet(this, 1, 0);
    }

    // ---- for those who mend what an error has left behind

    /** How its exchange is to go on, if it was claimed a while ago, and whoever has it did nothing; else null. */
    @Nullable
    Turn overdueTurn() {
        if (state != CLAIMED) {
            return null;
        }
        boolean before = seenClaimed;
        seenClaimed = true;
        return before ? turn : null;
    }

    /** Its exchange, null when that goes on. */
    @Nullable
    Waiter holder() {
        return holder;
    }

    /** Whether its time was up a while ago, and it is still waiting. */
    boolean isOverdue(long nanoTime) {
        return !isClaimed() && nanoTime - made - time.toNanos() > LATE_NANOS;
    }

    /** Its time is up. Returns whether that is new. */
    boolean timeOut() {
        boolean first = !timedOut;
        timedOut = true;
        return first;
    }

    /** Whether its exchange waits for nothing but to be sent. One that renews may have less to wait for. */
    boolean isOfSent() {
        return holder instanceof SentExchange;
    }

    /** Whether the gate would tell its exchange to wait on. Not of one that was claimed. */
    boolean mustWait() {
        return holder instanceof SentExchange exchange && session().holding(exchange);
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

    /** The thread that waits for this ticket, null when none did from the beginning. */
    @Nullable
    SynchronousWait waiting() {
        return waiting;
    }

    /**
     * A thread that waits: because its exchange may not leave it, as in a transaction, or because the hold has no room, so
     * that whoever sent the exchange sends no more meanwhile. Thread-safe.
     */
    static final class SynchronousWait {

        private final boolean mayLeave;
        private final Thread thread = Thread.currentThread();
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicReference<@Nullable Handed> handed = new AtomicReference<>();

        /**
         * How the wait has ended.
         *
         * @param turn null when the thread was let go, and the exchange waits on without it
         */
        private record Handed(@Nullable Turn turn, Resumer.@Nullable Slot slot) {}

        private static final Handed LET_GO = new Handed(null, null);

        /**
         * @param mayLeave whether the thread may be let go while its exchange waits on
         */
        SynchronousWait(boolean mayLeave) {
            this.mayLeave = mayLeave;
        }

        /**
         * Lets the waiting thread go on with its exchange, in a slot if it was given one.
         *
         * @return false when the thread was let go before
         */
        boolean hand(Turn turn, Resumer.@Nullable Slot slot) {
            return end(new Handed(turn, slot)) || handed.get() != LET_GO;
        }

        /** Lets the waiting thread go on without its exchange, if it may; returns whether this call did so. */
        boolean letGo() {
            return mayLeave && end(LET_GO);
        }

        private boolean end(Handed how) {
            boolean first = handed.compareAndSet(null, how);
            if (first) {
                over.countDown();
            }
            return first;
        }

        /**
         * Waits until somebody has claimed the ticket: an interrupt makes that this thread, unless it comes too late.
         *
         * @return the turn that another one has handed over, STOP after an interrupt, null when the exchange waits on
         *     without this thread and is no longer its own
         */
        @Nullable
        Turn await(Ticket ticket) {
            while (true) {
                try {
                    over.await();
                    break;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    if (ticket.claim(Turn.STOP) != null) {
                        return Turn.STOP;
                    }
                    Uninterruptibly.await(over);
                    break;
                } catch (OutOfMemoryError e) { // to wait needs some
                    Uninterruptibly.pause();
                }
            }
            return Objects.requireNonNull(handed.get()).turn();
        }

        /** The slot that came with the turn, null for none. */
        Resumer.@Nullable Slot slot() {
            Handed how = handed.get();
            return how == null ? null : how.slot();
        }

        String thread() {
            return thread.getName();
        }
    }
}
