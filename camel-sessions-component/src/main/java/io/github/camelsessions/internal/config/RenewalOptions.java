/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import static io.github.camelsessions.internal.config.EffectiveRules.first;
import static io.github.camelsessions.internal.config.EffectiveRules.firstOrNull;

import io.github.camelsessions.api.OnRenewalFailure;
import io.github.camelsessions.api.RenewalProfile;
import io.github.camelsessions.api.ReplayStale;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.config.EffectiveRules.Place;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.renewal.CheckRules;
import io.github.camelsessions.internal.renewal.ExpiryRules;
import io.github.camelsessions.internal.renewal.RateRule;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.session.GateRules;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.support.EndpointHelper;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/** Makes renewal rules of the options, and names what is wrong with these. */
public final class RenewalOptions {

    private static final Pattern STATUSES =
            Pattern.compile("[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?)*");

    private static final Duration LONGEST = Duration.ofDays(3650);

    private static final List<Function<SessionsConfiguration, @Nullable Object>> OF_THE_SESSION = List.of(
            SessionsConfiguration::getMaxUses,
            SessionsConfiguration::getMaxAge,
            SessionsConfiguration::getMaxIdle,
            SessionsConfiguration::getMaxHeld,
            SessionsConfiguration::getRenewalAttempts,
            SessionsConfiguration::getRenewalCooldown,
            SessionsConfiguration::getRenewalCooldownMax,
            SessionsConfiguration::getCheckUri,
            SessionsConfiguration::getValidWhen,
            SessionsConfiguration::getKeepAlive);

    private RenewalOptions() {}

    /**
     * @param pooled whether they are for sessions of a pool: these are retired where others are renewed
     */
    static RenewalRules rules(CamelContext context, List<Place> places, boolean pooled) {
        String renewalUri = renewalUri(context, firstOrNull(places, SessionsConfiguration::getRenewalUri));
        String closeUri = endpointUri(
                context, "closeUri", "direct:logout", firstOrNull(places, SessionsConfiguration::getCloseUri));
        boolean closeOnStop = first(places, SessionsConfiguration::getCloseOnStop, false);
        if (closeOnStop && closeUri == null) {
            throw new IllegalArgumentException("closeOnStop=true: there is no closeUri that logs the session out; set"
                    + " it, such as closeUri=direct:logout");
        }
        Duration renewalTimeout =
                positive("renewalTimeout", places, SessionsConfiguration::getRenewalTimeout, Duration.ofSeconds(45));
        Duration holdTimeout =
                positive("holdTimeout", places, SessionsConfiguration::getHoldTimeout, Duration.ofSeconds(60));
        if (holdTimeout.compareTo(renewalTimeout) <= 0) {
            throw new IllegalArgumentException("holdTimeout=" + shown(holdTimeout)
                    + ": must be longer than renewalTimeout=" + shown(renewalTimeout)
                    + ", or exchanges give up before the renewal does; raise the one or lower the other");
        }
        Place configurer = places.stream()
                .filter(place -> OF_THE_SESSION.stream().anyMatch(rule -> rule.apply(place.rules()) != null))
                .findFirst()
                .orElse(null);
        return new RenewalRules(
                renewalUri,
                first(places, SessionsConfiguration::getRenewFirst, true),
                expiry(context, places, renewalUri != null && !pooled),
                predicate(context, "renewedWhen", firstOrNull(places, SessionsConfiguration::getRenewedWhen)),
                firstOrNull(places, SessionsConfiguration::getProfile),
                sameProfile(places),
                atLeast(0, "maxReplays", first(places, SessionsConfiguration::getMaxReplays, 1)),
                first(places, SessionsConfiguration::getReplayStale, ReplayStale.safe),
                notNegative("drainTimeout", places, SessionsConfiguration::getDrainTimeout),
                renewalTimeout,
                positive("renewalBackoff", places, SessionsConfiguration::getRenewalBackoff, Duration.ofSeconds(1)),
                holdTimeout,
                first(places, SessionsConfiguration::getWhenFull, WhenFull.wait),
                first(places, SessionsConfiguration::getOnRenewalFailure, OnRenewalFailure.fail),
                closeUri,
                closeOnStop,
                pooled ? withoutLimits(ofTheSession(places)) : ofTheSession(places),
                configurer != null,
                configurer == null ? "" : configurer.name(),
                rate(places),
                null,
                notNegative("blockedBackoff", places, SessionsConfiguration::getBlockedBackoff, Duration.ofSeconds(1)));
    }

