/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Predicate;
import org.junit.jupiter.api.Test;

/** When a session renews by itself, what renews it, and how that shows. */
class AutomaticRenewalTest extends AutomaticRenewalSupport {

    private final AtomicInteger steps = new AtomicInteger();
    private final Queue<Message> priorities = new ConcurrentLinkedQueue<>();

    AutomaticRenewalTest() {
        super(siteOfAnna().expiresAfterUses(100));
    }

    @Override
    void configure() throws Exception {
        context.getRegistry().bind("never", (Predicate) exchange -> false);
        context.getRegistry().bind("loggedIn", (Predicate) exchange ->
                String.valueOf(exchange.getMessage().getBody(String.class)).startsWith("user=anna"));
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris("https://portal.example");
        portal.setRenewalUri("direct:harvest");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
        route("direct:noCookie", exchange -> steps.incrementAndGet(), uri(site, "/echo", ""));
        route(
                "direct:harvest",
                exchange -> exchange.getMessage().setBody(Map.of(ExpiringSite.SESSION_COOKIE, site.newSession("anna"))),
                addCookies());
        route(
                "direct:bean",
                exchange -> Sessions.get(exchange.getContext())
                        .session(exchange.getMessage().getHeader(SessionsConstants.ID, String.class))
                        .addCookies(site.url(), Map.of(ExpiringSite.SESSION_COOKIE, site.newSession("anna"))));
        route(
                "direct:recordPriority",
                exchange -> priorities.add(exchange.getMessage().copy()),
                "direct:login");
    }

    private String addCookies() {
        return "sessions:addCookies?httpUri=" + site.url();
    }

    // ---- when

