/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one HTTP client: a pool for each {@link Identity}, found by the user token of the request, and one for
 * requests that have none. So no connection carries two identities, no TLS session is resumed by another, each identity has
 * the limits for itself, and to retire one is to close its pool.
 *
 * <p>Pools that nobody uses are closed after {@link #IDLE}, at once when no session has their identity any more, and when
 * there would be more than {@link #MOST_POOLS}, the longest idle first. A connection manager that the user gave the
 * component has no pools: there the identity is what HttpClient calls the state of a connection, which keeps connections
 * apart, but not TLS sessions.
 *
 * <p>Thread-safe, without locks of its own.
 */
public final class IdentityConnections implements HttpClientConnectionManager, ConnPoolControl<HttpRoute> {

    static final int MOST_POOLS = 1_000;
    static final Duration IDLE = Duration.ofSeconds(60);

    private final HttpClientConnectionManager plain;
    private final @Nullable ConnPoolControl<HttpRoute> control;
    private final @Nullable Function<Identity, PoolingHttpClientConnectionManager> maker;
    private final Consumer<IdentityConnections> onFirstPool;
    private final LongSupplier nanos;
    private final Map<Identity, Pool> pools = new ConcurrentHashMap<>();
    private volatile boolean watched;
    private final Set<LeaseRequest> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** The connections of one identity, and how many requests have or await one. */
    private static final class Pool {

        private static final int CLOSED = -1;

        final PoolingHttpClientConnectionManager connections;
        private final AtomicInteger users = new AtomicInteger();
        private volatile long idleSince;

        Pool(PoolingHttpClientConnectionManager connections, long now) {
            this.connections = connections;
            this.idleSince = now;
        }

        /** Whether the pool is there for one more user, who has to leave. */
        boolean enter() {
            return users.getAndUpdate(now -> now == CLOSED ? CLOSED : now + 1) != CLOSED;
        }

        void leave(long now) {
            idleSince = now;
            users.decrementAndGet();
        }

        boolean isIdle() {
            return users.get() == 0;
        }

        /** Closes the pool for good unless somebody uses it. */
        boolean retire() {
            boolean mine = users.compareAndSet(0, CLOSED);
            if (mine) {
                connections.close();
            }
            return mine;
        }
    }

    /**
     * @param plain       the connections of requests without an identity
     * @param maker       makes the connections of one identity
     * @param onFirstPool is told when there is something to be swept
     * @param nanos       the time, as of {@link System#nanoTime}
     */
    public IdentityConnections(
            HttpClientConnectionManager plain,
            Function<Identity, PoolingHttpClientConnectionManager> maker,
            Consumer<IdentityConnections> onFirstPool,
            LongSupplier nanos) {
        this.plain = plain;
        this.control = control(plain);
        this.maker = maker;
        this.onFirstPool = onFirstPool;
        this.nanos = nanos;
    }

    /** With the connections of somebody else, who closes them. */
    public IdentityConnections(HttpClientConnectionManager given) {
        this.plain = given;
        this.control = control(given);
        this.maker = null;
        this.onFirstPool = connections -> {};
        this.nanos = System::nanoTime;
    }

    @SuppressWarnings("unchecked") // who manages connections does so by routes
    private static @Nullable ConnPoolControl<HttpRoute> control(HttpClientConnectionManager connections) {
        return connections instanceof ConnPoolControl<?> control ? (ConnPoolControl<HttpRoute>) control : null;
    }

    // ---- requests

    @Override
    public LeaseRequest lease(String id, HttpRoute route, @Nullable Timeout timeout, @Nullable Object state) {
        if (!(state instanceof Identity identity)) {
            return plain.lease(id, route, timeout, state);
        }
        if (maker == null) {
            if (identity.socks() != null) {
                throw new IllegalStateException("profile '" + identity.profile().name() + "': its proxy "
                        + identity.socks() + " cannot be used with a clientConnectionManager of the application; remove"
                        + " that from the component https, or use an HTTP proxy");
            }
            return new Lease(plain.lease(id, route, timeout, identity), identity, route, null);
        }
        Pool pool = enter(identity, maker);
        try {
            return new Lease(pool.connections.lease(id, route, timeout, null), identity, route, pool);
        } catch (RuntimeException | Error e) {
            pool.leave(nanos.getAsLong());
            throw e;
        }
    }

    private Pool enter(Identity identity, Function<Identity, PoolingHttpClientConnectionManager> maker) {
        while (true) {
            Pool pool = pools.get(identity);
            if (pool == null) {
                makeRoom();
                pool = pools.computeIfAbsent(identity, made -> new Pool(maker.apply(made), nanos.getAsLong()));
            }
            if (closed) { // looked at after the pool was put, as close() does the other way round
                pool.connections.close();
                throw new IllegalStateException("connections are closed");
            }
            if (pool.enter()) {
                if (!watched) {
                    watched = true;
                    onFirstPool.accept(this);
                }
                return pool;
            }
            pools.remove(identity, pool); // it is being closed: ends with the next one at the latest that is not
        }
    }

    private void makeRoom() {
        while (pools.size() >= MOST_POOLS) {
            Map.Entry<Identity, Pool> longest = null;
            long now = nanos.getAsLong();
            for (Map.Entry<Identity, Pool> entry : pools.entrySet()) {
                boolean longer =
                        longest == null || now - entry.getValue().idleSince > now - longest.getValue().idleSince;
                if (longer && entry.getValue().isIdle()) {
                    longest = entry;
                }
            }
            if (longest == null) {
                return; // each is in use; no more than there are requests under way
            }
            retire(longest.getKey(), longest.getValue());
        }
    }

    private void retire(Identity identity, Pool pool) {
        if (pool.retire()) {
            pools.remove(identity, pool);
        }
    }

    /** A request for a connection of an identity; it ends with an endpoint, which leaves the pool, or leaves it itself. */
    private final class Lease implements LeaseRequest {

        private final LeaseRequest request;
        private final Identity identity;
        private final HttpRoute route;
        private final @Nullable Pool pool;

        Lease(LeaseRequest request, Identity identity, HttpRoute route, @Nullable Pool pool) {
            this.request = request;
            this.identity = identity;
            this.route = route;
            this.pool = pool;
        }

        @Override
        public ConnectionEndpoint get(Timeout timeout)
                throws InterruptedException, ExecutionException, TimeoutException {
            ConnectionEndpoint endpoint = null;
            IdentityEndpoint given = null;
            try {
                endpoint = request.get(timeout);
                given = new IdentityEndpoint(endpoint, identity, route, manager(pool), () -> leave(pool));
                return given;
            } finally {
                if (given == null) {
                    leave(pool);
                    if (endpoint != null) {
                        manager(pool).release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
                    }
                }
            }
        }

        @Override
        public boolean cancel() {
            return request.cancel();
        }
    }

    /** Waits for a connection, but not for those that are closed: HttpCore leaves who waits waiting then. */
    public ConnectionEndpoint await(LeaseRequest request, Timeout timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        waiting.add(request);
        try {
            if (closed) { // looked at after it was added, as close() does the other way round
                request.cancel();
            }
            return request.get(timeout);
        } finally {
            waiting.remove(request);
        }
    }

    private HttpClientConnectionManager manager(@Nullable Pool pool) {
        return pool == null ? plain : pool.connections;
    }

    private void leave(@Nullable Pool pool) {
        if (pool != null) {
            pool.leave(nanos.getAsLong());
        }
    }

    @Override
    public void release(ConnectionEndpoint endpoint, @Nullable Object state, @Nullable TimeValue keepAlive) {
        if (endpoint instanceof IdentityEndpoint own) {
            own.release(maker == null ? state : null, keepAlive);
        } else {
            plain.release(endpoint, state, keepAlive);
        }
    }

    @Override
    public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue timeout, HttpContext context)
            throws IOException {
        if (endpoint instanceof IdentityEndpoint own) {
            own.connect(timeout, context);
        } else {
            plain.connect(endpoint, timeout, context);
        }
    }

    @Override
    public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
        if (endpoint instanceof IdentityEndpoint own) {
            own.upgrade(context);
        } else {
            plain.upgrade(endpoint, context);
        }
    }

    // ---- upkeep

    /**
     * Closes what is no longer needed.
     *
     * @param retired whether no session has an identity any more
     */
    void sweep(Predicate<Identity> retired) {
        long now = nanos.getAsLong();
        pools.forEach((identity, pool) -> {
            boolean over = retired.test(identity);
            if (over || now - pool.idleSince > IDLE.toNanos()) {
                retire(identity, pool);
            }
            pool.connections.closeExpired();
            pool.connections.closeIdle(over ? TimeValue.ZERO_MILLISECONDS : TimeValue.of(IDLE));
        });
    }

    /** How many identities have a pool. */
    int size() {
        return pools.size();
    }

    @Override
    public void close() {
        close(CloseMode.GRACEFUL);
    }

    @Override
    public void close(CloseMode mode) {
        closed = true;
        if (maker != null) {
            plain.close(mode);
        }
        pools.values().forEach(pool -> pool.connections.close(mode));
        pools.clear();
        waiting.forEach(LeaseRequest::cancel);
    }

    public boolean isClosed() {
        return closed;
    }

    // ---- what HttpClient's own eviction of idle connections asks for, where a configurer switches it on

    @Override
    public void closeIdle(TimeValue idleTime) {
        if (control != null) {
            control.closeIdle(idleTime);
        }
        pools.values().forEach(pool -> pool.connections.closeIdle(idleTime));
    }

    @Override
    public void closeExpired() {
        if (control != null) {
            control.closeExpired();
        }
        pools.values().forEach(pool -> pool.connections.closeExpired());
    }

    @Override
    public PoolStats getTotalStats() {
        return sum(ConnPoolControl::getTotalStats);
    }

    @Override
    public PoolStats getStats(HttpRoute route) {
        return sum(pool -> pool.getStats(route));
    }

    private PoolStats sum(Function<ConnPoolControl<HttpRoute>, PoolStats> stats) {
        PoolStats total = control == null ? new PoolStats(0, 0, 0, 0) : stats.apply(control);
        for (Pool pool : pools.values()) {
            PoolStats more = stats.apply(pool.connections);
            total = new PoolStats(
                    total.getLeased() + more.getLeased(),
                    total.getPending() + more.getPending(),
                    total.getAvailable() + more.getAvailable(),
                    total.getMax());
        }
        return total;
    }

    @Override
    public Set<HttpRoute> getRoutes() {
        Set<HttpRoute> routes = new HashSet<>(control == null ? Set.of() : control.getRoutes());
        pools.values().forEach(pool -> routes.addAll(pool.connections.getRoutes()));
        return routes;
    }

    @Override
    public int getMaxTotal() {
        return control == null ? 0 : control.getMaxTotal();
    }

    @Override
    public void setMaxTotal(int max) {
        if (control != null) {
            control.setMaxTotal(max);
        }
    }

    @Override
    public int getDefaultMaxPerRoute() {
        return control == null ? 0 : control.getDefaultMaxPerRoute();
    }

    @Override
    public void setDefaultMaxPerRoute(int max) {
        if (control != null) {
            control.setDefaultMaxPerRoute(max);
        }
    }

    @Override
    public int getMaxPerRoute(HttpRoute route) {
        return control == null ? 0 : control.getMaxPerRoute(route);
    }

    @Override
    public void setMaxPerRoute(HttpRoute route, int max) {
        if (control != null) {
            control.setMaxPerRoute(route, max);
        }
    }
}
