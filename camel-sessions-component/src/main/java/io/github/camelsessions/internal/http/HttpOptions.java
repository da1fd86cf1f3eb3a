/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.text.NearestName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpEndpointUriFactory;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/** Which of camel-http's options make sense in a session. */
final class HttpOptions {

    private static final String OWN_COOKIES = "a session keeps its cookies itself; remove it";

    private static final Map<String, String> REJECTED = Map.ofEntries(
            Map.entry("cookieStore", OWN_COOKIES),
            Map.entry("cookieHandler", OWN_COOKIES),
            Map.entry("clearExpiredCookies", OWN_COOKIES),
            Map.entry("bridgeEndpoint", "it would take the target from the message; set httpUri"),
            Map.entry("skipControlHeaders", "the target never comes from camel-http's control headers; remove it"),
            Map.entry("httpMethod", "use the option method"),
            Map.entry("followRedirects", "use the option followRedirects, without the prefix http."),
            Map.entry("httpClient.redirectsEnabled", "use the option followRedirects"),
            Map.entry("httpClient.maxRedirects", "use the option maxRedirects"),
            Map.entry("throwExceptionOnFailure", "use the option throwExceptionOnFailure, without the prefix http."),
            Map.entry("lazyStartProducer", "use the option lazyStartProducer, without the prefix http."),
            Map.entry("httpClient", "a client made elsewhere knows no sessions; use the other http. options"),
            Map.entry(
                    "clientConnectionManager", "it is made here, to keep the octets of cookies; use the http. options"),
            Map.entry("httpClient.cookieSpec", OWN_COOKIES),
            Map.entry("httpClient.circularRedirectsAllowed", "they are, up to maxRedirects; remove it"),
            Map.entry("oauth2ClientId", "its token would follow redirects to any host; fetch the token in the route"),
            Map.entry(
                    "oauth2ClientSecret", "its token would follow redirects to any host; fetch the token in the route"),
            Map.entry(
                    "oauth2TokenEndpoint",
                    "its token would follow redirects to any host; fetch the token in the route"),
            Map.entry("authBearerToken", "camel-http does not send it; put Authorization into the client profile"),
            Map.entry("clientBuilder", "a builder made elsewhere may be shared; use httpClientConfigurer"));

    /** The options of camel-http's endpoint, those that are refused here included. */
    static final Set<String> KNOWN = known();

    private static Set<String> known() {
        Set<String> known = new HashSet<>(new HttpEndpointUriFactory().propertyNames());
        known.remove("httpUri");
        known.addAll(List.of("connectTimeout", "connectionRequestTimeout", "responseTimeout", "soTimeout"));
        return Set.copyOf(known);
    }

    private HttpOptions() {}

    /** Refuses options that would have no effect, or a dangerous one. */
    static void check(Map<String, Object> options) {
        for (String name : options.keySet()) {
            String wayOut = wayOut(name);
            if (wayOut != null) {
                throw new IllegalArgumentException("option http." + name + " cannot be used: " + wayOut);
            }
        }
    }

    // Camel takes an option in any case, with and without dashes
    private static @Nullable String wayOut(String name) {
        String plain = name.replace("-", "");
        return REJECTED.entrySet().stream()
                .filter(rejected -> rejected.getKey().equalsIgnoreCase(plain))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The option of that name, whatever its case and dashes, null when it is not set. */
    static @Nullable Object get(Map<String, Object> options, String name) {
        for (Map.Entry<String, Object> option : options.entrySet()) {
            if (option.getKey().replace("-", "").equalsIgnoreCase(name)) {
                return option.getValue();
            }
        }
        return null;
    }

    /** Refuses options that camel-http did not know: it takes them for query parameters of its URL. */
    static void checkAllUsed(Map<String, Object> options, HttpEndpoint endpoint) throws Exception {
        String query = endpoint.getHttpUri().getRawQuery();
        if (query == null) {
            return;
        }
        List<String> known = new ArrayList<>(KNOWN);
        known.removeAll(REJECTED.keySet());
        for (String name : URISupport.parseQuery(query).keySet()) {
            String nearest = NearestName.of(name, known);
            throw new IllegalArgumentException("option http." + name + " is unknown to camel-http"
                    + (nearest == null ? "" : ", did you mean http." + nearest + "?"));
        }
        throw new IllegalArgumentException("options http." + options.keySet() + " make a query, which they must not");
    }
}
