/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain camel-http endpoints of a site with wrap, and endpoints in the processor form, are renewed, held and replayed too. */
class AutomaticRenewalWrapTest extends AutomaticRenewalSupport {

    AutomaticRenewalWrapTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() throws Exception {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url());
        portal.setWrap(true);
        portal.setRenewalUri("direct:login");
        portal.setExpiredStatusCodeRange("401,403");
        portal.setIdempotencyHeader("Idempotency-Key");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:wrapped").to(site.url("/page?httpMethod=POST"));
                from("direct:processor")
                        .process(sessions().wrap(site.url("/page?httpMethod=POST&connectionsPerRoute=40")));
                from("direct:wrappedGet").to(site.url("/page"));
                from("direct:processorGet").process(sessions().wrap(site.url("/page?connectionsPerRoute=40")));
                from("direct:wrappedOne")
                        .noStreamCaching()
                        .to(
                                site.url(
                                        "/page?connectionsPerRoute=1&maxTotalConnections=1&throwExceptionOnFailure=false&disableStreamCache=true"))
                        .convertBodyTo(String.class);
                from("direct:processorOne")
                        .noStreamCaching()
                        .process(sessions()
                                .wrap(site.url("/page?connectionsPerRoute=1&maxTotalConnections=1"
                                        + "&throwExceptionOnFailure=false&disableStreamCache=true")))
                        .convertBodyTo(String.class);
            }
        });
    }

    private SessionStats statsOfPortal() {
        return sessions().site("portal").session(session).stats().orElseThrow();
    }

    private void logIn() {
        sessions().site("portal").session(session).addCookies(site.url(), Map.of("sid", site.newSession("anna")));
    }

    private static Map<String, Object> path(String path) {
        return Map.of(Exchange.HTTP_PATH, path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:wrapped", "direct:processor"})
    void aRefusedPostIsSentAgainAndAcceptedOnce(String route) {
        logIn();
        site.expireNow();
        Exchange done = send(route, new ByteArrayInputStream("order 7".getBytes()), path("/1"));

        assertThat(text(done)).contains("path=/page/1\nuser=anna\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(site.acceptedPosts()).hasSize(1).containsValue(1);
        assertThat(site.requests("/page/1")).isEqualTo(2);
        assertThat(statsOfPortal().renewals()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:wrappedGet", "direct:processorGet", "direct:wrappedOne", "direct:processorOne"})
    void thirtyAtOnceAreHeldForOneLogIn(String route) throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> sendings = start(30, n -> start(route, null, path("/" + n)));
        await(() -> assertThat(sessions().site("portal").session(session).stats())
                .hasValueSatisfying(stats -> assertThat(stats.held()).isEqualTo(30)));
        site.releaseLogins();

        for (int n = 0; n < 30; n++) {
            assertThat(text(get(sendings.get(n)))).contains("path=/page/" + n + "\n");
        }
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.refused()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:wrappedGet", "direct:processorGet", "direct:wrappedOne", "direct:processorOne"})
    void thirtyRefusedAreSentAgainAfterOneLogIn(String route) throws Exception {
        logIn();
        site.expireNow();
        List<CompletableFuture<Exchange>> sendings = start(30, n -> start(route, null, path("/" + n)));

        for (int n = 0; n < 30; n++) {
            assertThat(text(get(sendings.get(n)))).contains("path=/page/" + n + "\n");
        }
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:wrapped", "direct:processor"})
    void aLogInThatFailsIsTold(String route) {
        site.failLogins(403);
        Exchange done = send(route, "order", path("/1"));

        assertThat(done.getException()).isInstanceOfSatisfying(SessionRenewalException.class, failure -> {
            assertThat(failure.getSite()).isEqualTo("portal");
            assertThat(failure.getSessionId()).isEqualTo(session);
            assertThat(failure.getRetryAt()).isNotNull();
        });
        assertThat(site.acceptedPosts()).isEmpty();
    }

    @Test
    void aForbiddenPageStands() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:forbidden").to(site.url("/forbidden/1"));
            }
        });
        logIn();
        Exchange done = send("direct:forbidden", null, Map.of());

        assertThat(done.getException()).isInstanceOf(SessionExpiredException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:wrappedGet", "direct:processorGet"})
    void theReplayGoesWhereTheRequestWent(String route) {
        logIn();
        site.expireNow();
        Exchange done = send(route, null, Map.of(Exchange.HTTP_PATH, "/1", Exchange.HTTP_QUERY, "q=1", "X-Own", "yes"));

        assertThat(text(done)).contains("path=/page/1\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(site.accepted("/page/1")).isEqualTo(1);
    }
}
