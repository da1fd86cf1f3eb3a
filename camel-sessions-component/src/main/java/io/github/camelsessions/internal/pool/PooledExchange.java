/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.hold.HeldExchange;
import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.renewal.KeptAnswer;
import io.github.camelsessions.internal.renewal.NotNow;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.renewal.RequestState;
import io.github.camelsessions.internal.renewal.SessionFailures;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose request is sent in a session of a pool, and again in another one when the site has blocked that.
 *
 * <p>Used by one thread at a time.
 */
final class PooledExchange extends HeldExchange {

    /** What is next. */
    private enum Step {
        /** It has asked for a session. */
        ASKED,
        /** It was given one. */
        SERVED,
        /** Its request has ended. */
        ANSWERED
    }

    private final SessionTraffic traffic;
    private final SessionPool pool;
    private final SessionRequest request;
    private Claim claim;
    private @Nullable PooledRequest sent;
    private @Nullable RequestState beginning; // null before it is sent, and when it is never sent again
    private @Nullable KeptAnswer kept; // what stands when no other session is to be had
    private int sends;
    private int replays;

    /**
     * @param wanted the number of the session that it has to be, if that can be had
     */
    PooledExchange(
            SessionTraffic traffic,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            SessionPool pool,
            SessionRequest request,
            @Nullable Long wanted) {
        super(
                traffic.held(),
                owner,
                pool.gate().key().site(),
                exchange,
                callback,
                request.rules().holdTimeout());
        this.traffic = traffic;
        this.pool = pool;
        this.request = request;
        this.claim = newClaim(wanted);
        if (request.rules().maxReplays() > 0) {
            request.makeResendable(exchange);
        }
    }

    private Claim newClaim(@Nullable Long wanted) {
        return new Claim(arrival(), wanted, failsWhenFull(), request.rules().endures(), this::resume);
    }

    private boolean failsWhenFull() {
        return request.rules().whenFull() == WhenFull.fail;
    }

    /** As {@code AsyncProcessor.process}: returns whether the exchange was done on this thread. */
    boolean start() {
        boolean done;
        try {
            pool.act(pool.gate().ask(claim));
            done = run(Step.ASKED);
        } catch (RuntimeException | Error e) { // an error, too, must end the exchange
            breakBy(e);
            done = true;
        }
        return done && end(true);
    }

    @Override
    protected void leave() {
        pool.act(pool.gate().left(claim));
        if (claim.state == Claim.State.SERVED) {
            done(Outcome.NEUTRAL, false, null);
        }
    }

    @Override
    protected boolean goOn(End end) {
        return !isServed(end) || run(Step.SERVED);
    }

    /** Goes on until the exchange has its answer, or is no longer this thread's; returns whether it has. */
    private boolean run(Step beginning) {
        Step step = beginning;
        while (true) {
            switch (step) {
                case ASKED -> {
                    End end = claim.state == Claim.State.WAITING ? awaitSession() : End.RESUMED;
                    if (end == null) {
                        return false;
                    }
                    if (!isServed(end)) {
                        return true;
                    }
                    step = Step.SERVED;
                }
                case SERVED -> {
                    if (!send()) {
                        return false;
                    }
                    step = Step.ANSWERED;
                }
                case ANSWERED -> {
                    if (!asksAgain()) {
                        return true;
                    }
                    step = Step.ASKED;
                }
            }
        }
    }

    private @Nullable End awaitSession() {
        boolean fullInAll = nobodyMayWait();
        if (fullInAll && failsWhenFull()) {
            pool.act(pool.gate().left(claim));
            return End.RESUMED;
        }
        Claim asked = claim;
        return await(() -> asked.state != Claim.State.WAITING, fullInAll || asked.crowded);
    }

    /** Whether it has a session now; if not, it is answered. */
    private boolean isServed(End end) {
        if (end != End.RESUMED) {
            pool.act(pool.gate().left(claim)); // a session that was given meanwhile is not taken away
        }
        Claim.Refusal refusal = claim.refusal;
        if (claim.state == Claim.State.SERVED && end == End.STOPPED) {
            done(Outcome.NEUTRAL, false, null);
        } else if (claim.state == Claim.State.SERVED) {
            return true;
        }
        if (refusal != null) {
            fail(
                    refusal.full()
                            ? hold("not held, because as many exchanges wait as maxHeld allows", refusal.waiting())
                            : SessionFailures.notCreatedByPool(
                                    pool.gate().key(), refusal.waiting(), refusal.until(), refusal.cause()));
            return false;
        }
        PoolStats now = pool.gate().stats();
        String what = switch (end) {
            case TIMED_OUT ->
                "held for " + waited().toMillis() + " ms, which is as long as holdTimeout allows; no session was free"
                        + " (size=" + now.size() + ", busy=" + now.busy() + ", creating=" + now.creating() + ")";
            case STOPPED -> "held until its route or the context was stopped, or its thread was interrupted";
            default -> "not held, because as many exchanges are held in all as the component's maxHeldTotal allows";
        };
        fail(hold(what, now.waiting()));
        return false;
    }

    private SessionHoldException hold(String what, int waiting) {
        return SessionFailures.notHeldByPool(pool.gate().key(), waiting, what);
    }

