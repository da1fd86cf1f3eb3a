/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of a Camel context, by site and name. A pool is made by its first use. Names may come from messages: beyond so many
 * pools, those are dropped of which nothing is left but counts. Thread-safe.
 */
public final class SessionPools {

    private static final Logger LOG = LoggerFactory.getLogger(SessionPools.class);

    private static final int TOO_MANY = 1000;

    private final SessionTraffic traffic;
    private final SessionClock clock;
    private final Map<SessionKey, SessionPool> pools = new ConcurrentHashMap<>();
    private final Set<SessionKey> differencesLogged = ConcurrentHashMap.newKeySet();
    private volatile int tooMany = TOO_MANY;

    /**
     * A session of a pool.
     *
     * @param pool       the pool's name
     * @param errorScore the score of its failures
     */
    public record Membership(String pool, double errorScore) {}

    private record Found(SessionPool pool, long number) {}

    public SessionPools(SessionTraffic traffic, SessionClock clock) {
        this.traffic = traffic;
        this.clock = clock;
        traffic.alsoMend(() -> pools.values().forEach(SessionPool::mend));
    }

    /**
     * Sends the exchange's request in a session of the pool. As {@code AsyncProcessor.process}.
     *
     * @param wanted the id of the session that it has to be, if the pool has it; null for any
     */
    public boolean send(
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            SessionRequest request,
            PoolChoice choice,
            @Nullable String wanted) {
        SessionPool pool = enter(choice, request.rules());
        AsyncCallback leaving = doneSync -> {
            callback.done(doneSync);
            pool.leave();
        };
        Long number = wanted == null ? null : number(choice.key(), wanted);
        try {
            return new PooledExchange(traffic, owner, exchange, leaving, pool, request, number).start();
        } catch (RuntimeException | Error e) { // its request cannot be sent, or its route has failed behind it
            pool.leave();
            throw e;
        }
    }

    /** Has the spare sessions of a pool made, before its first use. */
    public void warmUp(PoolChoice choice, RenewalRules renewal) {
        if (choice.rules().warm() > 0) {
            SessionPool pool = pool(choice, renewal);
            pool.act(pool.gate().wake());
        }
    }

    private SessionPool enter(PoolChoice choice, RenewalRules renewal) {
        SessionPool pool = pool(choice, renewal);
        while (!pool.enter()) {
            pools.remove(choice.key(), pool); // or whoever leaves it for good does so
            pool = pool(choice, renewal);
        }
        return pool;
    }

    private SessionPool pool(PoolChoice choice, RenewalRules renewal) {
        SessionPool pool = pools.get(choice.key());
        if (pool == null) {
            dropSome();
            pool = pools.computeIfAbsent(choice.key(), key -> new SessionPool(traffic, choice, renewal, clock));
        }
        PoolChoice first = pool.choice();
        if (first != choice && !first.rules().equals(choice.rules()) && differencesLogged.add(choice.key())) {
            LOG.warn(
                    "pool '{}' keeps the rules of {}, though {} sets others: the first that uses a pool decides. This is"
                            + " logged once.",
                    choice.key(),
                    first.place(),
                    choice.place());
        }
        return pool;
    }

    private void dropSome() {
        if (pools.size() >= tooMany) {
            pools.values().removeIf(SessionPool::leaveForGood);
            differencesLogged.retainAll(pools.keySet());
            tooMany = Math.max(
                    TOO_MANY, 2 * pools.size()); // what is looked through each time is as much as was made since
        }
    }

    /** How all pools stand, in no order. */
    public List<PoolStats> stats() {
        return pools.values().stream().map(pool -> pool.gate().stats()).toList();
    }

    /** How a pool stands, null when it does not exist. */
    public @Nullable PoolStats stats(SessionKey pool) {
        SessionPool found = pools.get(pool);
        return found == null ? null : found.gate().stats();
    }

    /** Which pool a session belongs to, null when to none. */
    public @Nullable Membership membership(SessionKey session) {
        Found found = find(session);
        Double score = found == null ? null : found.pool().gate().score(found.number());
        return found == null || score == null
                ? null
                : new Membership(found.pool().choice().key().id(), score);
    }

    /**
     * Judges a session as an answer does; one that was retired and closed meanwhile needs no judgement.
     *
     * @return whether it belongs to a pool, or did so
     */
    public boolean mark(SessionKey session, boolean good) {
        Found found = find(session);
        if (found == null || !found.pool().gate().hasNumbered(found.number())) {
            return false;
        }
        act(found, found.pool().gate().mark(found.number(), good));
        return true;
    }

    /**
     * Retires a session: it is given to nobody any more, and closed when nobody uses it.
     *
     * @return whether it belongs to a pool
     */
    public boolean retire(SessionKey session) {
        Found found = find(session);
        return found != null && act(found, found.pool().gate().retire(found.number()));
    }

    private static boolean act(Found found, @Nullable PoolVerdict verdict) {
        if (verdict != null) {
            found.pool().act(verdict);
        }
        return verdict != null;
    }

    /**
     * Log-ins that failed count no more: the pool may create sessions again.
     *
     * @return whether there is such a pool
     */
    public boolean endCooldown(SessionKey pool) {
        SessionPool found = pools.get(pool);
        if (found != null) {
            found.act(found.gate().endCooldown());
        }
        return found != null;
    }

    /** Drops all pools: the context stops. */
    public void stop() {
        pools.values().forEach(SessionPool::stop);
        pools.clear();
        differencesLogged.clear();
    }

    private @Nullable Found find(SessionKey session) {
        int dash = session.id().lastIndexOf('-');
        if (dash < 1) {
            return null;
        }
        SessionKey key = new SessionKey(session.site(), session.id().substring(0, dash));
        SessionPool pool = pools.get(key);
        Long number = pool == null ? null : number(key, session.id());
        return pool == null || number == null ? null : new Found(pool, number);
    }

    /** The number of a member by its id, null when that cannot be one. */
    private static @Nullable Long number(SessionKey pool, String id) {
        String prefix = pool.id() + "-";
        String digits = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
        boolean isNumber =
                !digits.isEmpty() && digits.length() < 19 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Long.valueOf(digits) : null;
    }
}
