/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pools that a site names, and many exchanges in them. */
@Timeout(120)
class PoolSiteTest extends PoolSupport {

    private SiteConfiguration rules() {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        SiteConfiguration rules = new SiteConfiguration();
        rules.setUris(site.url("/*"));
        rules.setPool("shop");
        rules.setRenewalUri("direct:login");
        component.getSites().put("portal", rules);
        return rules;
    }

    private Exchange fetch() {
        return send("sessions:fetch/" + site.url("/page"), null, Map.of());
    }

    @Test
    void theLogInRouteOfASitesPoolBelongsToTheNewSession() {
        rules();
        Exchange exchange = fetch();
        assertThat(text(exchange)).isEqualTo("page of s1");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("shop-1");
        assertThat(sessions().site("portal").ids()).containsExactly("shop-1");
        assertThat(sessions().site("portal").pool("shop").orElseThrow().uses()).isEqualTo(1);
        assertThat(sessions()
                        .site("portal")
                        .session("shop-1")
                        .stats()
                        .orElseThrow()
                        .renewals())
                .isEqualTo(1);
    }

    @Test
    void anEndpointThatNamesASessionDoesNotUseThePool() {
        rules();
        Exchange exchange = send("sessions:fetch/" + site.url("/page") + "?sessionId=anna", null, Map.of());
        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.ID)).isNull();
        assertThat(sessions().site("portal").pool("shop")).isEmpty();
    }

    @Test
    void wrappedEndpointsUseThePoolOfTheirSite() throws Exception {
        rules().setWrap(true);
        route("direct:wrapped", exchange -> {}, site.url("/page"));
        Exchange exchange = template.send("direct:wrapped", exchange(null, Map.of()));
        assertThat(text(exchange)).isEqualTo("page of s1");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("shop-1");
    }

    @Test
    void theSessionOfTheExchangeIsFoundOnItsSite() throws Exception {
        rules();
        route("direct:retire", exchange -> {}, "sessions:fetch/" + site.url("/page"), "sessions:retire");
        assertThat(template.send("direct:retire", exchange(null, Map.of())).getException())
                .isNull();
        assertThat(sessions().site("portal").pool("shop").orElseThrow().retired())
                .containsEntry("asked", 1L);
    }

    @Test
    void retireClosesASessionOfNoPool() throws Exception {
        route("direct:close", exchange -> {}, uri("/page", "sessionId=anna"), "sessions:retire");
        text(template.send("direct:close", exchange(null, Map.of())));
        assertThat(sessions().ids()).isEmpty();
        assertThat(text(fetch("/page", "sessionId=anna"))).isEqualTo("page of s2");
    }

    @Test
    void aMarkAfterTheLastUseOfASessionChangesNothing() throws Exception {
        route(
                "direct:mark",
                exchange -> {},
                uri("/page", "pool=spent&maxUses=1"),
                "sessions:markBad",
                "sessions:markGood");
        assertThat(text(template.send("direct:mark", exchange(null, Map.of())))).isEqualTo("page of s1");
        assertThat(pool("spent").retired().toString()).isEqualTo("{maxUses=1}");
    }

    @Test
    void aMarkOfASessionThatAPoolNeverHadIsAnError() throws Exception {
        text(fetch("/page", "pool=few"));
        assertThatThrownBy(() -> sessions().session("few-2").markBad())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session 'few-2' belongs to no pool");
    }

    @Test
    void aMarkOfASessionOfNoPoolIsAnError() throws Exception {
        route("direct:mark", exchange -> {}, uri("/page", "sessionId=anna"), "sessions:markBad");
        assertThat(template.send("direct:mark", exchange(null, Map.of())).getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session 'anna' belongs to no pool");
    }

    @Test
    void nothingIsRefusedWhenTheLimitOfTheSiteIsKnown() throws Exception {
        site.limit(25, 403);
        List<Exchange> pages = crawl(1_000, "pool=known&poolSize=8&maxUses=25&poolStrategy=leastUsed");
        pages.forEach(PoolSupport::text);
        assertThat(pool("known").blocked()).isZero();
        assertThat(site.logIns()).isBetween(40, 48);
        assertThat(site.mostAtOnceInOneSession()).isEqualTo(1);
        awaitClosed("known");
        assertThat(sessions().ids()).hasSize(pool("known").size());
    }

    @Test
    void whatIsBlockedIsSentAgainAndNothingIsLost() throws Exception {
        site.limit(25, 403);
        List<Exchange> pages = crawl(1_000, "pool=unknown&poolSize=8&maxUses=0&maxReplays=8");
        pages.forEach(PoolSupport::text);
        assertThat(pool("unknown").blocked())
                .isEqualTo(pool("unknown").replayed())
                .isBetween(32L, 48L);
    }

    @Test
    void whenManyWaitTheyAreServedInTheOrderOfArrival() throws Exception {
        site.holdPages();
        String options = "pool=fair&poolSize=1&maxUses=0";
        CompletableFuture<Exchange> first = start("/page", options);
        awaitBusy("fair", 1);
        List<CompletableFuture<Exchange>> others = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int waiting = i + 1;
            others.add(start(uri("/page", options), "n" + i, Map.of()));
            await(() -> assertThat(pool("fair").waiting()).isEqualTo(waiting));
        }
        site.releasePages();
        get(first);
        all(others);
        assertThat(site.bodies())
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 20)
                        .mapToObj(i -> "n" + i)
                        .toList());
    }

    @Test
    void noMoreWaitThanMay() throws Exception {
        site.holdPages();
        String options = "pool=full&poolSize=1&maxHeld=2&whenFull=fail";
        var sent = start("/page", options);
        awaitBusy("full", 1);
        var waiting = start(2, i -> start("/page", options));
        await(() -> assertThat(pool("full").waiting()).isEqualTo(2));
        assertThat(get(start("/page", options)).getException())
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("pool 'full': not held, because as many exchanges wait as maxHeld allows");
        site.releasePages();
        text(get(sent));
        all(waiting).forEach(PoolSupport::text);
    }

    @Test
    void whoAPoolHasNoRoomForWaitsOnItsThreadInTheOrderOfArrival() throws Exception {
        site.holdPages();
        String options = "pool=pressing&poolSize=1&maxHeld=2&maxUses=0";
        var sent = start("/page", options);
        awaitBusy("pressing", 1);
        List<CompletableFuture<Exchange>> others = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int waiting = i + 1;
            others.add(start(uri("/page", options), "n" + i, Map.of()));
            await(() -> assertThat(pool("pressing").waiting()).isEqualTo(waiting));
        }
        site.releasePages();
        text(get(sent));
        all(others);
        assertThat(site.bodies())
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 8)
                        .mapToObj(i -> "n" + i)
                        .toList());
    }

    @Test
    void waitingExchangesUseNoThread() throws Exception {
        site.holdPages();
        String options = "pool=threads&poolSize=1&maxUses=0";
        var sent = start("/page", options);
        awaitBusy("threads", 1);
        var waiting = start(500, i -> start("/page", options));
        await(() -> assertThat(pool("threads").waiting()).isEqualTo(500));
        assertThat(sessions().engine().traffic().waiting()).isEqualTo(500);
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().contains("SessionsResume"))
                        .count())
                .isLessThan(20);
        site.releasePages();
        text(get(sent));
        all(waiting).forEach(PoolSupport::text);
    }

    @Test
    void contextStopEndsWhoWaits() throws Exception {
        site.holdPages();
        String options = "pool=stopped&poolSize=1";
        var sent = start("/page", options);
        awaitBusy("stopped", 1);
        var waiting = start(5, i -> start("/page", options));
        await(() -> assertThat(pool("stopped").waiting()).isEqualTo(5));
        context.getShutdownStrategy().setTimeout(1);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(context::stop, threads);
        all(waiting).forEach(exchange -> assertThat(exchange.getException()).isInstanceOf(SessionHoldException.class));
        site.releasePages();
        get(sent);
        stop.get(30, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Test
    void aPoolBiggerThanAllSessionsMayBeIsRefused() {
        context.getComponent("sessions", SessionsComponent.class).setMaxSessions(10);
        assertThatThrownBy(() -> route("direct:big", exchange -> {}, uri("/page", "pool=big&poolSize=11")))
                .hasStackTraceContaining("poolSize=11: more than maxSessions=10 of the component allows");
    }

    private List<Exchange> crawl(int pages, String options) throws Exception {
        return all(start(pages, i -> start("/page", options)));
    }
}
