/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules on answers see the answer alone: nothing that the request had, or that an earlier answer left on the message. */
@Timeout(60)
class AnswerAloneTest {

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger orders = new AtomicInteger();
    private volatile Map<String, String> answer = Map.of();
    private volatile int status = 200;

    @BeforeEach
    void start() throws Exception {
        web.page("/order", http -> {
            orders.incrementAndGet();
            answer.forEach(http.getResponseHeaders()::add);
            LoopbackSite.answer(http, status, "the page");
        });
        web.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + logIns.incrementAndGet() + "; Path=/");
            http.getResponseHeaders().add("X-Log-In", "done");
            LoopbackSite.answer(http, 200, "log-in");
        });
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(web.url());
        site.setWrap(true);
        site.setExpiredWhen("${header.X-State} == 'expired'");
        site.setRenewalUri("direct:login");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + web.url() + "/login");
                from("direct:marked-log-in")
                        .setHeader("X-Ok", constant("yes"))
                        .setHeader("X-Both", constant("of the request"))
                        .to("sessions:fetch/" + web.url() + "/login");
                from("direct:judging-log-in")
                        .to("sessions:fetch/" + web.url() + "/login")
                        .setHeader("X-Ok", constant("yes"));
                from("direct:fetch").to(uri("?method=POST"));
                from("direct:pool").to(uri("?method=POST&pool=some"));
                from("direct:wrap").to(web.url() + "/order?httpMethod=POST");
                from("direct:text").to(uri("?expiredText=page&expiredWhen=false"));
                from("direct:seen")
                        .to(uri("?expiredWhen=RAW(${bodyAs(String)} contains 'page' && ${header.X-State} == 'gone'"
                                + " && ${header.CamelHttpResponseCode} >= 200)"));
                from("direct:by-request")
                        .to(uri("?maxUses=1&renewedWhen=RAW(${header.X-Ok} == 'yes')"
                                + "&renewalUri=direct:marked-log-in&renewalAttempts=1"));
                from("direct:by-route")
                        .to(uri("?maxUses=1&renewedWhen=RAW(${header.X-Ok} == 'yes')"
                                + "&renewalUri=direct:judging-log-in&renewalAttempts=1"));
                from("direct:by-answer")
                        .to(uri("?maxUses=1&renewedWhen=RAW(${header.X-Log-In} == 'done' &&"
                                + " ${bodyAs(String)} == 'log-in')&renewalUri=direct:marked-log-in&renewalAttempts=1"));
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        web.close();
    }

    private String uri(String options) {
        return "sessions:fetch/" + web.url() + "/order" + options;
    }

    private Exchange send(String route, Map<String, Object> headers) {
        return context.createFluentProducerTemplate()
                .to(route)
                .withHeaders(headers)
                .withBody("order")
                .request(Exchange.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:pool", "direct:wrap"})
    void aHeaderOfTheRequestIsNoWordOfTheSite(String route) {
        Exchange exchange = send(route, Map.of("X-State", "expired"));

        assertThat(exchange.getException()).isNull();
        assertThat(orders).hasValue(1);
        assertThat(logIns.get()).isLessThan(2);
        assertThat(exchange.getMessage().getHeader("X-State")).isEqualTo("expired"); // the route keeps its own
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:pool", "direct:wrap"})
    void norIsItOneBesideAFailure(String route) {
        status = 404;

        Exchange exchange = send(route, Map.of("x-state", "expired"));

        assertThat(exchange.getException())
                .isInstanceOf(HttpOperationFailedException.class)
                .isNotInstanceOf(SessionExpiredException.class);
        assertThat(orders).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void theAnswersOwnHeadersStatusAndBodyAreSeen(int answered) {
        status = answered;
        answer = Map.of("x-state", "gone");

        Exchange exchange = send("direct:seen", Map.of("X-State", "fine"));

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("expiredWhen");
        assertThat(logIns).hasPositiveValue();
    }

    @Test
    void whatTypeABodyHasTheAnswerSays() {
        answer = Map.of("Content-Type", "application/octet-stream");

        assertThat(send("direct:text", Map.of("Content-Type", "text/plain")).getException())
                .isNull();

        answer = Map.of("Content-Type", "text/plain; charset=utf8mb4");

        assertThat(send("direct:text", Map.of("Content-Type", "image/png")).getException())
                .isInstanceOf(SessionExpiredException.class);
    }

    @Test
    void theExceptionForAPageHasItsHeadersAndItsText() {
        answer = Map.of("Content-Type", "text/html", "X-Page", "7");

        assertThat(send("direct:text", Map.of("X-Page", "of the request")).getException(SessionExpiredException.class))
                .satisfies(expired -> {
                    assertThat(expired.getStatusCode()).isEqualTo(200);
                    assertThat(expired.getResponseBody()).isEqualTo("the page");
                    assertThat(expired.getResponseHeaders())
                            .containsEntry("X-page", "7")
                            .containsEntry("Content-Type", "text/html")
                            .allSatisfy((name, value) -> assertThat(name).doesNotStartWith("Camel"));
                });
    }

    @Test
    void aHeaderThatTheLogInSentIsNoEvidence() {
        Exchange exchange = send("direct:by-request", Map.of());

        assertThat(exchange.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("renewedWhen does not hold");
        assertThat(orders).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:by-route", "direct:by-answer"})
    void whatTheRouteOfTheLogInSetsAfterwardsAndWhatItsAnswerHasIsEvidence(String route) {
        assertThat(send(route, Map.of()).getException()).isNull();
        assertThat(logIns).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:pool", "direct:wrap"})
    void whenToComeBackTheAnswerSaysNotOneFromBefore(String route) {
        status = 503;

        Exchange exchange = send(route, Map.of("Retry-After", "3600"));

        assertThat(exchange.getException()).isInstanceOf(HttpOperationFailedException.class);
        assertThat(Sessions.get(context).engine().registry().stats())
                .allSatisfy(stats -> assertThat(stats.pausedUntil()).isNull());
    }
}