    @Test
    void anEmptySessionLogsInBeforeItsFirstRequest() {
        Exchange done = fetch("/page/1", "");

        assertThat(text(done)).contains("user=anna");
        assertThat(replays(done)).isEqualTo(0);
        assertThat(site.refused()).isZero();
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aSessionWithCookiesFromElsewhereDoesNotLogInFirst() {
        sessions().session(session).addCookies(site.url(), Map.of("sid", site.newSession("anna")));

        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
        assertThat(site.loginsAttempted()).isZero();
    }

    @Test
    void sixteenFirstRequestsAtOnceLogInOnce() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> sendings = start(16, n -> start("/page/" + n, ""));
        awaitHeld(16);
        site.awaitHangingLogins(1);
        site.releaseLogins();

        for (int n = 0; n < 16; n++) {
            assertThat(text(get(sendings.get(n)))).contains("path=/page/" + n + "\n");
        }
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.refused()).isZero();
    }

    @Test
    void sixteenRefusedAtOnceLogInOnce() throws Exception {
        sessions().session(session).addCookies(site.url(), Map.of("sid", "unknown"));
        List<CompletableFuture<Exchange>> sendings = start(16, n -> start("/late/" + n, ""));
        site.awaitSlow(16);
        site.hangLogins();
        site.releaseSlow();
        awaitHeld(16);
        site.releaseLogins();
        site.awaitSlow(16);
        site.releaseSlow();

        for (int n = 0; n < 16; n++) {
            Exchange done = get(sendings.get(n));
            assertThat(text(done)).contains("path=/late/" + n + "\n");
            assertThat(replays(done)).isEqualTo(1);
        }
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.refused()).isEqualTo(16);
    }

    @Test
    void fewerUsesThanTheSiteAllowsMeanThatNothingIsRefused() throws Exception {
        List<Exchange> done = all(start(500, n -> start("/page/" + n, "maxUses=100")));

        for (int n = 0; n < 500; n++) {
            assertThat(text(done.get(n))).contains("path=/page/" + n + "\n");
        }
        assertThat(site.refused()).isZero();
        assertThat(site.accepted()).isEqualTo(500);
        assertThat(site.loginsSucceeded()).isEqualTo(5); // the log-in is no use
    }

    @Test
    void aSessionRenewsWhenItIsAsOldAsItMayBecome() {
        String options = "maxAge=10m";
        fetch("/page/1", options);
        now.getAndUpdate(time -> time.plus(Duration.ofMinutes(9)));
        fetch("/page/2", options);
        assertThat(site.loginsSucceeded()).isEqualTo(1);

        now.getAndUpdate(time -> time.plus(Duration.ofMinutes(1)));
        fetch("/page/3", options);
        assertThat(site.loginsSucceeded()).isEqualTo(2);
        assertThat(site.refused()).isZero();
    }

    @Test
    void aSessionRenewsWhenItWasUnusedForLong() {
        String options = "maxIdle=10m";
        for (int n = 0; n < 3; n++) {
            fetch("/page/" + n, options);
            now.getAndUpdate(time -> time.plus(Duration.ofMinutes(9)));
        }
        assertThat(site.loginsSucceeded()).isEqualTo(1);

        now.getAndUpdate(time -> time.plus(Duration.ofMinutes(1)));
        fetch("/page/3", options);
        assertThat(site.loginsSucceeded()).isEqualTo(2);
        assertThat(site.refused()).isZero();
    }

    @Test
    void fetchAndRenewInALoopOfOneExchangeRenewEachTime() throws Exception {
        context.addRoutes(new org.apache.camel.builder.RouteBuilder() {
            @Override
            public void configure() {
                from("direct:loop")
                        .loop(5)
                        .setBody(constant(null))
                        .to(uri("/page/1", ""))
                        .to("sessions:renew?renewalUri=direct:login")
                        .end();
            }
        });
        Exchange done = fetch("direct:loop");

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(site.loginsSucceeded()).isEqualTo(6);
    }

    // ---- by what

    @Test
    void thePriorityExchangeKnowsTheSessionAndNothingOfWhatWaits() {
        Exchange done = send(
                uri(site, "/page/1", "renewFirst=false&renewalUri=direct:recordPriority"),
                "a body",
                Map.of("own", "1"));

        assertThat(text(done)).contains("user=anna");
        assertThat(priorities).singleElement().satisfies(priority -> {
            assertThat(priority.getBody()).isNull();
            assertThat(priority.getHeaders())
                    .containsOnlyKeys(SessionsConstants.ID, SessionsConstants.GENERATION, SessionsConstants.CAUSE);
            assertThat(priority.getHeader(SessionsConstants.ID)).isEqualTo(session);
            assertThat(priority.getHeader(SessionsConstants.GENERATION)).isEqualTo(1L);
            assertThat(priority.getHeader(SessionsConstants.CAUSE)).isEqualTo("expired by status 401");
        });
    }

    @Test
    void anyEndpointMayRenewAlsoSessionsItself() {
        Exchange done = fetch(uri(
                site,
                "/page/1",
                "renewFirst=false&expiredStatusCodeRange=401&renewedWhen=${body} startsWith 'GET /echo'&renewalUri="
                        + "RAW(sessions:fetch/" + site.url("/echo") + ")"));

        assertThat(done.getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(stats().renewals()).isPositive();
    }

    @Test
    void aLogInThatLeavesNoCookieHasFailedAndIsToldTheWayOut() {
        Exchange done = fetch(uri(site, "/page/1", "renewalUri=direct:noCookie"));

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("it left no cookie and no variable: the site may have refused it")
                .hasMessageContaining("renewedWhen");
        assertThat(site.requests("/echo")).isEqualTo(1);
    }

    @Test
    void renewedWhenDecidesAlsoWithoutACookie() {
        Exchange done =
                fetch(uri(site, "/echo", "renewalUri=direct:noCookie&renewedWhen=${body} startsWith 'GET /echo'"));

        assertThat(text(done)).contains("GET /echo");
        assertThat(stats().renewals()).isEqualTo(1);
    }

    @Test
    void renewedWhenDecidesAlsoAgainstACookie() {
        Exchange done = fetch("/page/1", "renewedWhen=#bean:never");

        assertThat(done.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("renewedWhen does not hold after it")
                .hasMessageContaining("status 200");
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.accepted()).isZero();
    }

    @Test
    void renewedWhenMayBeABean() {
        assertThat(text(fetch("/page/1", "renewedWhen=#bean:loggedIn"))).contains("user=anna");
    }

    @Test
    void cookiesFromElsewhereRenewTheSession() {
        Exchange done = fetch(uri(site, "/page/1", "renewFirst=false&renewalUri=direct:harvest"));

        assertThat(text(done)).contains("user=anna");
        assertThat(site.loginsAttempted()).isZero();
        assertThat(stats().generation()).isEqualTo(1);
    }

    @Test
    void cookiesThatABeanOfTheLogInRouteAddsGoIntoThePendingGeneration() {
        Exchange done = fetch(uri(site, "/page/1", "renewFirst=false&renewalUri=direct:bean"));

        assertThat(text(done)).contains("user=anna");
        assertThat(stats().generation()).isEqualTo(1);
        assertThat(sessions().ids()).contains(session);
    }

    // ---- by Java

    @Test
    void javaRenewsASessionThatDoesNotExist() throws Exception {
        assertThat(sessions().session(session).renew("direct:login").get(30, TimeUnit.SECONDS))
                .isEqualTo(1L);

        assertThat(site.loginsSucceeded()).isEqualTo(1);
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
        assertThat(site.loginsSucceeded()).isEqualTo(1);
    }

    @Test
    void renewTellsThatItHasRenewedASessionThatDidNotExist() {
        Exchange done = fetch("sessions:renew?renewalUri=direct:login");

        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(1L);
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void javaRenewsAnewEachTimeButNotForTwoAtOnce() throws Exception {
        site.hangLogins();
        CompletableFuture<Long> one = sessions().session(session).renew("direct:login");
        site.awaitHangingLogins(1);
        CompletableFuture<Long> other = sessions().session(session).renew("direct:login");
        site.releaseLogins();

        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1L);
        assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(1L);
        assertThat(sessions().session(session).renew("direct:login").get(30, TimeUnit.SECONDS))
                .isEqualTo(2L);
        assertThat(site.loginsAttempted()).isEqualTo(2);
    }

    @Test
    void javaRenewsByTheRuleOfTheSite() throws Exception {
        Sessions portal = sessions().site("portal");

        assertThat(portal.session(session).renew().get(30, TimeUnit.SECONDS)).isEqualTo(1L);
        assertThat(portal.session(session).cookieMap()).containsKey("sid");
        assertThat(sessions().ids()).doesNotContain(session);
    }

    @Test
    void javaTellsWhenThereIsNothingThatRenews() {
        assertThatThrownBy(() -> sessions().session(session).renew())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("session '" + session + "' has neither loginPage nor renewalUri");
        assertThatThrownBy(() -> sessions().session(session).renew("drect:login"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no component 'drect'");
        assertThat(sessions().session(session).stats()).isEmpty();
    }

    @Test
    void javaLearnsWhyARenewalFailed() {
        site.failLogins(403);

        assertThatThrownBy(
                        () -> sessions().session(session).renew("direct:login").get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("session '" + session + "': could not be renewed");
    }

    @Test
    void anExpiredSessionRenewsAtItsNextExchange() {
        fetch("/page/1", "");
        sessions().session(session).expire();
        Exchange done = fetch("/page/2", "");

        assertThat(text(done)).contains("path=/page/2\n");
        assertThat(site.loginsSucceeded()).isEqualTo(2);
        assertThat(site.refused()).isZero();
    }

    @Test
    void aSessionThatDoesNotExistIsNotMadeByOperators() {
        sessions().session(session).expire();
        sessions().session(session).endCooldown();
        sessions().site("portal").session(session).expire();
        sessions().site("portal").session(session).endCooldown();

        assertThat(sessions().ids()).doesNotContain(session);
        assertThat(sessions().site("portal").ids()).doesNotContain(session);
    }
}
