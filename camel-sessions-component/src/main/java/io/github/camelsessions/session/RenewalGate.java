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
import java.util.function.LongFunction;
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
 * last ordinary answer | -                                      | start t if it waits for that   | -
 * renew(observed &lt; n)  | skip                                   | skip                           | skip
 * renew                | -> RENEWING                            | wait                           | before until: fail;
 *                      |                                        |                                | after: -> RENEWING
 * drained(t)           | late: no                               | none ordinary on the wire: yes;| late: no
 *                      |                                        | else no, t waits for that      |
 * succeeded(t)         | late: drop                             | -> ACTIVE(n+1), release        | late: drop
 * failed(t)            | drop                                   | transient, attempts left:      | drop
 *                      |                                        | -> RENEWING(n,t'); else FAILED |
 * timeout(t)           | -                                      | revoke t, -> FAILED            | -
 * clear                | -> ACTIVE(n+1), suspects admitted again| nothing; by the owner: empty   | -> ACTIVE(n+1), the
 *                      |                                        | the pending jar                | cool-down stays
 * expire               | a limit of n is due                    | nothing                        | a limit of n is due
 * freeze               | whoever asks is held, nothing begins   | the same; t goes on            | the same
 * unfreeze             | release                                | nothing                        | release
 * open                 | work in n                              | in n; by the owner: pending    | in n
 * close (evict, remove)| none in flight or held, no cool-down:  | refuse                         | as ACTIVE
 *                      | -> CLOSED; else refuse                 |                                |
 * stop                 | -> CLOSED                              | revoke t, -> CLOSED            | -> CLOSED
 * </pre>
 *
 * In CLOSED, whoever wants to use the session looks it up again; answers are counted and delivered or sent again, all
 * else does nothing.
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

    private final SessionKey key;
    private final InstantSource clock;
    private final LongFunction<Generation> generations;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private GateRules rules = GateRules.DEFAULT;
    private @Nullable String configuredAt;
    private State state = State.ACTIVE;
    private boolean frozen;
    private @Nullable Passage probed; // whose answer all others waited for, while that is judged
    private Life life;
    private @Nullable Renewal renewal; // the latest; its latest token is live exactly when RENEWING
    private final Wire wire = new Wire();
    private final Waiting waiting = new Waiting();
    private final Suspects suspects = new Suspects(rules);
    private final Cooldown cooldown = new Cooldown();
    private final Tally tally = new Tally();
    private final Verdicts verdicts;

    /**
     * @param generations makes the generation of that number; its locks are leaves
     */
    RenewalGate(SessionKey key, InstantSource clock, LongFunction<Generation> generations) {
        this.key = key;
        this.clock = clock;
        this.generations = generations;
        this.verdicts = new Verdicts(key, tally, waiting, cooldown);
        this.life = new Life(generations.apply(0), Origin.NEW, clock.instant());
    }

    @Nullable
    String configure(GateRules wanted, String place) {
        return locked(() -> {
            if (configuredAt == null) {
                configuredAt = place;
                rules = wanted;
                suspects.configure(wanted);
            }
            return rules.equals(wanted) ? null : configuredAt;
        });
    }

    // ---- exchanges

    Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        return deciding(() -> {
            waiting.remove(passage, clock);
            return using(
                    held,
                    owned -> send(passage, owned.life, true, clock.instant()),
                    () -> admitOrdinary(passage, released));
        });
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        if (nobodyIsSent() || (state == State.ACTIVE && waiting.backlog() > 0 && !released)) {
            return hold(passage, released);
        }
        if (state == State.FAILED) {
            if (barred(passage)) {
                return verdicts.fail(Kind.RENEWAL_FAILED, life);
            }
            if (passage.renews) {
                return holdForRenewal(passage, released, renewal == null ? Origin.ASKED : renewal.reason);
            }
            state = State.ACTIVE;
        }
        Instant now = clock.instant();
        boolean limit = life.limitDue(rules, now);
        if (passage.renews && (limit || (passage.renewFirst && life.empty()))) {
            return holdForRenewal(passage, released, limit ? Origin.LIMIT : Origin.ASKED);
        }
        if (limit) {
            install(new Life(next(), Origin.LIMIT, now));
        }
        return send(passage, life, false, now);
    }

    private Verdict send(Passage passage, Life to, boolean priority, Instant now) {
        if (!priority && Suspects.isToBeProbed(passage, to)) {
            to.probe = passage;
        }
        wire.send(passage, to, priority, now);
        return Verdict.send(to.generation);
    }

    private Verdict hold(Passage passage, boolean hasPlace) {
        if (waiting.now() >= rules.maxHeld() && !hasPlace && !passage.initiator) {
            return verdicts.fail(Kind.FULL, life);
        }
        waiting.add(passage, state == State.RENEWING ? renewal : null, nobodyIsSent(), hasPlace, clock.instant());
        return Verdict.of(Action.HOLD);
    }

    private Verdict holdForRenewal(Passage passage, boolean released, Origin why) {
        Verdict verdict = renewAutomatically(why, passage, Action.HOLD);
        if (state != State.RENEWING) {
            return verdict.failing(verdicts.failure(Kind.RENEWAL_FAILED, life));
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
                    return passage.priority() ? Verdict.of(Action.DELIVER) : refused(passage, of);
                })
                .apart(passage);
    }

    private Verdict refused(Passage passage, Life of) {
        boolean first = passage.refusals++ == 0;
        passage.refusedAt = wire.event();
        tally.refused++;
        suspects.refusedBy(of, passage.refusedAt);
        if (of != life || state != State.ACTIVE || frozen) {
            return Verdict.of(verdicts.sentAgain(passage));
        }
        if (!passage.renews) {
            return Verdict.of(Action.DELIVER);
        }
        if (passage == probed) {
            suspects.probeRefused(life);
            return verdicts.own(Verdict.of(Action.DELIVER), List.of(passage));
        }
        if (first && suspects.provenByFirstRefusal(life)) {
            passage.initiator = true;
            return renewAutomatically(Origin.REFUSAL, passage, verdicts.sentAgain(passage));
        }
        suspects.park(passage, first);
        return Verdict.of(Action.PARK);
    }

    Verdict accepted(Passage passage, boolean replayable) {
        return deciding(() -> {
            Life of = landed(passage);
            if (passage.priority()) {
                return Verdict.of(Action.DELIVER);
            }
            suspects.acceptedBy(of, wire.event());
            if (of == life) {
                return acceptedInTime(passage);
            }
            return of.endedByLimit
                    ? Verdict.of(Action.DELIVER)
                    : verdicts.stale(passage, replayable && state == State.ACTIVE);
        });
    }

    private Verdict acceptedInTime(Passage passage) {
        if (state == State.ACTIVE && life.renewed()) {
            cooldown.endRow();
        }
        return verdicts.own(Verdict.of(Action.DELIVER), suspects.refutedBy(passage, life));
    }

    Verdict unanswered(Passage passage) {
        return deciding(() -> {
            landed(passage);
            return Verdict.of(Action.DELIVER);
        });
    }

    private Life landed(Passage passage) {
        Life of = wire.landed(passage);
        if (of == null) {
            throw new IllegalStateException("session '" + key + "': an answer was reported that is not awaited");
        }
        if (of.probe == passage) {
            of.probe = null;
            probed = passage;
        }
        return of;
    }

    Verdict left(Passage passage) {
        return deciding(() -> {
            waiting.remove(passage, clock);
            suspects.remove(passage);
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
            boolean waited = waiting.remove(passage, clock);
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
            return verdicts.fail(Kind.RENEWAL_FAILED, life);
        }
        RenewalToken started = begin(Origin.ASKED, passage);
        passage.initiator = started != null;
        return suspectsAgain(
                started == null
                        ? verdicts.fail(Kind.RENEWAL_FAILED, life).releasing()
                        : Verdict.send(started.pending()).starting(started));
    }

    boolean drained(RenewalToken waits) {
        return locked(() -> isLive(waits) && wire.drained(waits));
    }

    Verdict succeeded(RenewalToken done) {
        return deciding(() -> {
            if (!isLive(done)) {
                return late();
            }
            done.end(RenewalToken.State.ENDED);
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

    Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return deciding(() -> {
            if (renewal == null || !isLive(done)) {
                return late();
            }
            done.end(RenewalToken.State.REVOKED);
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
        tally.late++;
        return Verdict.of(Action.NOTHING);
    }

    /** The attempt made last, whatever has become of it, null when there was none. */
    @Nullable
    RenewalToken latestAttempt() {
        return locked(() -> renewal == null ? null : renewal.latest());
    }

    // ---- operators

    Verdict clear(@Nullable RenewalToken held) {
        return deciding(() -> using(
                held,
                owned -> {
                    owned.pending().jar().clear();
                    return Verdict.of(Action.NOTHING);
                },
                this::clearOrdinary));
    }

    private Verdict clearOrdinary() {
        if (state == State.RENEWING) {
            return Verdict.of(Action.NOTHING);
        }
        install(new Life(next(), Origin.CLEARED, clock.instant()));
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
            cooldown.end();
            cooldown.endRow();
            return cooldown;
        });
    }

    /**
     * Closes the session if nobody needs it: to evict or remove it.
     *
     * @return whether it is closed now
     */
    boolean close() {
        return locked(() -> {
            boolean idle = state != State.RENEWING
                    && !frozen
                    && wire.inFlight() == 0
                    && waiting.now() == 0
                    && suspects.isEmpty();
            if (idle && !cooldown.active(clock.instant())) {
                state = State.CLOSED;
            }
            return state == State.CLOSED;
        });
    }

    Verdict stop() {
        return deciding(() -> {
            RenewalToken latest = renewal == null ? null : renewal.latest();
            if (latest != null && isLive(latest)) {
                latest.end(RenewalToken.State.REVOKED);
            }
            state = State.CLOSED;
            return suspectsAgain(Verdict.of(Action.NOTHING)).releasing();
        });
    }

    /** The current generation, null when the session is closed. */
    @Nullable
    Generation current() {
        return locked(() -> state == State.CLOSED ? null : life.generation);
    }

    GateStats stats() {
        return locked(() -> GateStats.of(state, life, wire, waiting, suspects, cooldown, tally));
    }

    // ---- deciding, under the lock

    /** Whether whoever asks has to wait, the owner of a renewal excepted. */
    private boolean nobodyIsSent() {
        return frozen || state == State.RENEWING || (state == State.ACTIVE && life.probe != null);
    }

    private Verdict deciding(Supplier<Verdict> decision) {
        return locked(() -> {
            Verdict verdict = settleIfQuiet(decision.get());
            if (probed != null) {
                probed = null;
                verdict = verdict.releasing();
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
        if (state != State.ACTIVE || frozen || life.inFlight > 0 || waiting.now() > 0 || suspects.isEmpty()) {
            return verdict;
        }
        if (suspects.provenByQuiet(life)) {
            Verdict more = renewAutomatically(Origin.REFUSAL, suspects.first(), verdict.action());
            return verdict.starting(more.renewal())
                    .judging(more.standing(), more.again())
                    .releasing();
        }
        return verdicts.own(verdict, suspects.standInQuiet(life));
    }

    /** What the suspects wait for has come. */
    private Verdict suspectsAgain(Verdict verdict) {
        return verdicts.notOwn(verdict, suspects.drain());
    }

    /** Tells apart who wants to use the session: the owner of the renewal under way, or anybody else. */
    private Verdict using(
            @Nullable RenewalToken held, Function<RenewalToken, Verdict> owner, Supplier<Verdict> anybody) {
        if (held != null && held.state() == RenewalToken.State.REVOKED) {
            return verdicts.fail(Kind.REVOKED, life);
        }
        if (state == State.CLOSED) {
            return Verdict.of(Action.LOOK_UP);
        }
        return held != null && isLive(held) ? owner.apply(held) : anybody.get();
    }

    private boolean isLive(RenewalToken held) {
        return state == State.RENEWING && renewal != null && renewal.latest() == held;
    }

    /** Whether a renewal may not be tried: it is too early, or this exchange has waited for one that failed. */
    private boolean barred(Passage passage) {
        return cooldown.active(clock.instant())
                || (state == State.FAILED && passage.awaited != null && passage.awaited == renewal);
    }

    // ---- transitions

    /** Renews without being asked to, unless that must wait or has been in vain too often: then -> FAILED. */
    private Verdict renewAutomatically(Origin why, Passage initiator, Action action) {
        if (state == State.ACTIVE && why == Origin.REFUSAL && suspects.givenUp(life)) {
            tally.useless++;
        }
        RenewalToken started = null;
        if (suspects.renewalsAreBarren()) {
            enterFailed(new IllegalStateException("after each of " + suspects.barren()
                    + " renewals in a row every request was refused, though the log-in succeeded"));
            suspects.punished();
        } else if (cooldown.active(clock.instant())) {
            state = State.FAILED;
        } else {
            started = begin(why, initiator);
        }
        Verdict verdict = suspectsAgain(Verdict.of(action).starting(started));
        return state == State.FAILED ? verdict.releasing() : verdict;
    }

    /** -> RENEWING, or null and -> FAILED when there is no generation to fill. After a failure it gets one attempt. */
    private @Nullable RenewalToken begin(Origin why, Passage initiator) {
        boolean trial = state == State.FAILED || cooldown.failures() > 0;
        Renewal begun = new Renewal(why, initiator, trial ? 1 : suspects.attemptsLeft());
        renewal = begun;
        state = State.RENEWING;
        return attempt(begun);
    }

    private @Nullable RenewalToken attempt(Renewal of) {
        try {
            RenewalToken token = of.attempt(next(), clock.instant());
            tally.attempts++;
            return token;
        } catch (RuntimeException e) {
            enterFailed(e);
            return null;
        }
    }

    private void enterFailed(Throwable cause) {
        state = State.FAILED;
        tally.failures++;
        cooldown.failed(cause, clock.instant(), rules);
    }

    private Generation next() {
        return generations.apply(life.generation.number() + 1);
    }

    private void install(Life next) {
        life.endBy(next.origin);
        next.begin(clock.instant());
        life = next;
    }
}
