/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests in sessions of a pool, against a site that logs clients in and counts what each session is used for. */
@Timeout(120)
class PoolFetchTest extends PoolSupport {

    @Test
    void aRequestIsSentInASessionThatWasLoggedInForIt() {
        Exchange exchange = fetch("/page", "pool=one");
        assertThat(text(exchange)).isEqualTo("page of s1");
        assertThat(exchange.getMessage().getHeaders())
                .containsEntry(SessionsConstants.ID, "one-1")
                .containsEntry(SessionsConstants.USED_ID, "one-1")
                .containsEntry(SessionsConstants.REPLAYS, 0);
        assertThat(site.logIns()).isEqualTo(1);
    }

    @Test
    void requestsOneAfterTheOtherShareOneSession() {
        for (int i = 0; i < 10; i++) {
            text(fetch("/page", "pool=reuse"));
        }
        assertThat(site.logIns()).isEqualTo(1);
        assertThat(pool("reuse").created()).isEqualTo(1);
    }

    @Test
    void requestsAtOnceHaveSessionsOfTheirOwn() throws Exception {
        List<Exchange> all = all(start(64, i -> start("/page", "pool=many&poolSize=8&maxUses=0")));
        all.forEach(PoolSupport::text);
        assertThat(site.mostAtOnceInOneSession()).isEqualTo(1);
        assertThat(site.logIns()).isBetween(1, 8);
        assertThat(pool("many")).extracting(PoolStats::waiting, PoolStats::busy).containsExactly(0, 0);
    }

    @Test
    void noSessionIsUsedMoreOftenThanItMay() throws Exception {
        all(start(100, i -> start("/page", "pool=uses&poolSize=4&maxUses=5"))).forEach(PoolSupport::text);
        assertThat(site.usesBySession().values()).allMatch(uses -> uses <= 5);
        assertThat(site.usesBySession().values().stream().mapToInt(i -> i).sum())
                .isEqualTo(100);
        assertThat(pool("uses").retired().get("maxUses")).isBetween(17L, 20L); // four may have uses left
        awaitClosed("uses");
    }

    @Test
    void poolsByEverNewNamesAreDroppedOnceTheirSessionsAreEvicted() throws Exception {
        sessions().engine().registry().setMaxSessions(20);
        site.holdPages();
        CompletableFuture<Exchange> slow = start("/page", "pool=busy");
        awaitBusy("busy", 1);
        String ofMany = "sessions:fetch/" + site.url("/login") + "?pool=pool";
        for (int i = 0; i < 2500; i++) {
            text(send(ofMany + i, null, Map.of()));
        }
        assertThat(sessions().pools())
                .hasSizeBetween(20, 1000)
                .extracting(PoolStats::name)
                .contains("busy", "pool2499")
                .doesNotContain("pool0");
        site.releasePages();
        text(slow.get(30, TimeUnit.SECONDS));
        assertThat(pool("busy").uses()).isEqualTo(1);
        text(send(ofMany + 0, null, Map.of()));
        assertThat(pool("pool0").created()).as("anew").isEqualTo(1);
    }

    @Test
    void retiredSessionsAreClosed() {
        fetch("/page", "pool=closed&maxUses=1");
        awaitClosed("closed");
        assertThat(sessions().ids()).doesNotContain("closed-1");
    }

    @Test
    void aBlockedRequestIsSentAgainInAnotherSessionWhateverItsMethod() {
        text(fetch("/page", "pool=blocked"));
        site.block("s1", 403);
        Exchange exchange = send(uri("/page", "pool=blocked"), "order", Map.of());
        assertThat(text(exchange)).isEqualTo("page of s2 order");
        assertThat(exchange.getMessage().getHeaders())
                .containsEntry(SessionsConstants.ID, "blocked-2")
                .containsEntry(SessionsConstants.REPLAYS, 1);
        assertThat(pool("blocked"))
                .extracting(PoolStats::blocked, PoolStats::replayed)
                .containsExactly(1L, 1L);
        assertThat(pool("blocked").retired()).isEqualTo(Map.of("blocked", 1L));
    }

