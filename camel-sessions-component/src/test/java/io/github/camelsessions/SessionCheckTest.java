/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.testkit.ExpiringSite;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page that tells whether the session lives settles doubts: a forbidden page costs no log-in, a dead session one. */
class SessionCheckTest extends AutomaticRenewalSupport {

    private static final String STATUSES = "expiredStatusCodeRange=401,403";

    SessionCheckTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() throws Exception {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url());
        portal.setWrap(true);
        portal.setRenewalUri("direct:login");
        portal.setExpiredStatusCodeRange("401,403");
        portal.setCheckUri(site.url("/page/check"));
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch");
                from("direct:wrapped").toD(site.url() + "${header.path}");
                from("direct:processor").process(sessions().wrap(site.url()));
                from("direct:check").to("sessions:check?site=portal").setHeader("after", constant(true));
                from("direct:pooled").toD("sessions:fetch/" + site.url() + "${header.path}?pool=shop&poolSize=1");
            }
        });
    }

    private Exchange send(String form, String path) {
        Map<String, Object> headers =
                Map.of("path", path, Exchange.HTTP_URI, site.url(path), Exchange.HTTP_METHOD, "GET");
        Exchange made = exchange(null, headers);
        if (form.equals("direct:wrapped")) {
            made.getMessage().removeHeader(Exchange.HTTP_URI);
        } else if (form.equals("direct:processor")) {
            made.getMessage().removeHeader(Exchange.HTTP_URI);
            made.getMessage().setHeader(Exchange.HTTP_PATH, path);
        } else if (form.equals("direct:pooled")) {
            made.getMessage().removeHeader(SessionsConstants.ID);
        }
        return template.send(form, made);
    }

    private Exchange send(String path) {
        return send("direct:fetch", path);
    }

    private void good(String path) {
        assertThat(text(send(path))).contains("path=" + path);
    }

    private void forbidden(String path) {
        assertThat(send(path).getException()).isInstanceOf(SessionExpiredException.class);
    }

    @Override
    SessionStats stats() {
        return sessions().site("portal").session(session).stats().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:wrapped", "direct:processor", "direct:pooled"})
    void forbiddenPagesInARowCostNoLogInAndNoPageAfterThem(String form) {
        assertThat(text(send(form, "/page/1"))).contains("path=/page/1");
        for (int i = 0; i < 4; i++) {
            assertThat(send(form, "/forbidden/" + i).getException()).isNotNull();
        }
        assertThat(text(send(form, "/page/2"))).contains("path=/page/2");

        assertThat(site.loginsAttempted()).isOne();
        assertThat(site.requests("/page/check")).isEqualTo(4);
    }

    @Test
    void forbiddenPagesAgainAndAgainCostNoLogIn() {
        for (int i = 0; i < 30; i++) {
            forbidden("/forbidden/" + i + "a");
            forbidden("/forbidden/" + i + "b");
            good("/page/" + i);
        }
        assertThat(site.loginsAttempted()).isOne();
        assertThat(stats().useless()).isZero();
        assertThat(stats().checks()).isEqualTo(60);
        assertThat(stats().checksExpired()).isZero();
    }

    @Test
    void aSessionThatEndsBesideForbiddenPagesIsRenewedOnceEachTime() {
        for (int i = 0; i < 10; i++) {
            good("/page/" + i);
            forbidden("/forbidden/" + i);
            site.expireNow();
            forbidden("/forbidden/" + i + "x");
            good("/page/" + i + "x");
        }
        assertThat(site.loginsAttempted()).isEqualTo(11);
        assertThat(stats().checksExpired()).isEqualTo(10);
        assertThat(stats().renewals()).isEqualTo(11);
    }

    @Test
    void oneCheckSettlesTheDoubtOfAll() throws Exception {
        String options = STATUSES + "&checkUri=" + site.url("/slow/check");
        text(fetch("/page/1", options));
        CompletableFuture<Exchange> first = start("/forbidden/first", options);
        site.awaitSlow(1);
        List<CompletableFuture<Exchange>> others = start(15, i -> start("/forbidden/" + i, options));
        await(() -> assertThat(stats().refused()).isEqualTo(16));
        assertThat(site.requests("/slow/check")).isOne();

        site.releaseSlow();
        assertThat(get(first).getException()).isInstanceOf(SessionExpiredException.class);
        site.awaitSlow(1); // the others were refused after the first check was sent
        assertThat(others).noneMatch(CompletableFuture::isDone);
        site.releaseSlow();

        assertThat(all(others))
                .allSatisfy(done -> assertThat(done.getException()).isInstanceOf(SessionExpiredException.class));
        assertThat(site.requests("/slow/check")).isEqualTo(2);
        assertThat(site.loginsAttempted()).isOne();
    }

    @Test
    void theExchangesRefusedByAnEndedSessionAreAllReplayedAfterOneLogIn() throws Exception {
        String options = STATUSES + "&checkUri=" + site.url("/page/check");
        text(fetch("/page/1", options));
        site.expireNow();

        List<CompletableFuture<Exchange>> all = start(16, i -> start("/page/" + i, options));

        assertThat(all(all)).allSatisfy(done -> assertThat(text(done)).contains("user=anna"));
        assertThat(site.loginsAttempted()).isEqualTo(2);
        assertThat(stats().checksExpired()).isLessThanOrEqualTo(1);
    }

    @Test
    void aCheckThatHangsIsGivenUpAndTheDoubtSettledWithout() throws Exception {
        String options = STATUSES + "&renewalTimeout=6s&holdTimeout=20s&checkUri=" + site.url("/slow/check");
        text(fetch("/page/1", options));

        Exchange refused = fetch("/forbidden/1", options);

        assertThat(refused.getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(site.requests("/slow/check")).isOne();
        assertThat(text(fetch("/page/2", options))).contains("path=/page/2");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 404})
    void anAnswerThatTellsNothingLeavesTheDoubtToWhatIsKnown(int status) {
        String options = STATUSES + "&checkUri=" + site.url("/page/check") + "&maxReplays=1";
        text(fetch("/page/1", options));
        site.expireNow();
        site.status(status, 1);
        assertThat(fetch("/forbidden/1", options).getException()).isInstanceOf(SessionExpiredException.class);

        assertThat(text(fetch("/page/2", options))).contains("path=/page/2");
        assertThat(stats().checks()).isOne();
        assertThat(stats().checksExpired()).isZero();
    }

    @Test
    void aCheckThatIsLedToTheLogInPageFindsTheSessionEnded() throws Exception {
        try (ExpiringSite forms =
                ExpiringSite.builder().user("anna", "secret").refusesWith(302).start()) {
            String options = "renewalUri=direct:formLogin&expiredStatusCodeRange=403&expiredUri=" + forms.url("/login*")
                    + "&checkUri=" + forms.url("/page/check");
            route("direct:formLogin", loginOf("anna"), "sessions:fetch/" + forms.url("/login"));
            text(fetch(uri(forms, "/page/1", options)));
            forms.expireNow();

            assertThat(fetch(uri(forms, "/forbidden/1", options)).getException())
                    .isInstanceOf(SessionExpiredException.class);

            assertThat(sessions().session(session).stats().orElseThrow().checksExpired())
                    .isOne();
            assertThat(forms.loginsAttempted()).isEqualTo(2);
        }
    }

    @Test
    void validWhenJudgesTheAnswerInsteadOfTheRules() {
        String options = "expiredStatusCodeRange=403&validWhen=RAW(${bodyAs(String)} contains 'user=anna')&checkUri="
                + site.url("/page/check");
        text(fetch("/page/1", options));
        assertThat(fetch("/forbidden/1", options).getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(site.loginsAttempted()).isOne();

        site.expireNow();
        assertThat(fetch("/forbidden/2", options).getException()).isInstanceOf(SessionExpiredException.class);

        assertThat(site.loginsAttempted()).isEqualTo(2);
        assertThat(stats().checksExpired()).isOne();
    }

    // ---- the operation

    private Exchange check() {
        Exchange made = exchange("body", Map.of("mine", 1, Exchange.HTTP_URI, "https://elsewhere.example/"));
        made.getMessage().setHeader(SessionsConstants.VALID, "left by another");
        return template.send("direct:check", made);
    }

    private Object valid() {
        Exchange done = check();
        assertThat(text(done)).isEqualTo("body");
        assertThat(done.getMessage().getHeaders())
                .containsEntry("mine", 1)
                .containsEntry(Exchange.HTTP_URI, "https://elsewhere.example/")
                .containsEntry("after", true);
        return done.getMessage().getHeader(SessionsConstants.VALID);
    }

    @Test
    void aSessionThatDoesNotExistIsNotValidAndNotCreated() {
        assertThat(valid()).isEqualTo(false);
        assertThat(sessions().site("portal").session(session).stats()).isEmpty();
        assertThat(site.requests()).isZero();
    }

    @Test
    void theOperationTellsALivingSessionFromAnEndedOneAndRenewsThat() {
        good("/page/1");
        assertThat(valid()).isEqualTo(true);

        site.expireNow();
        assertThat(valid()).isEqualTo(false);

        await(() -> assertThat(stats().renewals()).isEqualTo(2));
        assertThat(valid()).isEqualTo(true);
        good("/page/2");
        assertThat(site.refused()).isOne();
    }

    @Test
    void withoutAnAnswerTheHeaderIsAbsent() {
        good("/page/1");
        site.status(500, 1);

        assertThat(valid()).isNull();
        assertThat(site.loginsAttempted()).isOne();
    }

    @Test
    void aSessionThatIsFrozenIsNotAskedFor() {
        good("/page/1");
        sessions().site("portal").session(session).freeze();
        assertThat(valid()).isNull();
        sessions().site("portal").session(session).unfreeze();
        assertThat(valid()).isEqualTo(true);
    }

    @Test
    void aSessionWhoseRenewalFailedIsNotValid() {
        good("/page/1");
        site.failLogins(403);
        site.expireNow();
        assertThat(send("/page/2").getException()).isNotNull();

        assertThat(valid()).isEqualTo(false);
        sessions().site("portal").session(session).endCooldown();
    }

    @Test
    void aTransactedExchangeWaitsOnItsThread() {
        good("/page/1");
        Exchange made = exchange("body", Map.of());
        made.getExchangeExtension().setTransacted(true);

        template.send("direct:check", made);

        assertThat(made.getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(true);
    }

    @Test
    void noThreadIsHeldByACheckThatTakesItsTime() throws Exception {
        String checkUri = "checkUri=" + site.url("/slow/check");
        text(fetch("/page/1", STATUSES + "&" + checkUri));

        CompletableFuture<Exchange> waiting =
                start("sessions:check?site=portal&" + STATUSES + "&" + checkUri, null, Map.of());
        site.awaitSlow(1);
        CompletableFuture<Exchange> second =
                start("sessions:check?site=portal&" + STATUSES + "&" + checkUri, null, Map.of());
        assertThat(waiting).isNotDone();
        site.releaseSlow();

        await(() -> {
            site.releaseSlow();
            assertThat(List.of(waiting, second)).allMatch(CompletableFuture::isDone);
        });
        assertThat(get(waiting).getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(true);
        assertThat(get(second).getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(true);
    }

    @Test
    void aSessionWithoutACheckUriIsRefusedWithTheWayOut() {
        sessions().session(session).addCookies("https://other.example", Map.of("a", "1"));

        assertThat(send("sessions:check", null, Map.of()).getException())
                .hasMessage("session '" + session + "' has no checkUri: set it on its site, on the component or on the"
                        + " endpoints that use the session, such as checkUri=https://portal.example/account");
    }

    @Test
    void aSessionThatCannotRenewIsToldToHaveEndedAndLeftAsItIs() {
        try (ExpiringSite other = ExpiringSite.builder().user("anna", "secret").start()) {
            String options = "expiredStatusCodeRange=401&checkUri=" + other.url("/page/check");
            sessions().session(session).addCookies(other.url(), Map.of("sid", other.newSession("anna")));
            text(fetch(uri(other, "/page/1", options)));
            other.expireNow();

            Exchange done = send("sessions:check", null, Map.of());

            assertThat(done.getMessage().getHeader(SessionsConstants.VALID)).isEqualTo(false);
            SessionStats stats = sessions().session(session).stats().orElseThrow();
            assertThat(stats.state()).isEqualTo("ACTIVE");
            assertThat(stats.checksExpired()).isOne();
            assertThat(fetch(uri(other, "/page/2", options)).getException())
                    .isInstanceOf(SessionExpiredException.class);
        }
    }

    // ---- keepAlive

    @Test
    void keepAliveAsksForAnUnusedSessionAndRenewsOneThatHasEnded() {
        String options = STATUSES + "&keepAlive=300&checkUri=" + site.url("/page/check");
        text(fetch("/page/1", options));
        await(() -> assertThat(stats().checks()).isPositive());

        site.expireNow();
        text(fetch("/page/2", options));
        site.expireNow();
        await(() -> assertThat(stats().renewals()).isEqualTo(3));
        assertThat(text(fetch("/page/3", options))).contains("session=");
        assertThat(site.refused("/page/3")).isZero();
        sessions().site("portal").session(session).close().join(); // else it is asked for in the tests that follow
    }

    // ---- bounds

    @Test
    void theRequestsOfACheckAreThoseOfTheSession() {
        String options = STATUSES + "&maxUses=3&checkUri=" + site.url("/page/check");
        text(fetch("/page/1", options));
        assertThat(fetch("/forbidden/1", options).getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(stats().generationUses()).isEqualTo(3);

        text(fetch("/page/2", options));
        assertThat(stats().renewals()).isEqualTo(2);
    }

    @Test
    void aCheckUriThatIsNeverToBeFetchedIsRefusedAtOnce() {
        String options =
                STATUSES + "&forbiddenUris=" + site.url("/page/check*") + "&checkUri=" + site.url("/page/check");

        assertThatThrownBy(() -> context.getEndpoint(uri("/page/1", options))
                        .createProducer()
                        .start())
                .hasMessageStartingWith("checkUri: " + site.url("/page/check") + " is not fetched: the pattern ");
    }

    @Test
    void aCheckThatHangsIsToldByHowLongItWasWaitedFor() throws Exception {
        try (LogCapture log = new LogCapture()) {
            String options = STATUSES + "&renewalTimeout=300&checkUri=" + site.url("/slow/check");
            text(fetch("/page/1", options));
            fetch("/forbidden/1", options);
            await(() -> assertThat(log.text())
                    .contains(session
                            + "': no answer to its check java.net.SocketTimeoutException: no answer within 100 ms"));
        } finally {
            site.releaseSlow();
        }
    }

    @Test
    void secretsOfACheckAreNotLogged() {
        try (LogCapture log = new LogCapture()) {
            String options = STATUSES + "&checkUri=RAW(" + site.url("/page/check?token=geheim") + ")";
            text(fetch("/page/1", options));
            site.status(500, 1);
            fetch("/forbidden/1", options);
            await(() -> assertThat(log.text()).contains("its checkUri does not tell whether it lives"));

            assertThat(log.of("io.github.camelsessions"))
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(line).doesNotContain("geheim").doesNotContain("sid="));
        }
    }
}
