/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.RenewalListener;
import io.github.camelsessions.internal.renewal.RenewalRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suspends the consumers of its routes while a session is in cool-down after a failed renewal, and resumes them after the
 * next renewal, so that a Kafka or JMS consumer does not drain its topic into the dead letter queue:
 * {@code .routePolicy(policy)}, or in YAML and XML {@code routePolicyRef}.
 *
 * <p>With the consumer suspended no exchange would try the log-in again. So when the cool-down is over, or an operator
 * ends it, the policy has the trial renewal made; when that fails too, the next follows after the next cool-down. A
 * session without {@code renewalUri}, which its routes renew by themselves, gets the consumers resumed instead: the next
 * exchange is the trial.
 *
 * <p>Consumers are suspended and resumed on a thread of the policy's own, so that one that takes its time delays no
 * renewal and no exchange of other routes. An exchange of its routes that ends meanwhile waits for that, a second at most:
 * a consumer that waits for each exchange is suspended before it takes another one, unless it takes longer than that.
 *
 * <p>Exchanges that are held when the renewal fails, fail with it. A consumer that takes the next message before the last
 * one is done (seda, or JMS with {@code asyncConsumer}) has taken up to {@code maxHeld} of them by then, and
 * one more for each of its threads.
 *
 * <p>A consumer that an operator has suspended or stopped stays so. One bean may serve any number of routes of a context.
 * Set the properties before its routes start; all else is thread-safe.
 */
public final class SessionsRoutePolicy extends RoutePolicySupport implements CamelContextAware {

    /** How long an exchange of its routes waits at its end for a consumer that is being suspended. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SessionsRoutePolicy.class);

    private final RenewalListener listener = new Listener();
    private final Map<Route, Input> inputs = new ConcurrentHashMap<>();
    private final Map<SessionKey, Cooldown> cooldowns = new ConcurrentHashMap<>();
    private volatile @Nullable ScheduledExecutorService timer;

    private @Nullable CamelContext camelContext;
    private String site = SessionKey.DEFAULT_SITE;
    private @Nullable String sessionId;

    /** How a session's renewal was tried, and when it may be tried again. */
    private record Cooldown(SessionKey session, RenewalRules rules, Instant retryAt) {}

    /** Where the exchanges of a route come from, from its start to its stop. */
    private static final class Input {

        private final Route route;
        private final AtomicBoolean suspended = new AtomicBoolean();
        private volatile boolean over;

        Input(Route route) {
            this.route = route;
        }

        Consumer consumer() {
            return route.getConsumer();
        }
    }

    public String getSite() {
        return site;
    }

    /** The site whose sessions count; the default site when it is not set. */
    public void setSite(String site) {
        this.site = site;
    }

    public @Nullable String getSessionId() {
        return sessionId;
    }

