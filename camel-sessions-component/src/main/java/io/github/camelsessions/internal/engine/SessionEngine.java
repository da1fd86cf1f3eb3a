/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.LogInPage;
import io.github.camelsessions.internal.config.RenewalOptions;
import io.github.camelsessions.internal.config.Rulebook;
import io.github.camelsessions.internal.connection.ConnectionSweeper;
import io.github.camelsessions.internal.form.FormMark;
import io.github.camelsessions.internal.http.PublicSuffixList;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.http.SessionHttpClients;
import io.github.camelsessions.internal.pool.SessionPools;
import io.github.camelsessions.internal.renewal.OneTimeCodes;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of one Camel context are made of, wired. A plugin of the context and not part of the component, so that
 * sessions, connections and endpoints outlive a component that a reload makes anew. Thread-safe.
 */
public final class SessionEngine implements EffectiveRules.Requests {

    public static final int DEFAULT_MAX_SESSIONS = 10_000;

    private static final String COMPONENT = "sessions";
    private static final ReentrantLock CREATION = new ReentrantLock();

    private final CamelContext context;
    private final SessionClock clock;
    private final SessionRegistry registry;
    private final SessionTraffic traffic;
    private final SessionPools pools;
    private final SessionCalls calls;
    private final SessionHttpClients clients;
    private final ConnectionSweeper sweeper;
    private final OneTimeCodes oneTimeCodes = new OneTimeCodes();
    private final Map<URI, FormMark> logInForms = new ConcurrentHashMap<>(); // as many as options name
    private volatile int maxSessions = DEFAULT_MAX_SESSIONS;

    private SessionEngine(CamelContext context, SessionClock clock) {
        this.context = context;
        this.clock = clock;
        this.registry = new SessionRegistry(new PublicSuffixList(), clock, DEFAULT_MAX_SESSIONS);
        this.traffic = new SessionTraffic(context, registry);
        this.pools = new SessionPools(traffic, clock);
        this.calls = new SessionCalls(registry, traffic, pools);
        this.clients = new SessionHttpClients(context);
        this.sweeper = new ConnectionSweeper(context, registry);
    }

    /** That of a context; always the same object for the same context. */
    public static SessionEngine get(CamelContext context) {
        SessionEngine engine = find(context);
        return engine != null ? engine : create(context, SessionClock.system());
    }

    /** That of a context, null when nothing has asked for it yet. */
    public static @Nullable SessionEngine find(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(SessionEngine.class);
    }

    /** As {@link #get}; one that is not there yet lives by this clock. */
    public static SessionEngine create(CamelContext context, SessionClock clock) {
        CREATION.lock();
        try {
            SessionEngine engine = find(context);
            if (engine == null) {
                engine = new SessionEngine(context, clock);
                ExtendedCamelContext extended = context.getCamelContextExtension();
                extended.addContextPlugin(SessionEngine.class, engine);
                extended.addContextPlugin(ConnectionSweeper.class, engine.sweeper);
                engine.join();
            }
            return engine;
        } finally {
            CREATION.unlock();
        }
    }

    /** The clock that all sessions of the context live by. */
    public SessionClock clock() {
        return clock;
    }

    /** Those of all accounts. */
    OneTimeCodes oneTimeCodes() {
        return oneTimeCodes;
    }

