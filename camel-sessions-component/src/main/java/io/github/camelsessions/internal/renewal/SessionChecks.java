/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.Guard;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks by {@code checkUri} whether sessions live: when a gate is in doubt, when a route asks, and, by {@code keepAlive},
 * while a session is in use and not being sent anything. One check of a session runs at a time; whoever asks meanwhile has
 * its answer. One timer looks after all sessions that are kept alive. Thread-safe.
 */
final class SessionChecks extends ServiceSupport {

    /** A session is in use for so many times its keepAlive after its last exchange. */
    static final int IN_USE = 12;

    private static final Logger LOG = LoggerFactory.getLogger(SessionChecks.class);

    private static final int LOOKS = 8; // within one keepAlive: so much later than due a check may be

    private final CamelContext context;
    private final GateKeeper gates;
    private final LimitedExecutor lanes;
    // how it is asked for the sessions that have a checkUri
    private final Map<Session, Known> known = new ConcurrentHashMap<>();
    private final Map<Session, Running> running = new ConcurrentHashMap<>();
    private final Map<String, Boolean> logged = LRUCacheFactory.newLRUCache(1000);
    private final Guard lock = new Guard();
    // guarded by lock
    private @Nullable Future<?> timer; // of the next look, null when no session is kept alive
    private Duration pause = Duration.ZERO; // between two looks
    private long looks; // the number of the next

    /** What is known of a session that has a checkUri. */
    private static final class Known {
        final RenewalRules rules;
        final CheckRules how;
        volatile long lastUsed; // in nanos, by an exchange
        volatile long lastAsked;

        Known(RenewalRules rules, CheckRules how, long nowNanos) {
            this.rules = rules;
            this.how = how;
            this.lastUsed = nowNanos;
            this.lastAsked = nowNanos;
        }

        boolean isDue(long nowNanos) {
            return SessionChecks.isDue(how.keepAlive().toNanos(), nowNanos - lastUsed, nowNanos - lastAsked);
        }
    }

    /** A check on its way. */
    private static final class Running {
        final CompletableFuture<Optional<Boolean>> answer = new CompletableFuture<>();
        volatile @Nullable SessionCheck check;

        void abort() {
            SessionCheck begun = check;
            if (begun != null) {
                begun.abort();
            }
        }
    }

    SessionChecks(CamelContext context, GateKeeper gates) {
        this.context = context;
        this.gates = gates;
        this.lanes = gates.newLanes();
    }

    LimitedExecutor lanes() {
        return lanes;
    }

    // ---- the sessions that have a checkUri

    /**
     * The session is asked for by these rules, if by none before.
     *
     * @return where the rules are set by which it is asked for, if they are others; else null
     */
    @Nullable
    String remember(Session session, RenewalRules rules) {
        CheckRules how = Objects.requireNonNull(rules.check());
        Known first = known.get(session);
        if (first == null) {
            Known made = new Known(rules, how, System.nanoTime());
            first = known.putIfAbsent(session, made);
            if (first == null) {
                if (gates.registry().existing(session.key())
                        != session) { // looked at after it was put: closed meanwhile
                    known.remove(session);
                }
                lookAfter(how.keepAlive());
                return null;
            }
        }
        return first.how.isSame(how) ? null : first.rules.place();
    }

    /** The session is closed. */
    void forget(Session session) {
        known.remove(session);
    }

    /** An exchange uses the session. */
    void used(Session session) {
        Known of = known.get(session);
        if (of != null) {
            of.lastUsed = System.nanoTime();
        }
    }

    // ---- one check

    /** As {@link SessionTraffic#check}. */
    CompletableFuture<Optional<Boolean>> ask(SessionKey key, RenewalRules rules) {
        Session session = gates.registry().existing(key);
        if (session == null || session.current() == null) {
            return CompletableFuture.completedFuture(Optional.of(false));
        }
        Known of = known.get(session);
        CheckRules own = rules.check();
        if (of == null && own == null) {
            throw new IllegalArgumentException(
                    "session '" + key + "' has no checkUri: set it on its site, on the component"
                            + " or on the endpoints that use the session, such as checkUri=https://portal.example/account");
        }
        return ask(session, of != null ? of : new Known(rules, Objects.requireNonNull(own), System.nanoTime()));
    }

