/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.RenewalOptions;
import io.github.camelsessions.internal.config.Sites;
import io.github.camelsessions.internal.connection.ConnectionSweeper;
import io.github.camelsessions.internal.http.PublicSuffixList;
import io.github.camelsessions.internal.http.SessionHttpClients;
import io.github.camelsessions.internal.pool.SessionPools;
import io.github.camelsessions.internal.renewal.RateRule;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import io.github.camelsessions.profile.ClientProfile;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of a Camel context, for Java code: {@code Sessions.get(camelContext)}. Also bound in the registry as the
 * bean {@code sessions}, and where another bean has that name, such as the component, {@code sessionsService}.
 *
 * <p>The methods speak of the default site; {@link #site} gives the same for another one. Reading creates no session.
 *
 * <p>A service of the context: it is there before routes are made, is shared by all {@code sessions:} components, and
 * drops its sessions when the context stops. Thread-safe.
 */
public final class Sessions {

    static final int DEFAULT_MAX_SESSIONS = 10_000;

    private static final int MOST_SHOWN = 1_000;
    private static final String BEAN = "sessions";
    private static final String SECOND_BEAN = "sessionsService";
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final ReentrantLock CREATION = new ReentrantLock();

    private final CamelContext context;
    private final SessionRegistry registry;
    private final SessionTraffic traffic;
    private final SessionPools pools;
    private final SessionCalls calls;
    private final SessionHttpClients clients;
    private final ConnectionSweeper sweeper;
    private final String site;

    private Sessions(CamelContext context, SessionClock clock) {
        this.context = context;
        this.registry = new SessionRegistry(new PublicSuffixList(), clock, DEFAULT_MAX_SESSIONS);
        this.site = SessionKey.DEFAULT_SITE;
        this.traffic = new SessionTraffic(context, registry);
        this.pools = new SessionPools(traffic, clock);
        this.calls = new SessionCalls(registry, traffic, pools);
        this.clients = new SessionHttpClients(context);
        this.sweeper = new ConnectionSweeper(context, registry);
    }

    private Sessions(Sessions sessions, String site) {
        this.context = sessions.context;
        this.registry = sessions.registry;
        this.traffic = sessions.traffic;
        this.pools = sessions.pools;
        this.calls = sessions.calls;
        this.clients = sessions.clients;
        this.sweeper = sessions.sweeper;
        this.site = site;
    }

    /** The sessions of a Camel context; always the same object for the same context. */
    public static Sessions get(CamelContext context) {
        ExtendedCamelContext extended = context.getCamelContextExtension();
        Sessions sessions = extended.getContextPlugin(Sessions.class);
        if (sessions == null) {
            useComponentBean(context);
            sessions = create(context, SessionClock.system());
        }
        return sessions;
    }

    // Camel looks for a component among the beans by this name first, and by its second one only while the first is
    // free
    private static void useComponentBean(CamelContext context) {
        if (context.hasComponent(BEAN) == null
                && context.getRegistry().lookupByName(BEAN + "-component") instanceof SessionsComponent) {
            context.getComponent(BEAN, true, false);
        }
    }

    /** As {@link #get}, also for the component that is being made; sessions that are not there yet live by this clock. */
    static Sessions create(CamelContext context, SessionClock clock) {
        ExtendedCamelContext extended = context.getCamelContextExtension();
        CREATION.lock();
        try {
            Sessions sessions = extended.getContextPlugin(Sessions.class);
            if (sessions == null) {
                sessions = new Sessions(context, clock);
                extended.addContextPlugin(Sessions.class, sessions);
                extended.addContextPlugin(ConnectionSweeper.class, sessions.sweeper);
                sessions.join();
            }
            return sessions;
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        } finally {
            CREATION.unlock();
        }
    }

    /** Makes the context know this object, again after it was stopped: then it forgets its beans and services. */
    void join() throws Exception {
        if (context.hasService(Closing.class) == null) {
            context.addService(new Closing(this));
        }
        Registry beans = context.getRegistry();
        Object found = beans.lookupByName(BEAN);
        if (found == null) {
            beans.bind(BEAN, this);
        } else if (found != this && beans.lookupByName(SECOND_BEAN) == null) {
            beans.bind(SECOND_BEAN, this);
            LOG.info(
                    "the bean '{}' is a {}: the sessions are the bean '{}', as in ${bean:{}?method=ids()}",
                    BEAN,
                    found.getClass().getName(),
                    SECOND_BEAN,
                    SECOND_BEAN);
        }
    }

    /** Drops the sessions when the context stops. */
    private static final class Closing extends ServiceSupport {

        private final Sessions sessions;

        Closing(Sessions sessions) {
            this.sessions = sessions;
        }

        @Override
        protected void doStart() {
            ServiceHelper.startService(sessions.traffic, sessions.sweeper);
        }

        @Override
        protected void doStop() {
            sessions.pools.stop();
            ServiceHelper.stopService(sessions.traffic, sessions.sweeper);
            sessions.clients.stop();
        }
    }

    SessionRegistry registry() {
        return registry;
    }

    SessionTraffic traffic() {
        return traffic;
    }

    /**
     * Closes a session; one of a pool is closed by its pool, when nobody uses it.
     *
     * @param rules asked for a session that is of no pool
     */
    CompletableFuture<Boolean> close(SessionKey key, Supplier<RenewalRules> rules) {
        return pools.retire(key) ? CompletableFuture.completedFuture(true) : traffic.close(key, rules.get());
    }

    SessionPools sessionPools() {
        return pools;
    }

    /** The sites of the component. */
    Sites sites() {
        return component().siteRules();
    }

    private SessionsComponent component() {
        SessionsComponent component = context.getComponent(BEAN, SessionsComponent.class);
        component.awaitStart();
        return component;
    }

    /** The rules that site and component set. */
    EffectiveRules rules(String site) {
        SessionsComponent component = component();
        String known = component.siteRules().has(site) ? site : SessionKey.DEFAULT_SITE;
        return component.rules(known, new EffectiveRules.Place("Sessions", new SessionsConfiguration()));
    }

    String renewalUri(String given) {
        return Objects.requireNonNull(RenewalOptions.renewalUri(context, given));
    }

    SessionCalls calls() {
        return calls;
    }

    /** The clients are no component's: endpoints of a component that was replaced go on sending. */
    SessionHttpClients clients() {
        return clients;
    }

    /**
     * The sessions of a site. The site need not be configured, then it has none.
     *
     * @throws IllegalArgumentException when there is no such site, but one whose name is near
     */
    public Sessions site(String name) {
        if (context.hasComponent(BEAN) instanceof SessionsComponent component) {
            component.refuseMistyped(name);
        }
        return new Sessions(this, name);
    }

    /** The session of that id, whether it exists or not. */
    public NamedSession session(String id) {
        return new NamedSession(this, new SessionKey(site, id), null);
    }

    /** The ids of the sessions that exist, sorted. */
    public List<String> ids() {
        return registry.keys()
                .filter(key -> key.site().equals(site))
                .map(SessionKey::id)
                .sorted()
                .toList();
    }

    /** {@link NamedSession#cookies()} of the session. */
    public List<Cookie> cookies(String id) {
        return session(id).cookies();
    }

    /** {@link NamedSession#cookies(String)} of the session. */
    public List<Cookie> cookies(String id, String domain) {
        return session(id).cookies(domain);
    }

    /** {@link NamedSession#cookieMap()} of the session. */
    public Map<String, String> cookieMap(String id) {
        return session(id).cookieMap();
    }

    /** {@link NamedSession#variables()} of the session. */
    public Map<String, Object> variables(String id) {
        return session(id).variables();
    }

    /** {@link NamedSession#variable(String)} of the session. */
    public @Nullable Object variable(String id, String name) {
        return session(id).variable(name);
    }

    /** {@link NamedSession#setVariable(String, Object)} of the session. */
    public void setVariable(String id, String name, @Nullable Object value) {
        session(id).setVariable(name, value);
    }

    /** {@link NamedSession#profile()} of the session. */
    public ClientProfile profile(String id) {
        return session(id).profile();
    }

    /** {@link NamedSession#addCookies} of the session. */
    public void addCookies(String id, String uri, Map<String, String> cookies) {
        session(id).addCookies(uri, cookies);
    }

    /** {@link NamedSession#clear} of the session. */
    public boolean clear(String id) {
        return session(id).clear();
    }

    /** {@link NamedSession#close} of the session. */
    public CompletableFuture<Boolean> close(String id) {
        return session(id).close();
    }

    /** The log-ins and log-outs of the site: how many of the sessions that it allows at once may be taken. */
    public SeatStats seats() {
        return traffic.seats(site);
    }

    /**
     * Changes how many requests this site is sent in a second at most, whatever {@code maxRequestsPerSecond} says, from the
     * next request on and until the context stops. For operators.
     *
     * @param rate 0 for any number
     * @throws IllegalArgumentException when it is below 0.0001 and not 0: nothing has changed then
     */
    public void setMaxRequestsPerSecond(double rate) {
        traffic.setRate(site, new RateRule(rate, "Sessions.setMaxRequestsPerSecond"));
    }

    /** {@link NamedSession#expire} of the session. */
    public void expire(String id) {
        session(id).expire();
    }

    /** {@link NamedSession#freeze} of the session. */
    public void freeze(String id) {
        session(id).freeze();
    }

    /** {@link NamedSession#unfreeze} of the session. */
    public void unfreeze(String id) {
        session(id).unfreeze();
    }

    /** {@link NamedSession#endCooldown} of the session. */
    public void endCooldown(String id) {
        session(id).endCooldown();
    }

    /** {@link NamedSession#renew()} of the session. */
    public CompletableFuture<Long> renew(String id) {
        return session(id).renew();
    }

    /** {@link NamedSession#renew(String)} of the session. */
    public CompletableFuture<Long> renew(String id, String endpointUri) {
        return session(id).renew(endpointUri);
    }

    /** {@link NamedSession#stats} of the session. */
    public Optional<SessionStats> stats(String id) {
        return session(id).stats();
    }

    /** How each client profile is used, in the order of their file. Profiles are shared by all sites. */
    public List<ProfileStats> profiles() {
        return registry.profiles();
    }

    /** {@link NamedSession#markGood} of the session. */
    public void markGood(String id) {
        session(id).markGood();
    }

    /** {@link NamedSession#markBad} of the session. */
    public void markBad(String id) {
        session(id).markBad();
    }

    /** {@link NamedSession#retire} of the session. */
    public boolean retire(String id) {
        return session(id).retire();
    }

    /** How the pools of this site stand, by name. A pool is made by its first use. */
    public List<PoolStats> pools() {
        return poolStats(site);
    }

    /**
     * @param of a site, null for all
     */
    List<PoolStats> poolStats(@Nullable String of) {
        return pools.stats().stream()
                .filter(pool -> of == null || of.equals(pool.site()))
                .sorted(Comparator.comparing(PoolStats::site).thenComparing(PoolStats::name))
                .toList();
    }

    /** How a pool of this site stands; empty before its first use. */
    public Optional<PoolStats> pool(String name) {
        return Optional.ofNullable(pools.stats(new SessionKey(site, name)));
    }

    /**
     * Lets a pool create sessions again at once, after its log-ins have failed. For operators.
     *
     * @return whether there is such a pool
     */
    public boolean endPoolCooldown(String name) {
        return pools.endCooldown(new SessionKey(site, name));
    }

    /**
     * A processor that sends each exchange through a camel-http endpoint, with its options, in the exchange's session:
     * {@code .process(sessions.wrap("https://portal.example/api?connectTimeout=5000"))}. The session is the one in the
     * header {@code CamelSessionsId}, else the {@code sessionId} of the rules; the site is the one that the target
     * belongs to.
     *
     * @param uri the URI of a camel-http endpoint
     */
    public SessionHttpProcessor wrap(String uri) {
        SessionHttpProcessor processor = new SessionHttpProcessor();
        processor.setCamelContext(context);
        processor.setUri(uri);
        return processor;
    }

    static String describe(SessionStats stats) {
        return "session '" + stats.key() + "' (generation=" + stats.generation() + ", cookies=" + stats.cookies()
                + (stats.profile().isEmpty() ? "" : ", profile=" + stats.profile()) + ", uses=" + stats.uses() + ")";
    }

    /** The sessions of all sites, one a line, in the order of their creation, the first thousand of them; no cookie value. */
    @Override
    public String toString() {
        String shown = registry.page(null, 0, MOST_SHOWN).stream()
                .map(Sessions::describe)
                .collect(Collectors.joining(System.lineSeparator(), "Sessions:" + System.lineSeparator(), ""));
        int more = registry.size() - MOST_SHOWN;
        return more <= 0 ? shown : shown + System.lineSeparator() + "and " + more + " more";
    }
}
