/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.CookiesDebug;
import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.form.FormMark;
import io.github.camelsessions.internal.http.CallRules;
import io.github.camelsessions.internal.pool.PoolChoice;
import io.github.camelsessions.internal.renewal.CheckRules;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.NoProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The rules that hold for requests of one endpoint to one site: each is taken from the first place that sets it, the
 * endpoint, the site, the component, else it has its default. Immutable.
 *
 * @param site              the site's name, empty for the default site
 * @param session           the session when the message names none
 * @param ownSessionId      whether the endpoint itself names it
 * @param profile           the fixed client profile, null for the next one of the rotation
 * @param call              how requests are sent
 * @param renewal           when the session is renewed, and how
 * @param idempotencyHeader the header with one value for all sends of an exchange, null for none
 * @param values            what of the session travels in headers
 * @param forbidden         what is never fetched in a session, null for nothing
 * @param logIn             the page with the form that logs in, null for none
 * @param http              camel-http's options, those of the three places put together
 * @param pool              the pool that has the sessions, null when the session is the one named
 */
public record EffectiveRules(
        String site,
        SessionKey session,
        boolean ownSessionId,
        @Nullable String profile,
        CallRules call,
        RenewalRules renewal,
        @Nullable String idempotencyHeader,
        ValueRules values,
        @Nullable ForbiddenUris forbidden,
        @Nullable LogInPage logIn,
        Map<String, Object> http,
        @Nullable PoolChoice pool) {

    /** The session where nothing names one. */
    public static final String DEFAULT_ID = "0";

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9}|[0-9]{1,18}(?![KMGkmg]))([KMGkmg])?[Bb]?");

    /** Makes the requests that no exchange of a route sends. */
    public interface Requests {

        /** That of a check: a GET. */
        SessionRequest check(EffectiveRules rules, SessionKey session, URI uri);

        /** That of a log-in by the page of the rules. */
        SessionRequest logIn(EffectiveRules rules, SessionKey session);

        /** Tells pages that hold the form of a log-in page: the same for all rules with that page. */
        FormMark logInForm(URI page);
    }

    /**
     * @param given    those of endpoint, site and component
     * @param requests makes what checks and log-ins send
     */
    public static EffectiveRules of(
            CamelContext context, Sites sites, String site, List<Place> given, Requests requests) {
        Places places = new Places(given);
        int maxRedirects = places.first(SessionsConfiguration::getMaxRedirects, 20);
        if (maxRedirects < 1) {
            throw new IllegalArgumentException(
                    "maxRedirects=" + maxRedirects + ": must be at least 1; use followRedirects=false for none");
        }
        CallRules call = new CallRules(
                places.first(SessionsConfiguration::getThrowExceptionOnFailure, true),
                places.first(SessionsConfiguration::getFollowRedirects, true),
                maxRedirects,
                places.first(SessionsConfiguration::getCookiesEnabled, true),
                CookiesDebug.parse(places.first(SessionsConfiguration::getCookiesDebug, "false")),
                places.first(SessionsConfiguration::getIsolation, Isolation.profile),
                NoProxy.parse(places.first(SessionsConfiguration::getNoProxy, "")),
                places.notNegative("requestTimeout", SessionsConfiguration::getRequestTimeout, Duration.ZERO),
                maxResponseSize(places));
        String pool = PoolOptions.pool(places);
        LogInPage logIn = LogInPage.of(context, places, requests::logInForm);
        RenewalRules renewal = RenewalOptions.rules(context, places, pool != null, logIn);
        ForbiddenUris forbidden = ForbiddenUris.parse(places.first(SessionsConfiguration::getForbiddenUris));
        EffectiveRules rules = new EffectiveRules(
                site,
                session(site, places.first(SessionsConfiguration::getSessionId, DEFAULT_ID)),
                places.own().rules().getSessionId() != null,
                places.first(SessionsConfiguration::getProfile),
                call,
                renewal,
                headerName("idempotencyHeader", places.first(SessionsConfiguration::getIdempotencyHeader)),
                ValueRules.of(context, sites, site, places),
                forbidden,
                logIn,
                Map.copyOf(places.entries(SessionsConfiguration::getHttp)),
                pool == null ? null : PoolOptions.choice(site, pool, places, renewal));
        if (forbidden != null && logIn != null) {
            forbidden.check("loginPage", logIn.page());
        }
        CheckRules check = RenewalOptions.check(
                context, places, renewal.expiry(), forbidden, (uri, asked) -> requests.check(rules, asked, uri));
        return rules.with(renewal.with(
                logIn == null || renewal.renewalUri() != null ? null : session -> requests.logIn(rules, session),
                check));
    }

    /** The same, but redirects are followed to their end, and no status is an exception. */
    public EffectiveRules throughout() {
        return with(call.throughout(), renewal);
    }

    private EffectiveRules with(RenewalRules other) {
        return with(call, other);
    }

    private EffectiveRules with(CallRules otherCall, RenewalRules other) {
        return new EffectiveRules(
                site,
                session,
                ownSessionId,
                profile,
                otherCall,
                other,
                idempotencyHeader,
                values,
                forbidden,
                logIn,
                http,
                pool);
    }

    private static long maxResponseSize(Places places) {
        String option = places.first(SessionsConfiguration::getMaxResponseSize, "0");
        Matcher size = SIZE.matcher(option);
        if (!size.matches()) {
            throw new IllegalArgumentException("maxResponseSize=" + option
                    + ": must be a number of bytes, such as 10000000 or 10MB, or 0 for any number");
        }
        int thousands = size.group(2) == null
                ? 0
                : 1 + "KMG".indexOf(Character.toUpperCase(size.group(2).charAt(0)));
        return Long.parseLong(size.group(1)) << (10 * thousands);
    }

    /** What looks at each URL that an exchange's request is about to go to, null when it may go anywhere: a log-out may. */
    public @Nullable Consumer<URI> lookout(Exchange exchange, SessionKey used) {
        return forbidden == null || RenewalScope.isLogOut(exchange, used) ? null : forbidden::check;
    }

    private static SessionKey session(String site, String id) {
        try {
            return new SessionKey(site, id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option sessionId: " + e.getMessage());
        }
    }

    private static @Nullable String headerName(String option, @Nullable String name) {
        if (name != null && !name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException(
                    option + "=" + Quoted.bare(name) + ": must be the name of a header, such as Idempotency-Key");
        }
        return name;
    }
}