    /** The gate of the session has to be told whether it lives. */
    void settle(Session session) {
        Known of = known.get(session);
        if (of != null) {
            ask(session, of);
            return;
        }
        doWithout(session); // closed, or configured this very moment
    }

    /** Tells the gate that there is no answer. */
    private void doWithout(Session session) {
        Passage nobody = new Passage(false, false, 0) {};
        Verdict verdict = session.check(nobody);
        gates.act(session, verdict);
        if (verdict.action() == Verdict.Action.SEND) {
            gates.act(session, session.checked(nobody, null));
        }
    }

    private CompletableFuture<Optional<Boolean>> ask(Session session, Known of) {
        Running made = new Running();
        Running other = running.putIfAbsent(session, made);
        if (other != null) {
            return other.answer;
        }
        of.lastAsked = System.nanoTime();
        if (isStoppingOrStopped()) { // looked at after it was put, as doStop() does the other way round
            end(session, made, Optional.empty());
            return made.answer;
        }
        lanes.enter(session.key(), leave -> run(session, of, made, leave));
        return made.answer;
    }

    private void run(Session session, Known of, Running mine, Runnable leave) {
        Optional<Boolean> alive = Optional.empty();
        try {
            SessionCheck check = new SessionCheck(context, gates, session, of.rules, of.how);
            mine.check = check;
            Future<?> timeout = gates.threads().runLater(check::abort, of.rules.checkTimeout());
            alive = Optional.ofNullable(check.run(() -> {
                timeout.cancel(false);
                leave.run();
                running.remove(session, mine); // the gate may ask for the next one, when it is told
            }));
            tell(session, check);
        } finally {
            leave.run();
            end(session, mine, alive);
        }
    }

    private void end(Session session, Running mine, Optional<Boolean> alive) {
        running.remove(session, mine);
        mine.answer.complete(alive);
    }

    private void tell(Session session, SessionCheck check) {
        Throwable why = check.failure();
        if (why == null || isStoppingOrStopped()) {
            return;
        }
        LOG.debug("session '{}': no answer to its check", session.key(), why);
        if (logged.putIfAbsent(session.key().site() + " " + why.getClass().getName(), true) == null) {
            LOG.warn(
                    "session '{}': its checkUri does not tell whether it lives: {}. Until it does, refusals are judged"
                            + " without. This is logged once for each site and kind of failure.",
                    session.key(),
                    FailureText.of(why));
        }
    }

    // ---- keepAlive

    /** Whether a session that was used and asked for so long ago is in use, and to be asked for now; all in nanos. */
    static boolean isDue(long keepAlive, long sinceUsed, long sinceAsked) {
        return keepAlive > 0 && sinceUsed >= keepAlive && sinceUsed / IN_USE <= keepAlive && sinceAsked >= keepAlive;
    }

    /** Sees to it that somebody looks often enough. */
    private void lookAfter(Duration keepAlive) {
        if (keepAlive.isZero()) {
            return;
        }
        Duration often = keepAlive.dividedBy(LOOKS);
        try (Guard ignored = lock.hold()) {
            if (timer == null || often.compareTo(pause) < 0) {
                pause = often;
                if (timer != null) {
                    timer.cancel(false);
                }
                lookLater();
            }
        }
    }

    private void lookLater() {
        long number = ++looks;
        timer = gates.threads().runLater(() -> look(number), pause);
    }

    /** Asks for the sessions that are due. */
    private void look(long number) {
        long now = System.nanoTime();
        known.forEach((session, of) -> {
            if (of.isDue(now) && session.current() != null) {
                ask(session, of);
            }
        });
        try (Guard ignored = lock.hold()) {
            if (timer == null || number != looks) {
                return; // stopped, or there is another timer by now
            }
            timer = null;
            if (known.values().stream().anyMatch(of -> !of.how.keepAlive().isZero())) {
                lookLater();
            }
        }
    }

    @Override
    protected void doStart() {
        // it has no thread of its own
    }

    @Override
    protected void doStop() {
        try (Guard ignored = lock.hold()) {
            if (timer != null) {
                timer.cancel(false);
            }
            timer = null;
        }
        known.clear();
        running.forEach((session, mine) -> {
            mine.abort();
            end(session, mine, Optional.empty());
        });
    }
}
