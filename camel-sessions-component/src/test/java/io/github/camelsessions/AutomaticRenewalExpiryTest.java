/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionFailure;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.InputStream;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.StreamCache;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers mean that the session has expired, and what that comes to with and without a way to renew it. */
class AutomaticRenewalExpiryTest extends AutomaticRenewalSupport {

    private static final String NO_RENEWAL = "";

    private final ExpiringSite forms = siteOfAnna().refusesWith(200).start();
    private final ExpiringSite redirects = siteOfAnna().refusesWith(302).start();
    private final ExpiringSite forbids = siteOfAnna().refusesWith(403).start();

    AutomaticRenewalExpiryTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() throws Exception {
        context.getRegistry().bind("isForm", (Predicate)
                exchange -> exchange.getMessage().getBody(String.class).contains(ExpiringSite.LOGIN_TEXT));
        for (ExpiringSite each : new ExpiringSite[] {forms, redirects, forbids}) {
            route("direct:login-" + name(each), loginOf("anna"), uri(each, "/login", ""));
        }
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        SiteConfiguration rules = new SiteConfiguration();
        rules.setUris(forms.url());
        rules.setRenewalUri("direct:login-forms");
        rules.setExpiredWhen("${body} contains 'Please log in'");
        component.getSites().put("forms", rules);
    }

    @Override
    void stopContext() {
        super.stopContext();
        forms.close();
        redirects.close();
        forbids.close();
    }

    private String name(ExpiringSite which) {
        return which == forms ? "forms" : which == redirects ? "redirects" : "forbids";
    }

    private String uriOf(ExpiringSite which, String path, String rule) {
        return uri(which, path, "site=&renewalUri=direct:login-" + name(which) + "&renewFirst=false&" + rule)
                .replace("site=&", "");
    }