    /**
     * How it is asked whether the session lives, null when it is not.
     *
     * @param requests makes the request for that, to a URL in a session
     */
    static @Nullable CheckRules check(
            CamelContext context,
            List<Place> places,
            ExpiryRules expiry,
            @Nullable ForbiddenUris forbidden,
            BiFunction<URI, SessionKey, SessionRequest> requests) {
        String given = firstOrNull(places, SessionsConfiguration::getCheckUri);
        Object condition = firstOrNull(places, SessionsConfiguration::getValidWhen);
        Duration keepAlive = notNegative("keepAlive", places, SessionsConfiguration::getKeepAlive);
        if (given == null) {
            if (condition != null || !keepAlive.isZero()) {
                throw new IllegalArgumentException((condition != null ? "validWhen" : "keepAlive=" + shown(keepAlive))
                        + ": there is no checkUri that tells whether the session lives; set it too, such as"
                        + " checkUri=https://portal.example/account");
            }
            return null;
        }
        if (given.strip().chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("checkUri: the URL contains a space: write %20, or one URL only");
        }
        URI uri = HttpTarget.parse("checkUri", given);
        if (condition == null && expiry.isEmpty()) {
            throw new IllegalArgumentException("checkUri: nothing tells by its answer whether the session lives; set"
                    + " expiredStatusCodeRange, expiredUri, expiredText, expiredWhen or validWhen");
        }
        if (forbidden != null) {
            try {
                forbidden.check(uri);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("checkUri: " + e.getMessage(), e);
            }
        }
        return new CheckRules(
                uri,
                predicate(context, "validWhen", condition),
                condition == null ? "" : condition.toString(),
                keepAlive,
                session -> requests.apply(uri, session));
    }

    private static @Nullable RateRule rate(List<Place> places) {
        for (Place place : places) {
            Double perSecond = place.rules().getMaxRequestsPerSecond();
            if (perSecond != null) {
                return new RateRule(perSecond, place.name());
            }
        }
        return null;
    }

    /**
     * The URI of an endpoint that renews.
     *
     * @throws IllegalArgumentException when there can be no such endpoint
     */
    public static @Nullable String renewalUri(CamelContext context, @Nullable String given) {
        return endpointUri(context, "renewalUri", "direct:login", given);
    }

    private static @Nullable String endpointUri(
            CamelContext context, String option, String example, @Nullable String given) {
        if (given == null) {
            return null;
        }
        String uri = context.resolvePropertyPlaceholders(given);
        String scheme = StringHelper.before(uri, ":");
        boolean known = scheme == null
                ? context.getRegistry().lookupByName(uri) instanceof Endpoint
                : !scheme.isBlank() && context.getComponent(scheme, true, false) != null;
        if (!known) {
            throw new IllegalArgumentException(option + "=" + URISupport.sanitizeUri(given) + ": "
                    + (scheme == null || scheme.isBlank()
                            ? "must be the URI of an endpoint"
                            : "there is no component '" + scheme + "'")
                    + "; give one such as " + example);
        }
        return uri;
    }

    private static GateRules ofTheSession(List<Place> places) {
        GateRules defaults = GateRules.DEFAULT;
        Duration cooldown =
                positive("renewalCooldown", places, SessionsConfiguration::getRenewalCooldown, defaults.cooldown());
        Duration cooldownMax = positive(
                "renewalCooldownMax", places, SessionsConfiguration::getRenewalCooldownMax, defaults.cooldownMax());
        if (cooldown.compareTo(cooldownMax) > 0) {
            throw new IllegalArgumentException("renewalCooldown=" + shown(cooldown) + ": must be at most"
                    + " renewalCooldownMax=" + shown(cooldownMax) + "; lower the one or raise the other");
        }
        long maxUses = first(places, SessionsConfiguration::getMaxUses, 0L);
        if (maxUses < 0) {
            throw new IllegalArgumentException("maxUses=" + maxUses + ": must be at least 1, or 0 for any number");
        }
        return new GateRules(
                maxUses,
                notNegative("maxAge", places, SessionsConfiguration::getMaxAge),
                notNegative("maxIdle", places, SessionsConfiguration::getMaxIdle),
                atLeast(1, "maxHeld", first(places, SessionsConfiguration::getMaxHeld, defaults.maxHeld())),
                atLeast(
                        1,
                        "renewalAttempts",
                        first(places, SessionsConfiguration::getRenewalAttempts, defaults.renewalAttempts())),
                cooldown,
                cooldownMax,
                firstOrNull(places, SessionsConfiguration::getCheckUri) != null);
    }

    private static GateRules withoutLimits(GateRules rules) {
        return new GateRules(
                0,
                Duration.ZERO,
                rules.maxIdle(),
                rules.maxHeld(),
                rules.renewalAttempts(),
                rules.cooldown(),
                rules.cooldownMax(),
                rules.checks());
    }

