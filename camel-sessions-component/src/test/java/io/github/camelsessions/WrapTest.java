/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.http.base.cookie.CookieHandler;
import org.apache.camel.http.base.cookie.InstanceCookieHandler;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that know nothing of sessions, on a site with {@code wrap=true} and on one without. */
class WrapTest {

    private static final LoopbackSite SITE = new LoopbackSite();
    private static final LoopbackSite OTHER = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final CookieHandler COOKIE_HANDLER = new InstanceCookieHandler();
    private static ProducerTemplate template;

    @BeforeAll
    static void start() throws Exception {
        SITE.page("/auth", http -> {
            if ("Basic dTpw".equals(http.getRequestHeaders().getFirst("Authorization"))) {
                LoopbackSite.answer(http, 200, "in");
            } else {
                http.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
                http.getResponseHeaders().add("Set-Cookie", "seen=401");
                LoopbackSite.answer(http, 401, "");
            }
        });
        HttpHeaderFilterStrategy noSecret = new HttpHeaderFilterStrategy();
        noSecret.getOutFilter().add("secret");
        CONTEXT.disableJMX();
        CONTEXT.getRegistry().bind("noSecret", noSecret);
        CONTEXT.getRegistry().bind("ownClient", HttpClients.createDefault());
        CONTEXT.getRegistry().bind("ownBuilder", HttpClientBuilder.create());
        CONTEXT.getRegistry().bind("cookieHandler", COOKIE_HANDLER);
        wrap(CONTEXT.getComponent("sessions", SessionsComponent.class), SITE);
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                restConfiguration().producerComponent("http").host("127.0.0.1:" + SITE.port());

                from("direct:set").to(SITE.url() + "/set?sid=1");
                from("direct:echo").to(SITE.url() + "/echo");
                from("direct:echoWithEcho")
                        .to(SITE.url() + "/echo")
                        .setBody(constant((Object) null))
                        .to(OTHER.url() + "/echo");
                from("direct:redirect").to(SITE.url() + "/redirect?to=/echo&throwExceptionOnFailure=false");
                from("direct:followed").to(SITE.url() + "/redirect?to=/echo&followRedirects=true");
                from("direct:status").to(SITE.url() + "/status/404");
                from("direct:otherSet").to(OTHER.url() + "/set?sid=other");
                from("direct:otherEcho").to(OTHER.url() + "/echo");
                from("direct:dynamic").toD("${header.url}");
                from("direct:lazy").to(SITE.url() + "/echo?lazyStartProducer=true");
                from("direct:enrich").enrich(SITE.url() + "/echo");
                from("direct:pollEnrich").pollEnrich(SITE.url() + "/echo");
                from("direct:recipients").recipientList(simple("${header.url}"));

                from("direct:rest").to("rest:get:echo/{id}?queryParameters=q={q}");
                from("direct:options")
                        .to(SITE.url() + "/status/404?okStatusCodeRange=200-204,404&httpMethod=PUT"
                                + "&copyHeaders=false&headerFilterStrategy=#noSecret&userAgent=Own/1");
                from("direct:okRange").to(SITE.url() + "/echo?headerFilterStrategy=#noSecret&userAgent=Own/1");
                from("direct:auth").to(SITE.url() + "/auth?authMethod=Basic&authUsername=u&authPassword=p");
                from("direct:slow").to(SITE.url() + "/slow?responseTimeout=100&connectTimeout=5000");
                from("direct:slowSocket").to(SITE.url() + "/slow?soTimeout=100");
                from("direct:ownClient").to(SITE.url() + "/echo?httpClient=#ownClient");
                from("direct:ownBuilder").to(SITE.url() + "/echo?clientBuilder=#ownBuilder");
                from("direct:handlerSet").to(SITE.url() + "/set?sid=1&cookieHandler=#cookieHandler");
                from("direct:handlerEcho").to(SITE.url() + "/echo?cookieHandler=#cookieHandler");
            }
        });
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
        SITE.close();
        OTHER.close();
    }

    static void wrap(SessionsComponent component, LoopbackSite site) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url() + "/*");
        portal.setWrap(true);
        portal.setSessionId("shared");
        component.getSites().put("portal", portal);
    }

    @Test
    void cookiesAreKeptForTheSessionInTheHeader() {
        request("direct:set", "anna");

        Exchange echo = request("direct:echo", "anna");
        assertThat(echo.getMessage().getBody(String.class)).contains("Cookie: sid=1");
        assertThat(echo.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(echo.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("anna");
        assertThat(request("direct:echo", "ben").getMessage().getBody(String.class))
                .doesNotContain("Cookie:");
        assertThat(sessions().session("anna").cookieMap()).containsEntry("sid", "1");
    }

    @Test
    void withoutAHeaderTheSiteNamesTheSession() {
        Exchange set = request("direct:set", null);

        assertThat(set.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("shared");
        assertThat(set.getMessage().getHeader(SessionsConstants.COOKIES)).isEqualTo(Map.of("sid", "1"));
        assertThat(set.getMessage().getHeaders()).doesNotContainKey("Set-Cookie");
        assertThat(sessions().session("shared").cookieMap()).containsEntry("sid", "1");
    }

    @Test
    void theDefaultsOfCamelHttpStay() {
        Exchange redirect = request("direct:redirect", "defaults");
        assertThat(redirect.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(302);
        assertThat(redirect.getMessage().getHeader("Location")).isEqualTo("/echo");
        assertThat(redirect.getMessage().getHeader(SessionsConstants.COOKIES)).isEqualTo(Map.of("hop", "redirect"));

        Exchange form = template.request(
                "direct:echo", exchange -> exchange.getMessage().setBody(Map.of("a", "b")));
        assertThat(form.getException()).isInstanceOf(InvalidPayloadException.class);

        Exchange status = request("direct:status", "defaults");
        assertThat(status.getException(HttpOperationFailedException.class).getResponseHeaders())
                .doesNotContainKey("Set-Cookie");
        assertThat(sessions().session("defaults").cookieMap()).containsEntry("from", "status");
    }

    @Test
    void theHeadersOfCamelHttpAreObeyedAndNotConsumed() {
        Exchange done = template.request("direct:otherEcho", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "headers");
            exchange.getMessage().setHeader(Exchange.HTTP_URI, SITE.url() + "/set");
            exchange.getMessage().setHeader(Exchange.HTTP_QUERY, "sid=by-header");
            exchange.getMessage().setHeader(Exchange.HTTP_METHOD, "DELETE");
        });

        assertThat(SITE.lastRequest().method()).isEqualTo("DELETE");
        assertThat(SITE.lastRequest().uri()).isEqualTo("/set?sid=by-header");
        assertThat(sessions().session("headers").cookieMap()).containsEntry("sid", "by-header");
        assertThat(done.getMessage().getHeaders())
                .containsKeys(Exchange.HTTP_URI, Exchange.HTTP_QUERY, Exchange.HTTP_METHOD);
    }

    @Test
    void redirectsAreFollowedInTheSessionWhenTheEndpointWantsIt() {
        Exchange done = request("direct:followed", "redirects");

        assertThat(done.getMessage().getBody(String.class)).contains("Cookie: hop=redirect");
        assertThat(done.getMessage().getHeader(SessionsConstants.FINAL_URI)).isEqualTo(SITE.url() + "/echo");
    }

    @Test
    void urlsOfOtherHostsStayPlain() {
        request("direct:set", "plain");

        Exchange set = request("direct:otherSet", "plain");
        assertThat(set.getMessage().getHeaders())
                .containsEntry("Set-Cookie", "sid=other; Path=/")
                .doesNotContainKeys(SessionsConstants.USED_ID, SessionsConstants.COOKIES, SessionsConstants.GENERATION);
        assertThat(request("direct:otherEcho", "plain").getMessage().getBody(String.class))
                .doesNotContain("Cookie:");
        assertThat(sessions().session("plain").cookies()).hasSize(1);
        assertThat(CONTEXT.getRegistry()
                        .lookupByNameAndType("sessions", Sessions.class)
                        .ids())
                .isEmpty();
    }

    @Test
    void nothingOfTheSessionGoesOnToTheNextHost() {
        request("direct:set", "onward");

        Exchange done = request("direct:echoWithEcho", "onward");

        assertThat(done.getMessage().getBody(String.class)).doesNotContain("sid=1", "Camelsessions");
        assertThat(OTHER.lastRequest().cookies()).isEmpty();
    }

    @Test
    void aHeaderThatLeadsAWrappedEndpointElsewhereMakesThatCallPlain() {
        request("direct:set", "elsewhere");

        Exchange done = template.request("direct:echo", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "elsewhere");
            exchange.getMessage().setHeader(Exchange.HTTP_URI, OTHER.url() + "/echo");
        });

        assertThat(done.getMessage().getBody(String.class))
                .startsWith("GET /echo")
                .doesNotContain("Cookie:");
        assertThat(done.getMessage().getHeaders()).doesNotContainKey(SessionsConstants.USED_ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "direct:lazy",
                "direct:enrich",
                "direct:dynamic",
                "direct:recipients",
                "direct:rest",
                "direct:okRange",
                "direct:handlerEcho"
            })
    void eachWayToSendIsInTheSession(String route) {
        request("direct:set", route);

        Exchange done = template.request(route, exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, route);
            exchange.getMessage().setHeader("url", SITE.url() + "/echo");
            exchange.getMessage().setHeader("id", "7");
            exchange.getMessage().setHeader("q", "8");
        });

        assertThat(done.getException()).isNull();
        assertThat(SITE.lastRequest().uri()).startsWith("/echo");
        assertThat(SITE.lastRequest().cookie()).isEqualTo("sid=1");
    }

    @Test
    void aRestCallKeepsItsPathAndQuery() {
        Exchange done = template.request("direct:rest", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "rest");
            exchange.getMessage().setHeader("id", "7");
            exchange.getMessage().setHeader("q", "8");
        });

        assertThat(done.getMessage().getBody(String.class)).startsWith("GET /echo/7?q=8\n");
        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("rest");
    }

    @Test
    void pollEnrichStaysPlainBecauseItHasNoExchangeToTellTheSession() {
        request("direct:set", "poll");

        Exchange done = request("direct:pollEnrich", "poll");

        assertThat(done.getMessage().getBody(String.class))
                .startsWith("GET /echo")
                .doesNotContain("sid=1");
    }

    @Test
    void theOptionsOfTheEndpointSurvive() {
        request("direct:set", "options");

        Exchange done = template.request("direct:options", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "options");
            exchange.getMessage().setHeader("kept", "yes");
            exchange.getMessage().setBody("text");
        });

        assertThat(done.getException()).as("okStatusCodeRange").isNull();
        assertThat(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(404);
        assertThat(done.getMessage().getHeaders()).as("copyHeaders").doesNotContainKey("kept");
        assertThat(SITE.lastRequest().method()).as("httpMethod").isEqualTo("PUT");
        assertThat(SITE.lastRequest().userAgent()).isEqualTo("Own/1");
        assertThat(SITE.lastRequest().cookie()).isEqualTo("sid=1");

        Exchange echo = template.request("direct:okRange", exchange -> {
            exchange.getMessage().setHeader("secret", "s");
            exchange.getMessage().setHeader("open", "o");
        });
        assertThat(echo.getMessage().getBody(String.class))
                .as("headerFilterStrategy")
                .contains("Open: o")
                .doesNotContainIgnoringCase("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:slow", "direct:slowSocket"})
    void theTimeoutsOfTheEndpointSurvive(String route) {
        CountDownLatch timedOut = new CountDownLatch(1);
        SITE.page("/slow", http -> {
            try {
                timedOut.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        Exchange done = request(route, "slow");
        timedOut.countDown();

        assertThat(done.getException()).isInstanceOf(SocketTimeoutException.class);
        HttpEndpoint endpoint = CONTEXT.hasEndpoint(SITE.url() + "/slow?responseTimeout=100&connectTimeout=5000")
                        instanceof HttpEndpoint http
                ? http
                : null;
        assertThat(endpoint.getConnectTimeout()).isEqualTo(5000);
        assertThat(sessions().session("slow").stats().orElseThrow().inFlight()).isZero();
    }

    @Test
    void theCredentialsOfTheEndpointSurvive() {
        Exchange done = request("direct:auth", "auth");

        assertThat(done.getMessage().getBody(String.class)).isEqualTo("in");
        assertThat(sessions().session("auth").cookieMap()).containsEntry("seen", "401");
        assertThat(SITE.lastRequest().cookie()).isEqualTo("seen=401");
    }

    @ParameterizedTest
    @ValueSource(strings = {"httpClient", "clientBuilder"})
    void anEndpointWithAClientOfItsOwnIsToldSo(String option) {
        Exchange done = request(option.equals("httpClient") ? "direct:ownClient" : "direct:ownBuilder", "own");

        assertThat(done.getException())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("option " + option)
                .hasMessageContaining("wrap=true");
        assertThat(sessions().session("own").stats().orElseThrow().inFlight()).isZero();
    }

    @Test
    void aCookieHandlerHasNoEffect() {
        request("direct:handlerSet", "handler");
        assertThat(sessions().session("handler").cookieMap()).containsEntry("sid", "1");

        request("direct:handlerEcho", "without");
        assertThat(SITE.lastRequest().cookies()).isEmpty();
    }

    @Test
    void aBypassedCallIsPlain() {
        request("direct:set", "bypass");

        Exchange done = template.request("direct:echo", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "bypass");
            exchange.getMessage().setHeader(SessionsConstants.BYPASS, true);
        });

        assertThat(done.getMessage().getBody(String.class)).doesNotContain("sid=1");
        assertThat(done.getMessage().getHeaders())
                .doesNotContainKeys(SessionsConstants.USED_ID, SessionsConstants.BYPASS);
    }

    @Test
    void requestCookiesOfTheMessageGoIntoTheSession() {
        template.request("direct:echo", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "given");
            exchange.getMessage().setHeader(SessionsConstants.REQUEST_COOKIES, "a=b");
        });

        assertThat(SITE.lastRequest().cookie()).isEqualTo("a=b");
        assertThat(sessions().session("given").cookieMap()).containsEntry("a", "b");
    }

    @Test
    void anInOnlyCallIsInTheSession() {
        request("direct:set", "inOnly");

        template.send(
                "direct:echo",
                ExchangePattern.InOnly,
                exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, "inOnly"));

        assertThat(SITE.lastRequest().cookie()).isEqualTo("sid=1");
    }

    private static Exchange request(String route, String session) {
        return template.request(route, exchange -> {
            if (session != null) {
                exchange.getMessage().setHeader(SessionsConstants.ID, session);
            }
        });
    }

    private static Sessions sessions() {
        return Sessions.get(CONTEXT).site("portal");
    }
}
