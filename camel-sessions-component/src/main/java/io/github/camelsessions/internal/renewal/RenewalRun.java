/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.Mender.LooseEnd;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * One renewal of a session: as many attempts as the gate allows and its time permits. Thread-safe: one attempt runs at a
 * time, and its end races with the time-out; the gate takes the first and drops the other.
 */
final class RenewalRun {

    private final GateKeeper gates;
    private final Host host;
    private final Session session;
    private final RenewalRules rules;
    private final Work work;
    private final boolean needsLane;
    private volatile long began;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final LooseEnd end = LooseEnd.of(this::end);
    private final Runnable attempt = this::runAttempt;
    private volatile RenewalToken token;
    private volatile Runnable leaveLane = () -> {};
    private volatile @Nullable Future<?> timer;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Runnable waiting;
    private volatile @Nullable Throwable timedOut;
    private volatile @Nullable Duration goodFor; // as its latest attempt has told
    private Duration backoff;
    private final Set<ClientProfile> lost = new HashSet<>(); // the profiles whose proxies have failed it

    /** What renews the session: a priority exchange, or an exchange of the user. */
    interface Work {

        /**
         * Runs one attempt on this thread, and returns when it has ended.
         *
         * @return the exchange that shows how it went
         */
        Exchange run(RenewalToken token) throws Exception;

        /** Whether it can run another time. */
        boolean isRepeatable();

        /** The renewal is over. Called once, never while {@link #run} runs, on a thread that may continue a route. */
        void ended(@Nullable Throwable failure);
    }

    /** Whoever has begun it. */
    interface Host {

        /** Runs the next attempt after a pause. */
        void runLater(RenewalRun renewal, Duration pause);

        /** The session was renewed: told before anybody who waits sees that. */
        void renewed(Session session);

        /** The renewal is over. */
        void ended(RenewalToken first);
    }

    /**
     * @param token     of the first attempt
     * @param needsLane whether it counts among those that may run at once
     */
    RenewalRun(
            GateKeeper gates,
            Host host,
            Session session,
            RenewalRules rules,
            Work work,
            RenewalToken token,
            boolean needsLane) {
        this.gates = gates;
        this.host = host;
        this.session = session;
        this.rules = rules;
        this.work = work;
        this.token = token;
        this.needsLane = needsLane;
        this.backoff = rules.renewalBackoff();
        token.carry();
    }

    SessionKey session() {
        return session.key();
    }

    boolean needsLane() {
        return needsLane;
    }

    /** Runs an attempt on this thread, and sees to the next one if there is any. */
    void run(Runnable leave) {
        leaveLane = leave;
        step(attempt);
    }

