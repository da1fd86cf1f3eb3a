/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.session.GateFailure.Kind;
import io.github.camelsessions.session.Life.Origin;
import io.github.camelsessions.session.Verdict.Action;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
 * admit                | others are held, or one is sent alone: | hold; full: fail               | before until: fail.
 *                      | hold. Limit due, or empty and to be    |                                | After: -> RENEWING, one
 *                      | renewed first: -> RENEWING, hold (it   |                                | attempt, hold (it cannot
 *                      | cannot renew: limit due:               |                                | renew: as ACTIVE(n))
 *                      | -> ACTIVE(n+1), send). Else send,      |                                |
 *                      | alone if it was refused twice before   |                                |
 *                      | and is the first of n                  |                                |
 * admit, live token    | -                                      | send in the pending generation | -
 * any, revoked token   | fail                                   | fail                           | fail
 * refused(g &lt; n)       | admit again                            | hold                           | as admit
 * refused(n)           | it cannot renew, or was sent alone:    | hold                           | as admit
 *                      | deliver. First: -> RENEWING, or park;  |                                |
 *                      | else park                              |                                |
 * any answer to one    | release                                | -                              | -
 * that was sent alone  |                                        |                                |
 * accepted(n)          | deliver, settle suspects               | deliver                        | deliver
 * accepted(g &lt; n)      | replay, unless a limit ended g         | deliver                        | deliver
 * answers of a renewal | deliver; never evidence                | deliver                        | deliver
 * no answer            | deliver; never evidence                | deliver                        | deliver
 * lost(n)              | a limit of n is due, suspects admitted | admit again                    | a limit of n is due,
 *                      | again; admit again                     |                                | admit again
 * lost(g &lt; n)          | admit again                            | admit again                    | admit again
 * lost, of a renewal   | deliver                                | deliver                        | deliver
 * last ordinary answer | -                                      | start t if it waits for that   | -
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
 * freeze               | whoever asks is held, nothing begins   | the same; t goes on            | the same
 * unfreeze             | release                                | nothing                        | release
 * open                 | work in n                              | in n; by the owner: pending    | in n
 * close (evict, remove)| none in flight or held, no cool-down:  | refuse                         | as ACTIVE
 *                      | -> CLOSED; else refuse                 |                                |
 * stop                 | -> CLOSED                              | revoke t, -> CLOSED            | -> CLOSED
 * </pre>
 *
 * Lost is a request whose proxy has failed; one that cannot be sent again is delivered instead of admitted again.
 *
 * <p>In CLOSED, whoever wants to use the session looks it up again; answers are counted and delivered or sent again, all
 * else does nothing. A verdict says when no more answers will come.
 *
 * <p>CLEARED is no state: it is ACTIVE with a new generation. The cool-down is an attribute that outlives FAILED: whatever
 * would renew in ACTIVE during one goes to FAILED instead. So does what would renew when no new generation is to be had,
 * and what would renew once too often after renewals that did not help at all. Times are taken from an injected wall
 * clock; generations are compared by identity.
 *
 * <p>Whether an exchange can renew, when it wants to and how often it is sent again, each {@link Passage} brings along;
 * only one that can renew is ever suspected. Limits and cool-downs are the session's, see {@link GateRules}.
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

    private final InstantSource clock;
    private final Generations generations;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private GateRules rules = GateRules.DEFAULT;
    private @Nullable String configuredAt;
    private State state = State.ACTIVE;
    private boolean frozen;
    private Life life;
    private final Wire wire = new Wire();
    private @Nullable Trouble trouble; // null until there is any: most sessions of many never have

    /** Makes generations; its locks are leaves. */
    interface Generations {
        Generation make(SessionKey session, long number);
    }

    RenewalGate(SessionKey key, InstantSource clock, Generations generations) {
        this.clock = clock;
        this.generations = generations;
        this.life = new Life(generations.make(key, 0), Origin.NEW, clock.millis());
    }

    @Nullable
    String configure(GateRules wanted, String place) {
        return locked(() -> {
            if (configuredAt == null) {
                configuredAt = place;
                rules = wanted;
                if (trouble != null) {
                    trouble.suspects.configure(wanted);
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
                    held,
                    owned -> send(passage, owned.life, true, clock.millis()),
                    () -> admitOrdinary(passage, released));
        });
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        if (nobodyIsSent() || (state == State.ACTIVE && isLine() && !released)) {
            return hold(passage, released);
        }
        if (state == State.FAILED) {
            if (barred(passage)) {
                return trouble().fail(Kind.RENEWAL_FAILED, life);
            }
            if (passage.renews) {
                Renewal failed = trouble().renewal;
                return holdForRenewal(passage, released, failed == null ? Origin.ASKED : failed.reason);
            }
            state = State.ACTIVE;
        }
        long now = clock.millis();
        boolean limit = life.limitDue(rules, now);
        if (passage.renews && (limit || (passage.renewFirst && life.empty()))) {
            return holdForRenewal(passage, released, limit ? Origin.LIMIT : Origin.ASKED);
        }
        if (limit) {
            install(new Life(next(), Origin.LIMIT, now));
        }
        return send(passage, life, false, now);
    }

    private Verdict send(Passage passage, Life to, boolean priority, long nowMillis) {
        if (!priority && Suspects.isToBeProbed(passage, to)) {
            to.probe = passage;
        }
        wire.send(passage, to, priority, nowMillis);
        return Verdict.send(to.generation);
    }

    private Verdict hold(Passage passage, boolean hasPlace) {
        Trouble now = trouble();
        if (now.waiting.now() >= rules.maxHeld() && !hasPlace && !passage.initiator) {
            return now.fail(Kind.FULL, life);
        }
        Renewal awaited = state == State.RENEWING ? now.renewal : null;
        now.waiting.add(passage, awaited, nobodyIsSent(), hasPlace, clock.millis());
        return Verdict.of(Action.HOLD);
    }

    private Verdict holdForRenewal(Passage passage, boolean released, Origin why) {
        Verdict verdict = renewAutomatically(why, passage, Action.HOLD);
        if (state != State.RENEWING) {
            return verdict.failing(trouble().failure(Kind.RENEWAL_FAILED, life));
        }
        passage.initiator = true;
        return hold(passage, released).starting(verdict.renewal()).judging(verdict.standing(), verdict.again());
    }

    void sentAgain(Passage passage) {
        locked(() -> passage.life == null ? 0 : passage.life.uses++);
    }

    Verdict refused(Passage passage) {
        return deciding(() -> {
                    Life of = landed(passage);
                    of.seen = true;
                    return passage.priority() ? Verdict.of(Action.DELIVER) : refused(passage, of);
                })
                .apart(passage);
    }

    private Verdict refused(Passage passage, Life of) {
        boolean first = passage.refusals++ == 0;
        passage.refusedAt = wire.event();
        Trouble now = trouble();
        now.tally.refused++;
        now.suspects.refusedBy(of, passage.refusedAt);
        if (of != life || state != State.ACTIVE || frozen) {
            return Verdict.of(now.sentAgain(passage));
        }
        if (!passage.renews) {
            return Verdict.of(Action.DELIVER);
        }
        if (passage == now.probed) {
            now.suspects.probeRefused(life);
            return now.own(Verdict.of(Action.DELIVER), List.of(passage));
        }
        if (first && now.suspects.provenByFirstRefusal(life)) {
            passage.initiator = true;
            return renewAutomatically(Origin.REFUSAL, passage, now.sentAgain(passage));
        }
        now.suspects.park(passage, first);
        return Verdict.of(Action.PARK);
    }

    Verdict accepted(Passage passage, boolean replayable) {
        return deciding(() -> {
            Life of = landed(passage);
            of.seen = true;
            if (passage.priority()) {
                return Verdict.of(Action.DELIVER);
            }
            of.accepts(wire.event());
            if (trouble != null) {
                trouble.suspects.accepted();
            }
            if (of == life) {
                return acceptedInTime(passage);
            }
            return of.endedByLimit
                    ? Verdict.of(Action.DELIVER)
                    : trouble().stale(passage, replayable && state == State.ACTIVE);
        });
    }

    private Verdict acceptedInTime(Passage passage) {
        if (trouble == null) {
            return Verdict.of(Action.DELIVER);
        }
        if (state == State.ACTIVE && life.renewed()) {
            trouble.cooldown.endRow();
        }
        return trouble.own(Verdict.of(Action.DELIVER), trouble.suspects.refutedBy(passage, life));
    }

    Verdict unanswered(Passage passage) {
        return deciding(() -> {
            landed(passage);
            return Verdict.of(Action.DELIVER);
        });
    }

    Verdict lost(Passage passage, boolean again) {
        return deciding(() -> {
            Life of = landed(passage);
            if (passage.priority()) {
                of.seen |= !again;
                return Verdict.of(Action.DELIVER);
            }
            Verdict verdict = Verdict.of(again ? Action.ADMIT_AGAIN : Action.DELIVER);
            if (of != life || state == State.RENEWING) {
                return verdict;
            }
            life.expired = true;
            return suspectsAgain(verdict); // who is sent now is sent in the next generation, and tells nothing of them
        });
    }

    private Life landed(Passage passage) {
        Life of = wire.landed(passage);
        if (of == null) {
            throw new IllegalStateException(
                    "session '" + life.generation.session() + "': an answer was reported that is not awaited");
        }
        if (of.probe == passage) {
            of.probe = null;
            trouble().probed = passage;
        }
        return of;
    }

    Verdict left(Passage passage) {
        return deciding(() -> {
            waitsNoLonger(passage);
            if (trouble != null) {
                trouble.suspects.remove(passage);
            }
            return Verdict.of(Action.NOTHING);
        });
    }

    boolean holding() {
        return locked(this::nobodyIsSent);
    }

    Verdict open(@Nullable RenewalToken held) {
        return deciding(() -> using(held, owned -> Verdict.send(owned.pending()), () -> Verdict.send(life.generation)));
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
        if (unwanted != null && unwanted != life.generation) {
            return Verdict.of(Action.SKIP);
        }
        if (frozen || state == State.RENEWING) {
            passage.unwanted = life.generation;
            return hold(passage, waited);
        }
        if (barred(passage)) {
            return trouble().fail(Kind.RENEWAL_FAILED, life);
        }
        RenewalToken started = begin(Origin.ASKED, passage);
        passage.initiator = started != null;
        return suspectsAgain(
                started == null
                        ? trouble().fail(Kind.RENEWAL_FAILED, life).releasing()
                        : Verdict.send(started.pending()).starting(started));
    }

    boolean drained(RenewalToken waits) {
        return locked(() -> isLive(waits) && wire.drained(waits));
    }

    Verdict succeeded(RenewalToken done) {
        return deciding(() -> {
            Renewal renewal = renewalOf(done);
            if (renewal == null) {
                return late();
            }
            done.end(RenewalToken.State.ENDED);
            renewal.end();
            Trouble now = trouble();
            now.tally.renewals++;
            now.cooldown.end();
            if (now.suspects.barren() == 0) {
                now.cooldown.endRow();
            }
            install(done.life);
            life.generation.loggedIn();
            state = State.ACTIVE;
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, true);
    }

    Verdict lost(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, false);
    }

    private Verdict failed(RenewalToken done, boolean again, Throwable cause, boolean counts) {
        return deciding(() -> {
            Renewal renewal = renewalOf(done);
            if (renewal == null) {
                return late();
            }
            done.end(RenewalToken.State.REVOKED);
            if (!counts && !done.life.seen) {
                renewal.doNotCountLatest();
            }
            if (again && renewal.mayTryAgain()) {
                RenewalToken next = attempt(renewal);
                if (next != null) {
                    return Verdict.of(Action.NOTHING).starting(next);
                }
            } else {
                enterFailed(cause);
            }
            return Verdict.of(Action.NOTHING).releasing();
        });
    }

    private Verdict late() {
        trouble().tally.late++;
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
        install(new Life(next(), Origin.CLEARED, clock.millis()));
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
        locked(() -> life.expired |= state == State.ACTIVE || state == State.FAILED);
    }

    void endCooldown() {
        locked(() -> {
            if (trouble != null) {
                trouble.cooldown.end();
                trouble.cooldown.endRow();
            }
            return trouble;
        });
    }

    /**
     * Closes the session if nobody needs it: to evict or remove it.
     *
     * @return whether it is closed now
     */
    boolean close() {
        return locked(() -> {
            boolean idle = state != State.RENEWING && !frozen && wire.inFlight() == 0;
            if (idle && (trouble == null || trouble.isOver(clock.instant()))) {
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
        return locked(() -> life.generation);
    }

    /** Whether no answer is awaited. */
    boolean isEmpty() {
        return locked(() -> wire.inFlight() == 0);
    }

    /** A log-in that no renewal made was found when it was to be ended. */
    void loggedIn() {
        locked(() -> trouble().tally.otherLogIns++);
    }

    void loggedOut(boolean well) {
        locked(() -> well ? trouble().tally.logOuts++ : trouble().tally.failedLogOuts++);
    }

    /** The current generation, null when the session is closed. */
    @Nullable
    Generation current() {
        return locked(() -> state == State.CLOSED ? null : life.generation);
    }

    long millis() {
        return clock.millis();
    }

    GateStats stats() {
        return locked(() -> GateStats.of(state, life, wire, trouble == null ? new Trouble(rules) : trouble));
    }

    // ---- deciding, under the lock

    /** Whether whoever asks has to wait, the owner of a renewal excepted. */
    private boolean nobodyIsSent() {
        return frozen || state == State.RENEWING || (state == State.ACTIVE && life.probe != null);
    }

    private Verdict deciding(Supplier<Verdict> decision) {
        return locked(() -> {
            Verdict verdict = settleIfQuiet(decision.get());
            if (trouble != null && trouble.probed != null) {
                trouble.probed = null;
                verdict = verdict.releasing();
            }
            if (state == State.CLOSED && wire.inFlight() == 0) {
                verdict = verdict.emptying();
            }
            RenewalToken drained = wire.takeDrained();
            return drained != null && isLive(drained) ? verdict.starting(drained) : verdict;
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private Verdict settleIfQuiet(Verdict verdict) {
        Trouble now = trouble;
        if (now == null || state != State.ACTIVE || frozen || life.inFlight > 0) {
            return verdict;
        }
        if (now.waiting.now() > 0 || now.suspects.isEmpty()) {
            return verdict;
        }
        if (now.suspects.provenByQuiet(life)) {
            Verdict more = renewAutomatically(Origin.REFUSAL, now.suspects.first(), verdict.action());
            return verdict.starting(more.renewal())
                    .judging(more.standing(), more.again())
                    .releasing();
        }
        return now.own(verdict, now.suspects.standInQuiet(life));
    }

    /** What the suspects wait for has come. */
    private Verdict suspectsAgain(Verdict verdict) {
        return trouble == null ? verdict : trouble.notOwn(verdict, trouble.suspects.drain());
    }

    /** Tells apart who wants to use the session: the owner of the renewal under way, or anybody else. */
    private Verdict using(
            @Nullable RenewalToken held, Function<RenewalToken, Verdict> owner, Supplier<Verdict> anybody) {
        if (held != null && held.state() == RenewalToken.State.REVOKED) {
            return trouble().fail(Kind.REVOKED, life);
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
    private @Nullable Renewal renewalOf(RenewalToken held) {
        Renewal latest = trouble == null ? null : trouble.renewal;
        return state == State.RENEWING && latest != null && latest.latest() == held ? latest : null;
    }

    private @Nullable RenewalToken latestToken() {
        return trouble == null || trouble.renewal == null ? null : trouble.renewal.latest();
    }

    private Trouble trouble() {
        if (trouble == null) {
            trouble = new Trouble(rules);
        }
        return trouble;
    }

    /** Whether newcomers have to stand behind others that wait. */
    private boolean isLine() {
        return trouble != null && trouble.waiting.backlog() > 0;
    }

    /** Whether it has waited. */
    private boolean waitsNoLonger(Passage passage) {
        return trouble != null && trouble.waiting.remove(passage, clock);
    }

    /** Whether a renewal may not be tried: it is too early, or this exchange has waited for one that failed. */
    private boolean barred(Passage passage) {
        return trouble != null
                && (trouble.cooldown.active(clock.instant())
                        || (state == State.FAILED && passage.awaited != null && passage.awaited == trouble.renewal));
    }

    // ---- transitions

    /** Renews without being asked to, unless that must wait or has been in vain too often: then -> FAILED. */
    private Verdict renewAutomatically(Origin why, Passage initiator, Action action) {
        Trouble now = trouble();
        if (state == State.ACTIVE && why == Origin.REFUSAL && now.suspects.givenUp(life)) {
            now.tally.useless++;
        }
        RenewalToken started = null;
        if (now.suspects.renewalsAreBarren()) {
            enterFailed(new IllegalStateException("after each of " + now.suspects.barren()
                    + " renewals in a row every request was refused, though the log-in succeeded"));
            now.suspects.punished();
        } else if (now.cooldown.active(clock.instant())) {
            state = State.FAILED;
        } else {
            started = begin(why, initiator);
        }
        Verdict verdict = suspectsAgain(Verdict.of(action).starting(started));
        return state == State.FAILED ? verdict.releasing() : verdict;
    }

    /** -> RENEWING, or null and -> FAILED when there is no generation to fill. After a failure it gets one attempt. */
    private @Nullable RenewalToken begin(Origin why, Passage initiator) {
        Trouble now = trouble();
        boolean trial = state == State.FAILED || now.cooldown.failures() > 0;
        Renewal begun = new Renewal(why, initiator, trial ? 1 : now.suspects.attemptsLeft());
        now.renewal = begun;
        state = State.RENEWING;
        return attempt(begun);
    }

    private @Nullable RenewalToken attempt(Renewal of) {
        try {
            RenewalToken token = of.attempt(next(), clock.millis());
            trouble().tally.attempts++;
            return token;
        } catch (RuntimeException e) {
            enterFailed(e);
            return null;
        }
    }

    private void enterFailed(Throwable cause) {
        state = State.FAILED;
        Trouble now = trouble();
        now.tally.failures++;
        if (now.renewal != null) {
            now.renewal.end();
        }
        now.cooldown.failed(cause, Instant.ofEpochMilli(clock.millis()), rules);
    }

    private Generation next() {
        return generations.make(life.generation.session(), life.generation.number() + 1);
    }

    private void install(Life next) {
        life.endBy(next.origin);
        next.begin(clock.millis());
        life = next;
    }
}