    /** Sends the request; returns whether it has ended. If not, the thread that ends it goes on. */
    private boolean send() {
        Member member = Objects.requireNonNull(claim.member);
        RenewalRules rules = request.rules();
        PooledRequest now = new PooledRequest(
                request, waited().isZero() ? rules : rules.withHoldTimeout(remaining()), pool, claim, member);
        sent = now;
        try {
            if (beginning != null) {
                beginning.restore(exchange());
            } else if (rules.maxReplays() > 0) {
                beginning = RequestState.of(exchange());
            }
            PoolChosen.write(exchange(), member.key);
            return traffic.send(owner(), exchange(), this::ended, now);
        } catch (RuntimeException | Error e) { // the session must be given back
            failBy(e);
            return true;
        }
    }

    private void ended(boolean doneSync) {
        if (doneSync) {
            return; // whoever sends goes on
        }
        boolean answered;
        try {
            answered = run(Step.ANSWERED);
        } catch (RuntimeException | Error e) { // an error, too, must end the exchange
            breakBy(e);
            answered = true;
        }
        if (answered) {
            end(false);
        }
    }

    /** Gives the session back; returns whether the exchange has asked for another one, to be sent again. */
    private boolean asksAgain() {
        PooledRequest ended = Objects.requireNonNull(sent);
        sends += ended.sends();
        countWait(ended.waited());
        Outcome outcome = Outcome.NEUTRAL;
        boolean again = false;
        boolean inVain = false; // it was given a session that has to wait for longer than it may
        try {
            outcome = outcome(ended.reply());
            again = (outcome == Outcome.BLOCKED || outcome == Outcome.EXPIRED) && mayReplay();
            if (outcome == Outcome.NEUTRAL) {
                letRest();
                inVain = ended.sends() == 0
                        && exchange().getException() instanceof SessionHoldException held
                        && held.getRetryAt() != null;
            }
        } catch (Exception | Error e) { // whatever it is, the session must be given back
            failBy(e);
        }
        if (inVain) {
            exchange().setException(null);
            done(outcome, false, null);
            return asks();
        }
        // before the answer is put aside
        Throwable cause = exchange().getException(SessionRenewalException.class);
        if (!again) {
            tell();
            done(outcome, false, cause);
            return false;
        }
        Reply reply = ended.reply();
        if (reply != null) {
            keep(reply);
        }
        replays++;
        done(outcome, true, cause);
        return asks();
    }

    private boolean asks() {
        claim = newClaim(null);
        pool.act(pool.gate().ask(claim));
        return true;
    }

    /** Nobody is given a session that would keep him waiting: others may be free. */
    private void letRest() {
        Duration pause = traffic.pauseLeft(Objects.requireNonNull(claim.member).key);
        if (!pause.isZero()) {
            pool.act(pool.gate().rest(claim, pause));
        }
    }

    private void keep(Reply reply) {
        try {
            request.detach(exchange()); // an exchange that waits keeps no connection
        } catch (RuntimeException | Error e) { // it cannot be read: if it stands, then as this
            failBy(e);
        }
        kept = KeptAnswer.of(exchange(), reply);
    }

    private boolean mayReplay() {
        return beginning != null && replays < request.rules().maxReplays() && request.obstacle(exchange()) == null;
    }

    private void done(Outcome outcome, boolean replayed, @Nullable Throwable cause) {
        pool.act(pool.gate().done(claim, outcome, replayed, cause));
    }

    private Outcome outcome(@Nullable Reply reply) throws IOException {
        Exception failure = exchange().getException();
        if (RenewalScope.isLeftOut(exchange())) {
            return Outcome.NEUTRAL;
        }
        if (failure instanceof SessionRenewalException) {
            return Outcome.EXPIRED;
        }
        if (failure != null && !(failure instanceof HttpOperationFailedException)) {
            return ObjectHelper.getException(IOException.class, failure) != null ? Outcome.BAD : Outcome.NEUTRAL;
        }
        // of the answer that the exchange has: it may be an earlier one than the latest
        Integer answered = failure instanceof HttpOperationFailedException failed
                ? Integer.valueOf(failed.getStatusCode())
                : exchange().getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        int status = answered == null ? 0 : answered;
        if (reply != null && isExpired(reply)) {
            return request.rules().renews() && claim.mayRenew ? Outcome.NEUTRAL : Outcome.EXPIRED;
        }
        if (pool.gate().rules().blocks(status)) {
            return Outcome.BLOCKED;
        }
        if (reply != null && reply.status() == status && NotNow.asked(reply) != null) {
            return Outcome.NEUTRAL; // it waits, and is none the worse
        }
        return status >= 500 ? Outcome.BAD : Outcome.GOOD;
    }

    private boolean isExpired(Reply reply) throws IOException {
        return !request.rules().expiry().isEmpty() && request.rules().expiry().match(exchange(), reply) != null;
    }

    private void tell() {
        PoolChosen.write(exchange(), Objects.requireNonNull(claim.member).key);
        tellReplays();
    }

    private void tellReplays() {
        exchange().getMessage().setHeader(SessionsConstants.REPLAYS, Math.max(0, sends - 1));
    }

    /** The exchange ends with an exception, unless it has an answer from before. */
    private void fail(Exception exception) {
        if (kept != null) {
            kept.restore(exchange());
            tellReplays();
            return;
        }
        if (beginning != null) {
            beginning.restore(exchange());
        }
        exchange().setException(exception);
    }
}
