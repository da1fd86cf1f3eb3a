/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.PoolStrategy;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.pool.PoolChoice;
import io.github.camelsessions.internal.pool.PoolRules;
import io.github.camelsessions.internal.renewal.RenewalRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the rules of a pool of the options, and names what is wrong with these. */
public final class PoolOptions {

    private static final String NONE = "none";

    private static final Map<String, Function<SessionsConfiguration, @Nullable Object>> OF_POOLS_ONLY =
            new LinkedHashMap<>();

    static {
        OF_POOLS_ONLY.put("poolSize", SessionsConfiguration::getPoolSize);
        OF_POOLS_ONLY.put("poolStrategy", SessionsConfiguration::getPoolStrategy);
        OF_POOLS_ONLY.put("maxErrorScore", SessionsConfiguration::getMaxErrorScore);
        OF_POOLS_ONLY.put("errorScoreDecrement", SessionsConfiguration::getErrorScoreDecrement);
        OF_POOLS_ONLY.put("blockedStatusCodeRange", SessionsConfiguration::getBlockedStatusCodeRange);
        OF_POOLS_ONLY.put("maxConcurrentPerSession", SessionsConfiguration::getMaxConcurrentPerSession);
        OF_POOLS_ONLY.put("minDelay", SessionsConfiguration::getMinDelay);
        OF_POOLS_ONLY.put("poolLogins", SessionsConfiguration::getPoolLogins);
        OF_POOLS_ONLY.put("poolWarm", SessionsConfiguration::getPoolWarm);
    }

    private PoolOptions() {}

    /** The name of the pool, null when a session is named before any pool is. */
    static @Nullable String pool(Places places) {
        Place place = places.where(rules -> rules.getPool() != null || rules.getSessionId() != null);
        if (place == null) {
            return null;
        }
        String pool = place.rules().getPool();
        String session = place.rules().getSessionId();
        if (pool != null && session != null) {
            throw new IllegalArgumentException("pool=" + pool + " and sessionId=" + session
                    + ": a session of a pool is chosen by the pool, or named by the header CamelSessionsId; leave one"
                    + " of the two out");
        }
        return pool;
    }

    static PoolChoice choice(String site, String pool, Places places, RenewalRules renewal) {
        PoolRules rules = rules(places, renewal);
        return new PoolChoice(key(site, pool), rules, place(places));
    }

    private static SessionKey key(String site, String pool) {
        try {
            return new SessionKey(site, pool);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option pool: it names sessions, and " + e.getMessage());
        }
    }

    private static String place(Places places) {
        Place place = places.where(rules -> rules.getPool() != null);
        return place == null ? "" : place.name();
    }

    private static PoolRules rules(Places places, RenewalRules renewal) {
        int size = places.atLeast(1, "poolSize", SessionsConfiguration::getPoolSize, 1000);
        long maxUses = places.first(SessionsConfiguration::getMaxUses, 50L);
        double maxErrorScore = places.first(SessionsConfiguration::getMaxErrorScore, 3.0);
        if (!(maxErrorScore > 0)) {
            throw new IllegalArgumentException("maxErrorScore=" + maxErrorScore + ": must be more than 0, such as 3");
        }
        double decrement = places.first(SessionsConfiguration::getErrorScoreDecrement, 0.5);
        if (!(decrement >= 0)) {
            throw new IllegalArgumentException("errorScoreDecrement=" + decrement + ": must be at least 0");
        }
        boolean logsIn = renewal.renews() && renewal.renewFirst();
        int warm = places.atLeast(0, "poolWarm", SessionsConfiguration::getPoolWarm, 0);
        if (warm > size) {
            throw new IllegalArgumentException(
                    "poolWarm=" + warm + ": must be at most poolSize=" + size + "; lower the one or raise the other");
        }
        if (warm > 0 && !logsIn) {
            throw new IllegalArgumentException(
                    "poolWarm=" + warm + ": needs a renewalUri that logs a session in, and not renewFirst=false");
        }
        return new PoolRules(
                size,
                places.first(SessionsConfiguration::getPoolStrategy, PoolStrategy.random),
                maxUses,
                places.notNegative("maxAge", SessionsConfiguration::getMaxAge, Duration.ofMinutes(50)),
                maxErrorScore,
                decrement,
                blocked(places),
                places.atLeast(0, "maxConcurrentPerSession", SessionsConfiguration::getMaxConcurrentPerSession, 1),
                places.notNegative("minDelay", SessionsConfiguration::getMinDelay, Duration.ZERO),
                places.atLeast(1, "poolLogins", SessionsConfiguration::getPoolLogins, 4),
                warm,
                logsIn,
                renewal.gate());
    }

    private static @Nullable String blocked(Places places) {
        String statuses = places.first(SessionsConfiguration::getBlockedStatusCodeRange, "401,403");
        if (statuses.equals(NONE)) {
            return null;
        }
        RenewalOptions.requireStatuses("blockedStatusCodeRange", statuses);
        return statuses;
    }

    /** Refuses options of an endpoint that have no effect without a pool. */
    public static void refuseWithoutPool(SessionsConfiguration own) {
        ofPoolsOnly(own).stream().findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "option " + name + " has no effect without a pool: set pool, or remove it");
        });
    }

    /** Those of the options that have no effect without a pool. */
    public static List<String> ofPoolsOnly(SessionsConfiguration own) {
        return OF_POOLS_ONLY.entrySet().stream()
                .filter(option -> option.getValue().apply(own) != null)
                .map(Map.Entry::getKey)
                .toList();
    }
}
