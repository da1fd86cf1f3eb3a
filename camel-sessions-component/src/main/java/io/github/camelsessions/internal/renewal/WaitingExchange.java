/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.renewal.Mender.LooseEnd;
import io.github.camelsessions.internal.renewal.Resumer.Slot;
import io.github.camelsessions.internal.renewal.Ticket.SynchronousWait;
import io.github.camelsessions.internal.renewal.Ticket.Turn;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that waits for something else than the gate of a session: without a thread unless it may not leave its own,
 * for a limited time in all, among the others that wait.
 *
 * <p>Used by one thread at a time, but for {@link #resume}: a thread that was told that the exchange waits does not touch it
 * any more.
 */
public abstract class WaitingExchange implements Waiter, LooseEnd {

    /** How a wait ended. */
    public enum End {
        /** Its turn has come. */
        RESUMED,
        /** It has waited as long as it may. */
        TIMED_OUT,
        /** Its route or the context is stopped, or its thread was interrupted. */
        STOPPED,
        /** It has not: the exchange is no longer this thread's. */
        ELSEWHERE
    }

    private final SessionTraffic traffic;
    private final @Nullable Object owner;
    private final String site;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final Duration time;
    private final long arrival;
    private @Nullable LooseEnd before; // when it is a loose end
    private boolean broken; // by an error: it may still have something
    private volatile BooleanSupplier over = () -> false; // of the latest wait; set before its ticket
    private volatile @Nullable Ticket ticket;
    private long waitingSince;
    private long waited;

    /**
     * @param owner whoever admits the exchange
     * @param site  where its request goes
     * @param time  how long it may wait, in all
     */
    protected WaitingExchange(
            SessionTraffic traffic,
            @Nullable Object owner,
            String site,
            Exchange exchange,
            AsyncCallback callback,
            Duration time) {
        this.traffic = traffic;
        this.owner = owner;
        this.site = site;
        this.exchange = exchange;
        this.callback = callback;
        this.time = time;
        this.arrival = traffic.nextArrival();
    }

    /**
     * Goes on after a wait.
     *
     * @return whether the exchange has its answer; if not, it is no longer this thread's
     */
    protected abstract boolean goOn(End end);

    /** Whether there is no room for a further exchange that waits without a thread, in all. */
    protected final boolean nobodyMayWait() {
        return traffic.held().isFull();
    }

    /**
     * Waits.
     *
     * @param over whether what it waits for has come; asked after {@link #resume} can find the exchange, and by that, on any
     *     thread
     * @param crowded whether there is no room for it, so that it waits on this thread if that may wait
     * @return how that ended
     */
    protected final End await(BooleanSupplier over, boolean crowded) {
        RenewalScope.takeAlong(exchange);
        waitingSince = traffic.nanoTime();
        Ticket given = new Ticket(this, remaining(), traffic.held().threadFor(exchange, crowded));
        this.over = over;
        ticket = given;
        try {
            traffic.held().park(given);
            // from here on the exchange may be another thread's
            if (over.getAsBoolean() && traffic.held().takeBack(given)) {
                return ended(End.RESUMED);
            }
        } catch (RuntimeException | Error e) {
            if (traffic.held().takeBack(given)) {
                throw e;
            }
        }
        Resumer.yieldSlot();
        SynchronousWait thread = given.waiting();
        return thread == null ? End.ELSEWHERE : await(given, thread);
    }

    private End await(Ticket given, SynchronousWait thread) {
        Turn turn = thread.await(given);
        if (turn == null || !traffic.held().goesOn(given)) {
            return End.ELSEWHERE;
        }
        Slot slot = thread.slot();
        if (slot != null) {
            slot.release(); // what it does next is limited by what it waited for
        }
        return ended(endOf(turn));
    }

    private End ended(End end) {
        waited += traffic.nanoTime() - waitingSince;
        return end;
    }

    private static End endOf(Turn turn) {
        return switch (turn) {
            case RESUME, STAND -> End.RESUMED;
            case TIME_OUT -> End.TIMED_OUT;
            case STOP -> End.STOPPED;
        };
    }

    /**
     * What it waits for has come. Nothing happens when it does not wait, or waits for something else by now: whoever tells of
     * the end of one wait may be so late that the exchange is in its next.
     */
    protected final void resume() {
        Ticket now = ticket;
        if (now != null && !now.isClaimed() && over.getAsBoolean()) {
            traffic.held().goOnBeside(now);
        }
    }

    @Override
    public final boolean isOver() {
        return over.getAsBoolean();
    }

    @Override
    public final void goOn(Ticket claimed, Turn turn) {
        if (!traffic.held().goesOn(claimed)) {
            return;
        }
        boolean answered;
        try {
            answered = goOn(ended(endOf(turn)));
        } catch (Throwable e) { // an error, too, must end the exchange
            breakBy(e);
            answered = true;
        }
        if (answered) {
            Resumer.yieldSlot(); // the rest of its route is limited by what it waited for
            end(false);
        }
    }

    /** An error ends the exchange: {@link #end} is to be called next. */
    protected final void breakBy(Throwable error) {
        broken = true;
        traffic.torn(error);
        SessionTraffic.fail(exchange, error);
    }

    /** After an error: whatever the exchange has or stands in line for, it does no more. May be repeated. */
    protected void leave() {
        // nothing yet
    }

    @Override
    public final void endNow() {
        end(false);
    }

    @Override
    public final @Nullable LooseEnd before() {
        return before;
    }

    @Override
    public final void setBefore(@Nullable LooseEnd end) {
        before = end;
    }

    /** The exchange has ended: calls back, now, or later when there is no memory for it. Returns whether that was now. */
    protected final boolean end(boolean doneSync) {
        try {
            if (broken) {
                leaveBroken();
            }
            callback.done(doneSync);
            return true;
        } catch (OutOfMemoryError e) {
            traffic.mender().endLater(this);
            return false;
        }
    }

    private void leaveBroken() {
        try {
            leave();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // it is the second, and the exchange tells of the first
            traffic.torn(e);
        }
        broken = false;
    }

    /** The time that it may still wait. */
    protected final Duration remaining() {
        return time.minusNanos(waited);
    }

    /** How long it has waited, in all. */
    protected final Duration waited() {
        return Duration.ofNanos(waited);
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
