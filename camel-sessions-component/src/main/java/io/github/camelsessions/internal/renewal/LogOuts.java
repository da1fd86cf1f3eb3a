/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Mender.LooseEnd;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelException;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs sessions out by {@code closeUri}, once for each generation that has logged in: before a renewal, when a session is
 * closed or evicted, and when the context stops. A log-out that fails is logged and counted, and keeps nobody from going
 * on. Thread-safe.
 */
final class LogOuts extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(LogOuts.class);

    private final CamelContext context;
    private final GateKeeper gates;
    private final Consumer<Session> closed;
    private final ProducerTemplate template;
    private final LimitedExecutor lanes;
    private final Map<String, Counts> seats = new ConcurrentHashMap<>(); // by site
    private final Set<LogOut> running = ConcurrentHashMap.newKeySet();
    // closed sessions whose last exchanges are awaited
    private final Map<Session, CompletableFuture<Void>> emptying = new ConcurrentHashMap<>();
    // how the sessions that have a closeUri are closed when nobody comes to say it
    private final Map<Session, RenewalRules> closers = new ConcurrentHashMap<>();
    private final Map<String, Boolean> logged = LRUCacheFactory.newLRUCache(1000);
    private volatile @Nullable List<CompletableFuture<Boolean>> atStop; // null until they have begun
    private volatile @Nullable Object reporter;

    /** The log-ins and log-outs of a site. */
    private static final class Counts {
        final LongAdder logIns = new LongAdder();
        final LongAdder logOuts = new LongAdder();
        final LongAdder failedLogOuts = new LongAdder();

        SeatStats stats() {
            return new SeatStats(logIns.sum(), logOuts.sum(), failedLogOuts.sum());
        }
    }

    /**
     * @param closed is told of each session that is closed
     */
    LogOuts(CamelContext context, GateKeeper gates, Consumer<Session> closed) {
        this.context = context;
        this.gates = gates;
        this.closed = closed;
        this.template = context.createProducerTemplate();
        this.lanes = gates.newLanes();
    }

    LimitedExecutor lanes() {
        return lanes;
    }

    private Counts seats(SessionKey session) {
        return seats.computeIfAbsent(session.site(), site -> new Counts());
    }

    SeatStats seats(String site) {
        return seats.getOrDefault(site, new Counts()).stats();
    }

    void loggedIn(Session session) {
        seats(session.key()).logIns.increment();
    }

    /** The session is used by these rules: so it is logged out if it is closed without any. */
    void remember(Session session, RenewalRules rules) {
        if (closers.get(session) != rules) {
            closers.put(session, rules);
            if (gates.registry().existing(session.key()) != session) { // looked at after it was put: closed meanwhile
                closers.remove(session);
            }
        }
    }

    /** Logs out what the renewal is going to replace; then, or at once when there is nothing to log out, does the next. */
    void before(Session session, RenewalToken token, RenewalRules rules, Runnable next) {
        Generation old = rules.closeUri() == null || token.state() != RenewalToken.State.LIVE
                ? null
                : session.open(null).generation(); // still the one to be replaced
        if (old == null) {
            next.run();
        } else {
            logOut(session, old, rules, "renewal").thenRun(next);
        }
    }

    /** Takes a session out of the registry and closes it; completes with whether there was one. */
    CompletableFuture<Boolean> close(SessionKey key, RenewalRules rules, String cause) {
        Session session = gates.registry().remove(key);
        if (session == null) {
            return CompletableFuture.completedFuture(false);
        }
        closed.accept(session);
        return close(session, rules, cause).thenApply(done -> true);
    }

    /** Completes when its last exchange has ended and it is logged out. */
    private CompletableFuture<Void> close(Session session, RenewalRules given, String cause) {
        RenewalRules remembered = closers.remove(session);
        RenewalRules rules = given.closeUri() == null && remembered != null ? remembered : given;
        if (rules.closeUri() == null) {
            gates.act(session, session.stop());
            return CompletableFuture.completedFuture(null);
        }
        gates.act(session, session.retire());
        Generation last = session.latest(); // after that: a renewal may have ended meanwhile
        return whenEmpty(session, rules.renewalTimeout())
                .thenCompose(empty -> logOut(session, last, rules, cause))
                .thenRun(session::giveBack);
    }

    /** The session made room for another one. */
    void evicted(Session session) {
        RenewalRules rules = closers.remove(session);
        if (rules != null) {
            logOut(session, session.latest(), rules, "eviction");
        }
    }

    private CompletableFuture<Void> whenEmpty(Session session, Duration atMost) {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        emptying.put(session, empty); // before the session is asked: the last exchange may end at once
        Future<?> timer = gates.threads().schedule(() -> emptied(session), atMost);
        empty.thenRun(() -> timer.cancel(false));
        if (session.isEmpty() && emptying.remove(session, empty)) {
            empty.complete(null);
        }
        return empty;
    }

    /** The last exchange of a closed session has ended, or was awaited long enough. */
    void emptied(Session session) {
        CompletableFuture<Void> empty = emptying.remove(session);
        if (empty != null) {
            elsewhere(() -> empty.complete(null));
        }
    }

    /** Whoever waits for it may go on with a route, and not on the timer's thread or on that of another exchange. */
    private void elsewhere(Runnable action) {
        LooseEnd end = LooseEnd.of(action);
        try {
            gates.threads().execute(action);
        } catch (OutOfMemoryError e) {
            gates.mender().endLater(end);
        } catch (RejectedExecutionException e) { // all is being stopped
            action.run();
        }
    }

    // ---- one log-out

    private CompletableFuture<Void> logOut(Session session, Generation generation, RenewalRules rules, String cause) {
        String uri = rules.closeUri();
        boolean renewed = generation.isLoggedIn();
        if (uri == null || !generation.takeLogOut()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!renewed) { // filled by cookies: nobody has counted it
            session.loggedIn();
            loggedIn(session);
        }
        LogOut logOut = new LogOut(generation);
        running.add(logOut);
        if (isStoppingOrStopped()) { // looked at after it was added, as doStop() does the other way round
            running.remove(logOut); // nobody would run it any more, and so nobody end it
            logOut.end();
            return logOut.ended();
        }
        lanes.enter(session.key(), leave -> {
            Throwable failure;
            try {
                Duration most = rules.closeTimeout();
                Future<?> timer = gates.threads()
                        .runLater(
                                () -> {
                                    leave.run();
                                    end(session, logOut, tooLong(most));
                                },
                                most);
                failure = failure(logOut, uri, rules, cause);
                timer.cancel(false);
            } catch (Throwable e) { // whoever waits for the log-out must go on
                failure = e;
            }
            leave.run(); // before the end: others go on with that on this thread
            end(session, logOut, failure);
        });
        if (gates.waits().isAwaited(session.key())) { // looked at after it is in line
            lanes.hurry(session.key());
        }
        return logOut.ended();
    }

    private @Nullable Throwable failure(LogOut logOut, String uri, RenewalRules rules, String cause) {
        if (logOut.ended().isDone()) { // all is being stopped
            return null;
        }
        Throwable[] failure = new Throwable[1];
        RenewalScope.runIn(logOut, () -> {
            try {
                failure[0] = failure(send(logOut, uri, cause), rules);
            } catch (Throwable e) { // an error, too, must end it
                failure[0] = e;
            }
        });
        return failure[0];
    }

    private Exchange send(LogOut logOut, String uri, String cause) {
        Endpoint endpoint = context.getEndpoint(uri);
        Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
        LogInRoute.tell(exchange.getIn(), logOut.generation(), cause);
        RenewalScope.enter(exchange, logOut);
        return template.send(endpoint, exchange);
    }

    private static @Nullable Throwable failure(Exchange exchange, RenewalRules rules) {
        Throwable failure = exchange.getException();
        if (failure == null && ExchangeHelper.isFailureHandled(exchange)) {
            Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
            failure = caught != null ? caught : new CamelException("the log-out failed, and its route handled that");
        }
        // a session that the site knows no more is logged out
        return failure instanceof HttpOperationFailedException failed
                        && (failed.getStatusCode() == 401 || rules.expiry().hasStatus(failed.getStatusCode()))
                ? null
                : failure;
    }

    private static TimeoutException tooLong(Duration closeTimeout) {
        return new TimeoutException("no end within " + closeTimeout.toMillis() + " ms, a third of renewalTimeout");
    }

    private void end(Session session, LogOut logOut, @Nullable Throwable failure) {
        if (!running.remove(logOut)) {
            return;
        }
        try {
            report(session, logOut, failure);
        } finally {
            logOut.end();
        }
    }

    private void report(Session session, LogOut logOut, @Nullable Throwable failure) {
        session.loggedOut(failure == null);
        if (failure == null) {
            seats(session.key()).logOuts.increment();
        } else {
            seats(session.key()).failedLogOuts.increment();
            if (logged.putIfAbsent(session.key() + " " + failure.getClass().getName(), true) == null) {
                LOG.warn(
                        "session '{}' could not be logged out (generation={}): {}. The site may count it until it expires"
                                + " there. This is logged once for each kind of failure.",
                        session.key(),
                        logOut.generation().number(),
                        FailureText.of(failure));
            }
        }
    }

    // ---- when the context stops

    /**
     * Logs out what has {@code closeOnStop}, once no route has an exchange any more.
     *
     * @param asker one of those that ask again and again while routes are being stopped
     * @return how many have not ended, for one of the askers; 0 for the others, and while it is too early
     */
    int leftAtStop(Object asker) {
        if (!context.isStopping()) {
            return 0;
        }
        if (reporter == null) {
            if (isBusy()) {
                return 0; // those are waited for anyway
            }
            reporter = asker;
            beginAtStop();
        }
        List<CompletableFuture<Boolean>> begun = atStop;
        return begun == null || reporter != asker
                ? 0
                : (int) begun.stream().filter(closing -> !closing.isDone()).count();
    }

    private boolean isBusy() {
        return context.getRoutes().stream()
                .map(Route::getRouteId)
                .anyMatch(route -> context.getInflightRepository().size(route) > 0);
    }

    /** Logs out what has {@code closeOnStop}, if that has not begun. */
    List<CompletableFuture<Boolean>> beginAtStop() {
        List<CompletableFuture<Boolean>> begun = atStop;
        if (begun == null) {
            begun = closers.entrySet().stream()
                    .filter(closer -> closer.getValue().closeOnStop())
                    .map(closer -> close(closer.getKey().key(), closer.getValue(), "stop"))
                    .toList();
            atStop = begun;
        }
        return begun;
    }

    @Override
    protected void doStart() {
        atStop = null;
        reporter = null;
        ServiceHelper.startService(template);
    }

    /** Waits for the log-outs of the stop, when no route was there to wait for them. */
    void finish() {
        long longest = closers.values().stream()
                .filter(RenewalRules::closeOnStop)
                .mapToLong(rules -> rules.closeTimeout().toMillis())
                .max()
                .orElse(0);
        List<CompletableFuture<Boolean>> closing = beginAtStop();
        if (closing.stream().allMatch(CompletableFuture::isDone)) {
            return;
        }
        try {
            CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).get(longest, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("log-outs have not ended in time", e);
        }
    }

    @Override
    protected void doStop() {
        for (LogOut logOut : running) {
            if (running.remove(logOut)) {
                logOut.end();
            }
        }
        emptying.keySet().forEach(this::emptied);
        closers.clear();
        ServiceHelper.stopService(template);
    }
}
