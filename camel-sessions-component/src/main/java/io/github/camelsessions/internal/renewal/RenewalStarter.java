/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Uninterruptibly;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;

/** Starts renewals, and their next attempts, when it is their time. Thread-safe. */
final class RenewalStarter extends ServiceSupport implements RenewalRun.Host {

    private final GateKeeper gates;
    private final LogOuts logOuts;
    private final ProducerTemplate template;
    private final LimitedExecutor lanes;
    private final Set<RenewalRun> paused = ConcurrentHashMap.newKeySet();
    private final Map<RenewalToken, Runnable> draining = new ConcurrentHashMap<>();

    RenewalStarter(CamelContext context, GateKeeper gates, LogOuts logOuts) {
        this.gates = gates;
        this.logOuts = logOuts;
        this.template = context.createProducerTemplate();
        this.lanes = gates.newLanes();
    }

    LimitedExecutor lanes() {
        return lanes;
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
            gates.torn(session, e); // the gate gives the token up
        }
    }

    private void beginNew(Session session, RenewalToken token) {
        Initiator initiator = Pass.initiator(token);
        if (token.state() != RenewalToken.State.LIVE || initiator == null) {
            return; // it did not wait that long, and has ended since
        }
        RenewalRules rules = initiator.rules();
        RenewalRun.Work logIn = rules.renewalUri() != null
                ? new LogInRoute(template, rules.renewalUri(), initiator.cause())
                : new LogInRequest(
                        template.getCamelContext(),
                        gates,
                        session,
                        Objects.requireNonNull(rules.logIn(), "a session without a log-in renews only when asked"),
                        initiator.cause());
        // one within another renewal holds a lane already: waiting for a second could be for ever
        RenewalRun renewal = new RenewalRun(gates, this, session, rules, logIn, token, !initiator.isInRenewal());
        prepare(renewal, session, token, rules, () -> run(renewal));
    }

    /** Waits for requests under way and logs out where the rules say so, before a renewal is run. */
    private void prepare(RenewalRun renewal, Session session, RenewalToken token, RenewalRules rules, Runnable run) {
        Runnable next = () -> renewal.step(run);
        Runnable logOut = () -> logOuts.before(session, token, rules, next);
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
        if (!mayLeaveThread) {
            renewal.waits(ready::countDown);
        }
        prepare(renewal, session, token, rules, run);
        if (!mayLeaveThread) {
            Uninterruptibly.await(ready);
            renewal.waits(null);
            renewal.run(() -> {});
        }
        left.set(true);
    }

    @Override
    public void runLater(RenewalRun renewal, Duration pause) {
        Runnable run = () -> run(renewal);
        paused.add(renewal);
        gates.threads()
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
            if (gates.waits().isAwaited(renewal.session())) { // looked at after it is in line, as awaited() does
                lanes.hurry(renewal.session());
            }
            return;
        }
        try {
            gates.threads().execute(() -> renewal.run(() -> {}));
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
        gates.threads()
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

    // ---- how they end

    @Override
    public void renewed(Session session) {
        logOuts.loggedIn(session);
    }

    @Override
    public void ended(RenewalToken first) {
        draining.remove(first);
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(template);
    }

    @Override
    protected void doStop() {
        draining.clear();
        ServiceHelper.stopService(template);
    }
}
