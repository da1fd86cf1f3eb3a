/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/** Sessions that log in on the {@link TargetSite} by themselves, and plain camel-http beside them. Thread-safe. */
final class HerdRoutes implements AutoCloseable {

    private static final int CONNECTIONS = 200;

    private final SiteProcess site;
    private final CamelContext context = new DefaultCamelContext();
    private final PageWatch watch = new PageWatch();
    private final Map<String, Long> renewed = new ConcurrentHashMap<>();
    private volatile CountDownLatch logins = new CountDownLatch(0);

    HerdRoutes(SiteProcess site) throws Exception {
        this.site = site;
        HttpClientConfigurer plain = HttpClientBuilder::disableCookieManagement;
        context.getRegistry().bind("watched", watch);
        context.getRegistry().bind("plain", (HttpClientConfigurer) builder -> {
            plain.configureHttpClient(builder);
            watch.configureHttpClient(builder);
        });
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login")
                        .process(exchange -> logins.await())
                        .to("sessions:fetch/" + site.url("/login"))
                        .process(exchange -> renewed.put(session(exchange), System.nanoTime()));
            }
        });
        context.start();
    }

    private static String session(Exchange exchange) {
        return Objects.requireNonNull(exchange.getMessage().getHeader(SessionsConstants.USED_ID, String.class));
    }

    CamelContext context() {
        return context;
    }

    PageWatch watch() {
        return watch;
    }

    /** An endpoint that fetches in sessions. */
    Endpoint fetch(String target, String options) {
        return context.getEndpoint("sessions:fetch" + target + "?renewalUri=direct:login&throwExceptionOnFailure=false"
                + "&holdTimeout=5m&renewalTimeout=2m&maxHeld=10000&http.httpClientConfigurer=#watched"
                + "&http.maxTotalConnections=" + CONNECTIONS + "&http.connectionsPerRoute=" + CONNECTIONS + options);
    }

    /** An endpoint of camel-http, told to keep no cookies. */
    Endpoint plain() {
        return context.getEndpoint(site.url("/page") + "?throwExceptionOnFailure=false&httpClientConfigurer=#plain"
                + "&clearExpiredCookies=false&maxTotalConnections=" + CONNECTIONS + "&connectionsPerRoute="
                + CONNECTIONS);
    }

    /** An exchange that asks for a page in a session. */
    Exchange request(Endpoint endpoint, String session, String path) {
        Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
        exchange.getMessage().setHeader(Exchange.HTTP_URI, site.url(path));
        exchange.getMessage().setHeader(SessionsConstants.ID, session);
        return exchange;
    }

    /** Whether the exchange has the page that it asked for. */
    static boolean hasPage(Exchange exchange, String path) {
        return status(exchange) == 200 && ('/' + exchange.getMessage().getBody(String.class)).equals(path);
    }

    /** The status of the exchange's answer, 0 when it has none. */
    static int status(Exchange exchange) {
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        return status == null || exchange.getException() != null ? 0 : status;
    }

    /** From here on log-ins wait before they ask the site. */
    void stopLogins() {
        renewed.clear();
        logins = new CountDownLatch(1);
    }

    void resumeLogins() {
        logins.countDown();
    }

    /** When the log-in of the session had its answer. */
    long renewed(String session) {
        return Objects.requireNonNull(renewed.get(session));
    }

    /** The header that tells the site which session it is. */
    String cookie(String session) {
        return "JSESSIONID="
                + Sessions.get(context).session(session).cookieMap().get("JSESSIONID");
    }

    SessionStats stats(String session) {
        return Sessions.get(context).session(session).stats().orElseThrow();
    }

    @Override
    public void close() throws Exception {
        context.close();
    }
}
