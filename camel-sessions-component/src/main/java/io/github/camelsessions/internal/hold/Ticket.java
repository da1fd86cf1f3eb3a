/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

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
public final class Ticket {

    /** How a wait ends. */
    public enum End {
        /** What it was for has come. */
        RESUMED,
        /** The answer that the exchange has was judged to stand. */
        STANDS,
        /** The exchange has waited as long as it may. */
        TIMED_OUT,
        /** Its route or the context is stopped, or its thread was interrupted. */
        STOPPED
    }

    /** An exchange that waits: whoever claims the ticket of its wait lets it go on. */
    public interface Holder {

        /** Who admitted the exchange, and fails it when it is stopped itself. */
        @Nullable
        Object owner();

        /** The site that its request goes to. */
        String site();

        /** Its place among all exchanges: the lower, the earlier it came. */
        long arrival();

        /** Whether what it waits for is over, so that it may go on: asked where nobody may have told it. */
        boolean isOver();

        /** Whether it waits at a gate for nothing but to be sent. One that renews may have less to wait for. */
        default boolean waitsToBeSent() {
            return false;
        }

        /** Whether the gate would tell it to wait on. */
        default boolean mustWait() {
            return false;
        }

        /** Goes on, on this thread, unless it did before; whatever happens, it has its end, here or later. */
        void goOn(Ticket claimed, End how);
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
    private volatile @Nullable Holder holder; // until it goes on
    private volatile @Nullable End end; // from when it is claimed
    private volatile boolean timedOut;
    private boolean seenClaimed; // by the one thread that mends
    private volatile int counted; // 1 when it is
    private final @Nullable SynchronousWait waiting;
    private final String site;
    private volatile @Nullable Future<?> timer;
    private volatile boolean released;

    /**
     * @param session whose gate the exchange waits at, null for none
     * @param time    how long the exchange may wait
     * @param waiting the thread that waits with it, null when none does
     */
    Ticket(Holder holder, @Nullable Session session, Duration time, @Nullable SynchronousWait waiting) {
        this.session = session;
        this.site = holder.site();
        this.time = time;
        this.owner = holder.owner();
        this.arrival = holder.arrival();
        this.holder = holder;
        this.waiting = waiting;
    }

    /** Whose gate the exchange waits at. */
    public Session session() {
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

    public boolean isReleased() {
        return released;
    }

    /** Who admitted the exchange, and fails it when it is stopped itself. */
    @Nullable
    Object owner() {
        return owner;
    }

    /** Its place among all exchanges: the lower, the earlier it came. */
    public long arrival() {
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
    Holder claim(End how) {
        if (!STATE.compareAndSet(this, WAITS, CLAIMED)) {
            return null;
        }
        end = how;
        try {
            cancelTimer();
        } catch (OutOfMemoryError e) {
            // it will find nobody
        }
        return holder;
    }

    public boolean isClaimed() {
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
    boolean handOver(End how, @Nullable Slot slot) {
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

    /** How its wait ended, if it was claimed a while ago, and whoever has it did nothing; else null. */
    @Nullable
    End overdue() {
        if (state != CLAIMED) {
            return null;
        }
        boolean before = seenClaimed;
        seenClaimed = true;
        return before ? end : null;
    }

    /** Its exchange, null when that goes on. */
    @Nullable
    Holder holder() {
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

    /** Whether its exchange may stand in the line of its session: it waits for nothing but to be sent. */
    boolean isOfSent() {
        Holder exchange = holder;
        return exchange != null && exchange.waitsToBeSent();
    }

    /** Whether the gate would tell its exchange to wait on. Not of one that was claimed. */
    boolean mustWait() {
        Holder exchange = holder;
        return exchange != null && exchange.mustWait();
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
         * @param how null when the thread was let go, and the exchange waits on without it
         */
        private record Handed(@Nullable End how, @Nullable Slot slot) {}

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
        boolean hand(End how, @Nullable Slot slot) {
            return end(new Handed(how, slot)) || handed.get() != LET_GO;
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
         * @return how it ended by another one, STOPPED after an interrupt, null when the exchange waits on
         *     without this thread and is no longer its own
         */
        @Nullable
        End await(Ticket ticket) {
            while (true) {
                try {
                    over.await();
                    break;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    if (ticket.claim(End.STOPPED) != null) {
                        return End.STOPPED;
                    }
                    Uninterruptibly.await(over);
                    break;
                } catch (OutOfMemoryError e) { // to wait needs some
                    Uninterruptibly.pause();
                }
            }
            return Objects.requireNonNull(handed.get()).how();
        }

        /** The slot that came with the end, null for none. */
        @Nullable
        Slot slot() {
            Handed how = handed.get();
            return how == null ? null : how.slot();
        }

        String thread() {
            return thread.getName();
        }
    }
}
