/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.session.GateFailure.Kind;
import io.github.camelsessions.session.Passage.Place;
import io.github.camelsessions.session.Verdict.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
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
 * refused(n)           | first: -> RENEWING, or park; else park | hold                           | as admit
 * accepted(n)          | deliver, settle suspects               | deliver                        | deliver
 * accepted(g &lt; n)      | replay, unless a limit ended g         | deliver                        | deliver
 * no answer            | deliver; never evidence                | deliver                        | deliver
 * renew(observed &lt; n)  | skip                                   | skip                           | skip
 * renew                | -> RENEWING                            | wait                           | before until: fail;
 *                      |                                        |                                | after: -> RENEWING
 * succeeded(t)         | late: drop                             | -> ACTIVE(n+1), release        | late: drop
 * failed(t)            | drop                                   | transient, attempts left:      | drop
 *                      |                                        | -> RENEWING(n,t'); else FAILED |
 * timeout(t)           | -                                      | revoke t, -> FAILED            | -
 * clear                | -> ACTIVE(n+1), suspects admitted again| nothing; by the owner: new jar | -> ACTIVE(n+1), the
 *                      |                                        |                                | cool-down stays
 * stop                 | -> CLOSED                              | revoke t, -> CLOSED            | -> CLOSED
 * </pre>
 *
 * CLEARED is no state: it is ACTIVE with a new generation. The cool-down is an attribute that outlives FAILED. Times are
 * taken from an injected clock; generations are compared by identity.
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

    /** What began a generation, which decides how much a refusal in it tells. */
    private enum Origin {
        NEW,
        CLEARED,
        LIMIT,
        ASKED,
        REFUSAL
    }

    private final SessionKey key;
    private final GateRules rules;
    private final InstantSource clock;
    private final LongFunction<Generation> generations;
    private final ReentrantLock lock = new ReentrantLock();

    // all below is guarded by lock
    private State state = State.ACTIVE;
    private Life life;
    private @Nullable RenewalToken token;
    private Origin reason = Origin.ASKED;
    private int attempt;
    private int attempts;
    private boolean previousEndedByLimit;
    private long events;
    private int waiting;
    private final Set<Passage> suspects = new LinkedHashSet<>();
    private int useless;
    private int barren;
    private int failures;
    private Instant coolUntil = Instant.MIN;
    private @Nullable Throwable lastFailure;

    /** What the gate knows of one generation. */
    private static final class Life {
        final Generation generation;
        final Origin origin;
        final Instant began;
        Instant lastUse;
        long uses;
        int inFlight;
        long accepted;
        boolean acceptedRefused;

        Life(Generation generation, Origin origin, Instant began) {
            this.generation = generation;
            this.origin = origin;
            this.began = began;
            this.lastUse = began;
        }
    }

    RenewalGate(SessionKey key, GateRules rules, InstantSource clock, LongFunction<Generation> generations) {
        this.key = key;
        this.rules = rules;
        this.clock = clock;
        this.generations = generations;
        this.life = new Life(generations.apply(0), Origin.NEW, clock.instant());
    }

    // ---- exchanges

    /**
     * An exchange wants to send.
     *
     * @param released whether it was held before: then it does not stand behind those that are still held
     * @param held     the renewal that the exchange belongs to, null for an ordinary one
     */
    Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        lock.lock();
        try {
            stopWaiting(passage);
            if (state == State.CLOSED) {
                return Verdict.of(Action.LOOK_UP);
            }
            if (held != null && held == token) {
                passage.generation = held.pending();
                return Verdict.send(held.pending());
            }
            if (held != null && held.state() == RenewalToken.State.REVOKED) {
                return fail(Kind.REVOKED);
            }
            return admitOrdinary(passage, released);
        } finally {
            lock.unlock();
        }
    }

    private Verdict admitOrdinary(Passage passage, boolean released) {
        if (state == State.RENEWING || (state == State.ACTIVE && waiting > 0 && !released)) {
            return hold(passage);
        }
        if (state == State.FAILED) {
            if (cooling()) {
                return fail(Kind.RENEWAL_FAILED);
            }
            if (rules.renews()) {
                return holdAnd(passage, begin(reason));
            }
            state = State.ACTIVE;
        }
        boolean limit = limitDue();
        if (rules.renews() && (limit || firstDue())) {
            return cooling() ? fail(Kind.RENEWAL_FAILED) : holdAnd(passage, begin(limit ? Origin.LIMIT : Origin.ASKED));
        }
        if (limit) {
            install(next(), Origin.LIMIT);
        }
        return send(passage);
    }

    private Verdict send(Passage passage) {
        life.uses++;
        life.inFlight++;
        life.lastUse = clock.instant();
        passage.generation = life.generation;
        passage.admittedAt = ++events;
        return Verdict.send(life.generation);
    }

    /** The answer of an admitted exchange matches the expiry rules. */
    Verdict refused(Passage passage) {
        lock.lock();
        try {
            boolean first = !passage.everRefused;
            passage.everRefused = true;
            passage.refusedAt = ++events;
            boolean current = landed(passage);
            if (state != State.ACTIVE || !current) {
                return Verdict.of(Action.ADMIT_AGAIN);
            }
            if (first && (!afterUselessRenewal() || aFirstRefusalIsParked())) {
                return renewAfterRefusal(rules.maxReplays() == 0 ? Action.DELIVER : Action.ADMIT_AGAIN);
            }
            passage.firstRefusal = first;
            suspects.add(passage);
            passage.place = Place.PARKED;
            return settleIfQuiet(Action.PARK);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The answer of an admitted exchange does not match the expiry rules.
     *
     * @param replayable whether the request may be sent again when its answer is stale
     */
    Verdict accepted(Passage passage, boolean replayable) {
        lock.lock();
        try {
            if (!landed(passage)) {
                boolean stale = state == State.ACTIVE && replayable && !previousEndedByLimit;
                return Verdict.of(stale ? Action.REPLAY_STALE : Action.DELIVER);
            }
            life.accepted++;
            if (passage.everRefused) {
                life.acceptedRefused = true;
                useless = 0;
            }
            barren = 0;
            List<Passage> cleared = new ArrayList<>();
            suspects.removeIf(suspect -> suspect.refusedAt < passage.admittedAt && cleared.add(suspect));
            cleared.forEach(suspect -> suspect.place = Place.NOWHERE);
            return judge(cleared, settleIfQuiet(Action.DELIVER));
        } finally {
            lock.unlock();
        }
    }

    /** An admitted exchange got no answer. That tells nothing about the session. */
    Verdict unanswered(Passage passage) {
        lock.lock();
        try {
            landed(passage);
            return settleIfQuiet(Action.DELIVER);
        } finally {
            lock.unlock();
        }
    }

    /** A waiting or parked exchange stopped waiting: its time was up, or its route was stopped. */
    Verdict left(Passage passage) {
        lock.lock();
        try {
            stopWaiting(passage);
            if (suspects.remove(passage)) {
                passage.place = Place.NOWHERE;
            }
            return settleIfQuiet(Action.NOTHING);
        } finally {
            lock.unlock();
        }
    }

    /** Whether those that wait still have to: ask after a hold was made, for the renewal may have ended meanwhile. */
    boolean holding() {
        lock.lock();
        try {
            return state == State.RENEWING;
        } finally {
            lock.unlock();
        }
    }

    // ---- renewals

    /**
     * An exchange or an operator asks for a renewal.
     *
     * @param observed the generation that the asker saw last, null when it asks whatever there was
     * @param passage  the asker; it waits like any other when another renews
     * @param held     the renewal that the asker belongs to, null for none
     * @return SEND with a renewal: the asker is the priority exchange; SEND without: it has joined the renewal that it
     *     belongs to; HOLD: another one renews, ask again afterwards; SKIP: the generation it saw was renewed since
     */
    Verdict renew(Passage passage, @Nullable Generation observed, @Nullable RenewalToken held) {
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return Verdict.of(Action.LOOK_UP);
            }
            if (held != null && held == token) {
                return Verdict.send(held.pending());
            }
            if (held != null && held.state() == RenewalToken.State.REVOKED) {
                return fail(Kind.REVOKED);
            }
            if (observed != null && observed != life.generation) {
                return Verdict.of(Action.SKIP);
            }
            if (state == State.RENEWING) {
                return hold(passage);
            }
            if (cooling()) {
                return fail(Kind.RENEWAL_FAILED);
            }
            RenewalToken started = begin(Origin.ASKED);
            return Verdict.send(started.pending()).starting(started, drainSuspects());
        } finally {
            lock.unlock();
        }
    }

    /** The attempt has filled its generation: it becomes the current one. A late success is dropped. */
    Verdict succeeded(RenewalToken done) {
        lock.lock();
        try {
            if (done != token) {
                return Verdict.of(Action.NOTHING);
            }
            done.end(RenewalToken.State.ENDED);
            token = null;
            failures = 0;
            coolUntil = Instant.MIN;
            lastFailure = null;
            install(done.pending(), reason);
            state = State.ACTIVE;
            return Verdict.of(Action.NOTHING).releasing();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The attempt has failed. A failure that was dropped is answered with NOTHING.
     *
     * @param again whether another attempt may help: the failure was transient and there is time left
     * @return with a renewal: the next attempt, to be started after the backoff
     */
    Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        lock.lock();
        try {
            if (done != token) {
                return Verdict.of(Action.NOTHING);
            }
            done.end(RenewalToken.State.REVOKED);
            if (again && attempt < attempts) {
                attempt++;
                token = new RenewalToken(next());
                return Verdict.of(Action.NOTHING).starting(token, List.of());
            }
            enterFailed(cause);
            return Verdict.of(Action.NOTHING).releasing();
        } finally {
            lock.unlock();
        }
    }

    // ---- operators

    /** Empties the session. Within a renewal only its owner does: then the pending jar is emptied. */
    Verdict clear(@Nullable RenewalToken held) {
        lock.lock();
        try {
            if (state == State.RENEWING) {
                if (held != null && held == token) {
                    held.pending().jar().clear();
                }
                return Verdict.of(Action.NOTHING);
            }
            if (state == State.CLOSED) {
                return Verdict.of(Action.NOTHING);
            }
            install(next(), Origin.CLEARED);
            state = State.ACTIVE;
            return Verdict.of(Action.NOTHING).starting(null, drainSuspects()).releasing();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the cool-down, so that the next exchange may renew. */
    void endCooldown() {
        lock.lock();
        try {
            failures = 0;
            coolUntil = Instant.MIN;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the session for good; whoever waits is released, to be failed. */
    Verdict stop() {
        lock.lock();
        try {
            if (token != null) {
                token.end(RenewalToken.State.REVOKED);
                token = null;
            }
            state = State.CLOSED;
            return Verdict.of(Action.NOTHING).starting(null, drainSuspects()).releasing();
        } finally {
            lock.unlock();
        }
    }

    // ---- guarded by lock

    /** Takes an answered passage out of flight; whether it was of the current generation. */
    private boolean landed(Passage passage) {
        boolean current = passage.generation == life.generation;
        if (current) {
            life.inFlight--;
        }
        return current;
    }

    private Verdict hold(Passage passage) {
        if (waiting >= rules.maxHeld()) {
            return fail(Kind.FULL);
        }
        wait(passage);
        return Verdict.of(Action.HOLD);
    }

    private Verdict holdAnd(Passage passage, RenewalToken started) {
        wait(passage); // whoever starts a renewal waits for it, however many do
        return Verdict.of(Action.HOLD).starting(started, drainSuspects());
    }

    private void wait(Passage passage) {
        passage.place = Place.WAITING;
        waiting++;
    }

    private void stopWaiting(Passage passage) {
        if (passage.place == Place.WAITING) {
            passage.place = Place.NOWHERE;
            waiting--;
        }
    }

    private Verdict fail(Kind kind) {
        boolean failed = kind == Kind.RENEWAL_FAILED;
        return Verdict.failing(new GateFailure(
                kind, key, life.generation.number(), waiting, failed ? coolUntil : null, failed ? lastFailure : null));
    }

    private boolean cooling() {
        return clock.instant().isBefore(coolUntil);
    }

    private boolean firstDue() {
        return rules.renewFirst() && life.uses == 0 && (life.origin == Origin.NEW || life.origin == Origin.CLEARED);
    }

    private boolean limitDue() {
        Instant now = clock.instant();
        return rules.maxUses() > 0 && life.uses >= rules.maxUses()
                || passed(rules.maxAge(), life.began, now)
                || passed(rules.maxIdle(), life.lastUse, now);
    }

    private static boolean passed(Duration limit, Instant since, Instant now) {
        return !limit.isZero() && !now.isBefore(since.plus(limit));
    }

    /** Whether the current generation came from a refusal and has accepted none of the refused exchanges yet. */
    private boolean afterUselessRenewal() {
        return life.origin == Origin.REFUSAL && !life.acceptedRefused;
    }

    private boolean aFirstRefusalIsParked() {
        return suspects.stream().anyMatch(suspect -> suspect.firstRefusal);
    }

    private Verdict settleIfQuiet(Action action) {
        Verdict verdict = Verdict.of(action);
        if (state != State.ACTIVE || life.inFlight > 0 || waiting > 0 || suspects.isEmpty()) {
            return verdict;
        }
        if (life.accepted > 0 && useless < rules.renewalAttempts()) {
            return renewAfterRefusal(action);
        }
        return judge(drainSuspects(), verdict);
    }

    /** The refusals were the exchanges' own; those that have replays left are sent again all the same. */
    private Verdict judge(List<Passage> judged, Verdict verdict) {
        List<Passage> standing = new ArrayList<>();
        List<Passage> again = new ArrayList<>();
        for (Passage passage : judged) {
            passage.stood++;
            (passage.stood < rules.maxReplays() ? again : standing).add(passage);
        }
        return verdict.judging(standing, again);
    }

    private Verdict renewAfterRefusal(Action action) {
        if (life.origin == Origin.REFUSAL) {
            useless += life.acceptedRefused ? 0 : 1;
            barren += life.accepted > 0 ? 0 : 1;
        }
        Verdict verdict = Verdict.of(action);
        if (barren >= rules.renewalAttempts()) {
            enterFailed(new IllegalStateException("after each of " + barren
                    + " renewals in a row every request was refused, though the log-in succeeded"));
            return verdict.starting(null, drainSuspects()).releasing();
        }
        if (cooling()) {
            state = State.FAILED;
            return verdict.starting(null, drainSuspects()).releasing();
        }
        return verdict.starting(begin(Origin.REFUSAL), drainSuspects());
    }

    private RenewalToken begin(Origin why) {
        attempts = state == State.FAILED ? 1 : Math.max(1, rules.renewalAttempts());
        state = State.RENEWING;
        reason = why;
        attempt = 1;
        token = new RenewalToken(next());
        return token;
    }

    private void enterFailed(Throwable cause) {
        token = null;
        state = State.FAILED;
        lastFailure = cause;
        failures++;
        barren = 0;
        useless = 0;
        coolUntil = clock.instant().plus(cooldown(failures));
    }

    private Duration cooldown(int failure) {
        Duration cooldown = rules.cooldown();
        for (int i = 1; i < failure && cooldown.compareTo(rules.cooldownMax()) < 0; i++) {
            cooldown = cooldown.multipliedBy(2);
        }
        return cooldown.compareTo(rules.cooldownMax()) > 0 ? rules.cooldownMax() : cooldown;
    }

    private Generation next() {
        return generations.apply(life.generation.number() + 1);
    }

    private void install(Generation generation, Origin origin) {
        previousEndedByLimit = origin == Origin.LIMIT;
        life = new Life(generation, origin, clock.instant());
    }

    private List<Passage> drainSuspects() {
        List<Passage> drained = List.copyOf(suspects);
        suspects.clear();
        drained.forEach(passage -> passage.place = Place.NOWHERE);
        return drained;
    }
}
