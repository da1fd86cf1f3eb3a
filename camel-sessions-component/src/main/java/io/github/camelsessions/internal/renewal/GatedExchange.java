/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.hold.HeldExchange;
import io.github.camelsessions.internal.hold.Slot;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.session.GateFailure;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import java.util.List;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session: it asks, does as the gate says, and waits without a thread where it
 * has to. One loop, {@link #follow}, for all; an exchange that may not leave its thread waits on it in the same loop.
 */
abstract class GatedExchange extends HeldExchange implements Initiator {

    static final String FULL_IN_ALL =
            "not held, because as many exchanges are held in all as the component's maxHeldTotal allows";

    private final GateKeeper gates;
    private final RenewalRules rules;
    private final @Nullable RenewalToken token;
    private final List<RenewalToken> renewals;
    private final Pass pass;
    private Session session;
    private WaitGraph.@Nullable Wait wait;
    private boolean answered;

    /**
     * What is next for an exchange. Immutable.
     *
     * @param verdict what the gate has said, null when there is nothing to do for this thread
     * @param ticket  what the exchange waits with if it is parked, null when it cannot be
     * @param done    without a verdict: whether the exchange has its answer; if not, it is no longer this thread's
     */
    record Next(@Nullable Verdict verdict, @Nullable Ticket ticket, boolean done) {

        /** The exchange has its answer. */
        static final Next DONE = new Next(null, null, true);

        /** The exchange waits, or another thread has gone on with it already. */
        static final Next ELSEWHERE = new Next(null, null, false);

        static Next on(Verdict verdict) {
            return new Next(verdict, null, false);
        }

        /** The same for a verdict by which the exchange may be another thread's already. */
        static Next on(Verdict verdict, Ticket given) {
            return new Next(verdict, given, false);
        }
    }

    GatedExchange(
            GateKeeper gates,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            Session session,
            RenewalRules rules,
            @Nullable RenewalToken token) {
        super(gates.tickets(), owner, session.key().site(), exchange, callback, rules.holdTimeout());
        this.gates = gates;
        this.session = session;
        this.rules = rules;
        this.token = token;
        this.renewals = RenewalScope.tokens(exchange);
        this.pass = new Pass(
                this,
                rules,
                rules.renewFirst(),
                rules.replays() ? rules.maxReplays() : 0,
                rules.whenFull() == WhenFull.fail);
        pass.bind(RenewalScope.pin(exchange, session.key()));
    }

    @Override
    public String cause() {
        return "asked for";
    }

    @Override
    public final boolean isInRenewal() {
        return !renewals.isEmpty();
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
        boolean done;
        try {
            done = follow(ask(false));
        } catch (Throwable e) { // an error, too, must end the exchange
            breakBy(e);
            done = true;
        }
        return done && end(true);
    }

    @Override
    protected final boolean goOn(End how) {
        return follow(after(how));
    }

    /** Goes on until the exchange has its answer or has to wait; returns whether it has its answer. */
    private boolean follow(Next first) {
        Next next = first;
        while (next.verdict() != null) {
            next = follow(next.verdict(), next.ticket());
        }
        return next.done();
    }

    private Next follow(Verdict verdict, @Nullable Ticket given) {
        return switch (verdict.action()) {
            case HOLD -> hold(verdict);
            case PARK -> park(verdict, Objects.requireNonNull(given));
            case LOOK_UP -> {
                gates.act(session, verdict);
                session = gates.sessionToUse(session.key(), rules);
                yield ask(false);
            }
            case FAIL -> {
                gates.act(session, verdict);
                fail(exception(Objects.requireNonNull(verdict.failure())));
                yield Next.DONE;
            }
            default -> obey(verdict);
        };
    }

    private Exception exception(GateFailure failure) {
        return switch (failure.kind()) {
            case RENEWAL_FAILED ->
                gates.reports().exception(session, rules, failure, pass.isInitiator() || isInRenewal());
            case FULL ->
                SessionFailures.notHeld(session, "not held, because as many exchanges are held as maxHeld allows");
            case REVOKED -> SessionFailures.revoked(session);
        };
    }

    private Next hold(Verdict verdict) {
        boolean full = nobodyMayWait() && !pass.isInitiator();
        Exception obstacle = obstacle(full);
        Session at = session;
        if (obstacle != null) {
            gates.act(at, verdict);
            gates.act(at, at.left(pass));
            fail(obstacle);
            return Next.DONE;
        }
        Ticket given = newTicket(false, full || pass.isCrowded());
        try {
            tickets().hold(given);
            // from here on the exchange may be another thread's
        } catch (RuntimeException | Error e) {
            gates.act(at, verdict);
            if (tickets().takeBack(given)) {
                throw e;
            }
            return wait(given);
        }
        gates.act(at, verdict);
        // the renewal may have ended before the exchange was where its end looks for it
        gates.releaseIfOver(at, pass);
        return wait(given);
    }

    /** Why it is not held, null when it is. */
    private @Nullable Exception obstacle(boolean full) {
        try {
            wait = gates.await(renewals, session.key());
        } catch (WaitGraph.CycleException e) {
            return e;
        }
        boolean hasPlace = !waited().isZero(); // it is counted no more, but was
        String why = full && !hasPlace && rules.whenFull() == WhenFull.fail ? FULL_IN_ALL : whyInVain();
        return why == null ? null : SessionFailures.notHeld(session, why);
    }

    private Next park(Verdict verdict, Ticket given) {
        // the exchange may be another thread's since its refusal was reported
        gates.act(given.session(), verdict);
        return waitWith(given);
    }

    /** Waits for whatever lets the ticket's exchange go on, which may have done so already. */
    final Next waitWith(Ticket given) {
        try {
            tickets().park(given);
        } catch (RuntimeException | Error e) {
            if (tickets().takeBack(given)) {
                throw e;
            }
        }
        return wait(given);
    }

    private Next wait(Ticket given) {
        End how = await(given);
        return how == null ? Next.ELSEWHERE : after(how);
    }

    private Next after(End how) {
        Ticket given = ticket();
        String waitedFor = waitEnded(how == End.RESUMED);
        if (wait != null) {
            wait.leave();
            wait = null;
        }
        switch (how) {
            case RESUMED -> {
                Next next = again();
                Slot.nowAsked();
                return next;
            }
            case STANDS -> stand();
            case TIMED_OUT ->
                giveUp("held for " + waited().toMillis() + " ms"
                        + (waitedFor != null
                                ? " waiting for " + waitedFor
                                : ", which is as long as holdTimeout allows: "
                                        + whyStillHeld(given != null && given.isReleased())));
            case STOPPED -> giveUp("held until its route or the context was stopped, or its thread was interrupted");
        }
        return Next.DONE;
    }

    private String whyStillHeld(boolean released) {
        return released && !session.holding(pass) ? tickets().line(site()) : gates.obstacle(session);
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

    private void giveUp(String what) {
        gates.act(session, session.left(pass));
        if (answered) {
            stand(); // its answer was never judged, but it has one
        } else {
            fail(SessionFailures.notHeld(session, what));
        }
    }

    @Override
    protected final void leave() {
        if (wait != null) {
            wait.leave();
        }
        waitEnded(false);
        gates.act(session, session.left(pass));
    }

    /**
     * The ticket of the wait that the gate is about to decide on.
     *
     * @param answered whether the exchange has an answer, which stands when it can wait no longer
     * @param crowded  whether there is no room for it, so that it waits on this thread if that may wait
     */
    final Ticket newTicket(boolean answered, boolean crowded) {
        this.answered = answered;
        return newTicket(session, crowded);
    }

    @Override
    public final boolean isOver() {
        return session.isToldNothing(pass);
    }

    @Override
    public final boolean mustWait() {
        return session.holding(pass);
    }

    @Override
    protected final boolean needsSlot() {
        return true;
    }

    @Override
    protected final void torn(Throwable error) {
        gates.torn(session, error);
    }

    final GateKeeper gates() {
        return gates;
    }

    final Pass pass() {
        return pass;
    }

    @Override
    public final Session session() {
        return session;
    }

    @Override
    public final RenewalRules rules() {
        return rules;
    }

    /** The renewal of this session that the exchange belongs to, null for none. */
    final @Nullable RenewalToken token() {
        return token;
    }
}
