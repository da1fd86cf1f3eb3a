/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.GenerationState.Origin;
import io.github.camelsessions.internal.session.Passage.Place;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one door of a session: lets exchanges through while the session is valid, holds them while it is renewed, and
 * judges refusals. One method for each event, explained where {@link Session} has it; each returns a {@link Verdict} that
 * the caller acts on after the lock was let go. Nothing is called out under the lock but the source of new generations,
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
 * last ordinary answer | -                                      | start t if it waits for that   | -
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

    private final SessionClock clock;
    private final Generations generations;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private GateRules rules = GateRules.DEFAULT;
    private @Nullable String configuredAt;
    private State state = State.ACTIVE;
    private boolean frozen;
    private GenerationState current;
    private final InFlight inFlight = new InFlight();
    private @Nullable GateMemory memory; // null until there is any: most sessions of many never have

    private volatile boolean torn; // by an error, and not mended since

    /** Makes generations; its locks are leaves. */
    interface Generations {
        Generation make(SessionKey session, long number);
    }

    /**
     * @param cooldown of the session that had this name before, null when it left none
     */
    RenewalGate(SessionKey key, SessionClock clock, Generations generations, @Nullable Cooldown cooldown) {
        this.clock = clock;
        this.generations = generations;
        this.current = new GenerationState(generations.make(key, 0), Origin.NEW, now());
        if (cooldown != null) {
            memory = new GateMemory(rules, cooldown);
        }
    }

    @Nullable
    String configure(GateRules wanted, String place) {
        return locked(() -> {
            if (configuredAt == null) {
                configuredAt = place;
                rules = wanted;
                if (memory != null) {
                    memory.evidence.configure(wanted);
                }
            }
            return rules.equals(wanted) ? null : configuredAt;
        });
    }

    // ---- exchanges

    Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        return deciding(() -> {
            waitsNoLonger(passage);
            return using(
                    held, owned -> send(passage, owned.pending, true, now()), () -> admitOrdinary(passage, released));
        });
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        if (nobodyIsSent() || (state == State.ACTIVE && isLine() && !released)) {
            return hold(passage, released);
        }
        if (state == State.FAILED) {
            if (endures(passage)) {
                return hold(passage, released);
            }
            if (barred(passage)) {
                return memory().fail(Kind.RENEWAL_FAILED, current);
            }
            if (passage.renews) {
                RenewalAttempts failed = memory().renewal;
                return holdForRenewal(passage, released, failed == null ? Origin.ASKED : failed.reason);
            }
            state = State.ACTIVE;
        }
        long now = now();
        boolean limit = current.limitDue(rules, now);
        if (passage.renews && (limit || (passage.renewFirst && current.empty()))) {
            return holdForRenewal(passage, released, limit ? Origin.LIMIT : Origin.ASKED);
        }
        if (limit) {
            install(new GenerationState(next(), Origin.LIMIT, now), false);
        }
        passage.alone = current.isTried(now);
        Verdict sent = send(passage, current, false, now);
        return limit ? suspectsOfEnded(sent) : sent;
    }

    private Verdict send(Passage passage, GenerationState to, boolean priority, long nowMillis) {
        inFlight.send(passage, to, priority, nowMillis);
        return Verdict.send(to.generation);
    }

    private Verdict hold(Passage passage, boolean hasPlace) {
        GateMemory all = memory();
        passage.crowded = all.waiting.now() >= rules.maxHeld() && !passage.initiator;
        if (passage.crowded && passage.failsWhenFull && !hasPlace) {
            return all.fail(Kind.FULL, current);
        }
        long awaited = state == State.RENEWING && all.renewal != null ? all.renewal.number : 0;
        all.waiting.add(passage, awaited, nobodyIsSent(), hasPlace, now());
        return Verdict.of(Action.HOLD);
    }

    private Verdict holdForRenewal(Passage passage, boolean released, Origin why) {
        Verdict verdict = renewAutomatically(why, passage, false, Action.HOLD);
        if (state != State.RENEWING && !endures(passage)) {
            return verdict.failing(memory().failure(Kind.RENEWAL_FAILED, current));
        }
        return hold(passage, released).starting(verdict.renewal()).judging(verdict.standing(), verdict.again());
    }

    void reconnected(int requests) {
        locked(() -> {
            inFlight.reconnected(requests);
            return null;
        });
    }

    void sentAgain(Passage passage) {
        locked(() -> inFlight.sendAgain(passage));
    }

    Verdict refused(Passage passage) {
        return deciding(() -> {
                    GenerationState of = landed(passage);
                    of.seen = true;
                    return passage.priority() ? Verdict.of(Action.DELIVER) : refused(passage, of);
                })
                .apart(passage);
    }

    private Verdict refused(Passage passage, GenerationState of) {
        passage.refusals++;
        passage.refusedAt = inFlight.event();
        GateMemory all = memory();
        all.tally.refused++;
        boolean judged = of == current && state == State.ACTIVE && !frozen;
        if (judged && passage.renews && all.evidence.isForbidden(passage, now())) {
            return all.own(Verdict.of(Action.DELIVER), List.of(passage));
        }
        if (passage.renews) {
            all.evidence.refused(passage, of, current);
        }
        if (!judged && isEndedByLimit(of)) {
            return all.unjudged(Verdict.of(Action.DELIVER), List.of(passage));
        }
        if (!judged) {
            return Verdict.of(all.sentAgain(passage));
        }
        if (!passage.renews) {
            return Verdict.of(Action.DELIVER);
        }
        if (passage.alone && !current.accepted && !isChecked(all)) {
            boolean inVain = passage.refusals > 1;
            if (inVain) {
                all.evidence.refusedInVain(passage);
            }
            if (inVain || !all.evidence.isEndedAfresh(passage, now())) {
                return all.own(Verdict.of(Action.DELIVER), List.of(passage));
            }
        }
        all.suspects.park(passage, now());
        return Verdict.of(Action.PARK);
    }

    /** Whether a limit has ended this generation, or is about to. */
    private boolean isEndedByLimit(GenerationState of) {
        RenewalAttempts latest = memory().renewal;
        boolean ending = of == current && state == State.RENEWING && latest != null && latest.reason == Origin.LIMIT;
        return of.endedByLimit || ending;
    }

    Verdict accepted(Passage passage, boolean replayable) {
        return deciding(() -> {
            GenerationState of = landed(passage);
            of.seen = true;
            if (passage.priority()) {
                return Verdict.of(Action.DELIVER);
            }
            of.accepted = true;
            if (memory != null) {
                memory.evidence.accepted(passage, current);
                memory.answered(passage);
            }
            if (of == current) {
                return acceptedInTime(passage);
            }
            return of.endedByLimit
                    ? Verdict.of(Action.DELIVER)
                    : memory().stale(passage, replayable && state == State.ACTIVE);
        });
    }

    private Verdict acceptedInTime(Passage passage) {
        GateMemory all = memory;
        if (all == null) {
            return Verdict.of(Action.DELIVER);
        }
        if (state == State.ACTIVE && current.renewed()) {
            all.cooldown.endRow();
        }
        long now = now();
        List<Passage> outlived = all.suspects.takeRefusedBefore(passage.admittedAt, now);
        outlived.forEach(suspect -> all.evidence.outlived(suspect, now));
        return all.own(Verdict.of(Action.DELIVER), outlived);
    }

    // ---- checks

    Verdict check(Passage passage) {
        return deciding(() -> {
            if (state != State.ACTIVE || frozen || isPaused()) {
                memory().checking = false;
                return Verdict.of(state == State.CLOSED ? Action.LOOK_UP : Action.SKIP);
            }
            memory().checking = true;
            memory().tally.checks++;
            return send(passage, current, false, now());
        });
    }

    Verdict checked(Passage passage, @Nullable Boolean alive) {
        return deciding(() -> {
            GenerationState of = landed(passage);
            GateMemory all = memory();
            all.checking = false;
            all.uncheckedUntil =
                    alive == null ? Long.valueOf(now() + rules.cooldown().toMillis()) : null;
            all.tally.checksExpired += Boolean.FALSE.equals(alive) ? 1 : 0;
            if (alive == null || of != current || state != State.ACTIVE || frozen) {
                return Verdict.of(Action.DELIVER);
            }
            if (alive) {
                all.evidence.isAlive();
                of.accepted = true;
                all.evidence.accepted(passage, current);
                return acceptedInTime(passage);
            }
            Passage initiator = all.suspects.isEmpty() ? passage : all.suspects.first();
            boolean renews = initiator.renews && (initiator != passage || all.evidence.mayEndUnasked(now()));
            return renews
                    ? renewAutomatically(Origin.REFUSAL, initiator, true, Action.DELIVER)
                    : Verdict.of(Action.DELIVER);
        });
    }

    // ---- pauses

    Verdict blocked(Passage passage, long millis) {
        return blocked(passage, event -> millis);
    }

    /**
     * @param millis     how long the pause is, when it is the first in a row
     * @param mostMillis what it grows to at most
     */
    Verdict blocked(Passage passage, long millis, long mostMillis) {
        return blocked(passage, event -> memory().backoff(passage, millis, mostMillis, event));
    }

    private Verdict blocked(Passage passage, LongUnaryOperator lengthAtEvent) {
        return deciding(() -> {
            landed(passage).seen = true;
            memory().tally.blocked++;
            pause(lengthAtEvent.applyAsLong(inFlight.event()));
            return Verdict.of(Action.ADMIT_AGAIN);
        });
    }

    Verdict pauses(long millis) {
        return deciding(() -> {
            if (state != State.CLOSED) {
                pause(millis);
            }
            return Verdict.of(Action.NOTHING);
        });
    }

    private void pause(long millis) {
        Pause asked = Pause.of(now(), millis);
        GateMemory all = memory();
        all.pause = all.pause == null ? asked : all.pause.later(asked);
        if (all.pause == asked) {
            all.pausedUntil = clock.instant().plusMillis(millis);
        }
    }

    /** What was to be waited for may be over by now. */
    Verdict wake() {
        return deciding(() -> {
            GateMemory all = memory();
            all.wakeAt = null;
            Verdict verdict = Verdict.of(Action.NOTHING);
            boolean waits = nobodyIsSent() || (state == State.FAILED && isCooling());
            return all.waiting.now() > 0 && !waits ? verdict.releasing() : verdict;
        });
    }

    Verdict unanswered(Passage passage) {
        return deciding(() -> {
            landed(passage);
            return Verdict.of(Action.DELIVER);
        });
    }

    Verdict lost(Passage passage, boolean again) {
        return deciding(() -> {
            GenerationState of = landed(passage);
            if (passage.priority()) {
                of.seen |= !again;
                return Verdict.of(Action.DELIVER);
            }
            Verdict verdict = Verdict.of(again ? Action.ADMIT_AGAIN : Action.DELIVER);
            if (of != current || state == State.RENEWING) {
                return verdict;
            }
            current.expired = true;
            return suspectsAgain(verdict); // who is sent now is sent in the next generation, and tells nothing of them
        });
    }

    private GenerationState landed(Passage passage) {
        GenerationState of = inFlight.landed(passage);
        if (of == null) {
            throw new IllegalStateException(
                    "session '" + current.generation.session() + "': an answer was reported that is not awaited");
        }
        return of;
    }

    Verdict left(Passage passage) {
        return deciding(() -> {
            waitsNoLonger(passage);
            if (memory != null) {
                memory.suspects.remove(passage, now());
            }
            inFlight.landed(passage);
            return Verdict.of(Action.NOTHING);
        });
    }

    // ---- errors

    void tear() {
        torn = true;
    }

    boolean isTorn() {
        return torn;
    }

    Verdict mend() {
        return deciding(() -> {
            torn = false;
            Verdict verdict = suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
            if (memory != null) {
                memory.wakeAt = null;
                memory.checking = false;
                if (state == State.RENEWING) {
                    giveUpIfLost(memory.renewal);
                }
            }
            return verdict;
        });
    }

    /** Nobody has failed: whoever needs the renewal begins it anew, at once. */
    private void giveUpIfLost(@Nullable RenewalAttempts lost) {
        RenewalToken latest = lost == null ? null : lost.latest();
        if (latest != null && latest.state() == RenewalToken.State.LIVE) {
            if (latest.isCarried()) {
                return;
            }
            latest.end(RenewalToken.State.REVOKED);
        }
        state = State.ACTIVE;
        if (lost != null) {
            lost.end();
            current.expired |= lost.reason == Origin.REFUSAL;
        }
    }

    boolean isToldNothing(Passage passage) {
        return locked(() -> passage.place == Place.JUDGED || (passage.place == Place.WAITING && !holding(passage)));
    }

    boolean holding(Passage passage) {
        return locked(() -> state != State.CLOSED && (nobodyIsSent() || (state == State.FAILED && endures(passage))));
    }

    boolean isPausedNow() {
        return locked(this::isPaused);
    }

    boolean isFrozen() {
        return locked(() -> frozen);
    }

    /** How long the site wants to be left alone from now on, 0 when it does not. */
    long pauseLeft() {
        return locked(() -> {
            Pause asked = memory == null ? null : memory.pause;
            return asked == null ? 0 : Math.max(0, asked.untilMillis() - now());
        });
    }

    Verdict open(@Nullable RenewalToken held) {
        // it judges nobody: who only reads need not act on what the verdict says of others
        return locked(
                () -> using(held, owned -> Verdict.send(owned.pending()), () -> Verdict.send(current.generation)));
    }

    // ---- renewals

    Verdict renew(Passage passage, @Nullable Generation observed, @Nullable RenewalToken held) {
        return deciding(() -> {
            boolean waited = waitsNoLonger(passage);
            return using(
                    held,
                    owned -> Verdict.send(owned.pending()),
                    () -> renewAsked(passage, observed != null ? observed : passage.unwanted, waited));
        });
    }

    private Verdict renewAsked(Passage passage, @Nullable Generation unwanted, boolean waited) {
        if (unwanted != null && unwanted != current.generation) {
            return Verdict.of(Action.SKIP);
        }
        if (frozen || state == State.RENEWING) {
            passage.unwanted = current.generation;
            return hold(passage, waited);
        }
        if (barred(passage)) {
            return memory().fail(Kind.RENEWAL_FAILED, current);
        }
        RenewalToken started = begin(Origin.ASKED, passage);
        passage.initiator = started != null;
        return suspectsAgain(
                started == null
                        ? memory().fail(Kind.RENEWAL_FAILED, current).releasing()
                        : Verdict.send(started.pending()).starting(started));
    }

    boolean drained(RenewalToken waits) {
        return locked(() -> isLive(waits) && inFlight.drained(waits));
    }

    Verdict succeeded(RenewalToken done) {
        return deciding(() -> {
            RenewalAttempts renewal = renewalOf(done);
            if (renewal == null) {
                return late();
            }
            done.end(RenewalToken.State.ENDED);
            renewal.end();
            GateMemory all = memory();
            all.tally.renewals++;
            all.cooldown.end();
            if (all.evidence.fruitless() == 0) {
                all.cooldown.endRow();
            }
            install(done.pending, true);
            current.generation.loggedIn();
            state = State.ACTIVE;
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    Verdict failed(RenewalToken done, boolean again, Throwable cause, long notBeforeMillis) {
        return failed(done, again, cause, notBeforeMillis, true);
    }

    Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, 0);
    }

    Verdict lost(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, 0, false);
    }

    private Verdict failed(RenewalToken done, boolean again, Throwable cause, long notBeforeMillis, boolean counts) {
        return deciding(() -> {
            RenewalAttempts renewal = renewalOf(done);
            if (renewal == null) {
                return late();
            }
            done.end(RenewalToken.State.REVOKED);
            if (!counts && !done.pending.seen) {
                renewal.doNotCountLatest();
            }
            if (again && renewal.mayTryAgain()) {
                RenewalToken next = attempt(renewal);
                if (next != null) {
                    return Verdict.of(Action.NOTHING).starting(next);
                }
            } else {
                enterFailed(cause, notBeforeMillis);
            }
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    private Verdict late() {
        memory().tally.late++;
        return Verdict.of(Action.NOTHING);
    }

    /** The attempt made last, whatever has become of it, null when there was none. */
    @Nullable
    RenewalToken latestAttempt() {
        return locked(this::latestToken);
    }

    // ---- operators

    Verdict clear(@Nullable RenewalToken held) {
        return deciding(() -> using(
                held,
                owned -> {
                    owned.pending().empty();
                    return Verdict.of(Action.NOTHING);
                },
                this::clearOrdinary));
    }

    private Verdict clearOrdinary() {
        if (state == State.RENEWING) {
            return Verdict.of(Action.NOTHING);
        }
        install(new GenerationState(next(), Origin.CLEARED, now()), false);
        state = State.ACTIVE;
        return suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
    }

    Verdict freeze(boolean freezes) {
        return deciding(() -> {
            if (state == State.CLOSED) {
                return Verdict.of(Action.LOOK_UP);
            }
            frozen = freezes;
            boolean releases = !freezes && state != State.RENEWING;
            return releases ? Verdict.of(Action.NOTHING).releasing() : Verdict.of(Action.NOTHING);
        });
    }

    void expire() {
        locked(() -> current.expired |= state == State.ACTIVE || state == State.FAILED);
    }

    Verdict endCooldown() {
        return deciding(() -> {
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
        return locked(() -> isCooling() ? memory().cooldown : null);
    }

    /**
     * Closes the session if nobody needs it: to evict or remove it.
     *
     * @return whether it is closed now
     */
    boolean close() {
        return locked(() -> {
            boolean idle = state != State.RENEWING && !frozen && inFlight.count() == 0;
            if (idle && (memory == null || memory.isOver()) && !isCooling()) {
                state = State.CLOSED;
            }
            return state == State.CLOSED;
        });
    }

    Verdict stop() {
        return deciding(() -> {
            RenewalToken latest = latestToken();
            if (latest != null && isLive(latest)) {
                latest.end(RenewalToken.State.REVOKED);
            }
            state = State.CLOSED;
            return suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
        });
    }

    /** The current generation, and of a closed session the one that was. */
    Generation latest() {
        return locked(() -> current.generation);
    }

    /** Whether no answer is awaited. */
    boolean isEmpty() {
        return locked(() -> inFlight.count() == 0);
    }

    /** A log-in that no renewal made was found when it was to be ended. */
    void loggedIn() {
        locked(() -> memory().tally.otherLogIns++);
    }

    void loggedOut(boolean well) {
        locked(() -> well ? memory().tally.logOuts++ : memory().tally.failedLogOuts++);
    }

    /** The current generation, null when the session is closed. */
    @Nullable
    Generation current() {
        return locked(() -> state == State.CLOSED ? null : current.generation);
    }

    long millis() {
        return clock.millis();
    }

    GateStats stats() {
        return locked(() -> GateStats.of(
                state, current, inFlight, memory == null ? new GateMemory(rules, new Cooldown()) : memory));
    }

    // ---- deciding, under the lock

    /** Whether whoever asks has to wait, the owner of a renewal excepted. */
    private boolean nobodyIsSent() {
        if (frozen || state != State.ACTIVE) {
            return frozen || state == State.RENEWING;
        }
        long now = now();
        return (current.isTried(now) && current.awaitsAny())
                || (memory != null && memory.pause != null && !memory.pause.allows(current.inFlight, now));
    }

    private boolean isPaused() {
        return memory != null && memory.pause != null && now() < memory.pause.untilMillis();
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
        boolean nobodyWasSent = isAnybodyHeld() && nobodyIsSent();
        Verdict verdict = judgeSuspects(decision.get());
        if (nobodyWasSent && state == State.ACTIVE && isAnybodyHeld() && !nobodyIsSent()) {
            verdict = verdict.releasing();
        }
        if (state == State.CLOSED && inFlight.count() == 0) {
            verdict = verdict.emptying();
        }
        RenewalToken drained = inFlight.takeDrained();
        verdict = drained != null && isLive(drained) ? verdict.starting(drained) : verdict;
        return memory == null ? verdict : waking(verdict, memory);
    }

    private boolean isAnybodyHeld() {
        return memory != null && memory.waiting.now() > 0;
    }

    /** Sees to it that somebody asks again when something has come to its time. */
    private Verdict waking(Verdict verdict, GateMemory all) {
        long now = now();
        if (all.pause != null && all.pause.isOver(now)) {
            all.pause = null;
        }
        long due = due(all, now);
        if (due == Long.MAX_VALUE || (all.wakeAt != null && all.wakeAt <= due)) {
            return verdict;
        }
        all.wakeAt = due;
        return verdict.waking(Math.max(1, due - now));
    }

    /** The first of the times in the future at which something changes that no event tells of. */
    private long due(GateMemory all, long now) {
        long due = Long.MAX_VALUE;
        boolean checking = all.checking && isChecked(all); // whoever does it comes to say how it ended
        if (state == State.ACTIVE && !frozen && !checking && !all.suspects.isEmpty()) {
            due = Math.min(all.suspects.earliestEnd(), future(current.worthWaitingUntil(), now));
        }
        if (all.waiting.now() > 0 && state == State.ACTIVE) {
            due = Math.min(due, current.isTried(now) ? current.triedUntil() : Long.MAX_VALUE);
            due = Math.min(due, all.pause == null ? Long.MAX_VALUE : future(all.pause.next(current.inFlight), now));
        }
        if (all.waiting.now() > 0 && state == State.FAILED && isCooling()) {
            due = Math.min(due, all.cooldown.untilMillis());
        }
        return due;
    }

    private static long future(long time, long now) {
        return time > now ? time : Long.MAX_VALUE;
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private Verdict judgeSuspects(Verdict verdict) {
        GateMemory all = memory;
        if (all == null || all.suspects.isEmpty() || state != State.ACTIVE || frozen) {
            return verdict;
        }
        long now = now();
        boolean ended = all.evidence.isEnded(current, all.suspects.all(), now);
        boolean quiet = all.waiting.now() == 0 && now >= current.worthWaitingUntil();
        if (isChecked(all)) {
            if (all.checking || !(ended || quiet || all.suspects.isAnyLate(now))) {
                return verdict;
            }
            all.checking = true;
            return verdict.checking();
        }
        if (ended) {
            Verdict more = renewAutomatically(Origin.REFUSAL, all.suspects.first(), false, verdict.action());
            return verdict.starting(more.renewal())
                    .judging(more.standing(), more.again())
                    .releasing();
        }
        List<Passage> late = all.suspects.takeLate(now);
        // the next request of the first one's caller, if there is any, tells more
        return all.own(verdict, late.isEmpty() && quiet ? all.suspects.takeFirst(now) : late);
    }

    /** Whether doubts are settled by a check: there is one, the latest had an answer, and the site has asked for no pause. */
    private boolean isChecked(GateMemory all) {
        return rules.checks() && !isPaused() && (all.uncheckedUntil == null || now() >= all.uncheckedUntil);
    }

    /** What the suspects wait for has come. */
    private Verdict suspectsAgain(Verdict verdict) {
        return memory == null ? verdict : memory.notOwn(verdict, memory.suspects.drain(now()));
    }

    /** A limit has ended the generation before their refusals were judged. */
    private Verdict suspectsOfEnded(Verdict verdict) {
        return memory == null ? verdict : memory.unjudged(verdict, memory.suspects.drain(now()));
    }

    /** Tells apart who wants to use the session: the owner of the renewal under way, or anybody else. */
    private Verdict using(
            @Nullable RenewalToken held, Function<RenewalToken, Verdict> owner, Supplier<Verdict> anybody) {
        if (held != null && held.state() == RenewalToken.State.REVOKED) {
            return memory().fail(Kind.REVOKED, current);
        }
        if (state == State.CLOSED) {
            return Verdict.of(Action.LOOK_UP);
        }
        return held != null && isLive(held) ? owner.apply(held) : anybody.get();
    }

    private boolean isLive(RenewalToken held) {
        return renewalOf(held) != null;
    }

    /** The renewal under way if this is its live token, else null. */
    private @Nullable RenewalAttempts renewalOf(RenewalToken held) {
        RenewalAttempts latest = memory == null ? null : memory.renewal;
        return state == State.RENEWING && latest != null && latest.latest() == held ? latest : null;
    }

    private @Nullable RenewalToken latestToken() {
        return memory == null || memory.renewal == null ? null : memory.renewal.latest();
    }

    private GateMemory memory() {
        if (memory == null) {
            memory = new GateMemory(rules, new Cooldown());
            memory.evidence.beginsWith(current);
        }
        return memory;
    }

    /** Whether newcomers have to stand behind others that wait. */
    private boolean isLine() {
        return memory != null && memory.waiting.backlog() > 0;
    }

    /** Whether it has waited. */
    private boolean waitsNoLonger(Passage passage) {
        return memory != null && memory.waiting.remove(passage, now());
    }

    /** Whether a renewal may not be tried: it is too early, or this exchange has waited for one that failed. */
    private boolean barred(Passage passage) {
        return isCooling()
                || (memory != null
                        && state == State.FAILED
                        && memory.renewal != null
                        && passage.awaited == memory.renewal.number
                        && !(passage.endures() && rules.cooldown().toMillis() > 0));
    }

    /** Whether it waits for the end of the cool-down. */
    private boolean endures(Passage passage) {
        return passage.endures() && isCooling();
    }

    private boolean isCooling() {
        return memory != null && memory.cooldown.active(now());
    }

    // ---- transitions

    /**
     * Renews without being asked to, unless that must wait or log-ins are worthless: then -> FAILED.
     *
     * @param certain whether it is certain that the session has ended
     */
    private Verdict renewAutomatically(Origin why, Passage initiator, boolean certain, Action action) {
        GateMemory all = memory();
        if (state == State.ACTIVE && why == Origin.REFUSAL) {
            all.tally.useless += all.evidence.isInVain(current) ? 1 : 0;
            all.evidence.givesUp(current, now());
        }
        RenewalToken started = null;
        if (isCooling()) {
            state = State.FAILED;
        } else if (state == State.ACTIVE && all.evidence.isWorthless(certain)) {
            enterFailed(new IllegalStateException("after each of " + all.evidence.fruitless()
                    + (certain
                            ? " log-ins in a row the check said that the session had ended, though the log-ins succeeded;"
                                    + " see whether checkUri and validWhen fit"
                            : " log-ins in a row every request was refused, though the log-ins succeeded")));
        } else {
            initiator.initiator = true;
            started = begin(why, initiator);
        }
        Verdict begun = Verdict.of(action).starting(started);
        Verdict verdict = why == Origin.LIMIT ? suspectsOfEnded(begun) : suspectsAgain(begun);
        return state == State.FAILED ? verdict.releasing() : verdict;
    }

    /** -> RENEWING, or null and -> FAILED when there is no generation to fill. After a failure it gets one attempt. */
    private @Nullable RenewalToken begin(Origin why, Passage initiator) {
        GateMemory all = memory();
        boolean trial = state == State.FAILED || all.cooldown.failures() > 0;
        RenewalAttempts begun =
                new RenewalAttempts(inFlight.event(), why, initiator, trial ? 1 : Math.max(1, rules.renewalAttempts()));
        all.evidence.begins(why == Origin.REFUSAL);
        all.renewal = begun;
        state = State.RENEWING;
        return attempt(begun);
    }

    private @Nullable RenewalToken attempt(RenewalAttempts of) {
        try {
            RenewalToken token = of.attempt(next(), now());
            memory().tally.attempts++;
            return token;
        } catch (RuntimeException | Error e) {
            enterFailed(e);
            return null;
        }
    }

    private void enterFailed(Throwable cause) {
        enterFailed(cause, 0);
    }

    private void enterFailed(Throwable cause, long notBeforeMillis) {
        state = State.FAILED;
        GateMemory now = memory();
        now.tally.failures++;
        if (now.renewal != null) {
            now.renewal.end();
        }
        now.cooldown.failed(cause, notBeforeMillis, clock, rules);
    }

    private Generation next() {
        return generations.make(current.generation.session(), current.generation.number() + 1);
    }

    private void install(GenerationState next, boolean byLogIn) {
        current.endBy(next.origin);
        next.begin(byLogIn, now());
        current = next;
        if (memory != null) {
            memory.evidence.installed(now());
        }
    }

    private long now() {
        return clock.monotonicMillis();
    }
}
