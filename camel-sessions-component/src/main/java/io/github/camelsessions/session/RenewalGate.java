/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.session.GateFailure.Kind;
import io.github.camelsessions.session.Life.Origin;
import io.github.camelsessions.session.Passage.Place;
import io.github.camelsessions.session.Verdict.Action;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one door of a session: lets exchanges through while the session is valid, holds them while it is renewed, and
 * judges refusals. One method for each event; each returns a {@link Verdict} that the caller acts on after the lock was
 * let go. Nothing is called out under the lock but the source of new generations, whose locks are leaves.
 *
 * <pre>
 * event                | ACTIVE(n)                              | RENEWING(n,t)                  | FAILED(n,cause,until)
 * ---------------------+----------------------------------------+--------------------------------+------------------------
 * admit                | others wait: hold. Limit due:          | hold; full: fail               | before until: fail.
 *                      | -> RENEWING, hold (cannot renew:       |                                | After: -> RENEWING, one
 *                      | -> ACTIVE(n+1), send). Else send       |                                | attempt, hold (cannot
 *                      |                                        |                                | renew: -> ACTIVE(n))
 * admit, live token    | -                                      | send in the pending generation | -
 * any, revoked token   | fail                                   | fail                           | fail
 * refused(g &lt; n)       | admit again                            | hold                           | as admit
 * refused(n)           | first: -> RENEWING, or park; else park;| hold                           | as admit
 *                      | cannot renew: deliver                  |                                |
 * accepted(n)          | deliver, settle suspects               | deliver                        | deliver
 * accepted(g &lt; n)      | replay, unless a limit ended g         | deliver                        | deliver
 * answers of a renewal | deliver; never evidence                | deliver                        | deliver
 * no answer            | deliver; never evidence                | deliver                        | deliver
 * renew(observed &lt; n)  | skip                                   | skip                           | skip
 * renew                | -> RENEWING                            | wait                           | before until: fail;
 *                      |                                        |                                | after: -> RENEWING
 * succeeded(t)         | late: drop                             | -> ACTIVE(n+1), release        | late: drop
 * failed(t)            | drop                                   | transient, attempts left:      | drop
 *                      |                                        | -> RENEWING(n,t'); else FAILED |
 * timeout(t)           | -                                      | revoke t, -> FAILED            | -
 * clear                | -> ACTIVE(n+1), suspects admitted again| nothing; by the owner: empty   | -> ACTIVE(n+1), the
 *                      |                                        | the pending jar                | cool-down stays
 * open                 | work in n                              | in n; by the owner: pending    | in n
 * close (evict, remove)| none in flight or held, no cool-down:  | refuse                         | as ACTIVE
 *                      | -> CLOSED; else refuse                 |                                |
 * stop                 | -> CLOSED                              | revoke t, -> CLOSED            | -> CLOSED
 * </pre>
 *
 * CLEARED is no state: it is ACTIVE with a new generation. The cool-down is an attribute that outlives FAILED: whatever
 * would renew in ACTIVE during one goes to FAILED instead. So does what would renew when no new generation is to be had,
 * and what would renew once too often after renewals that did not help at all. Times are taken from an injected wall
 * clock; generations are compared by identity.
 *
 * <p>A drain time-out and freezing are not there yet.
 *
 * <p>The session is quiet when it is ACTIVE and nobody is on the wire or waits: then no answer will come that tells more
 * about the suspects, so each event that leads there judges them.
 *
 * <p>Thread-safe.
 */
final class RenewalGate {

    enum State {
        /** Exchanges are sent in the current generation. */
        ACTIVE,
        /** One token is live; everybody else waits. */
        RENEWING,
        /** The last renewal failed. */
        FAILED,
        /** Removed or stopped. */
        CLOSED
    }

    private final SessionKey key;
    private final GateRules rules;
    private final InstantSource clock;
    private final LongFunction<Generation> generations;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private State state = State.ACTIVE;
    private Life life;
    private @Nullable RenewalToken token; // live, and not null, exactly when RENEWING
    private Origin reason = Origin.ASKED;
    private int attempt;
    private int attempts;
    private @Nullable RenewalToken first; // of the attempts of the latest renewal
    private long events;
    private final Waiting waiting = new Waiting();
    private int inFlight; // in all generations
    private final Suspects suspects;
    private final Cooldown cooldown;
    private final Tally tally = new Tally();

    /**
     * @param generations makes the generation of that number; its locks are leaves
     */
    RenewalGate(SessionKey key, GateRules rules, InstantSource clock, LongFunction<Generation> generations) {
        this.key = key;
        this.rules = rules;
        this.clock = clock;
        this.generations = generations;
        this.suspects = new Suspects(rules.renewalAttempts());
        this.cooldown = new Cooldown(rules);
        this.life = new Life(generations.apply(0), Origin.NEW, clock.instant());
    }

    // ---- exchanges

    /**
     * An exchange is about to send a request. Each SEND is followed by one report of its end: {@link #refused},
     * {@link #accepted} or {@link #unanswered}.
     *
     * @param released whether it was held before: then it does not stand behind those that are still held
     * @param held     the renewal of this session that the exchange belongs to, null for an ordinary one
     */
    Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        return deciding(() -> {
            waiting.remove(passage, clock.instant());
            Verdict unusable = unusable(held);
            if (unusable != null) {
                return unusable;
            }
            if (held != null && held == token) {
                return send(passage, held.life, true);
            }
            return admitOrdinary(passage, released);
        });
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        if (state == State.RENEWING || (state == State.ACTIVE && waiting.now() > 0 && !released)) {
            return hold(passage, released);
        }
        if (state == State.FAILED) {
            if (barred(passage)) {
                return fail(Kind.RENEWAL_FAILED);
            }
            if (rules.renews()) {
                return holdForRenewal(passage, reason);
            }
            state = State.ACTIVE;
        }
        boolean limit = life.limitDue(rules, clock.instant());
        if (rules.renews() && (limit || (rules.renewFirst() && life.empty()))) {
            return holdForRenewal(passage, limit ? Origin.LIMIT : Origin.ASKED);
        }
        if (limit) {
            install(new Life(next(), Origin.LIMIT, clock.instant()));
        }
        return send(passage, life, false);
    }

    private Verdict holdForRenewal(Passage passage, Origin why) {
        Verdict verdict = renewAutomatically(why, Action.HOLD);
        if (state != State.RENEWING) {
            return verdict.failing(failure(Kind.RENEWAL_FAILED));
        }
        passage.initiator = true;
        return hold(passage, true).starting(verdict.renewal()).judging(verdict.standing(), verdict.again());
    }

    private Verdict send(Passage passage, Life to, boolean priority) {
        inFlight++;
        to.use(clock.instant());
        to.admitted += priority ? 0 : 1;
        passage.place = Place.SENT;
        passage.life = to;
        passage.priority = priority;
        passage.initiator = false;
        passage.awaited = null;
        passage.admittedAt = ++events;
        return Verdict.send(to.generation);
    }

    /** A further request of an admitted exchange, such as a followed redirect: it counts as a use too. */
    void sentAgain(Passage passage) {
        locked(() -> passage.life == null ? 0 : passage.life.uses++);
    }

    /** The answer of an admitted exchange matches the expiry rules. */
    Verdict refused(Passage passage) {
        return deciding(() -> {
                    Life of = landed(passage);
                    return passage.priority ? Verdict.of(Action.DELIVER) : refused(passage, of);
                })
                .apart(passage);
    }

    private Verdict refused(Passage passage, Life of) {
        boolean first = !passage.everRefused;
        passage.everRefused = true;
        passage.refusedAt = ++events;
        tally.refused++;
        suspects.refusedBy(of);
        if (of != life || state != State.ACTIVE) {
            return Verdict.of(admittedAgain());
        }
        if (!rules.renews()) {
            return Verdict.of(Action.DELIVER);
        }
        if (first && suspects.provenByFirstRefusal(life)) {
            passage.initiator = true;
            return renewAutomatically(Origin.REFUSAL, admittedAgain());
        }
        suspects.park(passage, first);
        return Verdict.of(Action.PARK);
    }

    /**
     * The answer of an admitted exchange does not match the expiry rules.
     *
     * @param replayable whether the request may be sent again when its answer is stale
     */
    Verdict accepted(Passage passage, boolean replayable) {
        return deciding(() -> {
            Life of = landed(passage);
            if (passage.priority) {
                return Verdict.of(Action.DELIVER);
            }
            suspects.acceptedBy(of);
            return of == life ? acceptedInTime(passage) : acceptedLate(of, replayable);
        });
    }

    private Verdict acceptedInTime(Passage passage) {
        if (state == State.ACTIVE && life.renewed()) {
            cooldown.endRow();
        }
        return judge(suspects.refutedBy(passage, life), Verdict.of(Action.DELIVER));
    }

    private Verdict acceptedLate(Life of, boolean replayable) {
        if (of.endedByLimit) {
            return Verdict.of(Action.DELIVER);
        }
        tally.stale++;
        if (state != State.ACTIVE || !replayable || rules.maxReplays() == 0) {
            return Verdict.of(Action.DELIVER);
        }
        tally.staleReplays++;
        return Verdict.of(Action.REPLAY_STALE);
    }

    /** An admitted exchange got no answer. That tells nothing about the session. */
    Verdict unanswered(Passage passage) {
        return deciding(() -> {
            landed(passage);
            return Verdict.of(Action.DELIVER);
        });
    }

    /** A waiting or parked exchange stopped waiting: its time was up, or its route was stopped. */
    Verdict left(Passage passage) {
        return deciding(() -> {
            waiting.remove(passage, clock.instant());
            suspects.remove(passage);
            return Verdict.of(Action.NOTHING);
        });
    }

    /** Whether those that wait still have to: ask after a hold was made, for the renewal may have ended meanwhile. */
    boolean holding() {
        return locked(() -> state == State.RENEWING);
    }

    /**
     * An operation without a request reads or fills the session.
     *
     * @return SEND with the generation to work in, which is not counted as a use and needs no report
     */
    Verdict open(@Nullable RenewalToken held) {
        return deciding(() -> {
            Verdict unusable = unusable(held);
            return unusable != null
                    ? unusable
                    : Verdict.send(held != null && held == token ? held.pending() : life.generation);
        });
    }

    // ---- renewals

    /**
     * An exchange or an operator asks for a renewal. The requests of the priority exchange are then admitted one by one,
     * with the token.
     *
     * @param observed the generation that the asker saw last, null when it asks whatever there was
     * @param passage  the asker; it waits like any other when another renews
     * @param held     the renewal of this session that the asker belongs to, null for none
     * @return SEND with a renewal: the asker is the priority exchange; SEND without: it has joined the renewal that it
     *     belongs to; HOLD: another one renews, ask again afterwards; SKIP: the generation it saw was renewed since
     */
    Verdict renew(Passage passage, @Nullable Generation observed, @Nullable RenewalToken held) {
        return deciding(() -> {
            boolean waited = waiting.remove(passage, clock.instant());
            Verdict unusable = unusable(held);
            if (unusable != null) {
                return unusable;
            }
            if (held != null && held == token) {
                return Verdict.send(held.pending());
            }
            Generation unwanted = observed != null ? observed : passage.unwanted;
            if (unwanted != null && unwanted != life.generation) {
                return Verdict.of(Action.SKIP);
            }
            if (state == State.RENEWING) {
                passage.unwanted = life.generation;
                return hold(passage, waited);
            }
            if (barred(passage)) {
                return fail(Kind.RENEWAL_FAILED);
            }
            RenewalToken started = begin(Origin.ASKED);
            return suspectsAgain(
                    started == null
                            ? fail(Kind.RENEWAL_FAILED).releasing()
                            : Verdict.send(started.pending()).starting(started));
        });
    }

    /** The attempt has filled its generation: it becomes the current one. A late success is dropped. */
    Verdict succeeded(RenewalToken done) {
        return deciding(() -> {
            if (done != token) {
                tally.late++;
                return Verdict.of(Action.NOTHING);
            }
            done.end(RenewalToken.State.ENDED);
            token = null;
            tally.renewals++;
            cooldown.end();
            if (suspects.barren() == 0) {
                cooldown.endRow();
            }
            install(done.life);
            state = State.ACTIVE;
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    /**
     * The attempt has failed, or its time is up. The end of an attempt that had ended before is dropped: answered with
     * NOTHING that releases nobody.
     *
     * @param again whether another attempt may help: the failure was transient and there is time left
     * @return with a renewal: the next attempt, to be started after the backoff
     */
    Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return deciding(() -> {
            if (done != token) {
                tally.late++;
                return Verdict.of(Action.NOTHING);
            }
            done.end(RenewalToken.State.REVOKED);
            if (again && attempt < attempts) {
                RenewalToken next = attempt();
                return next == null
                        ? Verdict.of(Action.NOTHING).releasing()
                        : Verdict.of(Action.NOTHING).starting(next);
            }
            enterFailed(cause);
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    // ---- operators

    /** Empties the session. Within a renewal only its owner does: then the pending jar is emptied. */
    Verdict clear(@Nullable RenewalToken held) {
        return deciding(() -> {
            Verdict unusable = unusable(held);
            if (unusable != null) {
                return unusable;
            }
            if (state == State.RENEWING) {
                if (held != null && held == token) {
                    held.pending().jar().clear();
                }
                return Verdict.of(Action.NOTHING);
            }
            install(new Life(next(), Origin.CLEARED, clock.instant()));
            state = State.ACTIVE;
            return suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
        });
    }

    /** Ends the cool-down, so that the next exchange may renew. */
    void endCooldown() {
        deciding(() -> {
            cooldown.end();
            cooldown.endRow();
            return Verdict.of(Action.NOTHING);
        });
    }

    /**
     * Closes the session if nobody needs it: to evict or remove it.
     *
     * @return whether it is closed now
     */
    boolean close() {
        return locked(() -> {
            boolean idle = state != State.RENEWING && inFlight == 0 && waiting.now() == 0 && suspects.isEmpty();
            if (idle && !cooldown.active(clock.instant())) {
                state = State.CLOSED;
            }
            return state == State.CLOSED;
        });
    }

    /** Closes the session for good; whoever waits is released, to be failed. */
    Verdict stop() {
        return deciding(() -> {
            if (token != null) {
                token.end(RenewalToken.State.REVOKED);
                token = null;
            }
            state = State.CLOSED;
            return suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
        });
    }

    GateStats stats() {
        return locked(() -> new GateStats(
                state.name(),
                life.generation.number(),
                life.uses,
                inFlight,
                waiting.now(),
                suspects.size(),
                cooldown.failures(),
                cooldown.until(),
                tally.renewals,
                tally.attempts,
                tally.failures,
                tally.useless,
                tally.late,
                tally.refused,
                tally.standing,
                tally.replays,
                tally.stale,
                tally.staleReplays,
                waiting.inAll(),
                waiting.longest()));
    }

    // ---- deciding, under the lock

    private Verdict deciding(Supplier<Verdict> decision) {
        return locked(() -> settleIfQuiet(decision.get()));
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private Verdict settleIfQuiet(Verdict verdict) {
        if (state != State.ACTIVE || life.inFlight > 0 || waiting.now() > 0 || suspects.isEmpty()) {
            return verdict;
        }
        if (suspects.provenByQuiet(life)) {
            Verdict more = renewAutomatically(Origin.REFUSAL, verdict.action());
            return verdict.starting(more.renewal())
                    .judging(more.standing(), more.again())
                    .releasing();
        }
        return judge(suspects.standInQuiet(life), verdict);
    }

    /** The refusals were the exchanges' own; those that have replays left are sent again all the same. */
    private Verdict judge(List<Passage> judged, Verdict verdict) {
        List<Passage> standing = new ArrayList<>();
        List<Passage> again = new ArrayList<>();
        for (Passage passage : judged) {
            passage.stood++;
            (passage.stood < rules.maxReplays() ? again : standing).add(passage);
        }
        return judging(verdict, standing, again);
    }

    /** What the suspects wait for has come: they are sent again, which does not count. */
    private Verdict suspectsAgain(Verdict verdict) {
        List<Passage> drained = suspects.drain();
        return rules.maxReplays() == 0 ? judging(verdict, drained, List.of()) : judging(verdict, List.of(), drained);
    }

    private Verdict judging(Verdict verdict, List<Passage> standing, List<Passage> again) {
        tally.standing += standing.size();
        tally.replays += again.size();
        return verdict.judging(standing, again);
    }

    private Action admittedAgain() {
        boolean again = rules.maxReplays() > 0;
        tally.replays += again ? 1 : 0;
        return again ? Action.ADMIT_AGAIN : Action.DELIVER;
    }

    /** Answers an operation that cannot work in this session at all, null when it can. */
    private @Nullable Verdict unusable(@Nullable RenewalToken held) {
        if (held != null && held.state() == RenewalToken.State.REVOKED) {
            return fail(Kind.REVOKED);
        }
        return state == State.CLOSED ? Verdict.of(Action.LOOK_UP) : null;
    }

    private Verdict fail(Kind kind) {
        return Verdict.of(Action.FAIL).failing(failure(kind));
    }

    private GateFailure failure(Kind kind) {
        boolean failed = kind == Kind.RENEWAL_FAILED;
        return new GateFailure(
                kind,
                key,
                life.generation.number(),
                waiting.now(),
                failed ? cooldown.until() : null,
                failed ? cooldown.cause() : null);
    }

    // ---- those on the wire and those that wait

    /** Takes an answered passage off the wire; what it was sent in. */
    private Life landed(Passage passage) {
        Life of = passage.life;
        if (of == null || passage.place != Place.SENT) {
            throw new IllegalStateException("session '" + key + "': an answer was reported that is not awaited");
        }
        passage.place = Place.NOWHERE;
        of.inFlight--;
        inFlight--;
        return of;
    }

    private Verdict hold(Passage passage, boolean hasPlace) {
        if (waiting.now() >= rules.maxHeld() && !hasPlace && !passage.initiator) {
            return fail(Kind.FULL);
        }
        waiting.add(passage, state == State.RENEWING ? first : null, hasPlace, clock.instant());
        return Verdict.of(Action.HOLD);
    }

    // ---- transitions

    /** Renews without being asked to, unless that must wait or has been in vain too often: then -> FAILED. */
    private Verdict renewAutomatically(Origin why, Action action) {
        if (state == State.ACTIVE && why == Origin.REFUSAL && suspects.givenUp(life)) {
            tally.useless++;
        }
        if (suspects.renewalsAreBarren()) {
            enterFailed(new IllegalStateException("after each of " + suspects.barren()
                    + " renewals in a row every request was refused, though the log-in succeeded"));
            suspects.punished();
        } else if (cooldown.active(clock.instant())) {
            state = State.FAILED;
        } else {
            begin(why);
        }
        Verdict verdict = suspectsAgain(Verdict.of(action).starting(token));
        return state == State.FAILED ? verdict.releasing() : verdict;
    }

    /** -> RENEWING, or null and -> FAILED when there is no generation to fill. After a failure it gets one attempt. */
    private @Nullable RenewalToken begin(Origin why) {
        attempts = state == State.FAILED || cooldown.failures() > 0 ? 1 : suspects.attemptsLeft();
        attempt = 0;
        reason = why;
        state = State.RENEWING;
        first = attempt();
        return first;
    }

    private @Nullable RenewalToken attempt() {
        try {
            token = new RenewalToken(new Life(next(), reason, clock.instant()));
            attempt++;
            tally.attempts++;
        } catch (RuntimeException e) {
            enterFailed(e);
        }
        return token;
    }

    private void enterFailed(Throwable cause) {
        token = null;
        state = State.FAILED;
        tally.failures++;
        cooldown.failed(cause, clock.instant());
    }

    /** Whether a renewal may not be tried: it is too early, or this exchange has waited for one that failed. */
    private boolean barred(Passage passage) {
        return cooldown.active(clock.instant())
                || (state == State.FAILED && passage.awaited != null && passage.awaited == first);
    }

    private Generation next() {
        return generations.apply(life.generation.number() + 1);
    }

    private void install(Life next) {
        life.endedByLimit = next.origin == Origin.LIMIT;
        next.begin(clock.instant());
        life = next;
    }
}