    /** Starts and stops with the context, also after the context was stopped: then it forgets its services. */
    public void join() {
        if (context.hasService(Life.class) == null) {
            try {
                context.addService(new Life(this));
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }
    }

    /** Drops the sessions when the context stops. */
    private static final class Life extends ServiceSupport {

        private final SessionEngine engine;

        Life(SessionEngine engine) {
            this.engine = engine;
        }

        @Override
        protected void doStart() {
            ServiceHelper.startService(engine.traffic, engine.sweeper);
        }

        @Override
        protected void doStop() {
            engine.pools.stop();
            ServiceHelper.stopService(engine.traffic, engine.sweeper);
            engine.clients.stop();
        }
    }

    public SessionRegistry registry() {
        return registry;
    }

    public SessionTraffic traffic() {
        return traffic;
    }

    public SessionPools pools() {
        return pools;
    }

    public SessionCalls calls() {
        return calls;
    }

    /** The clients are no component's: endpoints of a component that was replaced go on sending. */
    public SessionHttpClients clients() {
        return clients;
    }

    public int maxSessions() {
        return maxSessions;
    }

    /** @throws IllegalArgumentException when it is less than 1; nothing has changed then */
    public void setMaxSessions(int most) {
        registry.setMaxSessions(most);
        maxSessions = most;
    }

    /** What the component says, which is made for that if need be. */
    public Rulebook rulebook() {
        return context.getComponent(COMPONENT, Rulebook.Owner.class).rulebook();
    }

    /** The rules that site and component set, those of the component alone where there is no such site. */
    public EffectiveRules rules(String site) {
        Rulebook rulebook = rulebook();
        return rulebook.rules(rulebook.sites().has(site) ? site : SessionKey.DEFAULT_SITE);
    }

    /**
     * Sees that the profile of rules is there, and that their options of camel-http can be used.
     *
     * @throws IllegalArgumentException when not
     */
    public void require(EffectiveRules rules) throws Exception {
        if (rules.profile() != null) {
            registry.requireProfile(rules.profile());
        }
        clients.check(rules.http());
    }

    @Override
    public SessionRequest check(EffectiveRules rules, SessionKey session, URI uri) {
        return get(rules, session, uri, client(rules, uri));
    }

    @Override
    public SessionRequest logIn(EffectiveRules rules, SessionKey session) {
        return logIn(rules, session, null);
    }

    private FormRequest logIn(EffectiveRules rules, SessionKey session, @Nullable LogInTrail trail) {
        LogInPage page = Objects.requireNonNull(rules.logIn(), "asked for where there is one");
        SessionHttpClient client = client(rules, page.page());
        // it judges each answer itself
        CallRequest first = get(rules.throughout(), session, page.page(), client);
        if (trail != null) {
            first.watched(trail::hop);
        }
        return new FormRequest(first, client, new LogInFiller(page, clock, oneTimeCodes, trail), false);
    }

    /** What a log-in did that was made to see how it goes, and whether it succeeded. */
    public record Explained(boolean loggedIn, String text) {}

    /**
     * Logs in by the {@code loginPage} of the rules, and fills no session with that: the site, for its part, has one more.
     * Takes no longer than a renewal may.
     *
     * @throws IllegalArgumentException when there is no page, or no such client profile
     */
    public Explained explainLogIn(EffectiveRules rules, SessionKey session, @Nullable String profile) {
        calls.requireLogIn(rules);
        LogInTrail trail = new LogInTrail();
        FormRequest request = logIn(rules, session, trail);
        Future<?> timeout = traffic.runLater(request::abort, rules.renewal().renewalTimeout());
        try {
            boolean loggedIn = new LogInTrial(context, request, registry.trial(session, profile), trail).run();
            return new Explained(loggedIn, trail.toString());
        } finally {
            timeout.cancel(false);
        }
    }

    @Override
    public FormMark logInForm(URI page) {
        return logInForms.computeIfAbsent(page, first -> new FormMark());
    }

    private CallRequest get(EffectiveRules rules, SessionKey session, URI uri, SessionHttpClient client) {
        return new CallRequest(
                calls.timer(), session, rules, rules.profile(), null, client.sending(uri, HttpMethods.GET));
    }

    private SessionHttpClient client(EffectiveRules rules, URI uri) {
        try {
            return clients.keep(SessionHttpClient.limitCredentials(rules.http(), uri));
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    /** @throws IllegalArgumentException when there can be no such endpoint */
    public String renewalUri(String given) {
        return Objects.requireNonNull(RenewalOptions.renewalUri(context, given));
    }

    /**
     * Closes a session; one of a pool is closed by its pool, when nobody uses it.
     *
     * @param rules asked for a session that is of no pool
     */
    public CompletableFuture<Boolean> close(SessionKey key, Supplier<RenewalRules> rules) {
        return pools.retire(key) ? CompletableFuture.completedFuture(true) : traffic.close(key, rules.get());
    }

    /** @param site null for those of all */
    public List<PoolStats> poolStats(@Nullable String site) {
        return pools.stats().stream()
                .filter(pool -> site == null || site.equals(pool.site()))
                .sorted(Comparator.comparing(PoolStats::site).thenComparing(PoolStats::name))
                .toList();
    }
}
