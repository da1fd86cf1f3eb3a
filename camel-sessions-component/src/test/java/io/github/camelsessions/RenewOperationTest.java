/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operation {@code renew}, with a target and with a renewalUri. */
class RenewOperationTest extends SharedContextTest {

    private static final Map<String, String> PASSWORD = Map.of("user", "anna", "password", "secret");

    @RegisterExtension
    static final ExpiringSite portal =
            ExpiringSite.builder().user("anna", "secret").start();

    private volatile Exchange seen;

    @Override
    void configure(CamelContext context) {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setExpiredStatusCodeRange("401");
        component.getConfiguration().setRenewalTimeout(Duration.ofSeconds(20));
        component.getConfiguration().setRenewalBackoff(Duration.ofMillis(1));
        Map.of(
                        "is200", "${header.CamelHttpResponseCode} == 200",
                        "isEcho", "${body} contains 'GET /echo'",
                        "isNothing", "${body} contains 'nothing'")
                .forEach((name, simple) -> context.getRegistry()
                        .bind(name, context.resolveLanguage("simple").createPredicate(simple)));
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().logExhausted(false));
                from("direct:login")
                        .setBody(constant(PASSWORD))
                        .to("sessions:fetch/" + portal.url("/login"))
                        .process(exchange -> seen = exchange.copy());
                from("direct:answer").setBody(constant(PASSWORD)).to("sessions:fetch/" + portal.url("/login"));
                from("direct:renew").to("sessions:renew/" + portal.url("/login"));
                from("direct:again").setBody(constant(PASSWORD)).to("sessions:renew/" + portal.url("/login"));
                from("direct:twice")
                        .to("sessions:renew?renewalUri=direct:login")
                        .process(exchange -> seen = exchange.copy());
                from("direct:onExpired")
                        .onException(SessionExpiredException.class)
                        .handled(true)
                        .setBody(constant(PASSWORD))
                        .to("sessions:renew/" + portal.url("/login"))
                        .end()
                        .to("sessions:fetch/" + portal.url("/page/1"));
                from("direct:meanwhile")
                        .to("sessions:fetch/" + portal.url("/echo"))
                        .process(exchange -> sessions()
                                .session(exchange.getMessage().getHeader(SessionsConstants.ID, String.class))
                                .renew("direct:login")
                                .get(30, TimeUnit.SECONDS))
                        .setBody(constant(PASSWORD))
                        .to("sessions:renew/" + portal.url("/login"));
            }
        };
    }

    @Test
    void theRequestIsThePriorityRequestAndItsAnswerTheBody() {
        sessions().session(session).addCookies(portal.url(), Map.of("old", "1"));
        Exchange done = send("direct:renew", PASSWORD);

        assertThat(text(done)).contains("user=anna", "session=");
        assertThat(done.getMessage().getHeaders())
                .containsEntry(SessionsConstants.RENEWED, true)
                .containsEntry(SessionsConstants.GENERATION, 1L)
                .containsEntry(Exchange.HTTP_RESPONSE_CODE, 200);
        assertThat(sessions().session(session).cookieMap())
                .containsKey(ExpiringSite.SESSION_COOKIE)
                .doesNotContainKey("old");
        assertThat(page("/page/1")).contains("user=anna");
    }

    @Test
    void theTargetMayBeInTheHeader() {
        Exchange done = send("sessions:renew", PASSWORD, Map.of(Exchange.HTTP_URI, portal.url("/login")));

        assertThat(text(done)).contains("session=");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
    }

    @Test
    void withARenewalUriBodyAndHeadersStay() {
        Exchange done = send("sessions:renew?renewalUri=direct:login", "mine", Map.of("own", "1"));

        assertThat(text(done)).isEqualTo("mine");
        assertThat(done.getMessage().getHeaders())
                .containsEntry("own", "1")
                .containsEntry(SessionsConstants.ID, session)
                .containsEntry(SessionsConstants.RENEWED, true)
                .containsEntry(SessionsConstants.GENERATION, 1L)
                .doesNotContainKey(Exchange.HTTP_RESPONSE_CODE);
        assertThat(seen.getMessage().getHeader(SessionsConstants.ID)).isEqualTo(session);
        assertThat(portal.loginsSucceeded()).isEqualTo(1);
    }

    @Test
    void whoFindsARenewalUnderWayWaitsForItAndIsSkipped() throws Exception {
        portal.hangLogins();
        CompletableFuture<Exchange> first = start("direct:renew", PASSWORD);
        portal.awaitHangingLogins(1);
        CompletableFuture<Exchange> second = start("direct:renew", PASSWORD);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sessions()
                        .session(session)
                        .stats()
                        .filter(stats -> stats.held() == 1)
                        .isPresent());
        portal.releaseLogins();

        assertThat(text(first.get(30, TimeUnit.SECONDS))).contains("session=");
        Exchange skipped = second.get(30, TimeUnit.SECONDS);
        assertThat(skipped.getException()).isNull();
        assertThat(skipped.getMessage().getBody()).isEqualTo(PASSWORD);
        assertThat(skipped.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(false);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void anExchangeThatSawTheGenerationBeforeTheRenewalIsSkipped() {
        Exchange done = send("direct:meanwhile", null);

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody()).isEqualTo(PASSWORD);
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(false);
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(1L);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void withinItsOwnRenewalItTakesPart() {
        assertThat(send("sessions:renew?renewalUri=direct:again", null).getException())
                .isNull();

        assertThat(portal.loginsAttempted()).isEqualTo(1);
        assertThat(sessions().session(session).stats().orElseThrow().generation())
                .isEqualTo(1);
    }

    @Test
    void withinItsOwnRenewalTheRenewalUriIsNotCalledAgain() {
        sessions().session(session).renew("direct:login").join();
        Exchange done = send("sessions:renew?renewalUri=direct:twice", null);

        // the log-in route leaves its log-in to the renewal that it belongs to, which has none then
        assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void anUnknownSessionIsMadeByIt() {
        assertThat(sessions().ids()).doesNotContain(session);
        Exchange done = send("direct:renew", PASSWORD);

        assertThat(done.getException()).isNull();
        assertThat(sessions().ids()).contains(session);
        assertThat(sessions().session(session).stats().orElseThrow().generation())
                .isEqualTo(1);
    }

    @Test
    void aRefusedLogInFailsAndBarsTheNext() {
        portal.failLogins(403);
        Exchange done = send("direct:renew", PASSWORD);

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasCauseInstanceOf(HttpOperationFailedException.class);
        assertThat(send("direct:renew", PASSWORD).getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aLogInThatFailsForAWhileIsTriedAgainWithTheSameRequest() {
        portal.failLogins(503, 2);
        Exchange done = send("direct:renew", PASSWORD);

        assertThat(text(done)).contains("session=");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(portal.loginsAttempted()).isEqualTo(3);
    }

    @Test
    void afterAnExpiryItRenewsWithinOnException() {
        Exchange done = send("direct:onExpired", null);

        assertThat(text(done)).contains("session=");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(portal.refused()).isEqualTo(1);
    }

    @Test
    void predicatesSeeTheAnswerOfARouteThatEndsWithIt() {
        assertThat(judged("#bean:is200").getException()).isNull();
        assertThat(judged("RAW(${header.CamelHttpResponseCode} == 201)").getException())
                .isInstanceOf(SessionRenewalException.class);

        sessions().session(session).endCooldown();
        assertThat(failure("sessions:fetch/" + portal.url("/echo") + "?expiredWhen=#bean:isEcho&sessionId=" + session))
                .contains("expired by expiredWhen, which holds for the answer to GET ");
        assertThat(text(send(
                        "sessions:fetch/" + portal.url("/echo") + "?expiredWhen=#bean:isNothing&sessionId=" + session,
                        null)))
                .startsWith("GET /echo");
    }

    private Exchange judged(String renewedWhen) {
        return send(
                "sessions:renew?renewalUri=direct:answer&sessionId=" + session + "&renewedWhen=" + renewedWhen, null);
    }

    @Test
    void withoutTargetAndRenewalUriItTellsTheWayOut() {
        assertThat(failure("sessions:renew")).contains("has no target", "or set loginPage or renewalUri");
    }

    private CompletableFuture<Exchange> start(String uri, Object body) {
        return template.asyncSend(uri, exchange -> {
            exchange.setPattern(ExchangePattern.InOut);
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
        });
    }

    @Override
    String page(String path) {
        return text(send("sessions:fetch/" + portal.url(path), null));
    }
}
