/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.GateState.Generations;
import io.github.camelsessions.internal.session.GateState.Phase;
import io.github.camelsessions.internal.session.GenerationState.Origin;
import io.github.camelsessions.internal.session.Passage.Place;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one door of a session: lets exchanges through while the session is valid, holds them while it is renewed, and
 * judges refusals. One method for each event; each returns a {@link Verdict} that tells the one who brings the event what to
 * do, and names others for whom something has to be done too: it must be acted on completely, after the lock was let go.
 * What the gate knows is its {@link GateState}; refusals are judged by a {@link RefusalJudge}. Nothing is called out under the lock but the source of new generations,
 * whose locks are leaves, and a token's lock, a leaf too.
 *
 * <pre>
 * event                | ACTIVE(n)                              | RENEWING(n,t)                  | FAILED(n,cause,until)
 * ---------------------+----------------------------------------+--------------------------------+------------------------
 * admit                | others are held, or n is tried by one, | hold                           | before until: fail, or
 *                      | or the site wants a pause: hold.       |                                | hold whom endures.
 *                      | Limit due, or empty and to be renewed  |                                | After: -> RENEWING, one
 *                      | first: -> RENEWING, hold (it cannot    |                                | attempt, hold (it cannot
 *                      | renew: limit due: -> ACTIVE(n+1),      |                                | renew: as ACTIVE(n))
 *                      | send). Else send                       |                                |
 * admit, live token    | -                                      | send in the pending generation | -
 * any, revoked token   | fail                                   | fail                           | fail
 * refused(g &lt; n)       | admit again                            | hold                           | as admit
 * refused(n)           | it cannot renew, or is known to be     | hold                           | as admit
 *                      | forbidden, or n was tried by it:       |                                |
 *                      | deliver. Else park, judge              |                                |
 * accepted(n)          | deliver, and those that were refused   | deliver                        | deliver
 *                      | before it was sent; judge              |                                |
 * accepted(g &lt; n)      | replay, unless a limit ended g         | deliver                        | deliver
 * answers of a renewal | deliver; never evidence                | deliver                        | deliver
 * no answer            | deliver; never evidence; judge         | deliver                        | deliver
 * blocked              | pause, admit again                     | pause, admit again             | pause, admit again
 * pause                | pause, asked for in another session    | the same                       | the same
 * lost(n)              | a limit of n is due, suspects admitted | admit again                    | a limit of n is due,
 *                      | again; admit again                     |                                | admit again
 * lost(g &lt; n)          | admit again                            | admit again                    | admit again
 * lost, of a renewal   | deliver                                | deliver                        | deliver
 * admit, in a block    | others have the session: hold. Pinned  | as others: hold                | as others
 *                      | to g &lt; n, and not alone there: skip.   |                                |
 *                      | Else as others                         |                                |
 * enter                | first, and no ordinary request on the  | the same                       | the same
 *                      | wire: skip. Else park; from now on all |                                |
 *                      | that are not of the first are held     |                                |
 * left, by a block     | the next one; none: release            | the next one                   | the next one; none:
 *                      |                                        |                                | release
 * last ordinary answer | the first block has the session        | start t if it waits for that;  | the first block has
 *                      |                                        | the first block has the session| the session
 * check                | send                                   | skip                           | skip
 * checked(n, alive)    | as accepted(n)                         | nothing                        | nothing
 * checked(n, ended)    | -> RENEWING; worthless: -> FAILED;     | nothing                        | nothing
 *                      | nobody can renew, or nobody was        |                                |
 *                      | refused, and it is too early: nothing  |                                |
 * checked, no answer   | judge, for a cool-down without a check | nothing                        | nothing
 * wake                 | release who need not wait; judge       | nothing                        | after until: release
 * renew(observed &lt; n)  | skip                                   | skip                           | skip
 * renew                | -> RENEWING                            | wait                           | before until: fail;
 *                      |                                        |                                | after: -> RENEWING
 * drained(t)           | late: no                               | none ordinary on the wire: yes;| late: no
 *                      |                                        | else no, t waits for that      |
 * succeeded(t)         | late: drop                             | -> ACTIVE(n+1), release        | late: drop
 * failed(t)            | drop                                   | transient, attempts left:      | drop
 *                      |                                        | -> RENEWING(n,t'); else FAILED |
 * lost(t)              | drop                                   | as failed(t); not counted if   | drop
 *                      |                                        | the site has seen none of t    |
 * timeout(t)           | -                                      | revoke t, -> FAILED            | -
 * clear                | -> ACTIVE(n+1), suspects admitted again| nothing; by the owner: empty   | -> ACTIVE(n+1), the
 *                      |                                        | the pending generation         | cool-down stays
 * expire               | a limit of n is due                    | nothing                        | a limit of n is due
 * end the cool-down    | release: a pause is over, too          | the same                       | the same
 * freeze               | whoever asks is held, nothing begins   | the same; t goes on            | the same
 * unfreeze             | release                                | nothing                        | release
 * open                 | work in n                              | in n; by the owner: pending    | in n
 * close (evict, remove)| none in flight or held, no cool-down:  | refuse                         | as ACTIVE
 *                      | -> CLOSED; else refuse                 |                                |
 * stop                 | -> CLOSED                              | revoke t, -> CLOSED            | -> CLOSED
 * </pre>
 *
 * Lost is a request whose proxy has failed; one that cannot be sent again is delivered instead of admitted again. Beyond
 * {@code maxHeld} whoever is to be held fails, or is told that it is crowded.
 *
 * <p>To judge the suspects, those whose refusals are parked: the session has ended, as {@link Evidence} tells: -> RENEWING,
 * suspects admitted again (in a cool-down, or if log-ins are worthless: -> FAILED). Else those are delivered that have been
 * suspected for a second. Else, when no answer is awaited that is worth waiting for and nobody is held, the first of them
 * is delivered: the next request of its caller tells more. Where there is a check, one is asked for instead, whenever
 * there is something to decide.
 *
 * <p>A generation is tried by one when a log-in after refusals has filled it: until it accepts something, for a second at
 * most, one exchange is sent at a time, and what is refused then is forbidden.
 *
 * <p>An error, of a heap that is exhausted or any other, tears a gate: its verdict is lost, or what it says is not done. Then it
 * is mended, a second later at most: -> ACTIVE if nobody makes the attempt under way, everybody released, suspects admitted
 * again.
 *
 * <p>In CLOSED, whoever wants to use the session looks it up again; answers are counted and delivered or sent again, all
 * else does nothing. A verdict says when no more answers will come, and when the gate is to be woken.
 *
 * <p>CLEARED is no state: it is ACTIVE with a new generation. The cool-down is an attribute that outlives FAILED, and the
 * session: whatever would renew in ACTIVE during one goes to FAILED instead. So does what would renew when no new generation
 * is to be had. A pause that the site asked for is an attribute too, see {@link Pause}. What lasts is measured by a monotonic
 * clock; generations are compared by identity.
 *
 * <p>Whether an exchange can renew, when it wants to and how often it is sent again, each {@link Passage} brings along;
 * only one that can renew is ever suspected. Limits and cool-downs are the session's, see {@link GateRules}.
 *
 * <p>Thread-safe.
 */
class RenewalGate {

    private final SessionKey key;
    private final long number;
    private final SessionClock clock;
    private final long created; // in epoch millis, as lastUsed
    private volatile long lastUsed;
    private volatile boolean renewed;
    private volatile boolean torn; // by an error, and not mended since

    private final ReentrantLock lock = new ReentrantLock();
    private final GateState state; // guarded by lock
    private final RefusalJudge judge;

    /**
     * @param number   its place among all sessions that were ever created
     * @param cooldown of the session that had this name before, null when it left none
     */
    RenewalGate(SessionKey key, long number, SessionClock clock, Generations generations, @Nullable Cooldown cooldown) {
        this.key = key;
        this.number = number;
        this.clock = clock;
        this.created = clock.millis();
        this.lastUsed = created;
        this.state = new GateState(key, clock, generations, cooldown);
        this.judge = new RefusalJudge(state);
    }

    /** The session's name. */
    public SessionKey key() {
        return key;
    }

    /** Its place among all sessions that were ever created, from 0. */
    long number() {
        return number;
    }

    /**
     * Sets the rules of the session. The first that are set hold as long as it exists.
     *
     * @param place where the rules were found, for those who come with others
     * @return null when these rules hold now, else the place of those that do
     */
    public @Nullable String configure(GateRules rules, String place) {
        return locked(() -> state.configure(rules, place));
    }

    // ---- exchanges

    /**
     * An exchange is about to send a request. Each SEND is followed by one report of its end: {@link #refused},
     * {@link #accepted}, {@link #unanswered} or {@link #lost}.
     *
     * @param released whether it was held before: then it does not stand behind those that are still held
     * @param held     the renewal of this session that the exchange belongs to, null for an ordinary one
     */
    public Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        return touching(() -> {
            state.waitsNoLonger(passage);
            return using(held, owned -> send(passage, owned.pending, true), () -> admitOrdinary(passage, released));
        });
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        boolean stands = state.is(Phase.ACTIVE) && state.isLine() && !released && !state.isExclusive();
        if (state.nobodyIsSent() || state.isClosedTo(passage) || stands) {
            return hold(passage, released);
        }
        if (state.is(Phase.FAILED)) {
            if (state.endures(passage)) {
                return hold(passage, released);
            }
            if (state.bars(passage)) {
                return state.fail(Kind.RENEWAL_FAILED);
            }
            if (passage.renews) {
                RenewalAttempts failed = state.memory().renewal;
                return holdForRenewal(passage, released, failed == null ? Origin.ASKED : failed.reason);
            }
            state.phase = Phase.ACTIVE;
        }
        boolean limit = state.current.limitDue(state.rules, state.now());
        if (passage.renews && (limit || (passage.renewFirst && state.current.empty()))) {
            return holdForRenewal(passage, released, limit ? Origin.LIMIT : Origin.ASKED);
        }
        if (limit) {
            state.installEmpty(Origin.LIMIT);
        }
        boolean sends = passage.mayBeSentIn(state.current.generation);
        passage.alone = sends && state.current.isTried(state.now());
        Verdict sent = sends ? send(passage, state.current, false) : Verdict.of(Action.SKIP);
        return limit ? judge.suspectsOfEnded(sent) : sent;
    }

    private Verdict send(Passage passage, GenerationState to, boolean priority) {
        state.inFlight.send(passage, to, priority, state.now());
        return Verdict.send(to.generation);
    }

    private Verdict hold(Passage passage, boolean hasPlace) {
        GateMemory memory = state.memory();
        passage.crowded = memory.held.now() >= state.rules.maxHeld() && !passage.initiator;
        if (passage.crowded && passage.failsWhenFull && !hasPlace) {
            return state.fail(Kind.FULL);
        }
        long awaited = state.is(Phase.RENEWING) && memory.renewal != null ? memory.renewal.number : 0;
        boolean ahead = state.nobodyIsSent() || state.isClosedTo(passage);
        memory.held.add(passage, awaited, ahead, hasPlace, state.now());
        return Verdict.of(Action.HOLD);
    }

    private Verdict holdForRenewal(Passage passage, boolean released, Origin why) {
        Verdict begun = judge.renewUnasked(why, passage, false, Verdict.of(Action.HOLD));
        if (!state.is(Phase.RENEWING) && !state.endures(passage)) {
            return begun.failing(state.failure(Kind.RENEWAL_FAILED));
        }
        return hold(passage, released).starting(begun.renewal()).judging(begun.standing(), begun.again());
    }

    /** Requests of an exchange were sent once more, because the server had closed the kept connections they went out on. */
    public void reconnected(int requests) {
        locked(() -> state.inFlight.reconnects += requests);
    }

    /** A further request of an admitted exchange, such as a followed redirect: it counts as a use too, unless it is a renewal's. */
    public void sentAgain(Passage passage) {
        locked(() -> state.inFlight.sendAgain(passage));
        touch();
    }

    /**
     * The answer of an admitted exchange matches the expiry rules.
     *
     * @throws IllegalStateException when no answer of this passage is awaited, also below
     */
    public Verdict refused(Passage passage) {
        return touching(() -> {
                    GenerationState of = state.landed(passage);
                    of.seen = true;
                    return passage.priority() ? Verdict.of(Action.DELIVER) : judge.refused(passage, of);
                })
                .apart(passage);
    }

    /**
     * The answer of an admitted exchange does not match the expiry rules.
     *
     * @param replayable whether the request may be sent again when its answer is stale
     */
    public Verdict accepted(Passage passage, boolean replayable) {
        return touching(() -> {
            GenerationState of = state.landed(passage);
            of.seen = true;
            if (passage.priority()) {
                return Verdict.of(Action.DELIVER);
            }
            of.accepted = true;
            GateMemory memory = state.remembered();
            if (memory != null) {
                memory.evidence.accepted(passage, state.current);
                memory.answered(passage);
            }
            if (of == state.current) {
                return judge.accepted(passage);
            }
            return of.endedByLimit
                    ? Verdict.of(Action.DELIVER)
                    : state.memory().stale(passage, replayable && state.is(Phase.ACTIVE));
        });
    }

    /** An admitted exchange got no answer. That tells nothing about the session. */
    public Verdict unanswered(Passage passage) {
        return touching(() -> {
            state.landed(passage);
            return Verdict.of(Action.DELIVER);
        });
    }

    /**
     * The proxy of the profile that an admitted exchange was sent with has failed: the current generation, if that is the
     * exchange's, is over as if it had reached a limit, so that the next one gets another profile. Put the profile aside
     * before.
     *
     * @param again whether the request may be sent again; of a request of a renewal, whether it has not reached the site
     */
    public Verdict lost(Passage passage, boolean again) {
        return touching(() -> {
            GenerationState of = state.landed(passage);
            if (passage.priority()) {
                of.seen |= !again;
                return Verdict.of(Action.DELIVER);
            }
            Verdict verdict = Verdict.of(again ? Action.ADMIT_AGAIN : Action.DELIVER);
            if (of != state.current || state.is(Phase.RENEWING)) {
                return verdict;
            }
            of.expired = true;
            return judge.suspectsAgain(
                    verdict); // who is sent now is sent in the next generation, and tells nothing of them
        });
    }

    /** An exchange is over: its time was up while it waited, or its route was stopped, or an error came, wherever it was. */
    public Verdict left(Passage passage) {
        return touching(() -> {
            boolean closed = state.isExclusive();
            state.leaves(passage);
            Verdict verdict = Verdict.of(Action.NOTHING);
            boolean opens = closed && !state.isExclusive() && !state.is(Phase.RENEWING);
            return opens ? verdict.releasing() : verdict;
        });
    }

    /**
     * A block wants the session to itself, as soon as no request of others is on the wire. Whoever does not belong to it is
     * held from now on, until it has {@link #left}. May be asked again.
     *
     * @return SKIP: the block has it, and goes on; PARK, or LOOK_UP
     */
    public Verdict enter(Passage block) {
        return touching(() -> {
                    if (state.is(Phase.CLOSED)) {
                        return Verdict.of(Action.LOOK_UP);
                    }
                    return Verdict.of(state.enterExclusive(block) ? Action.SKIP : Action.PARK);
                })
                .apart(block);
    }

    /** Whether as many blocks wait to have it to themselves as exchanges may be held. */
    public boolean isCrowdedByBlocks() {
        return locked(() -> {
            GateMemory memory = state.remembered();
            return memory != null && memory.exclusive != null && memory.exclusive.size() > state.rules.maxHeld();
        });
    }

    /** Whether a block has it to itself, or is to have it next. */
    public boolean isExclusive() {
        return locked(state::isExclusive);
    }

    /** Whether those that wait still have to: ask after a hold was made, for the renewal may have ended meanwhile. */
    public boolean holding(Passage passage) {
        return locked(() -> state.isHolding(passage));
    }

    /** Whether somebody has frozen it. */
    public boolean isFrozen() {
        return locked(() -> state.frozen);
    }

    /** How long the site wants to be left alone from now on, zero when it does not. */
    public Duration pauseLeft() {
        return locked(state::pauseLeft);
    }

    /** What those that wait, or are suspected, wait for may have come to its time: called when a verdict asked for it. */
    public Verdict wake() {
        return deciding(() -> {
            state.memory().wakeAt = null;
            Verdict verdict = Verdict.of(Action.NOTHING);
            boolean waits = state.nobodyIsSent() || (state.is(Phase.FAILED) && state.isCooling());
            return state.isAnybodyHeld() && !waits ? verdict.releasing() : verdict;
        });
    }

    // ---- errors

    /** An error may have kept somebody from acting on a verdict: {@link #mend} is to be called. Needs no memory. */
    public void tear() {
        torn = true;
    }

    /** Whether an error has come between, here or with those who act on verdicts, and nothing was mended since. */
    public boolean isTorn() {
        return torn;
    }

    /** Undoes what an error has left half done: an attempt that nobody makes is given up, and whoever waits asks again. */
    public Verdict mend() {
        Verdict verdict = deciding(() -> {
            torn = false;
            Verdict again = judge.suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
            state.mend();
            return again;
        });
        try {
            abortIfRevoked(latestAttempt());
        } catch (RuntimeException | Error e) {
            tear();
        }
        return verdict;
    }

    /** Whether it waits for nothing: asked after an error, of an exchange that nobody may have told so. */
    public boolean isToldNothing(Passage passage) {
        return locked(
                () -> passage.place == Place.JUDGED || (passage.place == Place.WAITING && !state.isHolding(passage)));
    }

    // ---- checks and pauses

    /**
     * A request is about to be sent that tells whether the session lives. Each SEND is followed by one {@link #checked}.
     *
     * @return SEND with the generation to ask, or SKIP when there is nothing to be asked now, or LOOK_UP
     */
    public Verdict check(Passage passage) {
        return touching(() -> {
            boolean skips = !state.is(Phase.ACTIVE) || state.frozen || state.isPaused();
            state.memory().checking = !skips;
            if (skips) {
                return Verdict.of(state.is(Phase.CLOSED) ? Action.LOOK_UP : Action.SKIP);
            }
            state.memory().checks++;
            return send(passage, state.current, false);
        });
    }

    /**
     * The check has ended: whoever was refused before it was sent was forbidden, if the session lives, or else the session is
     * renewed.
     *
     * @param alive null when there was no answer: then the doubt is settled without
     */
    public Verdict checked(Passage passage, @Nullable Boolean alive) {
        return touching(() -> {
            GenerationState of = state.landed(passage);
            GateMemory memory = state.memory();
            memory.checking = false;
            memory.uncheckedUntil = alive == null
                    ? Long.valueOf(state.now() + state.rules.cooldown().toMillis())
                    : null;
            memory.checksExpired += Boolean.FALSE.equals(alive) ? 1 : 0;
            if (alive == null || of != state.current || !state.is(Phase.ACTIVE) || state.frozen) {
                return Verdict.of(Action.DELIVER);
            }
            if (alive) {
                memory.evidence.isAlive();
                of.accepted = true;
                memory.evidence.accepted(passage, of);
                return judge.accepted(passage);
            }
            Passage initiator = memory.suspects.isEmpty() ? passage : memory.suspects.first();
            boolean renews = initiator.renews && (initiator != passage || memory.evidence.mayEndUnasked(state.now()));
            Verdict verdict = Verdict.of(Action.DELIVER);
            return renews ? judge.renewUnasked(Origin.REFUSAL, initiator, true, verdict) : verdict;
        });
    }

    /**
     * The site has asked to be left alone for a while, in its answer to an admitted exchange: that one asks for admission
     * again, and everybody waits.
     */
    public Verdict blocked(Passage passage, Duration time) {
        return blocked(passage, event -> time.toMillis());
    }

    /**
     * As {@link #blocked(Passage, Duration)}, but the site has not said for how long. The pause doubles with each such answer
     * in a row, until one is accepted that was sent later; answers to requests that were under way together count once.
     *
     * @param first how long the first pause in a row is
     * @param most  what it grows to at most
     */
    public Verdict blocked(Passage passage, Duration first, Duration most) {
        return blocked(passage, event -> state.memory().backoff(passage, first.toMillis(), most.toMillis(), event));
    }

    private Verdict blocked(Passage passage, LongUnaryOperator lengthAtEvent) {
        return touching(() -> {
            state.landed(passage).seen = true;
            state.memory().blocked++;
            state.pause(lengthAtEvent.applyAsLong(state.inFlight.event()));
            return Verdict.of(Action.ADMIT_AGAIN);
        });
    }

    /** Everybody who wants to use the session waits for a while. */
    public Verdict pause(Duration time) {
        return deciding(() -> {
            if (!state.is(Phase.CLOSED)) {
                state.pause(time.toMillis());
            }
            return Verdict.of(Action.NOTHING);
        });
    }

    /**
     * An operation without a request reads or fills the session.
     *
     * @return SEND with the generation to work in, which is not counted as a use and needs no report
     */
    public Verdict open(@Nullable RenewalToken held) {
        // it judges nobody: who only reads need not act on what the verdict says of others
        Verdict verdict = locked(() ->
                using(held, owned -> Verdict.send(owned.pending()), () -> Verdict.send(state.current.generation)));
        touch();
        return verdict;
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
    public Verdict renew(Passage passage, @Nullable Generation observed, @Nullable RenewalToken held) {
        return touching(() -> {
            boolean waited = state.waitsNoLonger(passage);
            return using(
                    held,
                    owned -> Verdict.send(owned.pending()),
                    () -> renewAsked(passage, observed != null ? observed : passage.unwanted, waited));
        });
    }

    private Verdict renewAsked(Passage passage, @Nullable Generation unwanted, boolean waited) {
        if (unwanted != null && unwanted != state.current.generation) {
            return Verdict.of(Action.SKIP);
        }
        if (state.frozen || state.is(Phase.RENEWING) || state.isClosedTo(passage)) {
            passage.unwanted = state.current.generation;
            return hold(passage, waited);
        }
        if (state.bars(passage)) {
            return state.fail(Kind.RENEWAL_FAILED);
        }
        RenewalToken started = state.begin(Origin.ASKED, passage);
        passage.initiator = started != null;
        return judge.suspectsAgain(
                started == null
                        ? state.fail(Kind.RENEWAL_FAILED).releasing()
                        : Verdict.send(started.pending()).starting(started));
    }

    /**
     * Whether the attempt may start because no ordinary request of the session is on the wire. When it may not yet, the
     * verdict of the event that ends the last of them has the token as its renewal, once; whoever does not want to wait
     * that long starts it before, and then has to drop what that verdict says. False for an attempt that has ended.
     */
    public boolean drained(RenewalToken waits) {
        return locked(() -> state.drained(waits));
    }

    /** The attempt has filled its generation: it becomes the current one. A late success is dropped, as below. */
    public Verdict succeeded(RenewalToken done) {
        return succeeded(done, null);
    }

    /**
     * As {@link #succeeded(RenewalToken)}.
     *
     * @param goodFor how long what it has brought is good for: then the session is renewed as by {@code maxAge}; null when
     *     that is not known
     */
    public Verdict succeeded(RenewalToken done, @Nullable Duration goodFor) {
        return touching(() -> {
            if (!state.succeed(done)) {
                return Verdict.of(Action.NOTHING);
            }
            if (goodFor != null) {
                state.current.endAfter(goodFor, state.now());
            }
            renewed = true;
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    /**
     * The attempt has failed, or its time is up: its token is revoked, its requests are aborted. The end of an attempt that
     * had ended before is dropped: answered with NOTHING that releases nobody.
     *
     * @param again whether another attempt may help: the failure was transient and there is time left
     * @return with a renewal: the next attempt, to be started after the backoff
     */
    public Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, Duration.ZERO);
    }

    /**
     * @param notBefore how long the site asks to be left alone: when that is longer than the cool-down, it lasts so long
     * @see #failed(RenewalToken, boolean, Throwable)
     */
    public Verdict failed(RenewalToken done, boolean again, Throwable cause, Duration notBefore) {
        return failed(done, again, cause, notBefore, true);
    }

    /**
     * As {@link #failed}, but the attempt has failed because the proxy of its profile has: it does not count among those
     * that the renewal may make, unless the site has seen any of it. The caller sees to it that there is an end.
     */
    public Verdict lost(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, Duration.ZERO, false);
    }

    private Verdict failed(RenewalToken done, boolean again, Throwable cause, Duration notBefore, boolean counts) {
        Verdict verdict = touching(() -> {
            RenewalAttempts renewal = state.end(done, RenewalToken.State.REVOKED);
            if (renewal == null) {
                return Verdict.of(Action.NOTHING);
            }
            if (!counts && !done.pending.seen) {
                renewal.doNotCountLatest();
            }
            if (!again || !renewal.mayTryAgain()) {
                state.enterFailed(cause, notBefore.toMillis());
                return Verdict.of(Action.NOTHING).releasing();
            }
            RenewalToken next = state.attempt(renewal);
            Verdict tried = Verdict.of(Action.NOTHING);
            return next != null ? tried.starting(next) : tried.releasing();
        });
        abortIfRevoked(done);
        return verdict;
    }

    private static void abortIfRevoked(@Nullable RenewalToken token) {
        if (token != null && token.state() == RenewalToken.State.REVOKED) {
            token.abort();
        }
    }

    /** The attempt made last, whatever has become of it, null when there was none. */
    @Nullable
    RenewalToken latestAttempt() {
        return locked(state::latestToken);
    }

    // ---- operators

    /**
     * Empties the session: the next exchange starts with an empty jar. Responses under way fill the jar they were admitted
     * with, which nobody reads any more. Within a renewal only its owner empties anything: what is pending.
     *
     * @return releasing when the next generation was installed
     */
    public Verdict clear(@Nullable RenewalToken held) {
        return deciding(() -> using(
                held,
                owned -> {
                    owned.pending().empty();
                    return Verdict.of(Action.NOTHING);
                },
                this::clearOrdinary));
    }

    private Verdict clearOrdinary() {
        if (state.is(Phase.RENEWING)) {
            return Verdict.of(Action.NOTHING);
        }
        state.installEmpty(Origin.CLEARED);
        state.phase = Phase.ACTIVE;
        return judge.suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
    }

    /** Whether nothing has been done in the current generation, and nothing is wrong. */
    boolean isUntouched() {
        return current() == null && locked(() -> !state.is(Phase.FAILED) && state.inFlight.count() == 0);
    }

    /**
     * Holds whoever asks from now on, but for the renewal under way, and begins no renewal: what is on the wire ends as
     * usual. To be ended by {@link #unfreeze}.
     */
    public Verdict freeze() {
        return freeze(true);
    }

    /** Ends {@link #freeze}. Nothing happens when the session is not frozen. */
    public Verdict unfreeze() {
        return freeze(false);
    }

    private Verdict freeze(boolean freezes) {
        return deciding(() -> {
            if (state.is(Phase.CLOSED)) {
                return Verdict.of(Action.LOOK_UP);
            }
            state.frozen = freezes;
            Verdict verdict = Verdict.of(Action.NOTHING);
            return freezes || state.is(Phase.RENEWING) ? verdict : verdict.releasing();
        });
    }

    /**
     * The current generation counts as over, as if it had reached a limit: the next admission of an exchange that can renew
     * begins a renewal, of one that cannot starts the next generation. Nothing happens while the session is renewed.
     */
    public void expire() {
        locked(() -> state.current.expired |= state.is(Phase.ACTIVE) || state.is(Phase.FAILED));
    }

    /** Ends the cool-down, so that the next exchange may renew. */
    public Verdict endCooldown() {
        return deciding(() -> {
            GateMemory memory = state.remembered();
            if (memory == null) {
                return Verdict.of(Action.NOTHING);
            }
            memory.cooldown.end();
            memory.cooldown.endRow();
            memory.pause = null;
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    /** What is left of its cool-down when the session is closed, null when that is over. */
    @Nullable
    Cooldown cooldown() {
        return locked(() -> state.isCooling() ? state.memory().cooldown : null);
    }

    /** Closes the session unless somebody needs it: to evict or remove it. Returns whether it is closed now. */
    boolean close() {
        return locked(state::closeIfIdle);
    }

    /** Closes the session for good, aborts the renewal under way; whoever waits is released, to be failed. */
    public Verdict stop() {
        Verdict verdict = deciding(() -> {
            state.close();
            Verdict others = judge.suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
            return others.judging(List.of(), state.drainExclusive());
        });
        abortIfRevoked(latestAttempt());
        return verdict;
    }

    /** Counts a log-in that no renewal has made: it was found when it was to be ended. */
    public void loggedIn() {
        locked(() -> state.memory().otherLogIns++);
    }

    /** Counts a log-out. */
    public void loggedOut(boolean well) {
        locked(() -> well ? state.memory().logOuts++ : state.memory().failedLogOuts++);
    }

    // ---- what it shows

    /** The current generation, used or not, and of a closed session the one that was. */
    public Generation latest() {
        return locked(() -> state.current.generation);
    }

    /** The current generation, null while it is unused, as after a clear, and when the session is closed. */
    public @Nullable Generation current() {
        Generation generation = locked(() -> state.is(Phase.CLOSED) ? null : state.current.generation);
        return generation != null && (generation.hasProfile() || generation.isFilled()) ? generation : null;
    }

    public boolean isClosed() {
        return locked(() -> state.is(Phase.CLOSED));
    }

    /** Whether no answer is awaited; {@link Verdict#emptied} says when that comes true of a closed session. */
    public boolean isEmpty() {
        return locked(() -> state.inFlight.count() == 0);
    }

    /** When the session was last used, in epoch millis. Two threads at once may set it back by a moment. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether it was ever renewed. */
    boolean isRenewed() {
        return renewed;
    }

    /** How the session stands. */
    public SessionStats stats() {
        Generation used = current();
        int cookies = used == null ? 0 : used.jar().size();
        return locked(() -> {
            GateMemory memory = state.rememberedOrNew();
            return new SessionStats(
                    key,
                    number,
                    state.phase.name(),
                    state.current.generation.number(),
                    cookies,
                    used == null ? "" : used.profile().name(),
                    state.inFlight.uses(),
                    state.current.uses,
                    state.inFlight.count(),
                    memory.held.now(),
                    memory.held.inAll(),
                    memory.held.longest(),
                    memory.renewals,
                    memory.failures,
                    memory.attempts,
                    memory.useless,
                    memory.checks,
                    memory.checksExpired,
                    memory.refused,
                    memory.standing,
                    memory.replays,
                    memory.stale,
                    memory.staleReplays,
                    memory.renewals + memory.otherLogIns,
                    memory.logOuts,
                    memory.failedLogOuts,
                    state.inFlight.reconnects,
                    memory.blocked,
                    memory.pausedUntil,
                    memory.cooldown.retryAt(),
                    Instant.ofEpochMilli(created),
                    Instant.ofEpochMilli(lastUsed));
        });
    }

    /** What it knows of those that wait or were refused, for tests. */
    GateMemory memory() {
        return locked(state::rememberedOrNew);
    }

    // ---- deciding

    private Verdict touching(Supplier<Verdict> decision) {
        Verdict verdict = deciding(decision);
        touch();
        return verdict;
    }

    private void touch() {
        long now = clock.millis();
        if (now > lastUsed) { // within one milli, one exchange writes for all
            lastUsed = now;
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private Verdict deciding(Supplier<Verdict> decision) {
        return locked(() -> {
            boolean done = false;
            try {
                Verdict verdict = decided(decision);
                done = true;
                return verdict;
            } finally {
                torn |= !done;
            }
        });
    }

    private Verdict decided(Supplier<Verdict> decision) {
        boolean nobodyWasSent = state.isAnybodyHeld() && state.nobodyIsSent();
        Verdict verdict = judge.judge(decision.get());
        if (nobodyWasSent && state.is(Phase.ACTIVE) && state.isAnybodyHeld() && !state.nobodyIsSent()) {
            verdict.releasing();
        }
        if (state.is(Phase.CLOSED) && state.inFlight.count() == 0) {
            verdict.emptying();
        }
        Passage exclusive = state.takeExclusive();
        if (exclusive != null) {
            verdict.judging(List.of(), List.of(exclusive));
        }
        RenewalToken drained = state.takeDrained();
        if (drained != null) {
            verdict.starting(drained);
        }
        return verdict.waking(state.wakeAfter());
    }

    /** Tells apart who wants to use the session: the owner of the renewal under way, or anybody else. */
    private Verdict using(
            @Nullable RenewalToken held, Function<RenewalToken, Verdict> owner, Supplier<Verdict> anybody) {
        if (held != null && held.state() == RenewalToken.State.REVOKED) {
            return state.fail(Kind.REVOKED);
        }
        if (state.is(Phase.CLOSED)) {
            return Verdict.of(Action.LOOK_UP);
        }
        return held != null && state.isLive(held) ? owner.apply(held) : anybody.get();
    }
}
