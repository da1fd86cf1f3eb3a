/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.SessionsConfiguration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The places where rules are set, the endpoint's own first: a rule is that of the first place that sets it.
 *
 * @param all at least one
 */
public record Places(List<Place> all) {

    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Where the rules of the endpoint itself are. */
    Place own() {
        return all.get(0);
    }

    /** The first place for which something holds, null when there is none. */
    @Nullable
    Place where(Predicate<SessionsConfiguration> holds) {
        return all.stream()
                .filter(place -> holds.test(place.rules()))
                .findFirst()
                .orElse(null);
    }

    /** The entries that any place has; of two of one name that of the first. */
    Map<String, Object> entries(Function<SessionsConfiguration, Map<String, Object>> rule) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            entries.putAll(rule.apply(all.get(i).rules()));
        }
        return entries;
    }

    /** Null when no place sets the rule. */
    <T> @Nullable T first(Function<SessionsConfiguration, @Nullable T> rule) {
        for (Place place : all) {
            T value = rule.apply(place.rules());
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    <T> T first(Function<SessionsConfiguration, @Nullable T> rule, T other) {
        T value = first(rule);
        return value == null ? other : value;
    }

    int atLeast(int least, String option, Function<SessionsConfiguration, @Nullable Integer> rule, int other) {
        int value = first(rule, other);
        if (value < least) {
            throw new IllegalArgumentException(option + "=" + value + ": must be at least " + least);
        }
        return value;
    }

    Duration positive(String option, Function<SessionsConfiguration, @Nullable Duration> rule, Duration other) {
        Duration value = first(rule, other);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + "=" + shown(value) + ": must be longer than 0, such as 30s");
        }
        return notTooLong(option, value);
    }

    Duration notNegative(String option, Function<SessionsConfiguration, @Nullable Duration> rule) {
        return notNegative(option, rule, Duration.ZERO);
    }

    Duration notNegative(String option, Function<SessionsConfiguration, @Nullable Duration> rule, Duration other) {
        Duration value = first(rule, other);
        if (value.isNegative()) {
            throw new IllegalArgumentException(option + "=" + shown(value) + ": must not be negative");
        }
        return notTooLong(option, value);
    }

    /** A longer time would overflow where it is counted in nanoseconds, twelve of it for keepAlive. */
    public static Duration notTooLong(String option, Duration value) {
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    option + "=" + shown(value) + ": must be at most " + LONGEST.toDays() + "d");
        }
        return value;
    }

    static String shown(Duration duration) {
        return duration.abs().compareTo(LONGEST) > 0 ? duration.toDays() + "d" : duration.toMillis() + "ms";
    }
}
