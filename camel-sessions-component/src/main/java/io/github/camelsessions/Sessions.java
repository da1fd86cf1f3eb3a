/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.RateRule;
import io.github.camelsessions.internal.session.SessionClock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.spi.Registry;
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

    private static final int MOST_SHOWN = 1_000;
    private static final String BEAN = "sessions";
    private static final String SECOND_BEAN = "sessionsService";
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final ReentrantLock CREATION = new ReentrantLock();

    private final CamelContext context;
    private final SessionEngine engine;
    private final String site;

    private Sessions(CamelContext context, SessionEngine engine, String site) {
        this.context = context;
        this.engine = engine;
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
                sessions = new Sessions(context, SessionEngine.create(context, clock), SessionKey.DEFAULT_SITE);
                extended.addContextPlugin(Sessions.class, sessions);
                sessions.join();
            }
            return sessions;
        } finally {
            CREATION.unlock();
        }
    }

    /** Makes the context know this object, again after it was stopped: then it forgets its beans and services. */
    void join() {
        engine.join();
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

    /** What this shows. */
    SessionEngine engine() {
        return engine;
    }

    /**
     * The sessions of a site. The site need not be configured, then it has none.
     *
     * @throws IllegalArgumentException when there is no such site, but one whose name is near
     */
    public Sessions site(String name) {
        if (context.hasComponent(BEAN) instanceof SessionsComponent component) {
            component.ownRulebook().refuseMistyped(name);
        }
        return new Sessions(context, engine, name);
    }

    /** The session of that id, whether it exists or not. */
    public NamedSession session(String id) {
        return new NamedSession(engine, new SessionKey(site, id));
    }

    /** The ids of the sessions that exist, sorted. */
    public List<String> ids() {
        return engine.registry()
                .keys()
                .filter(key -> key.site().equals(site))
                .map(SessionKey::id)
                .sorted()
                .toList();
    }

    /** The log-ins and log-outs of the site: how many of the sessions that it allows at once may be taken. */
    public SeatStats seats() {
        return engine.traffic().seats(site);
    }

    /**
     * Changes how many requests this site is sent in a second at most, whatever {@code maxRequestsPerSecond} says, from the
     * next request on and until the context stops. For operators.
     *
     * @param rate 0 for any number
     * @throws IllegalArgumentException when it is below 0.0001 and not 0: nothing has changed then
     */
    public void setMaxRequestsPerSecond(double rate) {
        engine.traffic().setRate(site, new RateRule(rate, "Sessions.setMaxRequestsPerSecond"));
    }

    /** How each client profile is used, in the order of their file. Profiles are shared by all sites. */
    public List<ProfileStats> profiles() {
        return engine.registry().profiles();
    }

    /** How the pools of this site stand, by name. A pool is made by its first use. */
    public List<PoolStats> pools() {
        return engine.poolStats(site);
    }

    /** How a pool of this site stands; empty before its first use. */
    public Optional<PoolStats> pool(String name) {
        return Optional.ofNullable(engine.pools().stats(new SessionKey(site, name)));
    }

    /**
     * Lets a pool create sessions again at once, after its log-ins have failed. For operators.
     *
     * @return whether there is such a pool
     */
    public boolean endPoolCooldown(String name) {
        return engine.pools().endCooldown(new SessionKey(site, name));
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
        String shown = engine.registry().page(null, 0, MOST_SHOWN).stream()
                .map(Sessions::describe)
                .collect(Collectors.joining(System.lineSeparator(), "Sessions:" + System.lineSeparator(), ""));
        int more = engine.registry().size() - MOST_SHOWN;
        return more <= 0 ? shown : shown + System.lineSeparator() + "and " + more + " more";
    }
}
