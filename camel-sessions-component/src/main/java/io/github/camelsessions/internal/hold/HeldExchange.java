/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import io.github.camelsessions.internal.hold.Mender.LooseEnd;
import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.hold.Ticket.Holder;
import io.github.camelsessions.internal.hold.Ticket.SynchronousWait;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that may have to wait: without a thread unless it may not leave its own, for a limited time in all, among the
 * others that wait.
 *
 * <p>Used by one thread at a time, but for {@link #resume}: whoever claims the {@link Ticket} of a wait goes on with the
 * exchange. A thread that has given a ticket out, or was told that the exchange waits, does not touch it any more.
 */
public abstract class HeldExchange extends LooseEnd implements Holder {

    private static final Exception NO_MEMORY = new NoMemoryException();

    private final HeldTickets tickets;
    private final @Nullable Object owner;
    private final String site;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final Duration time;
    private final long arrival;
    private boolean broken; // by an error: it may still have something
    private volatile BooleanSupplier over = () -> false; // of the latest wait at no gate; set before its ticket
    private volatile @Nullable Ticket ticket;
    private long waitingSince;
    private long waited;
    private boolean inSlot;

    /**
     * @param owner whoever admits the exchange
     * @param site  where its request goes
     * @param time  how long it may wait, in all
     */
    protected HeldExchange(
            HeldTickets tickets,
            @Nullable Object owner,
            String site,
            Exchange exchange,
            AsyncCallback callback,
            Duration time) {
        this.tickets = tickets;
        this.owner = owner;
        this.site = site;
        this.exchange = exchange;
        this.callback = callback;
        this.time = time;
        this.arrival = tickets.nextArrival();
    }

    /**
     * Goes on after a wait.
     *
     * @return whether the exchange has its answer; if not, it is no longer this thread's
     */
    protected abstract boolean goOn(End how);

    /** After an error: whatever the exchange has or stands in line for, it does no more. May be repeated. */
    protected abstract void leave();

    /** Whether it is limited by a slot what it does after a wait; else it is by what it waited for. */
    protected boolean needsSlot() {
        return false;
    }

    // ---- waiting

    /**
     * Waits for something else than the gate of a session.
     *
     * @param over whether it has come; asked after {@link #resume} can find the exchange, and by that, on any thread
     * @param crowded whether there is no room for it, so that it waits on this thread if that may wait
     * @return how that ended, null when it has not: the exchange is no longer this thread's
     */
    protected final @Nullable End await(BooleanSupplier over, boolean crowded) {
        this.over = over;
        Ticket given = newTicket(null, crowded);
        try {
            tickets.park(given);
            // from here on the exchange may be another thread's
            if (over.getAsBoolean() && tickets.takeBack(given)) {
                return ended(End.RESUMED);
            }
        } catch (RuntimeException | Error e) {
            if (tickets.takeBack(given)) {
                throw e;
            }
        }
        return await(given);
    }

    /**
     * What it waits for has come. Nothing happens when it does not wait, or waits for something else by now: whoever tells of
     * the end of one wait may be so late that the exchange is in its next.
     */
    protected final void resume() {
        Ticket now = ticket;
        if (now != null && !now.isClaimed() && over.getAsBoolean()) {
            tickets.goOnBeside(now);
        }
    }

    /**
     * The ticket of the wait that somebody is about to decide on.
     *
     * @param session whose gate it waits at
     */
    protected final Ticket newTicket(@Nullable Session session, boolean crowded) {
        waitingSince = System.nanoTime();
        Ticket made = tickets.newTicket(this, exchange, session, remaining(), crowded);
        ticket = made;
        return made;
    }

    /**
     * Waits with a ticket that is where it is found: on this thread if it has to.
     *
     * @return how that ended, null when the exchange is no longer this thread's
     */
    protected final @Nullable End await(Ticket given) {
        Slot.giveUp();
        SynchronousWait thread = given.waiting();
        End how = thread == null ? null : thread.await(given);
        if (thread == null || how == null || !tickets.goesOn(given)) {
            return null;
        }
        Slot slot = thread.slot();
        if (slot != null && needsSlot()) {
            slot.enter();
            inSlot = true;
        } else if (slot != null) {
            slot.release();
        }
        return ended(how);
    }

    private End ended(End how) {
        waited += System.nanoTime() - waitingSince;
        return how;
    }

    @Override
    public final void goOn(Ticket claimed, End how) {
        if (!tickets.goesOn(claimed)) {
            return;
        }
        boolean answered;
        try {
            answered = goOn(ended(how));
        } catch (Throwable e) { // an error, too, must end the exchange
            breakBy(e);
            answered = true;
        }
        if (answered) {
            if (needsSlot()) {
                Slot.nowAnswered();
            } else {
                Slot.giveUp();
            }
            end(false);
        }
    }

    @Override
    public boolean isOver() {
        return over.getAsBoolean();
    }

    // ---- its end

    /** The exchange has ended: calls back, now, or later when there is no memory for it. Returns whether that was now. */
    protected final boolean end(boolean doneSync) {
        try {
            if (inSlot) {
                Slot.giveUp();
            }
            if (broken) {
                leaveBroken();
            }
            callback.done(doneSync);
            return true;
        } catch (OutOfMemoryError e) {
            tickets.mender().endLater(this);
            return false;
        }
    }

    private void leaveBroken() {
        try {
            leave();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // it is the second, and the exchange tells of the first
            torn(e);
        }
        broken = false;
    }

    /** An error ends the exchange: {@link #end} is to be called next. */
    protected final void breakBy(Throwable error) {
        broken = true;
        torn(error);
        failBy(error);
    }

    /** An error may have kept something from being done. Needs no memory. */
    protected void torn(Throwable error) {
        tickets.mender().tear(error);
    }

    /** The exchange ends with a failure, also when there is no memory to say which. */
    protected final void failBy(Throwable failure) {
        fail(exchange, failure);
    }

    /** An exchange ends with a failure, also when there is no memory to say which. */
    public static void fail(Exchange exchange, Throwable failure) {
        try {
            exchange.setException(failure); // which wraps an error
        } catch (OutOfMemoryError e) {
            exchange.setException(NO_MEMORY);
        }
    }

    /** One for all: it has no stack, and remembers nothing. */
    private static final class NoMemoryException extends Exception {

        private static final long serialVersionUID = 1L;

        NoMemoryException() {
            super(
                    "there was no memory left, not even to say what failed; raise -Xmx, or hold and send less at once",
                    new OutOfMemoryError("Java heap space"),
                    false,
                    false);
        }
    }

    @Override
    protected final void endNow() {
        end(false);
    }

    // ---- what it is

    /** Whether there is no room for a further exchange that waits without a thread, in all. */
    protected final boolean nobodyMayWait() {
        return tickets.isFull();
    }

    /** The time that it may still wait. */
    protected final Duration remaining() {
        return time.minusNanos(waited);
    }

    /** Counts what it has waited elsewhere, for its time is one. */
    protected final void countWait(Duration elsewhere) {
        waited += elsewhere.toNanos();
    }

    /** How long it has waited, in all. */
    protected final Duration waited() {
        return Duration.ofNanos(waited);
    }

    /** The ticket of the latest wait, for those who are told what becomes of it. */
    public final @Nullable Ticket ticket() {
        return ticket;
    }

    protected final HeldTickets tickets() {
        return tickets;
    }

    protected final Exchange exchange() {
        return exchange;
    }

    @Override
    public final String site() {
        return site;
    }

    @Override
    public final @Nullable Object owner() {
        return owner;
    }

    @Override
    public final long arrival() {
        return arrival;
    }
}
