/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.http.CallRules;
import io.github.camelsessions.http.CookiesDebug;
import io.github.camelsessions.session.SessionKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules that hold for requests of one endpoint to one site: each is taken from the first place that sets it, the
 * endpoint, the site, the component, else it has its default. Immutable.
 *
 * @param site      the site's name, empty for the default site
 * @param sessionId the session when the message names none
 * @param profile   the fixed client profile, null for the next one of the rotation
 * @param call      how requests are sent
 * @param http      camel-http's options, those of the three places put together
 */
record EffectiveRules(
        String site, String sessionId, @Nullable String profile, CallRules call, Map<String, Object> http) {

    static EffectiveRules of(String site, List<? extends SessionsConfiguration> places) {
        Map<String, Object> http = new LinkedHashMap<>();
        for (int i = places.size() - 1; i >= 0; i--) {
            http.putAll(places.get(i).getHttp());
        }
        int maxRedirects = first(places, SessionsConfiguration::getMaxRedirects, 20);
        if (maxRedirects < 1) {
            throw new IllegalArgumentException(
                    "maxRedirects=" + maxRedirects + ": must be at least 1; use followRedirects=false for none");
        }
        CallRules call = new CallRules(
                first(places, SessionsConfiguration::getThrowExceptionOnFailure, true),
                first(places, SessionsConfiguration::getFollowRedirects, true),
                maxRedirects,
                first(places, SessionsConfiguration::getCookiesEnabled, true),
                CookiesDebug.parse(first(places, SessionsConfiguration::getCookiesDebug, "false")));
        String sessionId = first(places, SessionsConfiguration::getSessionId, "0");
        try {
            new SessionKey(site, sessionId);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option sessionId: " + e.getMessage(), e);
        }
        return new EffectiveRules(
                site, sessionId, firstOrNull(places, SessionsConfiguration::getProfile), call, Map.copyOf(http));
    }

    private static <T> T first(
            List<? extends SessionsConfiguration> places, Function<SessionsConfiguration, @Nullable T> rule, T other) {
        T value = firstOrNull(places, rule);
        return value == null ? other : value;
    }

    private static <T> @Nullable T firstOrNull(
            List<? extends SessionsConfiguration> places, Function<SessionsConfiguration, @Nullable T> rule) {
        for (SessionsConfiguration place : places) {
            T value = rule.apply(place);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
