/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionSituation;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.hold.HeldExchange;
import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Mender;
import io.github.camelsessions.internal.hold.SessionThreads;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.session.GateFailure;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.SessionRegistry;
import io.github.camelsessions.internal.session.Verdict;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfilesAsideException;
import io.github.camelsessions.profile.ProxyFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchanges of a Camel context on their way through the gates of their sessions: takes them in, holds them, lets them
 * go on, and has sessions renewed. Does what the {@link Verdict}s of the gates ask for, after their locks were let go.
 *
 * <p>A service of the context. Thread-safe.
 */
public final class SessionTraffic extends ServiceSupport {

    public static final int DEFAULT_RESUME_CONCURRENCY = 16;
    public static final int DEFAULT_RENEWAL_CONCURRENCY = 8;
    public static final int DEFAULT_MAX_HELD_TOTAL = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(SessionTraffic.class);

    private final CamelContext context;
    private final SessionRegistry registry;
    private final WaitGraph waits = new WaitGraph();
    private final Map<SessionKey, Boolean> differencesLogged = LRUCacheFactory.newLRUCache(1000);
    private final SessionThreads threads;
    private final Mender mender;
    private final List<Runnable> alsoMended = new CopyOnWriteArrayList<>();
    private final HeldTickets held;
    private final RenewalStarter renewals;
    private final LogOuts logOuts;
    private final SessionChecks checks;
    private final PacedSites paced;
    private final LogInPages logInPages = new LogInPages(this::nanoTime);

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
        this.renewals = new RenewalStarter(context, this);
        this.logOuts = new LogOuts(context, this, registry);
        this.paced = new PacedSites(this::nanoTime, threads::schedule);
        this.checks = new SessionChecks(context, this, registry);
        registry.onEviction(session -> {
            checks.forget(session);
            logOuts.evicted(session);
        });
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
        Session session = sessionToUse(request.session(), request.rules());
        RenewalToken token = RenewalScope.token(exchange, session.key());
        if (token == null || token.state() == RenewalToken.State.ENDED) {
            checks.used(session);
        }
        return new SentExchange(this, owner, exchange, callback, session, request, token).start();
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
            SiteTurn turn = turn(request);
            Runnable counting = turn == null ? () -> {} : turn::count;
            counting.run();
            request.send(exchange, logOut.generation(), true, counting);
            exchange.getMessage().setHeader(RenewalHeaders.REPLAYS, 0);
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
        Session session = sessionToUse(key, rules);
        RenewalToken token = RenewalScope.token(exchange, key);
        return new RenewingExchange(this, owner, exchange, callback, session, rules, token, how).start();
    }

    /** Renews a session by sending the exchange's own request. As {@code AsyncProcessor.process}. */
    public boolean renewBy(@Nullable Object owner, Exchange exchange, AsyncCallback callback, SessionRequest request) {
        return renew(
                owner, exchange, callback, request.session(), request.rules(), new OwnRequest(this, owner, request));
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
                result.complete(exchange.getMessage().getHeader(RenewalHeaders.GENERATION, Long.class));
            }
        };
        // whoever asks for a future does not wait for room
        SessionThreads.runAsOwn(() -> renewAt(null, exchange, end, key, rules));
        return result;
    }

    /** Empties a session, or, within its renewal, what the renewal has filled. Returns whether there was anything. */
    public boolean clear(SessionKey key, @Nullable Exchange exchange) {
        Session session = registry.existing(key);
        if (session == null || RenewalScope.logOut(exchange, key) != null) {
            return false;
        }
        Verdict verdict = session.clear(RenewalScope.token(exchange, key));
        act(session, verdict);
        return verdict.release();
    }

    /** Holds the session's exchanges until it is unfrozen; creates the session when it does not exist. */
    public void freeze(SessionKey key) {
        Session session;
        Verdict verdict;
        do {
            session = registry.session(key);
            verdict = session.freeze();
        } while (verdict.action() == Verdict.Action.LOOK_UP);
        act(session, verdict);
    }

    /** Lets a frozen session's exchanges go on. */
    public void unfreeze(SessionKey key) {
        Session session = registry.existing(key);
        if (session != null) {
            act(session, session.unfreeze());
        }
    }

    /** The session counts as expired. */
    public void expire(SessionKey key) {
        Session session = registry.existing(key);
        if (session != null) {
            session.expire();
        }
    }

    /**
     * What there is to read of a session: the current generation, or, within its renewal, what the renewal fills. Null
     * when there is nothing. Creates nothing.
     */
    public @Nullable Generation generation(SessionKey key, @Nullable Exchange exchange) {
        LogOut logOut = RenewalScope.logOut(exchange, key);
        if (logOut != null) {
            return logOut.generation();
        }
        RenewalToken token = RenewalScope.token(exchange, key);
        return token != null && token.state() == RenewalToken.State.LIVE ? token.pending() : registry.find(key);
    }

    /**
     * What to fill without a request: the current generation, or, within the session's renewal, what the renewal fills.
     * Creates the session when it does not exist.
     *
     * @throws SessionRenewalException when the exchange belongs to a renewal that has failed, or there is no client profile
     *     for the session
     */
    public Generation fill(SessionKey key, @Nullable Exchange exchange, @Nullable String profile, RenewalRules rules)
            throws SessionRenewalException {
        LogOut logOut = RenewalScope.logOut(exchange, key);
        if (logOut != null) {
            return logOut.generation();
        }
        RenewalToken token = RenewalScope.token(exchange, key);
        while (true) {
            Session session = session(key, rules);
            Verdict verdict = session.open(token);
            Generation generation = verdict.generation();
            if (generation != null) {
                try {
                    equip(session, generation, token, profile, rules);
                } catch (ProfilesAsideException e) {
                    throw noProfile(session, e);
                }
                return generation;
            }
            if (verdict.action() == Verdict.Action.FAIL) {
                throw revoked(session);
            }
        }
    }

    /**
     * Where a value belongs that an exchange has found: in the generation that it saw last, so that what it found there never
     * ends up in a later one. Null when it has seen none, or belongs to the session's renewal: then there is {@link #fill}.
     */
    public @Nullable Generation seen(SessionKey key, @Nullable Exchange exchange) {
        RenewalToken token = RenewalScope.token(exchange, key);
        boolean ordinary = token == null || token.state() == RenewalToken.State.ENDED;
        return ordinary && exchange != null ? RenewalScope.observed(exchange, key) : null;
    }

    /**
     * The session's client profile. Within its renewal it is the one that the log-in has, which takes it now if it has
     * sent nothing yet; else {@link ClientProfile#NONE} while the session has none. Creates no session.
     */
    public ClientProfile profile(SessionKey key, @Nullable Exchange exchange) {
        RenewalToken token = RenewalScope.token(exchange, key);
        Initiator initiator = Initiator.of(token);
        if (token != null && initiator != null && token.state() == RenewalToken.State.LIVE) {
            equip(initiator.session(), token.pending(), token, null, initiator.rules());
        }
        Generation generation = generation(key, exchange);
        return generation == null ? ClientProfile.NONE : generation.profile();
    }

    /**
     * Gives a generation its client profile, once. A log-in has the one that whoever renews the session asks for, unless
     * its own request names another.
     */
    void equip(
            Session session,
            Generation generation,
            @Nullable RenewalToken token,
            @Nullable String profile,
            RenewalRules rules) {
        Initiator initiator = Initiator.of(token);
        String name = profile == null && initiator != null ? initiator.profile() : profile;
        session.equip(generation, token, name, keepsProfile(token, rules));
    }

    /** Whether the session is to keep the profile that it has. */
    static boolean keepsProfile(@Nullable RenewalToken token, RenewalRules rules) {
        Initiator initiator = Initiator.of(token);
        return rules.sameProfile() || (initiator != null && initiator.rules().sameProfile());
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
        return close(key, rules, "close");
    }

    CompletableFuture<Boolean> close(SessionKey key, RenewalRules rules, String cause) {
        Session session = registry.remove(key);
        if (session == null) {
            return CompletableFuture.completedFuture(false);
        }
        checks.forget(session);
        return logOuts.close(session, rules, cause).thenApply(done -> true);
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
        return logOuts.seats().stats(site);
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

    /** Ends a session's cool-down, so that the next exchange may renew it. */
    public void endCooldown(SessionKey key) {
        registry.endCooldown(key);
        Session session = registry.existing(key);
        if (session != null) {
            act(session, session.endCooldown());
            renewals.cooldownEnded(session);
        }
    }

    /** Fails the exchanges that this owner admitted and that still wait: it is being stopped. */
    public void stop(Object owner) {
        held.stop(owner);
    }

    public void addListener(RenewalListener listener) {
        renewals.addListener(listener);
    }

    /**
     * Waits until a listener has done with all that was brought to it, but never longer than that after it has begun.
     *
     * @throws InterruptedException when the thread is interrupted meanwhile
     */
    public void awaitTold(RenewalListener listener, Duration atMost) throws InterruptedException {
        renewals.awaitTold(listener, atMost);
    }

    public void removeListener(RenewalListener listener) {
        renewals.removeListener(listener);
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
        renewals.setConcurrency(renewalConcurrency);
        logOuts.setConcurrency(renewalConcurrency);
        checks.setConcurrency(renewalConcurrency);
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
        paced.set(site, rate);
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

    // ---- for exchanges on their way

    /**
     * As {@link #session}, for an exchange that may have to wait.
     *
     * @throws RejectedExecutionException when all is being stopped
     */
    Session sessionToUse(SessionKey key, RenewalRules rules) {
        if (isStoppingOrStopped()) {
            throw new RejectedExecutionException("the sessions of this context are stopped");
        }
        return session(key, rules);
    }

    /** The session of that name, with rules that belong to it if it has none yet. */
    Session session(SessionKey key, RenewalRules rules) {
        Session session = registry.session(key);
        if (rules.closeUri() != null) {
            logOuts.remember(session, rules);
        }
        if (rules.configuresSession()) {
            String before = session.configure(rules.gate(), rules.place());
            if (before == null && rules.check() != null) {
                before = checks.remember(session, rules);
            }
            if (before != null && differencesLogged.putIfAbsent(key, true) == null) {
                LOG.warn(
                        "session '{}' keeps the rules of {} (maxUses, maxAge, maxIdle, maxHeld, renewalAttempts,"
                                + " renewalCooldown, checkUri, validWhen, keepAlive), though {} sets others: the first that configures a session"
                                + " decides. This is logged once.",
                        key,
                        before,
                        rules.place());
            }
        }
        return session;
    }

    /** Does for all what a gate has decided. Never throws: what an error keeps it from doing is done a little later. */
    void act(Session session, Verdict verdict) {
        RenewalToken token = verdict.renewal();
        try {
            if (token != null) {
                renewals.begin(session, token);
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
        actOnOthers(session, verdict);
    }

    /** Does for those that wait what a gate has decided. Never throws, as {@link #act}. */
    void actOnOthers(Session session, Verdict verdict) {
        try {
            if (verdict.emptied()) {
                logOuts.emptied(session);
            }
            if (verdict.check()) {
                checks.settle(session);
            }
            verdict.standing().forEach(passage -> goOn(passage, End.STANDS));
            verdict.again().forEach(passage -> goOn(passage, End.RESUMED));
            if (verdict.release()) {
                held.release(session);
            }
            if (verdict.wakeAfter() > 0) {
                threads.runLater(() -> act(session, session.wake()), Duration.ofMillis(verdict.wakeAfter()));
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
    }

    /** Releases those that are held for the session if this one need not wait there. Never throws, as {@link #act}. */
    void releaseIfOver(Session session, Passage passage) {
        try {
            if (!session.holding(passage)) {
                held.release(session);
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
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

    /** The same, if it was to be done for a session. */
    void torn(Session session, Throwable error) {
        session.tear();
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
            act(session, session.mend());
        }
        if (torn) {
            renewals.mend();
            logOuts.mend();
            checks.mend();
            paced.mend();
        }
        alsoMended.forEach(Runnable::run);
        held.mend(torn);
    }

    Mender mender() {
        return mender;
    }

    private void goOn(Passage passage, End how) {
        Ticket ticket = ((Initiator) passage).ticket();
        if (ticket != null && !ticket.isClaimed()) {
            held.goOn(ticket, how);
        }
    }

    /** What an exchange of the session waits for, in words. */
    String obstacle(Session session) {
        SessionKey key = session.key();
        if (renewals.isInLine(key) || logOuts.isInLine(key)) {
            return "its renewal waits for its turn behind others, renewalConcurrency=" + renewals.concurrency()
                    + " of which run at once; see whether these take too long";
        }
        SessionStats stats = session.stats();
        boolean renewing = stats.state().equals("RENEWING");
        if (!renewing && session.isFrozen()) {
            return "the session is frozen; unfreeze it";
        }
        if (!renewing && !session.pauseLeft().isZero()) {
            return "the site wants to be left alone until " + session.stats().pausedUntil();
        }
        if (stats.state().equals("FAILED")) {
            return "the latest renewal has failed, the next attempt is made at " + stats.retryAt();
        }
        return renewing
                ? "the renewal has not ended; see whether the log-in takes too long"
                : "others that came before it have not gone on";
    }

    /** The site wants to be left alone by a session: so do the others wait that have its account. */
    void pauseAccount(Session session, ClientProfile profile) {
        Duration left = session.pauseLeft();
        if (!left.isZero()) {
            registry.sharingAccount(session, profile).forEach(other -> act(other, other.pause(left)));
        }
    }

    LimitedExecutor newLanes() {
        return new LimitedExecutor(action -> threads().execute(action), DEFAULT_RENEWAL_CONCURRENCY, this::torn);
    }

    /** For exchanges that wait for something else than a gate. */
    public HeldTickets held() {
        return held;
    }

    /** The turns of a request among those of its site, null when these are not paced. */
    @Nullable
    SiteTurn turn(SessionRequest request) {
        PacedSite site = paced.of(request.session().site(), request.rules().rate());
        return site == null ? null : new SiteTurn(site);
    }

    SessionThreads threads() {
        return threads;
    }

    WaitGraph waits() {
        return waits;
    }

    /** A proxy has failed: no session gets its profile for a while. */
    void putAside(ProxyFailedException failure) {
        Instant until = registry.putAside(failure);
        if (until != null) {
            long left = registry.profiles().stream()
                    .filter(profile -> profile.asideUntil() == null)
                    .count();
            LOG.warn("{}. It is put aside until {}, profiles left: {}.", failure.getMessage(), until, left);
        }
    }

    /** What those get whose session needs a client profile, while all are put aside. */
    SessionRenewalException noProfile(Session session, ProfilesAsideException why) {
        return SessionFailures.notRenewed(SessionFailures.now(session, why.freeAt()), "has no client profile", why);
    }

    /**
     * What an exchange ends with by a verdict.
     *
     * @param involved whether it has begun the renewal that failed, or belongs to another one
     */
    Exception exception(Session session, RenewalRules rules, Verdict verdict, boolean involved) {
        GateFailure failure = Objects.requireNonNull(verdict.failure());
        return switch (failure.kind()) {
            case RENEWAL_FAILED -> renewals.exception(session, rules, failure, involved);
            case FULL -> holdException(session, "not held, because as many exchanges are held as maxHeld allows");
            case REVOKED -> revoked(session);
        };
    }

    SessionHoldException holdException(Session session, String what) {
        Instant retryAt = session.pauseLeft().isZero() ? null : session.stats().pausedUntil();
        return SessionFailures.notHeld(SessionFailures.now(session, retryAt), what);
    }

    SessionRenewalException revoked(Session session) {
        return SessionFailures.notRenewed(
                SessionFailures.now(session, null),
                "the renewal that this exchange belongs to has failed or timed out before",
                null);
    }

    // ---- for renewals

    RenewalStarter renewals() {
        return renewals;
    }

    LogOuts logOuts() {
        return logOuts;
    }

    LogInPages logInPages() {
        return logInPages;
    }

    long nanoTime() {
        return System.nanoTime();
    }

    Instant now() {
        return Instant.now();
    }

    double random() {
        return ThreadLocalRandom.current().nextDouble();
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
        paced.clear();
        renewals.endWaiting();
        ServiceHelper.stopService(logOuts, renewals, mender, threads);
    }
}
