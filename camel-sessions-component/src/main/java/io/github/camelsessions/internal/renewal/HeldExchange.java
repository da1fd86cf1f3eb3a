/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.renewal.Mender.LooseEnd;
import io.github.camelsessions.internal.renewal.Resumer.Slot;
import io.github.camelsessions.internal.renewal.Ticket.SynchronousWait;
import io.github.camelsessions.internal.renewal.Ticket.Turn;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session: it asks, does as the gate says, and waits without a thread where it
 * has to. One loop, {@link #run}, for all; an exchange that may not leave its thread waits on it in the same loop.
 *
 * <p>Used by one thread at a time: whoever claims the {@link Ticket} of a wait goes on with the exchange. A thread that
 * has given a ticket out does not touch the exchange any more.
 */
abstract class HeldExchange extends Passage implements Waiter, Initiator, LooseEnd {

    static final String FULL_IN_ALL =
            "not held, because as many exchanges are held in all as the component's maxHeldTotal allows";

    private final SessionTraffic traffic;
    private final @Nullable Object owner;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final RenewalRules rules;
    private final @Nullable RenewalToken token;
    private final List<RenewalToken> renewals;
    private final long arrival;
    private @Nullable LooseEnd before; // when it is a loose end
    private Session session;
    private volatile @Nullable Ticket ticket;
    private WaitGraph.@Nullable Wait wait;
    private long waitingSince;
    private long waited;
    private boolean inSlot;
    private boolean answered;
    private boolean broken; // by an error: the gate may still count it

    HeldExchange(
            SessionTraffic traffic,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            Session session,
            RenewalRules rules,
            @Nullable RenewalToken token) {
        super(
                rules.renews(),
                rules.renewFirst(),
                rules.replays() ? rules.maxReplays() : 0,
                rules.whenFull() == WhenFull.fail);
        this.traffic = traffic;
        this.owner = owner;
        this.exchange = exchange;
        this.callback = callback;
        this.session = session;
        this.rules = rules;
        this.token = token;
        this.renewals = RenewalScope.tokens(exchange);
        this.arrival = traffic.nextArrival();
    }

    @Override
    protected boolean endures() {
        return rules.endures();
    }

    /** Why it would be held in vain, null when it might not. */
    @Nullable
    String whyInVain() {
        return null;
    }

    /** Asks the gate. */
    abstract Next ask(boolean released);

    /** Does what the gate says, when it neither waits nor fails. */
    abstract Next obey(Verdict verdict);

    /** The answer that the exchange has stands. */
    abstract void stand();

    /** The exchange ends with an exception, unless it has an answer that is better than that. */
    abstract void fail(Exception exception);

    /** As {@code AsyncProcessor.process}: returns whether the exchange was done on this thread. */
    final boolean start() {
        return run(null) && end(true);
    }

    @Override
    public final boolean isOver() {
        return session.isToldNothing(this);
    }

    @Override
    public final void goOn(Ticket claimed, Turn turn) {
        if (traffic.held().goesOn(claimed) && run(turn)) {
            Resumer.answered();
            end(false);
        }
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
    final boolean end(boolean doneSync) {
        try {
            if (broken) {
                leaveGate();
            }
            callback.done(doneSync);
            return true;
        } catch (OutOfMemoryError e) {
            traffic.mender().endLater(this);
            return false;
        }
    }

    /** After an error: wherever the exchange stands, it stands there no more. May be repeated. */
    private void leaveGate() {
        try {
            if (wait != null) {
                wait.leave();
            }
            waitEnded(false);
            traffic.act(session, session.left(this));
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Exception | Error e) { // it is the second, and the exchange tells of the first
            traffic.torn(session, e);
        }
        broken = false;
    }

    /**
     * Goes on until the exchange has its answer or has to wait.
     *
     * @param turn how the wait ended that it goes on after, null at its beginning
     * @return whether it has its answer; if not, it is no longer this thread's
     */
    private boolean run(@Nullable Turn turn) {
        Next next;
        try {
            next = turn == null ? ask(false) : after(turn);
            while (next.verdict() != null) {
                next = follow(next.verdict(), next.ticket());
            }
        } catch (Throwable e) { // an error, too, must end the exchange
            broken = true;
            traffic.torn(session, e);
            SessionTraffic.fail(exchange, e);
            next = Next.DONE;
        }
        if (next.done() && inSlot) {
            Resumer.yieldSlot();
        }
        return next.done();
    }

    private Next follow(Verdict verdict, @Nullable Ticket given) {
        return switch (verdict.action()) {
            case HOLD -> hold(verdict);
            case PARK -> park(verdict, Objects.requireNonNull(given));
            case LOOK_UP -> {
                traffic.act(session, verdict);
                session = traffic.sessionToUse(session.key(), rules);
                yield ask(false);
            }
            case FAIL -> {
                traffic.act(session, verdict);
                fail(traffic.exception(session, rules, verdict, isInitiator() || isInRenewal()));
                yield Next.DONE;
            }
            default -> obey(verdict);
        };
    }

    private Next hold(Verdict verdict) {
        Exception obstacle = null;
        try {
            wait = traffic.waits().enter(renewals, session.key());
            if (wait != null) {
                traffic.renewals().awaited(session.key());
            }
        } catch (WaitGraph.CycleException e) {
            obstacle = e;
        }
        boolean hasPlace = waited > 0; // it is counted no more, but was
        boolean fullInAll = traffic.held().isFull() && !isInitiator();
        if (obstacle == null && fullInAll && !hasPlace && rules.whenFull() == WhenFull.fail) {
            obstacle = traffic.holdException(session, FULL_IN_ALL);
        }
        String vain = obstacle == null ? whyInVain() : null;
        if (vain != null) {
            obstacle = traffic.holdException(session, vain);
        }
        Session at = session;
        if (obstacle != null) {
            traffic.act(at, verdict);
            traffic.act(at, at.left(this));
            fail(obstacle);
            return Next.DONE;
        }
        Ticket given = newTicket(false, fullInAll || isCrowded());
        try {
            traffic.held().hold(given);
            // from here on the exchange may be another thread's
        } catch (RuntimeException | Error e) {
            traffic.act(at, verdict);
            if (traffic.held().takeBack(given)) {
                throw e;
            }
            return wait(given);
        }
        traffic.act(at, verdict);
        traffic.releaseIfOver(
                at, this); // the renewal may have ended before the exchange was where its end looks for it
        return wait(given);
    }

    private Next park(Verdict verdict, Ticket given) {
        // the exchange may be another thread's since its refusal was reported
        traffic.act(given.session(), verdict);
        return waitWith(given);
    }

    private Next wait(Ticket given) {
        return given.waiting() == null ? elsewhere() : await(given);
    }

    private static Next elsewhere() {
        Resumer.yieldSlot();
        return Next.ELSEWHERE;
    }

    private Next await(Ticket given) {
        SynchronousWait thread = Objects.requireNonNull(given.waiting());
        Resumer.yieldSlot();
        Turn turn = thread.await(given);
        if (turn == null || !traffic.held().goesOn(given)) {
            return Next.ELSEWHERE;
        }
        Slot slot = thread.slot();
        if (slot != null) {
            slot.enter();
            inSlot = true;
        }
        return after(turn);
    }

    private Next after(Turn turn) {
        waited += traffic.nanoTime() - waitingSince;
        boolean released = ticket != null && ticket.isReleased();
        ticket = null;
        String waitedFor = waitEnded(turn == Turn.RESUME);
        if (wait != null) {
            wait.leave();
            wait = null;
        }
        switch (turn) {
            case RESUME -> {
                Next next = again();
                Resumer.asked();
                return next;
            }
            case STAND -> stand();
            case TIME_OUT ->
                leave("held for " + Duration.ofNanos(waited).toMillis() + " ms"
                        + (waitedFor != null
                                ? " waiting for " + waitedFor
                                : ", which is as long as holdTimeout allows: "
                                        + (released && !session.holding(this)
                                                ? traffic.held().line(site())
                                                : traffic.obstacle(session))));
            case STOP -> leave("held until its route or the context was stopped, or its thread was interrupted");
        }
        return Next.DONE;
    }

    /** It is the exchange's turn. */
    Next again() {
        return ask(true);
    }

    /**
     * A wait has ended.
     *
     * @param called whether it was not given up
     * @return what else than the gate it has waited for in vain, null for nothing
     */
    @Nullable
    String waitEnded(boolean called) {
        return null;
    }

    /** Waits for whatever lets the ticket's exchange go on, which may have done so already. */
    final Next waitWith(Ticket given) {
        try {
            traffic.held().park(given);
        } catch (RuntimeException | Error e) {
            if (traffic.held().takeBack(given)) {
                throw e;
            }
        }
        return wait(given);
    }

    private void leave(String what) {
        traffic.act(session, session.left(this));
        if (answered) {
            stand(); // its answer was never judged, but it has one
        } else {
            fail(traffic.holdException(session, what));
        }
    }

    /**
     * The ticket of the wait that the gate is about to decide on.
     *
     * @param answered whether the exchange has an answer, which stands when it can wait no longer
     * @param crowded  whether there is no room for it, so that it waits on this thread if that may wait
     */
    final Ticket newTicket(boolean answered, boolean crowded) {
        this.answered = answered;
        RenewalScope.takeAlong(exchange);
        waitingSince = traffic.nanoTime();
        Ticket made = new Ticket(this, remaining(), traffic.held().threadFor(exchange, crowded));
        ticket = made;
        return made;
    }

    /** The time that it may still wait. */
    final Duration remaining() {
        return rules.holdTimeout().minusNanos(waited);
    }

    /** The ticket of the present wait, for those whom the gate has told what becomes of it. */
    final @Nullable Ticket ticket() {
        return ticket;
    }

    final SessionTraffic traffic() {
        return traffic;
    }

    final Exchange exchange() {
        return exchange;
    }

    @Override
    public final Session session() {
        return session;
    }

    @Override
    public final RenewalRules rules() {
        return rules;
    }

    @Override
    public @Nullable String profile() {
        return rules.profile();
    }

    /** The renewal of this session that the exchange belongs to, null for none. */
    final @Nullable RenewalToken token() {
        return token;
    }

    @Override
    public final boolean isInRenewal() {
        return !renewals.isEmpty();
    }

    @Override
    public final String site() {
        return session.key().site();
    }

    @Override
    public final @Nullable Object owner() {
        return owner;
    }

    @Override
    public final long arrival() {
        return arrival;
    }

    @Override
    public String cause() {
        return "asked for";
    }
}
