/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Uninterruptibly;
import io.github.camelsessions.internal.session.GateFailure;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts renewals when it is their time, and tells how they ended. Thread-safe. */
final class RenewalStarter extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(RenewalStarter.class);

    private static final String FAILED = "could not be renewed";

    private final SessionTraffic traffic;
    private final ProducerTemplate template;
    private final LimitedExecutor lanes;
    private final List<ListenerLine> listeners = new CopyOnWriteArrayList<>();
    private final Set<RenewalRun> paused = ConcurrentHashMap.newKeySet();
    private final Set<RenewalToken> silent = ConcurrentHashMap.newKeySet(); // attempts that have sent nothing yet
    private final Map<RenewalToken, Runnable> draining = new ConcurrentHashMap<>();
    // until when the cool-down of a session was reported; sessions that work are not in here, but some that are no more
    private final Map<SessionKey, Instant> reported = LRUCacheFactory.newLRUCache(10_000);

    RenewalStarter(CamelContext context, SessionTraffic traffic) {
        this.traffic = traffic;
        this.template = context.createProducerTemplate();
        this.lanes = traffic.newLanes();
    }

    /** After an error: whoever waits for a lane that is free has it. */
    void mend() {
        lanes.serve();
    }

    void setConcurrency(int renewalConcurrency) {
        lanes.setLanes(renewalConcurrency);
    }

    int concurrency() {
        return lanes.lanes();
    }

    /** Whether the renewal of the session waits for its turn. */
    boolean isInLine(SessionKey session) {
        return lanes.isInLine(session);
    }

    /** A gate has begun a renewal, or lets one start that was begun and waited for requests under way. */
    void begin(Session session, RenewalToken token) {
        Runnable drained = draining.remove(token);
        if (drained != null) {
            drained.run();
            return;
        }
        try {
            beginNew(session, token);
        } catch (Throwable e) {
            token.lose();
            traffic.torn(session, e); // the gate gives the token up
        }
    }

    private void beginNew(Session session, RenewalToken token) {
        Initiator initiator = Initiator.of(token);
        if (token.state() != RenewalToken.State.LIVE || initiator == null) {
            return; // it did not wait that long, and has ended since
        }
        RenewalRules rules = initiator.rules();
        String uri = Objects.requireNonNull(rules.renewalUri(), "a session without renewalUri renews only when asked");
        LogInRoute route = new LogInRoute(template, uri, initiator.cause());
        // one within another renewal holds a lane already: waiting for a second could be for ever
        RenewalRun renewal = new RenewalRun(traffic, session, rules, route, token, !initiator.isInRenewal());
        Runnable run = () -> run(renewal);
        Runnable next = () -> renewal.step(run);
        Runnable logOut = () -> traffic.logOuts().before(session, token, rules, next);
        Runnable go = () -> renewal.step(logOut);
        renewal.step(() -> {
            if (isDrained(session, token, rules, go)) {
                go.run();
            }
        });
    }

    /** Runs a renewal on this thread, or, when it has to wait for requests under way or for a log-out and may, later on another. */
    void runHere(RenewalRun renewal, Session session, RenewalToken token, RenewalRules rules, boolean mayLeaveThread) {
        if (rules.drainTimeout().isZero() && rules.closeUri() == null) {
            renewal.run(() -> {});
            return;
        }
        Thread here = Thread.currentThread();
        AtomicBoolean left = new AtomicBoolean();
        CountDownLatch ready = new CountDownLatch(1);
        Runnable run = () -> {
            if (!mayLeaveThread) {
                ready.countDown();
            } else if (Thread.currentThread() == here && !left.get()) {
                renewal.run(() -> {});
            } else {
                run(renewal);
            }
        };
        Runnable next = () -> renewal.step(run);
        Runnable logOut = () -> traffic.logOuts().before(session, token, rules, next);
        Runnable go = () -> renewal.step(logOut);
        if (!mayLeaveThread) {
            renewal.waits(ready::countDown);
        }
        renewal.step(() -> {
            if (isDrained(session, token, rules, go)) {
                go.run();
            }
        });
        if (!mayLeaveThread) {
            Uninterruptibly.await(ready);
            renewal.waits(null);
            renewal.run(() -> {});
        }
        left.set(true);
    }

    /** A renewal waits for the session: it may have the lane that the renewal of that session waits for. */
    void awaited(SessionKey session) {
        lanes.hurry(session);
        traffic.logOuts().awaited(session);
    }

    /** Runs the next attempt of a renewal after a pause. */
    void runLater(RenewalRun renewal, Duration pause) {
        Runnable run = () -> run(renewal);
        paused.add(renewal);
        traffic.threads()
                .schedule(
                        () -> {
                            if (paused.remove(renewal)) {
                                renewal.step(run);
                            }
                        },
                        pause);
    }

    /** All is being stopped, the sessions are: the renewals that would go on later end now. */
    void endWaiting() {
        for (RenewalToken token : draining.keySet()) {
            Runnable waiting = draining.remove(token);
            if (waiting != null) {
                waiting.run();
            }
        }
        for (RenewalRun renewal : paused) {
            if (paused.remove(renewal)) {
                renewal.run(() -> {});
            }
        }
    }

    /** Runs the next attempt of a renewal on a thread of its own. */
    private void run(RenewalRun renewal) {
        if (renewal.needsLane()) {
            lanes.enter(renewal.session(), renewal::run);
            if (traffic.waits().isAwaited(renewal.session())) { // looked at after it is in line, as awaited() does
                lanes.hurry(renewal.session());
            }
            return;
        }
        try {
            traffic.threads().execute(() -> renewal.run(() -> {}));
        } catch (RejectedExecutionException e) { // all is being stopped, it only ends
            renewal.run(() -> {});
        }
    }

    /**
     * Whether a renewal need not wait for requests under way.
     *
     * @param later is run once if it must: when they have ended, or after the {@code drainTimeout}
     */
    private boolean isDrained(Session session, RenewalToken token, RenewalRules rules, Runnable later) {
        if (rules.drainTimeout().isZero()) {
            return true;
        }
        draining.put(token, later); // before the gate is asked: the last request may end at once
        if (session.drained(token) || token.state() != RenewalToken.State.LIVE) {
            return draining.remove(token) != null; // else it has begun on another thread
        }
        traffic.threads()
                .schedule(
                        () -> {
                            // kept as started: the gate may still come to say that it may start
                            Runnable waiting = draining.replace(token, () -> {});
                            if (waiting != null) {
                                waiting.run();
                            }
                        },
                        rules.drainTimeout());
        return false;
    }

    // ---- log-ins that need a thread which waits

    /**
     * An attempt begins. When it has sent nothing for long, it may wait for a thread that waits for room in the hold that
     * the attempt is to empty, as when both go through one {@code seda} queue. Then those threads are let go.
     */
    void begins(RenewalToken attempt, Duration renewalTimeout) {
        silent.add(attempt);
        Duration patience = renewalTimeout.dividedBy(3); // as long again is left for the log-in, and more
        traffic.threads().runLater(() -> beSuspicious(attempt, patience), patience);
    }

    private void beSuspicious(RenewalToken attempt, Duration patience) {
        if (!silent.contains(attempt)) {
            return;
        }
        List<String> threads = traffic.held().letThreadsGo(attempt);
        if (!silent.contains(attempt)) { // looked at after it was put there, as over() does the other way round
            traffic.held().stalledNoMore(attempt);
        }
        if (!threads.isEmpty()) {
            LOG.warn(
                    "session '{}': its log-in has sent nothing for {} ms, while these threads waited for room in a hold: {}."
                            + " It may need one of them, so they were let go; until it ends, more are held than maxHeld"
                            + " allows. Let the log-in route share no threads with routes that fetch, such as the"
                            + " consumers of a seda queue or the pool of a threads step, or raise maxHeld.",
                    attempt.session(),
                    patience.toMillis(),
                    threads.stream().distinct().limit(10).toList());
        }
    }

    /** An attempt has got as far as to send a request. */
    void heardOf(RenewalToken attempt) {
        silent.remove(attempt);
    }

    void over(RenewalToken attempt) {
        silent.remove(attempt);
        traffic.held().stalledNoMore(attempt);
    }

    // ---- how they end

    void ended(RenewalToken first) {
        draining.remove(first);
    }

    void addListener(RenewalListener listener) {
        listeners.add(new ListenerLine(listener, traffic.threads()));
    }

    void removeListener(RenewalListener listener) {
        for (ListenerLine line : listeners) {
            if (line.listener() == listener && listeners.remove(line)) {
                line.close();
            }
        }
    }

    void awaitTold(RenewalListener listener, Duration atMost) throws InterruptedException {
        for (ListenerLine line : listeners) {
            if (line.listener() == listener) {
                line.await(atMost);
            }
        }
    }

    void renewed(Session session, Duration took) {
        reported.remove(session.key());
        LOG.debug(
                "session '{}' was renewed in {} ms (generation={})",
                session.key(),
                took.toMillis(),
                session.stats().generation());
        tell(listener -> listener.renewed(session.key()));
    }

    void cooldownEnded(Session session) {
        reported.remove(session.key());
        tell(listener -> listener.cooldownEnded(session.key()));
    }

    /** What the exchange gets that has made the renewal itself, and failed. */
    SessionRenewalException exception(Session session, Throwable cause) {
        return SessionFailures.notRenewed(
                SessionFailures.now(session, session.stats().retryAt()), FAILED, cause);
    }

    /**
     * What an exchange gets that has waited for the renewal, or comes in the cool-down after it.
     *
     * @param involved whether it has begun the renewal, or belongs to another one: then it gets the cause as it is
     */
    SessionRenewalException exception(Session session, RenewalRules rules, GateFailure failure, boolean involved) {
        SessionSituation situation = failure.situation();
        report(session.key(), rules, situation.retryAt(), failure.cause());
        return involved
                ? SessionFailures.notRenewed(situation, FAILED, failure.cause())
                : SessionFailures.notRenewedByAnother(situation, FAILED, failure.cause());
    }

    void failed(Session session, RenewalRules rules, Throwable cause) {
        report(session.key(), rules, session.stats().retryAt(), cause);
    }

    /** Tells of a cool-down: brings it to the listeners before any exchange fails by it, and to the log once. */
    private void report(SessionKey key, RenewalRules rules, @Nullable Instant retryAt, @Nullable Throwable cause) {
        if (retryAt == null || retryAt.equals(reported.get(key))) {
            return;
        }
        tell(listener -> listener.failed(key, rules, retryAt));
        if (retryAt.equals(reported.put(key, retryAt))) {
            return; // another exchange has told of it at the same time
        }
        LOG.error(
                "session '{}' could not be renewed: {}. Its exchanges fail until {}, then one attempt is made. To try"
                        + " earlier, mend the log-in and call Sessions.endCooldown.",
                key,
                cause == null ? "no cause is known" : FailureText.of(cause),
                retryAt,
                cause); // with its stack, which those that fail by it do not have
    }

    private void tell(Consumer<RenewalListener> event) {
        listeners.forEach(line -> line.add(event));
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(template);
    }

    @Override
    protected void doStop() {
        draining.clear();
        silent.clear();
        reported.clear();
        ServiceHelper.stopService(template);
    }
}