    private void assertRenews(ExpiringSite which, String rule) {
        int before = which.loginsSucceeded();
        Exchange done = fetch(uriOf(which, "/page/1", rule));
        assertThat(text(done)).contains("path=/page/1\nuser=anna\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(which.loginsSucceeded()).isEqualTo(before + 1);
    }

    @Test
    void status401RenewsWithoutFurtherRules() {
        Exchange done = fetch("/page/1", "renewFirst=false");

        assertThat(text(done)).contains("path=/page/1\nuser=anna\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(1L);
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(stats().renewals()).isEqualTo(1);
    }

    @Test
    void status401IsAnOrdinaryAnswerWhereNothingRenews() {
        Exchange done = fetch(uri(site, "/page/1", NO_RENEWAL));

        assertThat(done.getException()).isExactlyInstanceOf(HttpOperationFailedException.class);
    }

    @Test
    void aStatusOfTheRangeRenewsWhateverTheFailureRule() {
        assertRenews(forbids, "expiredStatusCodeRange=401,403&throwExceptionOnFailure=true");
        sessions().session(session).clear();
        assertRenews(forbids, "expiredStatusCodeRange=400-499&throwExceptionOnFailure=false");
    }

    @Test
    void aStatusOutsideTheRangeIsAnOrdinaryAnswer() {
        Exchange done = fetch(uriOf(forbids, "/page/1", "expiredStatusCodeRange=401"));

        assertThat(done.getException()).isExactlyInstanceOf(HttpOperationFailedException.class);
        assertThat(replays(done)).isEqualTo(0);
    }

    @Test
    void anAnswerOfTheLogInPageRenews() {
        assertRenews(redirects, "expiredUri=" + redirects.url("/login*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void aLogInFormInAnAnswerRenews(String raw) {
        // the default site, as the rule of the site would do, too
        Exchange done = send(
                "sessions:fetch/" + redirects.url("/page/1")
                        + "?renewalUri=direct:login-redirects&renewFirst=false&expiredText=Please log in"
                        + "&http.disableStreamCache=" + raw,
                null,
                Map.of());

        assertThat(text(done)).contains("user=anna");
        assertThat(replays(done)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "expiredWhen=${body} contains 'Please log in'",
                "expiredWhen=${header.CamelSessionsFinalUri} endsWith '/login'",
                "expiredWhen=RAW(${header.CamelHttpResponseCode} == 200 && ${body} contains 'Please')",
                "expiredWhen=#bean:isForm",
                "expiredWhen=#bean:isForm&http.disableStreamCache=true"
            })
    void aPredicateOnTheAnswerRenews(String rule) {
        assertRenews(redirects, rule);
    }

    @Test
    void aPredicateSeesTheAnswerWithAStatusThatIsAFailure() {
        assertRenews(
                forbids,
                "expiredWhen=RAW(${header.CamelHttpResponseCode} == 403 && ${body} contains 'status 403'"
                        + " && ${exception.statusCode} == 403)");
    }

    @Test
    void aPredicateOfTheSiteRenews() {
        Exchange done = fetch("sessions:fetch/" + forms.url("/page/1") + "?renewFirst=false");

        assertThat(text(done)).contains("user=anna");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(sessions().site("forms").session(session).stats()).isPresent();
    }

    @Test
    void aPredicateOfTheComponentRenews() throws Exception {
        SessionsConfiguration rules =
                context.getComponent("sessions", SessionsComponent.class).getConfiguration();
        rules.setExpiredWhen("${body} contains 'Please log in'");
        try {
            assertRenews(redirects, "maxReplays=1");
        } finally {
            rules.setExpiredWhen(null);
        }
    }

    @Test
    void theAnswerIsWholeAfterThePredicateHasReadIt() {
        sessions().session(session).addCookies(site.url(), Map.of("sid", site.newSession("anna")));
        for (String raw : new String[] {"false", "true"}) {
            Exchange done = fetch(
                    "/page/1",
                    "expiredWhen=${body} contains 'nothing'&expiredText=nothing&http.disableStreamCache=" + raw);

            assertThat(text(done)).startsWith("path=/page/1\n").contains("user=anna\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void aTextIsSearchedInTheFirst64KilobytesOfAnAnswer(String raw) throws Exception {
        try (LoopbackSite pages = new LoopbackSite()) {
            page(pages, "/early", 65_000);
            page(pages, "/late", 66_000);
            route("direct:enter" + raw, exchange -> {}, "sessions:fetch/" + pages.url() + "/set?in=yes");
            String options = "?renewalUri=direct:enter" + raw
                    + "&renewFirst=false&expiredText=Please log in&http.disableStreamCache=" + raw;
            route(
                    "direct:read" + raw,
                    exchange -> {},
                    "sessions:fetch/" + pages.url() + "/late" + options,
                    "direct:keep" + raw);
            route(
                    "direct:keep" + raw,
                    exchange ->
                            exchange.getMessage().setBody(exchange.getMessage().getBody(String.class)));

            String late = text(fetch("direct:read" + raw));
            assertThat(late).hasSize(66_000 + 13).endsWith("Please log in");
            assertThat(pages.requests()).hasSize(1);

            assertThat(text(fetch("sessions:fetch/" + pages.url() + "/early" + options)))
                    .isEqualTo("welcome");
        }
    }

    private static void page(LoopbackSite pages, String path, int before) {
        pages.page(path, http -> {
            boolean in = http.getRequestHeaders().containsKey("Cookie");
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, in ? "welcome" : "x".repeat(before) + "Please log in");
        });
    }

    @Test
    void withoutRenewalAnExpiredAnswerIsAnExceptionThatTellsAllOfIt() {
        Exchange done = fetch(uri(site, "/page/1", "expiredStatusCodeRange=401"));

        assertThat(done.getException()).isInstanceOfSatisfying(SessionExpiredException.class, failure -> {
            assertThat(failure).isInstanceOf(HttpOperationFailedException.class).isInstanceOf(SessionFailure.class);
            assertThat(failure.getStatusCode()).isEqualTo(401);
            assertThat(failure.getResponseBody()).contains("status 401");
            assertThat(failure.getUri()).isEqualTo(site.url("/page/1"));
            assertThat(failure.getSite()).isEmpty();
            assertThat(failure.getSessionId()).isEqualTo(session);
            assertThat(failure.getGeneration()).isZero();
            assertThat(failure.getHeld()).isZero();
            assertThat(failure.getRetryAt()).isNull();
            assertThat(failure)
                    .hasMessageContaining(
                            "session '" + session + "': expired by status 401 to GET " + site.url("/page/1"))
                    .hasMessageContaining("set renewalUri");
        });
        assertThat(site.requests()).isEqualTo(1);
    }

    @Test
    void withoutRenewalALogInFormIsAnExceptionToo() {
        Exchange done = fetch("sessions:fetch/" + redirects.url("/page/1") + "?expiredText=Please log in");

        assertThat(done.getException()).isInstanceOfSatisfying(SessionExpiredException.class, failure -> {
            assertThat(failure.getStatusCode()).isEqualTo(200);
            assertThat(failure.getUri()).isEqualTo(redirects.url("/login"));
            assertThat(failure)
                    .hasMessageContaining(
                            "expired by the expiredText in the answer to GET " + redirects.url("/page/1"));
        });
        assertThat(fetch("sessions:fetch/" + redirects.url("/page/1") + "?expiredUri=" + redirects.url("/login*"))
                        .getException())
                .hasMessageContaining("expired by the address " + redirects.url("/login") + " of the answer to GET "
                        + redirects.url("/page/1"));
    }

    @Test
    void withoutExceptionsAnExpiredAnswerStandsAsItIs() {
        Exchange done = fetch(uri(site, "/page/1", "expiredStatusCodeRange=401&throwExceptionOnFailure=false"));

        assertThat(text(done)).contains("status 401");
        assertThat(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(401);
    }

    @Test
    void onExceptionOfEitherClassCatchesIt() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:precise")
                        .onException(HttpOperationFailedException.class)
                        .handled(true)
                        .setBody(constant("http"))
                        .end()
                        .onException(SessionExpiredException.class)
                        .handled(true)
                        .setBody(constant("expired"))
                        .end()
                        .to(uri(site, "/page/1", "expiredStatusCodeRange=401"));
                from("direct:general")
                        .onException(HttpOperationFailedException.class)
                        .handled(true)
                        .setBody(constant("http"))
                        .end()
                        .to(uri(site, "/page/1", "expiredStatusCodeRange=401"));
            }
        });

        assertThat(text(fetch("direct:precise"))).isEqualTo("expired");
        assertThat(text(fetch("direct:general"))).isEqualTo("http");
    }

    @Test
    void aForbiddenPageStandsAsExpiredAndSaysThatRenewalDoesNotHelp() {
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
        Exchange done = fetch("/forbidden/1", "expiredStatusCodeRange=401,403");

        assertThat(done.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("a renewal does not help");
        assertThat(site.loginsAttempted()).isBetween(1, 2);
    }

    @Test
    void theStreamOfAnAnswerThatNoRuleReadsIsHandedOn() throws Exception {
        sessions().session(session).addCookies(site.url(), Map.of("sid", site.newSession("anna")));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:stream")
                        .noStreamCaching()
                        .to(uri("/page/1", "http.disableStreamCache=true"))
                        .process(exchange -> {
                            assertThat(exchange.getMessage().getBody())
                                    .isInstanceOf(InputStream.class)
                                    .isNotInstanceOf(StreamCache.class);
                            exchange.getMessage().setBody(exchange.getMessage().getBody(String.class));
                        });
            }
        });

        assertThat(text(fetch("direct:stream"))).contains("user=anna");
    }
}
