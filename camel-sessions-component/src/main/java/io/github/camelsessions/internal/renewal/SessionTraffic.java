/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.hold.HeldExchange;
import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Mender;
import io.github.camelsessions.internal.hold.SessionThreads;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of a Camel context on their way through the gates of their sessions: takes them in, holds them, lets them
 * go on, and has sessions renewed, asked for and logged out.
 *
 * <p>A service of the context. Thread-safe.
 */
public final class SessionTraffic extends ServiceSupport {

    public static final int DEFAULT_RESUME_CONCURRENCY = 16;
    public static final int DEFAULT_RENEWAL_CONCURRENCY = GateKeeper.DEFAULT_LANES;
    public static final int DEFAULT_MAX_HELD_TOTAL = 100_000;

    private final CamelContext context;
    private final SessionRegistry registry;
    private final SessionThreads threads;
    private final Mender mender;
    private final List<Runnable> alsoMended = new CopyOnWriteArrayList<>();
    private final HeldTickets held;
    private final GateKeeper gates;
    private final SessionState state;
    private final SessionChecks checks;
    private final LogOuts logOuts;
    private final RenewalStarter renewals;
    private final List<LimitedExecutor> lanes;

    public SessionTraffic(CamelContext context, SessionRegistry registry) {
        this.context = context;
        this.registry = registry;
        this.mender = new Mender(context, end -> threads().execute(end), this::mend);
        this.threads = new SessionThreads(context, mender);
        this.held = new HeldTickets(
                context,
                threads,
                mender,
                new RenewalScope.OfExchanges(),
                DEFAULT_RESUME_CONCURRENCY,
                DEFAULT_MAX_HELD_TOTAL);
        this.gates = new GateKeeper(registry, held, threads, mender, new Staff());
        this.state = new SessionState(gates);
        this.checks = new SessionChecks(context, gates);
        this.logOuts = new LogOuts(context, gates, checks::forget);
        this.renewals = new RenewalStarter(context, gates, logOuts);
        this.lanes = List.of(renewals.lanes(), logOuts.lanes(), checks.lanes());
        registry.onEviction(session -> {
            checks.forget(session);
            logOuts.evicted(session);
        });
    }

    private SessionThreads threads() {
        return threads;
    }

    /** Whoever does what gates ask for. */
    private final class Staff implements GateKeeper.Staff {

        @Override
        public void begin(Session session, RenewalToken token) {
            renewals.begin(session, token);
        }

        @Override
        public void emptied(Session session) {
            logOuts.emptied(session);
        }

        @Override
        public void check(Session session) {
            checks.settle(session);
        }

        @Override
        public void rememberLogOut(Session session, RenewalRules rules) {
            logOuts.remember(session, rules);
        }

        @Override
        public @Nullable String rememberCheck(Session session, RenewalRules rules) {
            return checks.remember(session, rules);
        }

        @Override
        public void awaited(SessionKey session) {
            renewals.lanes().hurry(session);
            logOuts.lanes().hurry(session);
        }

        @Override
        public int inLineBehind(SessionKey session) {
            boolean inLine =
                    renewals.lanes().isInLine(session) || logOuts.lanes().isInLine(session);
            return inLine ? renewals.lanes().lanes() : 0;
        }

        @Override
        public boolean isStopped() {
            return isStoppingOrStopped();
        }
    }

    /** What can be read of sessions and done to them without a request. */
    public SessionState state() {
        return state;
    }

    // ---- for those who send and renew

    /** Sends the exchange's request in its session. As {@code AsyncProcessor.process}. */
    public boolean send(@Nullable Object owner, Exchange exchange, AsyncCallback callback, SessionRequest request) {
        LogOut logOut = RenewalScope.logOut(exchange, request.session());
        if (logOut != null) {
            sendIn(logOut, exchange, request);
            callback.done(true);
            return true;
        }
        if (isLeftOut(exchange, callback)) {
            return true;
        }
        Session session = gates.sessionToUse(request.session(), request.rules());
        RenewalToken token = RenewalScope.token(exchange, session.key());
        if (token == null || token.state() == RenewalToken.State.ENDED) {
            checks.used(session);
        }
        return new SentExchange(gates, owner, exchange, callback, session, request, token).start();
    }

    /** Whether the exchange is in a block that is to start again, and does nothing more until then. */
    private static boolean isLeftOut(Exchange exchange, AsyncCallback callback) {
        if (!RenewalScope.isLeftOut(exchange)) {
            return false;
        }
        exchange.setRouteStop(true);
        callback.done(true);
        return true;
    }