    /**
     * Takes a step on the way of the renewal: when that throws, the renewal is lost, but has an end.
     *
     * @param action is made before it is needed: an error of that would be nobody's
     */
    void step(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            lose(e);
        }
    }

    /** An error keeps it from going on. Needs no memory. */
    void lose(Throwable error) {
        failure = error;
        token.lose();
        gates.torn(session, error); // the gate gives the token up
        Runnable waits = waiting;
        if (waits != null) {
            waits.run();
        } else {
            gates.mender().endLater(end);
        }
    }

    /**
     * @param thread lets a thread go on that waits for the renewal, and will run it, to end it when it is lost; null when
     *     there is none any more
     */
    void waits(@Nullable Runnable thread) {
        waiting = thread;
    }

    private void runAttempt() {
        if (timer == null) { // the time in line for a lane does not count
            began = System.nanoTime();
            timer = gates.threads().runLater(this::timeOut, rules.renewalTimeout());
        }
        RenewalToken mine = token;
        if (mine.state() != RenewalToken.State.LIVE || !mine.isCarried()) { // its time was up, or all is being stopped
            end();
            return;
        }
        Throwable cause;
        try {
            gates.silent().begins(mine, rules.renewalTimeout());
            cause = attempt(mine);
        } finally {
            gates.silent().over(mine);
        }
        if (cause == null) {
            succeed(mine);
        } else {
            fail(mine, cause);
        }
    }

    private @Nullable Throwable attempt(RenewalToken mine) {
        Throwable[] cause = new Throwable[1];
        RenewalScope.runIn(mine, () -> {
            try {
                keep(mine);
                Exchange exchange = work.run(mine);
                cause[0] = RenewalEvidence.failure(exchange, mine, rules);
                if (cause[0] == null && rules.renewAfter() != null) {
                    goodFor = rules.renewAfter().of(exchange, mine.pending());
                }
            } catch (Throwable e) { // an error, too, must end the renewal
                cause[0] = e;
            }
        });
        return cause[0];
    }

    /** What is kept belongs to an account: the log-in has it only where it has the client profile of before. */
    private void keep(RenewalToken mine) {
        Generation before = rules.keep().isEmpty() ? null : session.open(null).generation();
        if (before == null) {
            return;
        }
        Initiator initiator = Pass.initiator(mine);
        GateKeeper.equip(session, mine.pending(), mine, initiator == null ? null : initiator.profile(), rules);
        if (mine.pending().profile().equals(before.profile())) {
            rules.keep().keep(before, mine.pending());
        }
    }

    private void succeed(RenewalToken mine) {
        Verdict verdict = session.succeeded(mine, goodFor);
        if (verdict.release()) {
            over.set(true);
            host.renewed(session);
            gates.actOnOthers(session, verdict);
            gates.reports().renewed(session, elapsed());
        }
        end();
    }

    private void fail(RenewalToken mine, Throwable cause) {
        boolean isLost = isLost(mine, cause);
        Duration pause = isLost ? Duration.ZERO : pause(cause);
        boolean again = work.isRepeatable()
                && TransientFailures.isTransient(cause)
                && elapsed().plus(pause).compareTo(rules.renewalTimeout()) < 0;
        Verdict verdict = isLost
                ? session.lost(mine, again, cause)
                : session.failed(mine, again, cause, TransientFailures.retryAfter(cause, Instant.now()));
        RenewalToken next = verdict.renewal();
        if (next != null) {
            token = next;
            next.carry();
            backoff = isLost ? backoff : backoff.multipliedBy(2);
            leaveLane.run();
            gates.actOnOthers(session, verdict);
            if (timedOut != null) { // looked at after the token was set, as timeOut() does the other way round
                timeOut();
            }
            host.runLater(this, pause);
            return;
        }
        if (verdict.release() && over.compareAndSet(false, true)) {
            failure = cause;
            gates.actOnOthers(session, verdict);
            gates.reports().failed(session, rules, cause);
        }
        end();
    }

    /**
     * Whether the attempt has failed because the proxy of its profile has, so that the next one has another profile. Told of
     * each profile once: then it ends, however soon they return.
     */
    private boolean isLost(RenewalToken mine, Throwable cause) {
        ProxyFailedException failure = ObjectHelper.getException(ProxyFailedException.class, cause);
        Generation pending = mine.pending();
        return failure != null
                && !failure.isSiteInDoubt()
                && failure.profile().equals(pending.profile())
                && pending.isProfileRotated()
                && !rules.sameProfile()
                && lost.add(failure.profile());
    }

    /** The time before the next attempt: between half and all of the backoff, or longer when the server asks for it. */
    private Duration pause(Throwable cause) {
        long nanos = backoff.toNanos();
        Duration jittered =
                Duration.ofNanos(nanos / 2 + (long) (ThreadLocalRandom.current().nextDouble() * (nanos - nanos / 2)));
        Duration asked = TransientFailures.retryAfter(cause, Instant.now());
        return asked.compareTo(jittered) > 0 ? asked : jittered;
    }

    private void timeOut() {
        RenewalToken mine = token;
        try {
            endInTime();
        } catch (Throwable e) {
            mine.lose();
            gates.torn(session, e);
        }
    }

    private void endInTime() {
        Throwable cause =
                new TimeoutException("no end within " + rules.renewalTimeout().toMillis()
                        + " ms: the log-in is slow or hangs, or it sends through a ProducerTemplate on another thread and"
                        + " waits for itself");
        timedOut = cause; // before the gate is told: the attempt that this ends may look for it at once
        RenewalToken mine = token;
        while (!over.get()) {
            Verdict verdict = session.failed(mine, false, cause);
            gates.silent().over(mine);
            if (verdict.release()) {
                failure = cause;
                over.set(true);
                leaveLane.run();
                gates.actOnOthers(session, verdict);
                gates.reports().failed(session, rules, cause);
            } else if (mine == token) {
                return; // it ended at the same time
            }
            mine = token;
        }
    }

    private void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        try {
            Future<?> set = timer;
            if (set != null) {
                set.cancel(false);
            }
            leaveLane.run();
            host.ended(token.first());
        } finally {
            work.ended(outcome());
        }
    }

    /** Why it has failed, null when it has not. */
    private @Nullable Throwable outcome() {
        if (failure != null || over.get()) {
            return failure;
        }
        return timedOut != null ? timedOut : new IllegalStateException("the session was stopped");
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