    /**
     * The only session that counts. Without it each session of the site does: the consumers stay suspended until all are
     * out of their cool-downs.
     */
    public void setSessionId(@Nullable String sessionId) {
        this.sessionId = sessionId;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    private CamelContext context() {
        return Objects.requireNonNull(camelContext, "set by Camel before the start");
    }

    private SessionEngine engine() {
        return SessionEngine.get(context());
    }

    // ---- cool-downs

    private final class Listener implements RenewalListener {

        @Override
        public void failed(SessionKey session, RenewalRules rules, Instant retryAt) {
            if (concerns(session)) {
                begin(new Cooldown(session, rules, retryAt));
            }
        }

        @Override
        public void renewed(SessionKey session) {
            if (cooldowns.remove(session) != null) {
                settle();
            }
        }

        @Override
        public void cooldownEnded(SessionKey session) {
            Cooldown ended = cooldowns.get(session);
            if (ended != null) {
                tryRenewal(ended);
            }
        }
    }

    private boolean concerns(SessionKey session) {
        return session.site().equals(site) && (sessionId == null || session.id().equals(sessionId));
    }

    private void begin(Cooldown cooldown) {
        SessionKey session = cooldown.session();
        Cooldown latest = cooldowns.merge(
                session, cooldown, (one, other) -> other.retryAt().isAfter(one.retryAt()) ? other : one);
        if (latest != cooldown) {
            return;
        }
        if (!isCooling(cooldown)) { // told late: the session was renewed meanwhile
            cooldowns.remove(session, cooldown);
            return;
        }
        settle();
        schedule(cooldown, cooldown.retryAt());
    }

    /** Whether nothing has ended it early. */
    private boolean isCooling(Cooldown cooldown) {
        SessionStats stats = engine().registry().stats(cooldown.session());
        return stats != null && cooldown.retryAt().equals(stats.retryAt());
    }

    private boolean isCurrent(Cooldown cooldown) {
        return cooldowns.get(cooldown.session()) == cooldown;
    }

    private void schedule(Cooldown cooldown, Instant when) {
        ScheduledExecutorService now = timer;
        if (now != null) {
            long millis = Math.max(0, Duration.between(Instant.now(), when).toMillis() + 1); // never a moment early
            try {
                now.schedule(() -> tryRenewal(cooldown), millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("no further renewal of session '{}' is tried: the policy stops", cooldown.session());
            }
        }
    }

    /** What an exchange would do if the consumers were not suspended. */
    private void tryRenewal(Cooldown cooldown) {
        if (!isCurrent(cooldown) || inputs.isEmpty()) {
            return; // when a route starts again, it is tried then
        }
        if (!cooldown.rules().renews()) {
            cooldowns.remove(cooldown.session(), cooldown);
            settle();
            return;
        }
        renewal(cooldown).whenComplete((generation, failure) -> {
            if (failure == null) {
                listener.renewed(cooldown.session());
            } else if (isCurrent(cooldown)) { // it could not even be tried
                Instant retryAt = failure instanceof SessionRenewalException e ? e.getRetryAt() : null;
                Duration pause = cooldown.rules().gate().cooldown();
                schedule(cooldown, retryAt != null ? retryAt : Instant.now().plus(pause));
            }
        });
    }

    private CompletableFuture<Long> renewal(Cooldown cooldown) {
        try {
            return engine().traffic().renew(cooldown.session(), cooldown.rules());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    // ---- consumers

    private void settle() {
        inputs.values().forEach(this::settle);
    }

    /**
     * Suspends or resumes a consumer. Others may do so at the same time: each looks again after it has changed something,
     * so that the last one leaves it as it should be.
     */
    private void settle(Input input) {
        try {
            boolean changed;
            do {
                changed = cooldowns.isEmpty() ? resume(input) : suspend(input);
            } while (changed && input.suspended.get() == cooldowns.isEmpty());
        } catch (Exception e) {
            handleException(e);
        }
    }

    private boolean suspend(Input input) throws Exception {
        if (input.over || !ServiceHelper.isStarted(input.consumer()) || !suspendOrStopConsumer(input.consumer())) {
            return false;
        }
        input.suspended.set(true);
        LOG.info(
                "route '{}': its consumer is suspended until renewed: {}",
                input.route.getRouteId(),
                cooldowns.keySet());
        return true;
    }

    private boolean resume(Input input) throws Exception {
        if (input.over || context().isStopping() || !input.suspended.compareAndSet(true, false)) {
            return false;
        }
        if (resumeOrStartConsumer(input.consumer())) {
            LOG.info("route '{}': its consumer is resumed", input.route.getRouteId());
        }
        if (input.over) {
            suspendOrStopConsumer(input.consumer());
        }
        return true;
    }

    private void open(Route route) {
        Input input = new Input(route);
        inputs.put(route, input);
        settle(input);
        // what could not be tried for want of a route that waits
        Instant now = Instant.now();
        cooldowns.values().stream()
                .filter(cooldown -> !now.isBefore(cooldown.retryAt()) || !isCooling(cooldown))
                .forEach(cooldown -> schedule(cooldown, now));
    }

    private void close(Route route) {
        Input input = inputs.remove(route);
        if (input == null) {
            return;
        }
        input.over = true;
        if (input.consumer() != null && ServiceHelper.isStarted(input.consumer())) { // resumed while it was stopped
            try {
                suspendOrStopConsumer(input.consumer());
            } catch (Exception e) {
                handleException(e);
            }
        }
    }

    /** Before the consumer of the exchange takes another one: it may have to be suspended for what the exchange failed by. */
    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        try {
            engine().traffic().awaitTold(listener, MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onStart(Route route) {
        open(route);
    }

    @Override
    public void onResume(Route route) {
        open(route);
    }

    @Override
    public void onSuspend(Route route) {
        close(route);
    }

    @Override
    public void onStop(Route route) {
        close(route);
    }

    @Override
    public void onRemove(Route route) {
        close(route);
    }

    // ---- life

    @Override
    protected void doStart() throws Exception {
        engine().rulebook().sites().require(site);
        timer = context().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "SessionsRoutePolicy");
        engine().traffic().addListener(listener);
        // sessions outlive routes: some may be in cool-down already
        Instant now = Instant.now();
        engine().registry().stats().forEach(session -> {
            Instant retryAt = session.retryAt();
            if (retryAt != null && retryAt.isAfter(now)) {
                listener.failed(session.key(), engine().rules(site).renewal(), retryAt);
            }
        });
    }

    @Override
    protected void doStop() {
        engine().traffic().removeListener(listener);
        if (timer != null) {
            context().getExecutorServiceManager().shutdownNow(timer);
            timer = null;
        }
        cooldowns.clear();
    }
}