    /** What lets a block of the exchange have a session to itself; calls back when it has, or cannot. */
    public ExclusiveUse exclusiveUse(
            Object owner, Exchange exchange, AsyncCallback callback, SessionKey key, RenewalRules rules) {
        return new ExclusiveUse(gates, owner, exchange, callback, gates.sessionToUse(key, rules), rules);
    }

    /** A log-out's request goes in the generation that ends, at once, and its answer is what it is. */
    private void sendIn(LogOut logOut, Exchange exchange, SessionRequest request) {
        Runnable abort = request::abort;
        if (!logOut.enter(abort)) {
            exchange.setException(ended(logOut));
            return;
        }
        try {
            RenewalScope.observe(exchange, logOut.generation());
            SiteTurn turn =
                    gates.paced().turn(request.session().site(), request.rules().rate());
            Runnable counting = turn == null ? () -> {} : turn::count;
            counting.run();
            request.send(exchange, logOut.generation(), true, counting);
            exchange.getMessage().setHeader(SessionsConstants.REPLAYS, 0);
        } finally {
            logOut.leave(abort);
        }
    }

    private static SessionRenewalException ended(LogOut logOut) {
        return SessionFailures.notRenewed(
                new SessionSituation(logOut.session(), logOut.generation().number(), 0, null),
                "the log-out that this exchange belongs to has ended, or was not over in time",
                null);
    }

    /**
     * Renews a session by the exchange. As {@code AsyncProcessor.process}.
     *
     * @param how what renews it, on the exchange itself; null for a priority exchange sent to {@code renewalUri}
     */
    public boolean renew(
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            SessionKey key,
            RenewalRules rules,
            @Nullable RenewalSteps how) {
        if (RenewalScope.logOut(exchange, key) != null) {
            exchange.setException(new IllegalStateException("session '" + key
                    + "': cannot be renewed by its own log-out; leave that to who needs the session"));
            callback.done(true);
            return true;
        }
        if (isLeftOut(exchange, callback)) {
            return true;
        }
        Session session = gates.sessionToUse(key, rules);
        RenewalToken token = RenewalScope.token(exchange, key);
        return new RenewingExchange(gates, renewals, owner, exchange, callback, session, rules, token, how).start();
    }

    /** Renews a session by sending the exchange's own request. As {@code AsyncProcessor.process}. */
    public boolean renewBy(@Nullable Object owner, Exchange exchange, AsyncCallback callback, SessionRequest request) {
        return renew(
                owner, exchange, callback, request.session(), request.rules(), new OwnRequest(gates, owner, request));
    }

    /** Renews a session by sending a priority exchange to {@code renewalUri}. As {@code AsyncProcessor.process}. */
    public boolean renewAt(
            @Nullable Object owner, Exchange exchange, AsyncCallback callback, SessionKey key, RenewalRules rules) {
        return renew(owner, exchange, callback, key, rules, null);
    }