    private static ExpiryRules expiry(CamelContext context, List<Place> places, boolean refused) {
        String statuses = firstOrNull(places, SessionsConfiguration::getExpiredStatusCodeRange);
        requireStatuses("expiredStatusCodeRange", statuses);
        return new ExpiryRules(
                statuses == null && refused ? "401" : statuses,
                pattern(firstOrNull(places, SessionsConfiguration::getExpiredUri)),
                notEmpty("expiredText", firstOrNull(places, SessionsConfiguration::getExpiredText)),
                predicate(context, "expiredWhen", firstOrNull(places, SessionsConfiguration::getExpiredWhen)));
    }

    static void requireStatuses(String option, @Nullable String statuses) {
        if (statuses != null && !STATUSES.matcher(statuses).matches()) {
            throw new IllegalArgumentException(
                    option + "=" + statuses + ": must be statuses and ranges of them, such as 401,440-449");
        }
        if (statuses != null && Stream.of(statuses.split(",", -1)).anyMatch(RenewalOptions::isBackwards)) {
            throw new IllegalArgumentException(
                    option + "=" + statuses + ": a range goes from the lower status to the higher, such as 440-449");
        }
    }

    private static boolean isBackwards(String range) {
        int dash = range.indexOf('-');
        return dash > 0 && range.substring(0, dash).compareTo(range.substring(dash + 1)) > 0; // three digits each
    }

    private static @Nullable Predicate<URI> pattern(@Nullable String expiredUri) {
        if (expiredUri == null) {
            return null;
        }
        List<UriPattern> patterns = Stream.of(expiredUri.split(",", -1))
                .map(pattern -> UriPattern.parse("expiredUri", pattern.trim()))
                .toList();
        return uri -> {
            String canonical = UriPattern.canonical(uri);
            return patterns.stream().anyMatch(pattern -> pattern.matches(canonical));
        };
    }

    private static org.apache.camel.@Nullable Predicate predicate(
            CamelContext context, String option, @Nullable Object given) {
        if (given == null || given instanceof org.apache.camel.Predicate) {
            return (org.apache.camel.Predicate) given;
        }
        String text = given.toString();
        if (EndpointHelper.isReferenceParameter(text)) {
            org.apache.camel.Predicate bean =
                    EndpointHelper.resolveReferenceParameter(context, text, org.apache.camel.Predicate.class, false);
            if (bean == null) {
                throw new IllegalArgumentException(
                        "option " + option + "=" + Quoted.bare(text) + ": there is no such predicate in the registry");
            }
            return bean;
        }
        try {
            org.apache.camel.Predicate made = context.resolveLanguage("simple").createPredicate(text);
            made.init(context);
            return made;
        } catch (RuntimeException e) {
            throw ValueRules.notSimple(
                    option, "predicate", ", such as ${header.X-Expired} == 'yes', nor #bean:name", e);
        }
    }

    private static boolean sameProfile(List<Place> places) {
        RenewalProfile given = firstOrNull(places, SessionsConfiguration::getRenewalProfile);
        boolean fixed = firstOrNull(places, SessionsConfiguration::getProfile) != null;
        if (given == null) {
            return fixed;
        }
        if (fixed && given == RenewalProfile.next) {
            throw new IllegalArgumentException(
                    "renewalProfile=next: the session has a fixed profile; leave one of the two options out");
        }
        return given == RenewalProfile.same;
    }

    private static @Nullable String notEmpty(String option, @Nullable String value) {
        if (value != null && value.isEmpty()) {
            throw new IllegalArgumentException(option + " is empty, and would match any answer; remove it");
        }
        return value;
    }

    static int atLeast(int least, String option, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + "=" + value + ": must be at least " + least);
        }
        return value;
    }

    private static Duration positive(
            String option,
            List<Place> places,
            Function<SessionsConfiguration, @Nullable Duration> rule,
            Duration other) {
        Duration value = first(places, rule, other);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + "=" + shown(value) + ": must be longer than 0, such as 30s");
        }
        return notTooLong(option, value);
    }

    private static Duration notNegative(
            String option, List<Place> places, Function<SessionsConfiguration, @Nullable Duration> rule) {
        return notNegative(option, places, rule, Duration.ZERO);
    }

    static Duration notNegative(
            String option,
            List<Place> places,
            Function<SessionsConfiguration, @Nullable Duration> rule,
            Duration other) {
        Duration value = first(places, rule, other);
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

    private static String shown(Duration duration) {
        return duration.abs().compareTo(LONGEST) > 0 ? duration.toDays() + "d" : duration.toMillis() + "ms";
    }
}