    @Test
    void theAnswerStandsWhenTheOtherSessionIsBlockedToo() {
        site.blockAll(403);
        Exchange exchange = fetch("/page", "pool=all-blocked");
        assertThat(exchange.getException(HttpOperationFailedException.class).getStatusCode())
                .isEqualTo(403);
        assertThat(site.uses()).isEqualTo(2);
        assertThat(pool("all-blocked").retired()).isEqualTo(Map.of("blocked", 2L));
    }

    @Test
    void withoutReplaysTheFirstAnswerStands() {
        site.blockAll(403);
        Exchange exchange = fetch("/page", "pool=once&maxReplays=0&throwExceptionOnFailure=false");
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(403);
        assertThat(site.uses()).isEqualTo(1);
    }

    @Test
    void logInsStopWhenTheSiteBlocksEveryNewSession() {
        site.blockAll(403);
        for (int i = 0; i < 10; i++) {
            fetch("/page", "pool=storm");
        }
        assertThat(site.logIns()).isEqualTo(3);
        assertThat(fetch("/page", "pool=storm").getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("pool 'storm': has no session, and could not create one");
    }

    @Test
    void aFailedLogInFailsTheExchangesThatWaitAndIsTriedOnce() throws Exception {
        site.refuseLogIns(403);
        List<Exchange> all = all(start(50, i -> start("/page", "pool=wrong-password")));
        assertThat(all)
                .allSatisfy(
                        exchange -> assertThat(exchange.getException()).isInstanceOf(SessionRenewalException.class));
        assertThat(site.logIns()).isZero();
        assertThat(site.logInAttempts()).isEqualTo(1);
        assertThat(pool("wrong-password").loginsFailed()).isEqualTo(1);
        awaitClosed("wrong-password");

        site.refuseLogIns(0);
        assertThat(sessions().endPoolCooldown("wrong-password")).isTrue();
        text(fetch("/page", "pool=wrong-password"));
    }

    @Test
    void serverErrorsRetireASession() {
        site.fail("s1");
        for (int i = 0; i < 3; i++) {
            assertThat(fetch("/page", "pool=errors").getException()).isNotNull();
        }
        assertThat(pool("errors").retired()).isEqualTo(Map.of("errorScore", 1L));
        assertThat(text(fetch("/page", "pool=errors"))).isEqualTo("page of s2");
    }

    @Test
    void anExchangeGoesOnInItsSessionUntilItsHeaderIsRemoved() throws Exception {
        Exchange exchange = fetch("/page", "pool=sticky&poolStrategy=roundRobin");
        all(start(8, i -> start("/page", "pool=sticky&poolStrategy=roundRobin")));
        assertThat(pool("sticky").created()).isGreaterThan(1);
        for (int i = 0; i < 5; i++) {
            exchange = template.send(uri("/page", "pool=sticky&poolStrategy=roundRobin"), exchange);
            assertThat(text(exchange)).isEqualTo("page of s1");
        }
        exchange.getMessage().removeHeader(SessionsConstants.ID);
        exchange = template.send(uri("/page", "pool=sticky&poolStrategy=roundRobin"), exchange);
        assertThat(text(exchange)).isNotEqualTo("page of s1");
    }

    @Test
    void theSessionOfAPoolIsNotThatOfEndpointsThatNameAnother() throws Exception {
        Exchange exchange = fetch("/page", "pool=mine");
        exchange = template.send(uri("/page", "sessionId=anna"), exchange);

        assertThat(text(exchange)).isEqualTo("page of s2");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(pool("mine").uses()).isEqualTo(1);
    }

    @Test
    void aLogInRouteMayFetchInAPoolOfAnotherSite() throws Exception {
        SiteConfiguration shop = new SiteConfiguration();
        shop.setUris(site.url("/page") + "*");
        shop.setPool("tokens");
        shop.setRenewalUri("direct:login-for-pool");
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setSites(Map.of("shop", shop));
        route("direct:login-for-pool", exchange -> {}, "sessions:fetch/" + site.url("/login") + "?site=shop");
        route(
                "direct:login-with-page",
                exchange -> {},
                "sessions:fetch/" + site.url("/page"),
                "sessions:fetch/" + site.url("/login"));

        Exchange exchange = send(
                "sessions:fetch/" + site.url("/other") + "?sessionId=anna&renewalUri=direct:login-with-page"
                        + "&throwExceptionOnFailure=false",
                null,
                Map.of());

        assertThat(exchange.getException()).isNull();
        assertThat(sessions().session("anna").cookieMap()).isNotEmpty();
        assertThat(sessions().site("shop").pool("tokens").orElseThrow().uses()).isEqualTo(1);
    }

    @Test
    void anIdThatIsNoneOfThePoolIsIgnored() {
        Exchange exchange = send(uri("/page", "pool=ignored"), null, Map.of(SessionsConstants.ID, "anna"));
        assertThat(exchange.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("ignored-1");
    }

    @Test
    void anExchangeThatWaitsTooLongIsTold() throws Exception {
        site.holdPages();
        var first = start("/page", "pool=slow&poolSize=1");
        awaitBusy("slow", 1);
        Exchange second = get(start("/page", "pool=slow&poolSize=1&holdTimeout=1100&renewalTimeout=1000"));
        assertThat(second.getException())
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("pool 'slow': held for")
                .hasMessageContaining("size=1, busy=1");
        site.releasePages();
        text(get(first));
    }

    @Test
    void spareSessionsAreLoggedInBeforeTheyAreNeeded() throws Exception {
        route("direct:warm", exchange -> {}, uri("/page", "pool=warm&poolWarm=2&maxUses=1"));
        await(() -> assertThat(pool("warm").warm()).isEqualTo(2));
        int before = site.logIns();
        text(template.send("direct:warm", exchange(null, Map.of())));
        await(() -> assertThat(pool("warm").warm()).isEqualTo(2));
        assertThat(site.logIns()).isEqualTo(before + 1);
    }

    @Test
    void spareSessionsAreLoggedInWhenTheContextStarts() throws Exception {
        try (DefaultCamelContext starting = new DefaultCamelContext()) {
            starting.disableJMX();
            starting.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:login").to("sessions:fetch/" + site.url("/login"));
                    from("direct:warm").to(uri("/page", "pool=warm&poolWarm=2"));
                }
            });
            starting.start();
            await(() -> assertThat(
                            Sessions.get(starting).pool("warm").orElseThrow().warm())
                    .isEqualTo(2));
            assertThat(Sessions.get(starting).pool("warm").orElseThrow().loginsFailed())
                    .isZero();
        }
    }

    @Test
    void anExpiredSessionIsRenewedInPlace() {
        text(fetch("/page", "pool=renewed&expiredStatusCodeRange=440"));
        site.block("s1", 440);
        Exchange exchange = fetch("/page", "pool=renewed&expiredStatusCodeRange=440");
        assertThat(text(exchange)).isEqualTo("page of s2");
        assertThat(exchange.getMessage().getHeaders())
                .containsEntry(SessionsConstants.ID, "renewed-1")
                .containsEntry(SessionsConstants.GENERATION, 2L);
        assertThat(pool("renewed").retiredInAll()).isZero();
    }

    @Test
    void aWrongPasswordCostsOneLogInThoughAllSessionsHaveExpired() throws Exception {
        String options = "pool=all-expired&expiredStatusCodeRange=440&poolSize=8&maxReplays=3";
        site.holdPages();
        List<CompletableFuture<Exchange>> filling = start(8, i -> start("/page", options));
        awaitBusy("all-expired", 8);
        site.releasePages();
        all(filling).forEach(PoolSupport::text);
        int logIns = site.logInAttempts();
        site.blockAll(440);
        site.refuseLogIns(403);
        for (int i = 0; i < 20; i++) {
            assertThat(fetch("/page", options).getException()).isNotNull();
        }
        assertThat(site.logInAttempts() - logIns).isEqualTo(1);
        assertThat(fetch("/page", options).getException()).isInstanceOf(SessionRenewalException.class);
    }

    @Test
    void aWrongPasswordCostsOneLogInWhenSessionsLogInLater() {
        site.blockAll(440);
        site.refuseLogIns(403);
        for (int i = 0; i < 20; i++) {
            Exception failure = fetch("/page", "pool=later&renewFirst=false&expiredStatusCodeRange=440")
                    .getException();
            assertThat(failure).isInstanceOf(SessionRenewalException.class);
        }
        assertThat(site.logInAttempts()).isEqualTo(1);
    }

    @Test
    void anAnswerThatStandsTellsHowOftenItWasSentAgain() throws Exception {
        site.holdPages();
        List<CompletableFuture<Exchange>> filling = start(2, i -> start("/page", "pool=stands&poolSize=2"));
        awaitBusy("stands", 2);
        site.releasePages();
        all(filling).forEach(PoolSupport::text);
        site.blockAll(403);
        site.refuseLogIns(403);

        Exchange exchange = fetch("/page", "pool=stands&poolSize=2&maxReplays=3&throwExceptionOnFailure=false");

        assertThat(exchange.getMessage().getHeaders())
                .containsEntry(Exchange.HTTP_RESPONSE_CODE, 403)
                .containsEntry(SessionsConstants.REPLAYS, 1);
    }

    @Test
    void aSessionWhoseBlockedAnswerCannotBeReadIsGivenBack() {
        Exchange exchange = fetch("/torn", "pool=torn&http.disableStreamCache=true&throwExceptionOnFailure=false");
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(403);
        assertThat(pool("torn").busy()).isZero();
        assertThat(pool("torn").retired()).isEqualTo(Map.of("blocked", 2L));
    }

    @Test
    void aStoppedRouteFailsOnlyWhoWaitsForIt() throws Exception {
        site.holdPages();
        route("direct:stopped", exchange -> {}, uri("/page", "pool=stop&poolSize=1"));
        var first = start("/page", "pool=stop&poolSize=1");
        awaitBusy("stop", 1);
        var second = start("direct:stopped", null, Map.of());
        var third = start("/page", "pool=stop&poolSize=1");
        await(() -> assertThat(pool("stop").waiting()).isEqualTo(2));
        context.getEndpoint(uri("/page", "pool=stop&poolSize=1"));
        stopProducersOf("direct:stopped");
        assertThat(get(second).getException()).isInstanceOf(SessionHoldException.class);
        site.releasePages();
        text(get(first));
        text(get(third));
    }

    @Test
    void aRouteMayRetireTheSessionOfItsExchange() throws Exception {
        route("direct:judge", exchange -> {}, uri("/page", "pool=judged"), "sessions:retire");
        text(template.send("direct:judge", exchange(null, Map.of())));
        assertThat(pool("judged").retired()).isEqualTo(Map.of("asked", 1L));
        assertThat(text(fetch("/page", "pool=judged"))).isEqualTo("page of s2");
    }

    @Test
    void marksOfARouteCount() throws Exception {
        route("direct:bad", exchange -> {}, uri("/page", "pool=marked&maxErrorScore=2"), "sessions:markBad");
        text(template.send("direct:bad", exchange(null, Map.of())));
        assertThat(rowOf("marked-1")).containsEntry("pool", "marked").containsEntry("errorScore", 1.0);
        sessions().session("marked-1").markGood();
        assertThat(rowOf("marked-1")).containsEntry("errorScore", 0.5);
        sessions().session("marked-1").markBad();
        sessions().session("marked-1").markBad();
        assertThat(pool("marked").retired()).isEqualTo(Map.of("errorScore", 1L));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> rowOf(String id) {
        List<Map<String, Object>> rows = template.requestBody("sessions:list?limit=1000", null, List.class);
        return rows.stream().filter(row -> id.equals(row.get("id"))).findFirst().orElseThrow();
    }

    @Test
    void poolsAreListedOneARow() {
        text(fetch("/page", "pool=listed"));
        assertThat(template.requestBody("sessions:list?of=pools&limit=1000", null, List.class))
                .anySatisfy(
                        row -> assertThat(row.toString()).contains("pool=listed, size=1, ready=1, busy=0, creating=0"));
        assertThat(sessions().pools()).extracting(PoolStats::name).contains("listed");
    }

    @Test
    void aTransactedExchangeWaitsOnItsThread() throws Exception {
        site.holdPages();
        var first = start("/page", "pool=transacted&poolSize=1");
        awaitBusy("transacted", 1);
        Exchange second = exchange(null, Map.of());
        second.getExchangeExtension().setTransacted(true);
        var sending = threads.submit(() -> {
            template.send(uri("/page", "pool=transacted&poolSize=1"), second);
            return Thread.currentThread();
        });
        await(() -> assertThat(pool("transacted").waiting()).isEqualTo(1));
        site.releasePages();
        sending.get(30, TimeUnit.SECONDS);
        text(second);
        text(get(first));
    }
}