    /** Renews a session; completes with the generation, or with a {@link SessionRenewalException}. */
    public CompletableFuture<Long> renew(SessionKey key, RenewalRules rules) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        AsyncCallback end = done -> {
            Exception failure = exchange.getException();
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(exchange.getMessage().getHeader(SessionsConstants.GENERATION, Long.class));
            }
        };
        // whoever asks for a future does not wait for room
        SessionThreads.runAsOwn(() -> renewAt(null, exchange, end, key, rules));
        return result;
    }

    /**
     * Closes a session: it is gone at once for whoever asks for it from now on; whoever uses it ends as usual, whoever waits
     * looks it up again. It is logged out by the {@code closeUri} of the rules, or else of those it was used by, when its
     * last exchange has ended.
     *
     * @return completes, never with a failure, when all is done or took too long, with whether there was such a session;
     *     then on a thread of its own, unless all is done at once
     */
    public CompletableFuture<Boolean> close(SessionKey key, RenewalRules rules) {
        return logOuts.close(key, rules, "close");
    }

    /**
     * Asks by {@code checkUri} whether a session lives, as its rules say, or those given when it has none. A session that
     * does not exist, or is empty, is not created and does not live; nor does one whose last renewal has failed.
     *
     * @return completes, never with a failure, with whether it lives, on a thread of its own unless that is known at once;
     *     empty when there was no answer, or it is not asked at present: it is being renewed, frozen, or the site has asked
     *     for a pause
     * @throws IllegalArgumentException when the session exists, and nothing says how to ask
     */
    public CompletableFuture<Optional<Boolean>> check(SessionKey key, RenewalRules rules) {
        return checks.ask(key, rules);
    }

    /** The log-ins and log-outs of a site. */
    public SeatStats seats(String site) {
        return logOuts.seats(site);
    }

    /**
     * How many log-outs the stopping context has to wait for, which are begun by this; asked again and again by those who
     * are stopped.
     */
    public int logOutsAtStop(Object asker) {
        return logOuts.leftAtStop(asker);
    }

    /** Waits, not for ever, for the log-outs that a stop asks for. */
    public void logOutsBeforeStop() {
        logOuts.finish();
    }

    /** Fails the exchanges that this owner admitted and that still wait: it is being stopped. */
    public void stop(Object owner) {
        held.stop(owner);
    }

    public void addListener(RenewalListener listener) {
        gates.reports().addListener(listener);
    }

    /**
     * Waits until a listener has done with all that was brought to it, but never longer than that after it has begun.
     *
     * @throws InterruptedException when the thread is interrupted meanwhile
     */
    public void awaitTold(RenewalListener listener, Duration atMost) throws InterruptedException {
        gates.reports().awaitTold(listener, atMost);
    }

    public void removeListener(RenewalListener listener) {
        gates.reports().removeListener(listener);
    }

    /**
     * Sets how many exchanges that were held go on at once for each site.
     *
     * @param ofSites for sites that have their own number
     */
    public void setResumeConcurrency(int resumeConcurrency, Map<String, Integer> ofSites) {
        held.setConcurrency(resumeConcurrency, ofSites);
    }

    public void setRenewalConcurrency(int renewalConcurrency) {
        lanes.forEach(each -> each.setLanes(renewalConcurrency));
    }

    public void setMaxHeldTotal(int maxHeldTotal) {
        held.setLimit(maxHeldTotal);
    }

    /** Runs an action later on a thread of its own, or never when all is being stopped. */
    public Future<?> runLater(Runnable action, Duration delay) {
        return threads.runLater(action, delay);
    }

    /** Changes how many requests a site is sent in a second, whatever was set for it, until all is stopped. */
    public void setRate(String site, RateRule rate) {
        gates.paced().set(site, rate);
    }

    /** Whether there is such a session. */
    public boolean exists(SessionKey key) {
        return registry.existing(key) != null;
    }

    /** How long a site wants to be left alone by a session from now on, zero when it does not. */
    public Duration pauseLeft(SessionKey key) {
        Session session = registry.existing(key);
        return session == null ? Duration.ZERO : session.pauseLeft();
    }

    /** How many exchanges wait now, in all sessions. */
    public int waiting() {
        return held.count();
    }

    // ---- after an error

    /** As {@link HeldExchange#fail(Exchange, Throwable)}. */
    public static void fail(Exchange exchange, Throwable failure) {
        HeldExchange.fail(exchange, failure);
    }

    /** An error may have kept something from being done: it will be, a little later. Needs no memory. */
    public void torn(Throwable error) {
        mender.tear(error);
    }

    /**
     * Has something done once a second, on a thread that must not wait: to look after what an error may have kept from being
     * done.
     */
    public void alsoMend(Runnable mending) {
        alsoMended.add(mending);
    }

    /** Does what errors have kept from being done. */
    private void mend(boolean after) {
        threads.revive();
        boolean torn = after;
        // after an error that belongs to no session it may be any of them
        for (Session session : after ? registry.all() : registry.torn()) {
            torn = true;
            gates.act(session, session.mend());
        }
        if (torn) {
            lanes.forEach(LimitedExecutor::serve);
            gates.paced().mend();
        }
        alsoMended.forEach(Runnable::run);
        held.mend(torn);
    }

    GateKeeper gates() {
        return gates;
    }

    /** For exchanges that wait for something else than a gate. */
    public HeldTickets held() {
        return held;
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(threads, held, renewals, logOuts, checks, mender);
    }

    @Override
    protected void doStop() {
        logOuts.finish();
        ServiceHelper.stopService(checks);
        registry.closeAll();
        ServiceHelper.stopService(held);
        gates.paced().clear();
        renewals.endWaiting();
        ServiceHelper.stopService(logOuts, renewals, mender, threads);
        gates.silent().clear();
        gates.reports().clear();
    }
}
