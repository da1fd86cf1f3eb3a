/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The renew block: what passes, what waits, and how it ends. */
class RenewBlockTest extends SharedContextTest {

    @RegisterExtension
    static final ExpiringSite portal =
            ExpiringSite.builder().user("anna", "secret").start();

    private volatile CountDownLatch tap = new CountDownLatch(1);
    private final CompletableFuture<?>[] tapped = new CompletableFuture<?>[1];
    private volatile Exchange seen;

    @BeforeEach
    void newTap() {
        tap = new CountDownLatch(1);
        tapped[0] = new CompletableFuture<>();
    }

    @Override
    void configure(CamelContext context) {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setExpiredStatusCodeRange("401");
        component.getConfiguration().setRenewalTimeout(Duration.ofSeconds(20));
        component.getSites().put("portal", new SiteConfiguration());
        RenewSessionPolicy loud = new RenewSessionPolicy("${header.user}");
        loud.setKeepMessage(false);
        context.getRegistry().bind("loud", loud);
        RenewSessionPolicy judged = new RenewSessionPolicy("${header.user}");
        judged.setRenewedWhen("${body} == 'well'");
        context.getRegistry().bind("judged", judged);
        RenewSessionPolicy hasty = new RenewSessionPolicy("${header.user}");
        hasty.setRenewalTimeout(Duration.ofMillis(200));
        context.getRegistry().bind("hasty", hasty);
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().logExhausted(false));
                login();
                ways();
                blocks();
                failures();
            }

            private void login() {
                from("direct:login")
                        .errorHandler(noErrorHandler())
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:fetch/" + portal.url("/login"))
                        .process(exchange -> seen = exchange.copy());
                from("direct:page")
                        .errorHandler(noErrorHandler())
                        .toD("sessions:fetch/" + portal.url("/page/") + "1?method=GET");
            }

            private void ways() {
                from("direct:split")
                        .split(constant(List.of("direct:login", "direct:open")))
                        .parallelProcessing()
                        .toD("${body}");
                from("direct:multicast").multicast().parallelProcessing().to("direct:login", "direct:open");
                from("direct:open").to("sessions:fetch/" + portal.url("/echo"));
                from("seda:login").to("direct:login");
                from("direct:bean")
                        .process(exchange -> exchange.getContext()
                                .createProducerTemplate()
                                .requestBody("direct:login", (Object) null));
            }

            private void blocks() {
                from("direct:block")
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .end()
                        .setHeader("after", constant(true));
                from("direct:stoppable")
                        .routeId("stoppable")
                        .policy("renewSession:${header.user}")
                        .to("direct:login");
                from("direct:way").policy("renewSession:${header.user}").toD("${header.way}");
                from("direct:loud").policy("loud").to("direct:login");
                from("direct:site").policy("renewSession:portal/${header.user}").to("direct:login");
                from("direct:slash")
                        .policy("renewSession:elsewhere/${header.user}")
                        .to("direct:login");
                from("direct:tap")
                        .policy("renewSession:${header.user}")
                        .wireTap("direct:tapped")
                        .to("direct:login");
                from("direct:tapped")
                        .process(exchange -> await().until(() -> tap.getCount() == 0))
                        .to("direct:page")
                        .onCompletion()
                        .process(exchange -> complete(exchange))
                        .end();
                from("direct:same")
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .policy("renewSession:${header.user}")
                        .setBody(constant("inner"))
                        .to("direct:page")
                        .end()
                        .process(exchange -> seen = exchange.copy());
                from("direct:other")
                        .policy("renewSession:${header.user}")
                        .policy("renewSession:other-${header.user}")
                        .to("direct:login")
                        .end()
                        .to("direct:login");
            }

            private void complete(Exchange exchange) {
                Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
                if (failure != null) {
                    tapped[0].completeExceptionally(failure);
                } else {
                    tapped[0].complete(null);
                }
            }

            private void failures() {
                from("direct:answered")
                        .onException(HttpOperationFailedException.class)
                        .handled(true)
                        .setBody(constant("sorry"))
                        .end()
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .end()
                        .setHeader("after", constant(true));
                from("direct:continued")
                        .onException(HttpOperationFailedException.class)
                        .continued(true)
                        .end()
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .end()
                        .setHeader("after", constant(true));
                from("direct:caught")
                        .policy("renewSession:${header.user}")
                        .doTry()
                        .to("direct:login")
                        .doCatch(HttpOperationFailedException.class)
                        .setBody(constant("caught"))
                        .end()
                        .end()
                        .setHeader("after", constant(true));
                from("direct:handled")
                        .onException(SessionRenewalException.class)
                        .handled(true)
                        .setBody(simple("${exception.class.simpleName}"))
                        .end()
                        .policy("renewSession:${header.user}")
                        .to("direct:login");
                from("direct:tried")
                        .doTry()
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .endDoTry()
                        .doCatch(SessionRenewalException.class)
                        .setBody(constant("caught"))
                        .end();
                from("direct:onExpired")
                        .onException(SessionExpiredException.class)
                        .handled(true)
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .end()
                        .process(exchange -> seen = exchange.copy())
                        .to("direct:page")
                        .end()
                        .to("direct:page");
                from("direct:onCaught")
                        .doTry()
                        .to("direct:page")
                        .doCatch(SessionExpiredException.class)
                        .policy("renewSession:${header.user}")
                        .to("direct:login")
                        .end()
                        .process(exchange -> seen = exchange.copy())
                        .to("direct:page")
                        .end();
                from("direct:judged").policy("judged").to("direct:login").setBody(simple("${header.end}"));
                from("direct:hasty").policy("hasty").to("direct:login");
            }
        };
    }

    // ---- what it leaves

    @Test
    void theSessionIsRenewedAndTheMessageIsTheOneOfBefore() {
        Exchange done = block("direct:block", Map.of("own", "mine"));

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody()).isEqualTo("body");
        assertThat(done.getMessage().getHeaders())
                .containsEntry("own", "mine")
                .containsEntry(SessionsConstants.RENEWED, true)
                .containsEntry(SessionsConstants.GENERATION, 1L)
                .doesNotContainKeys(
                        SessionsConstants.ID, SessionsConstants.USED_ID, Exchange.HTTP_RESPONSE_CODE, "Date");
        assertThat(page().getException()).isNull();
        assertThat(portal.loginsSucceeded()).isEqualTo(1);
    }

    @Test
    void theStepsSeeTheSessionInTheHeader() {
        block("direct:site", Map.of());

        assertThat(seen.getMessage().getHeaders())
                .containsEntry(SessionsConstants.ID, session)
                .containsEntry(SessionsConstants.SITE, "portal");
    }

    @Test
    void withoutKeepMessageTheMessageIsTheOneOfTheLastStep() {
        Exchange done = block("direct:loud", Map.of(SessionsConstants.ID, "another"));

        assertThat(text(done)).contains("session=");
        assertThat(done.getMessage().getHeaders())
                .containsEntry(SessionsConstants.RENEWED, true)
                .containsEntry(SessionsConstants.ID, "another")
                .containsEntry(Exchange.HTTP_RESPONSE_CODE, 200);
    }

    @Test
    void aSiteBeforeTheIdIsTheSessionsSite() {
        assertThat(block("direct:site", Map.of()).getException()).isNull();

        assertThat(sessions()
                        .site("portal")
                        .session(session)
                        .stats()
                        .orElseThrow()
                        .generation())
                .isEqualTo(1);
        assertThat(sessions().session(session).stats()).isEmpty();
    }

    @Test
    void aSlashAfterNoSitesNameBelongsToTheId() {
        assertThat(block("direct:slash", Map.of()).getException()).isNull();

        assertThat(sessions().session("elsewhere/" + session).stats()).isPresent();
    }

    @Test
    void anExpressionThatNamesNoSessionIsTold() {
        Exchange done = template.request("direct:block", exchange -> {});

        assertThat(done.getException()).hasMessageContaining("sessionId ${header.user} is empty");
        assertThat(portal.requests()).isZero();
    }

    // ---- who waits and who passes

    @Test
    void ofConcurrentBlocksOneRunsAndTheOthersAreSkipped() throws Exception {
        portal.hangLogins();
        List<CompletableFuture<Exchange>> all = new ArrayList<>(List.of(start("direct:block")));
        portal.awaitHangingLogins(1);
        IntStream.range(0, 5).forEach(i -> all.add(start("direct:block")));
        awaitHeld(5);
        portal.releaseLogins();

        List<Object> renewed = new ArrayList<>();
        for (CompletableFuture<Exchange> each : all) {
            Exchange done = get(each);
            assertThat(done.getException()).isNull();
            assertThat(done.getMessage().getBody()).isEqualTo("body");
            assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION))
                    .isEqualTo(1L);
            assertThat(done.getMessage().getHeader("after")).isEqualTo(true);
            renewed.add(done.getMessage().getHeader(SessionsConstants.RENEWED));
        }
        assertThat(renewed).containsExactly(true, false, false, false, false, false);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void exchangesAreHeldWhileItRunsAndSentAfterwards() throws Exception {
        portal.hangLogins();
        CompletableFuture<Exchange> block = start("direct:block");
        portal.awaitHangingLogins(1);
        List<CompletableFuture<Exchange>> pages =
                IntStream.range(0, 4).mapToObj(i -> start("direct:page")).toList();
        awaitHeld(4);
        assertThat(portal.requests("/page/1")).isZero();
        portal.releaseLogins();

        assertThat(get(block).getException()).isNull();
        for (CompletableFuture<Exchange> page : pages) {
            assertThat(text(get(page))).contains("user=anna");
        }
        assertThat(portal.refused()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:login", "direct:split", "direct:multicast", "seda:login", "direct:bean"})
    void whatItTriggersPassesAtOnce(String way) {
        Exchange done = block("direct:way", Map.of("way", way));

        assertThat(done.getException()).isNull();
        assertThat(portal.loginsSucceeded()).isEqualTo(1);
        assertThat(stats().generation()).isEqualTo(1);
        assertThat(stats().heldInAll()).isZero();
    }

    @Test
    void aCopyThatOutlivesTheBlockIsHeldByTheNextOne() throws Exception {
        assertThat(block("direct:tap", Map.of()).getException()).isNull();
        portal.hangLogins();
        CompletableFuture<Exchange> next = start("direct:block");
        portal.awaitHangingLogins(1);

        tap.countDown();
        awaitHeld(1);
        assertThat(portal.requests("/page/1")).isZero();
        portal.releaseLogins();

        assertThat(get(next).getException()).isNull();
        tapped[0].get(30, TimeUnit.SECONDS);
        assertThat(portal.accepted()).isEqualTo(1);
    }

    @Test
    void aCopyThatOutlivesAFailedBlockMaySendNothing() throws Exception {
        portal.failLogins(403, 1);
        assertThat(block("direct:tap", Map.of()).getException()).isInstanceOf(SessionRenewalException.class);
        sessions().session(session).endCooldown();
        assertThat(block("direct:block", Map.of()).getException()).isNull();

        tap.countDown();

        assertThat(tapped[0])
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withStackTraceContaining("the renewal that this exchange belongs to has failed");
        assertThat(portal.requests("/page/1")).isZero();
    }

    @Test
    void aBlockOfTheSameSessionWithinItTakesPart() {
        Exchange done = block("direct:same", Map.of());

        assertThat(done.getException()).isNull();
        assertThat(portal.loginsSucceeded()).isEqualTo(1);
        assertThat(portal.accepted()).isEqualTo(1);
        assertThat(seen.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(false);
        assertThat(seen.getMessage().getBody(String.class)).contains("session=");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(stats().generation()).isEqualTo(1);
    }

    @Test
    void aBlockOfAnotherSessionWithinItRenewsThatOne() {
        assertThat(block("direct:other", Map.of()).getException()).isNull();

        assertThat(portal.loginsSucceeded()).isEqualTo(2);
        assertThat(stats().generation()).isEqualTo(1);
        assertThat(sessions().session("other-" + session).stats().orElseThrow().generation())
                .isEqualTo(1);
        assertThat(sessions().session(session).cookieMap())
                .isNotEqualTo(sessions().session("other-" + session).cookieMap());
    }

    @Test
    void aStoppedRouteFailsWhatWaitsThereAndNothingElse() throws Exception {
        portal.hangLogins();
        CompletableFuture<Exchange> running = start("direct:block");
        portal.awaitHangingLogins(1);
        CompletableFuture<Exchange> waits = start("direct:block");
        CompletableFuture<Exchange> stopped = start("direct:stoppable");
        awaitHeld(2);

        ((DefaultCamelContext) context).stopRoute("stoppable", 100, TimeUnit.MILLISECONDS);
        assertThat(get(stopped).getException()).isInstanceOf(SessionHoldException.class);
        assertThat(stats().held()).isEqualTo(1);
        portal.releaseLogins();

        assertThat(get(running).getException()).isNull();
        assertThat(get(waits).getException()).isNull();
        ((DefaultCamelContext) context).startRoute("stoppable");
        assertThat(block("direct:stoppable", Map.of()).getException()).isNull();
    }

    // ---- how it fails

    @Test
    void aStepThatFailsFailsTheBlockWithItsCause() {
        portal.failLogins(403);
        Exchange done = block("direct:block", Map.of("own", "mine"));

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasCauseInstanceOf(HttpOperationFailedException.class);
        assertThat(((SessionRenewalException) done.getException()).getRetryAt()).isNotNull();
        assertThat(done.getMessage().getBody()).isEqualTo("body");
        assertThat(done.getMessage().getHeaders())
                .containsEntry("own", "mine")
                .doesNotContainKeys(SessionsConstants.ID, SessionsConstants.RENEWED, "after");
        assertThat(stats().generation()).isZero();
    }

    @Test
    void untilTheCooldownIsOverTheNextBlockFailsWithoutAStep() {
        portal.failLogins(403);
        block("direct:block", Map.of());

        assertThat(block("direct:block", Map.of()).getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(portal.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void anAnswerOfTheRoutesErrorHandlerStands() {
        portal.failLogins(403);
        Exchange done = block("direct:answered", Map.of());

        assertThat(text(done)).isEqualTo("sorry");
        assertThat(done.getMessage().getHeaders()).doesNotContainKey("after");
        assertThat(stats().retryAt()).isNotNull();
        assertThat(stats().generation()).isZero();
    }

    @Test
    void aFailureThatIsCaughtWithinItFailsItAllTheSame() {
        portal.failLogins(403);
        Exchange done = block("direct:caught", Map.of());

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasCauseInstanceOf(HttpOperationFailedException.class);
        assertThat(done.getMessage().getBody()).isEqualTo("body");
        assertThat(done.getMessage().getHeaders()).doesNotContainKey("after");
        assertThat(stats().generation()).isZero();
    }

    @Test
    void aRouteThatContinuesAfterFailuresContinuesAfterABlockThatFailed() {
        portal.failLogins(403);
        Exchange done = block("direct:continued", Map.of());

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody()).isEqualTo("body");
        assertThat(done.getMessage().getHeaders()).containsKey("after").doesNotContainKey(SessionsConstants.RENEWED);
        assertThat(stats().generation()).isZero();
        assertThat(stats().retryAt()).isNotNull();
    }

    @Test
    void onExceptionAndDoCatchGetItsFailure() {
        portal.failLogins(403);

        assertThat(text(block("direct:handled", Map.of()))).isEqualTo("SessionRenewalException");
        assertThat(text(block("direct:tried", Map.of()))).isEqualTo("caught");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:onExpired", "direct:onCaught"})
    void afterAnExpiryTheBlockRenewsWithinTheHandlerOfThat(String route) {
        Exchange done = block(route, Map.of(SessionsConstants.ID, session));

        assertThat(text(done)).contains("user=anna");
        assertThat(seen.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(seen.getProperty(Exchange.EXCEPTION_CAUGHT)).isInstanceOf(SessionExpiredException.class);
        assertThat(portal.loginsSucceeded()).isEqualTo(1);
        assertThat(portal.refused()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:onExpired", "direct:onCaught"})
    void aLogInThatFailsThereIsTheFailureOfTheExchange(String route) {
        portal.failLogins(403);
        Exchange done = block(route, Map.of(SessionsConstants.ID, session));

        assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(portal.requests("/page/1")).isEqualTo(1);
    }

    @Test
    void itsOwnRenewedWhenDecides() {
        assertThat(block("direct:judged", Map.of("end", "badly")).getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("renewedWhen");
        sessions().session(session).endCooldown();
        assertThat(block("direct:judged", Map.of("end", "well")).getException()).isNull();
    }

    @Test
    void aBlockWhoseTimeIsUpFailsAndItsRequestEnds() throws Exception {
        portal.hangLogins();
        Exchange done = get(start("direct:hasty"));

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(stats().generation()).isZero();
    }

    // ---- helpers

    private Exchange block(String uri, Map<String, ?> headers) {
        return template.request(uri, exchange -> {
            exchange.getMessage().setBody("body");
            exchange.getMessage().setHeader("user", session);
            headers.forEach(exchange.getMessage()::setHeader);
        });
    }

    private Exchange page() {
        return send("direct:page", null);
    }

    private CompletableFuture<Exchange> start(String uri) {
        Map<String, Object> headers = new HashMap<>(Map.of("user", session));
        if (uri.equals("direct:page")) {
            headers.put(SessionsConstants.ID, session);
        }
        return template.asyncSend(uri, exchange -> {
            exchange.setPattern(org.apache.camel.ExchangePattern.InOut);
            exchange.getMessage().setBody("body");
            headers.forEach(exchange.getMessage()::setHeader);
        });
    }

    private static Exchange get(CompletableFuture<Exchange> exchange) throws Exception {
        return exchange.get(30, TimeUnit.SECONDS);
    }

    private void awaitHeld(int count) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreException(NoSuchElementException.class) // there is no session yet
                .until(() -> stats().held() == count);
    }

    private SessionStats stats() {
        return sessions().session(session).stats().orElseThrow();
    }
}
