/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.OnRenewalFailure;
import io.github.camelsessions.api.RenewalProfile;
import io.github.camelsessions.api.ReplayStale;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.renewal.CheckRules;
import io.github.camelsessions.internal.renewal.ExpiryRules;
import io.github.camelsessions.internal.renewal.KeepRules;
import io.github.camelsessions.internal.renewal.RateRule;
import io.github.camelsessions.internal.renewal.RenewAfter;
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
     * @param logIn  the page with the form that logs in, null for none
     */
    static RenewalRules rules(CamelContext context, Places places, boolean pooled, @Nullable LogInPage logIn) {
        String renewalUri = renewalUri(context, givenRenewalUri(places));
        String closeUri =
                endpointUri(context, "closeUri", "direct:logout", places.first(SessionsConfiguration::getCloseUri));
        boolean closeOnStop = places.first(SessionsConfiguration::getCloseOnStop, false);
        if (closeOnStop && closeUri == null) {
            throw new IllegalArgumentException("closeOnStop=true: there is no closeUri that logs the session out; set"
                    + " it, such as closeUri=direct:logout");
        }
        Duration renewalTimeout =
                places.positive("renewalTimeout", SessionsConfiguration::getRenewalTimeout, Duration.ofSeconds(45));
        Duration holdTimeout =
                places.positive("holdTimeout", SessionsConfiguration::getHoldTimeout, Duration.ofSeconds(60));
        if (holdTimeout.compareTo(renewalTimeout) <= 0) {
            throw new IllegalArgumentException("holdTimeout=" + Places.shown(holdTimeout)
                    + ": must be longer than renewalTimeout=" + Places.shown(renewalTimeout)
                    + ", or exchanges give up before the renewal does; raise the one or lower the other");
        }
        Place configurer = places.where(rules -> OF_THE_SESSION.stream().anyMatch(rule -> rule.apply(rules) != null));
        return new RenewalRules(
                renewalUri,
                null,
                places.first(SessionsConfiguration::getRenewFirst, true),
                expiry(context, places, (renewalUri != null || logIn != null) && !pooled, logIn),
                predicate(context, "renewedWhen", places.first(SessionsConfiguration::getRenewedWhen)),
                places.first(SessionsConfiguration::getProfile),
                sameProfile(places),
                places.atLeast(0, "maxReplays", SessionsConfiguration::getMaxReplays, 1),
                places.first(SessionsConfiguration::getReplayStale, ReplayStale.safe),
                places.notNegative("drainTimeout", SessionsConfiguration::getDrainTimeout),
                renewalTimeout,
                places.positive("renewalBackoff", SessionsConfiguration::getRenewalBackoff, Duration.ofSeconds(1)),
                holdTimeout,
                places.first(SessionsConfiguration::getWhenFull, WhenFull.wait),
                places.first(SessionsConfiguration::getOnRenewalFailure, OnRenewalFailure.fail),
                closeUri,
                closeOnStop,
                pooled ? withoutLimits(ofTheSession(places)) : ofTheSession(places),
                configurer != null,
                configurer == null ? "" : configurer.name(),
                rate(places),
                null,
                KeepRules.parse(
                        places.first(SessionsConfiguration::getKeepCookies),
                        places.first(SessionsConfiguration::getKeepVariables)),
                renewAfter(context, places.first(SessionsConfiguration::getRenewAfter)),
                places.notNegative("blockedBackoff", SessionsConfiguration::getBlockedBackoff, Duration.ofSeconds(1)));
    }

    /**
     * How it is asked whether the session lives, null when it is not.
     *
     * @param requests makes the request for that, to a URL in a session
     */
    static @Nullable CheckRules check(
            CamelContext context,
            Places places,
            ExpiryRules expiry,
            @Nullable ForbiddenUris forbidden,
            BiFunction<URI, SessionKey, SessionRequest> requests) {
        String given = places.first(SessionsConfiguration::getCheckUri);
        Object condition = places.first(SessionsConfiguration::getValidWhen);
        Duration keepAlive = places.notNegative("keepAlive", SessionsConfiguration::getKeepAlive);
        if (given == null) {
            if (condition != null || !keepAlive.isZero()) {
                throw new IllegalArgumentException(
                        (condition != null ? "validWhen" : "keepAlive=" + Places.shown(keepAlive))
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
            forbidden.check("checkUri", uri);
        }
        return new CheckRules(
                uri,
                predicate(context, "validWhen", condition),
                condition == null ? "" : condition.toString(),
                keepAlive,
                session -> requests.apply(uri, session));
    }

    private static @Nullable RenewAfter renewAfter(CamelContext context, @Nullable String given) {
        return given == null ? null : new RenewAfter(ValueRules.expression(context, "renewAfter", given));
    }

    private static @Nullable RateRule rate(Places places) {
        Place place = places.where(rules -> rules.getMaxRequestsPerSecond() != null);
        Double perSecond = places.first(SessionsConfiguration::getMaxRequestsPerSecond);
        return place == null || perSecond == null ? null : new RateRule(perSecond, place.name());
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

    private static GateRules ofTheSession(Places places) {
        GateRules defaults = GateRules.DEFAULT;
        Duration cooldown =
                places.positive("renewalCooldown", SessionsConfiguration::getRenewalCooldown, defaults.cooldown());
        Duration cooldownMax = places.positive(
                "renewalCooldownMax", SessionsConfiguration::getRenewalCooldownMax, defaults.cooldownMax());
        if (cooldown.compareTo(cooldownMax) > 0) {
            throw new IllegalArgumentException("renewalCooldown=" + Places.shown(cooldown) + ": must be at most"
                    + " renewalCooldownMax=" + Places.shown(cooldownMax) + "; lower the one or raise the other");
        }
        long maxUses = places.first(SessionsConfiguration::getMaxUses, 0L);
        if (maxUses < 0) {
            throw new IllegalArgumentException("maxUses=" + maxUses + ": must be at least 1, or 0 for any number");
        }
        return new GateRules(
                maxUses,
                places.notNegative("maxAge", SessionsConfiguration::getMaxAge),
                places.notNegative("maxIdle", SessionsConfiguration::getMaxIdle),
                places.atLeast(1, "maxHeld", SessionsConfiguration::getMaxHeld, defaults.maxHeld()),
                places.atLeast(
                        1, "renewalAttempts", SessionsConfiguration::getRenewalAttempts, defaults.renewalAttempts()),
                cooldown,
                cooldownMax,
                places.first(SessionsConfiguration::getCheckUri) != null);
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

    /** Of the places that say how to log in the first one counts; at one that says both, the route does. */
    private static @Nullable String givenRenewalUri(Places places) {
        Place place = places.where(rules -> rules.getRenewalUri() != null || rules.getLoginPage() != null);
        return place == null ? null : place.rules().getRenewalUri();
    }

    private static ExpiryRules expiry(CamelContext context, Places places, boolean refused, @Nullable LogInPage logIn) {
        String uri = places.first(SessionsConfiguration::getExpiredUri);
        String text = notEmpty("expiredText", places.first(SessionsConfiguration::getExpiredText));
        Object when = places.first(SessionsConfiguration::getExpiredWhen);
        String statuses = places.first(SessionsConfiguration::getExpiredStatusCodeRange);
        requireStatuses("expiredStatusCodeRange", statuses);
        return new ExpiryRules(
                statuses == null && refused ? "401" : statuses,
                pattern(uri),
                text,
                logIn == null ? null : logIn.shown(uri == null, text == null && when == null),
                predicate(context, "expiredWhen", when));
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

    private static boolean sameProfile(Places places) {
        RenewalProfile given = places.first(SessionsConfiguration::getRenewalProfile);
        boolean fixed = places.first(SessionsConfiguration::getProfile) != null;
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
}
