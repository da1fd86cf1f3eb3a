/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cookies of a fetch: from each response into the session's jar, from there into each request. */
class FetchCookiesTest extends SharedContextTest {

    private static void redirect(HttpExchange http, String location, String setCookie) throws IOException {
        http.getResponseHeaders().add("Location", location);
        http.getResponseHeaders().add("Set-Cookie", setCookie);
        LoopbackSite.answer(http, 302, "");
    }

    private Stream<LoopbackSite.Request> requestsOf(String path) {
        return site.requests().stream().filter(request -> request.uri().startsWith(path));
    }

    @Test
    void aCookieIsSentWithTheNextRequestOfItsSessionOnly() {
        page("/set?a=1");

        page("/echo");
        assertThat(site.lastRequest().cookie()).isEqualTo("a=1");
        text(send(fetchUri("/echo"), null, Map.of(SessionsConstants.ID, "stranger")));
        assertThat(site.lastRequest().cookie()).isNull();
    }

    @Test
    void endpointsWithTheSameSessionIdShareTheSession() {
        text(template.request(fetchUri("/set?shared=1&sessionId=shared"), exchange -> {}));

        text(template.request(fetchUri("/echo?other=endpoint&sessionId=shared"), exchange -> {}));
        assertThat(site.lastRequest().cookie()).isEqualTo("shared=1");
    }

    @Test
    void theHeaderNamesTheSessionBeforeTheOptionDoes() {
        text(send(fetchUri("/set?a=1&sessionId=option"), null));

        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("a", "1"));
        assertThat(sessions().ids()).doesNotContain("option");
    }

    @Test
    void aRequestThatNamesNoSessionUsesSession0() {
        Exchange exchange = template.request(fetchUri("/set?zero=1"), e -> {});

        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("0");
        assertThat(sessions().session("0").cookieMap()).containsEntry("zero", "1");
    }

    @Test
    void theCookiesOfEachHopAreKeptAndSentOnToTheirHost() {
        String elsewhere = "http://localhost:" + site.port();
        site.page("/hop1", http -> redirect(http, "/hop2", "a=1"))
                .page("/hop2", http -> redirect(http, elsewhere + "/hop3", "b=2"))
                .page("/hop3", http -> redirect(http, elsewhere + "/hop4", "c=3"))
                .page("/hop4", http -> redirect(http, site.url() + "/echo/hop5", "d=4"));

        page("/hop1");

        assertThat(requestsOf("/hop").map(LoopbackSite.Request::cookie)).containsExactly(null, "a=1", null, "c=3");
        assertThat(site.lastRequest().uri()).isEqualTo("/echo/hop5");
        assertThat(site.lastRequest().cookie()).isEqualTo("a=1; b=2");
        assertThat(sessions().session(session).cookies("localhost"))
                .extracting(cookie -> cookie.name())
                .containsExactly("c", "d");
    }

    @Test
    void aRedirectBackToTheSamePageWithACookieIsALogIn() {
        site.page("/account", http -> {
            if (http.getRequestHeaders().containsKey("Cookie")) {
                LoopbackSite.answer(http, 200, "welcome");
            } else {
                redirect(http, "/account", "sid=1");
            }
        });

        assertThat(page("/account")).isEqualTo("welcome");
    }

    @ParameterizedTest
    @CsvSource({"401,true", "404,true", "500,true", "503,true", "401,false", "404,false", "500,false", "503,false"})
    void cookiesOfAnErrorPageAreKept(int status, boolean throwing) {
        Exchange exchange = fetch("/status/" + status + "?throwExceptionOnFailure=" + throwing);

        assertThat(exchange.getException() != null).isEqualTo(throwing);
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(status);
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("from", "status"));
    }

    @Test
    void anErrorPageIsAskedForOnce() {
        long before = requestsOf("/status/503").count();

        send(fetchUri("/status/503"), "body");

        assertThat(requestsOf("/status/503").count()).isEqualTo(before + 1);
    }

    @Test
    void aRedirectThatIsNotFollowedIsTheAnswerAndItsCookieIsKept() {
        Exchange exchange = fetch("/redirect?to=/never&followRedirects=false&throwExceptionOnFailure=false");

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(302);
        assertThat(exchange.getMessage().getHeader("Location")).isEqualTo("/never");
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("hop", "redirect"));
        assertThat(requestsOf("/never")).isEmpty();
    }

    @Test
    void aRedirectThatIsNotFollowedIsAFailureWithItsLocation() {
        Exchange exchange = fetch("/redirect?to=/never&followRedirects=false");

        assertThat(exchange.getException(HttpOperationFailedException.class).getRedirectLocation())
                .isEqualTo("/never");
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("hop", "redirect"));
    }

    @Test
    void tooManyRedirectsFailButTheirCookiesAreKept() {
        site.page(
                "/endless",
                http -> redirect(http, "/endless", "n" + requestsOf("/endless").count() + "=1"));

        Exchange exchange = fetch("/endless?maxRedirects=2");

        assertThat(exchange.getException()).isNotNull();
        assertThat(exchange.getException().toString() + exchange.getException().getCause())
                .contains("redirect");
        assertThat(requestsOf("/endless")).hasSize(3);
        assertThat(sessions().session(session).cookieMap()).containsOnlyKeys("n1", "n2", "n3");
        assertThat(receivedCookies(exchange)).containsOnlyKeys("n1", "n2", "n3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?cookiesEnabled=false"})
    void theCookieHeaderOfTheMessageNeverReachesTheServer(String options) {
        text(send(fetchUri("/echo" + options), null, Map.of("Cookie", "foreign=1")));
        assertThat(site.lastRequest().cookies()).isEmpty();

        text(send(fetchUri("/echo" + options), null, Map.of("cookie", "foreign=1", SessionsConstants.BYPASS, true)));
        assertThat(site.lastRequest().cookies()).isEmpty();

        page("/set?own=1");
        text(send(fetchUri("/echo" + options), null, Map.of("Cookie", "foreign=1")));
        assertThat(site.lastRequest().cookie()).isEqualTo(options.isEmpty() ? "own=1" : null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSetCookieHeaderThatAnotherSiteLeftOnTheMessageNeverReachesTheServer(boolean bypass) {
        String echo = text(
                send(fetchUri("/echo"), null, Map.of("Set-Cookie", "foreign=1", SessionsConstants.BYPASS, bypass)));

        assertThat(echo).doesNotContain("foreign");
    }

    @ParameterizedTest
    @CsvSource({"true,true,false", "true,false,false", "false,true,false", "false,false,false", "true,true,true"})
    void setCookieIsNeitherOnTheMessageNorInTheException(boolean throwing, boolean enabled, boolean bypass) {
        Exchange exchange = send(
                fetchUri("/status/404?throwExceptionOnFailure=" + throwing + "&cookiesEnabled=" + enabled),
                null,
                Map.of(SessionsConstants.BYPASS, bypass));

        assertThat(exchange.getMessage().getHeader("Set-Cookie")).isNull();
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(404);
        if (throwing) {
            assertThat(exchange.getException(HttpOperationFailedException.class).getResponseHeaders())
                    .isNotEmpty()
                    .doesNotContainKeys("Set-Cookie", "Set-cookie", "set-cookie");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                ";",
                ";;;=;",
                "a",
                "a=1; Domain=.",
                "a=1; Domain=other.example",
                "a=1; Expires=never; Max-Age=x",
                "a=1; Max-Age=99999999999999999999",
                "a=\u0001",
                "a=1; Path",
                "__Host-a=1; Domain=127.0.0.1",
                "\"=\";\"",
                "ä=ö"
            })
    void aMalformedSetCookieNeverFailsAnExchange(String malformed) {
        String path = "/malformed" + session;
        site.page(path, http -> {
            http.getResponseHeaders().put("Set-Cookie", List.of(malformed, "good=1", "long=" + "x".repeat(5000)));
            LoopbackSite.answer(http, 200, "fine");
        });

        assertThat(page(path)).isEqualTo("fine");
        assertThat(sessions().session(session).cookieMap())
                .containsEntry("good", "1")
                .doesNotContainKey("long");
    }

    @Test
    void withoutTheJarNoCookieIsKeptOrSent() {
        page("/set?own=1");

        Exchange exchange = fetch("/set?more=1&cookiesEnabled=false");

        assertThat(site.lastRequest().cookie()).isNull();
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("own", "1"));
        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo(session);
        assertThat(receivedCookies(exchange)).isEmpty();
    }

    @Test
    void aBypassedRequestIsOutsideTheSessionOnce() {
        page("/set?own=1");

        Exchange exchange = send(fetchUri("/set?more=1"), null, Map.of(SessionsConstants.BYPASS, "true"));

        assertThat(site.lastRequest().cookie()).isNull();
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("own", "1"));
        assertThat(exchange.getMessage().getHeaders())
                .doesNotContainKeys(
                        SessionsConstants.BYPASS,
                        SessionsConstants.USED_ID,
                        SessionsConstants.GENERATION,
                        SessionsConstants.COOKIES)
                .containsEntry(SessionsConstants.FINAL_URI, site.url() + "/set?more=1");
    }

    @Test
    void aResponseUnderWayDoesNotRefillAClearedSession() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch cleared = new CountDownLatch(1);
        site.page("/slow", http -> {
            arrived.countDown();
            try {
                if (!cleared.await(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("not cleared");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            http.getResponseHeaders().add("Set-Cookie", "late=1; Path=/");
            LoopbackSite.answer(http, 200, "late");
        });
        page("/set?early=1");
        CompletableFuture<Exchange> late = CompletableFuture.supplyAsync(() -> fetch("/slow"));
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

        send("sessions:clear", null);
        page("/set?fresh=1");
        cleared.countDown();

        Exchange exchange = late.get(30, TimeUnit.SECONDS);
        assertThat(text(exchange)).isEqualTo("late");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.GENERATION))
                .isEqualTo(0L);
        assertThat(receivedCookies(exchange)).containsOnlyKeys("late");
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("fresh", "1"));
    }

    @Test
    void cookiesDebugIsSilentUnlessAsked() {
        try (LogCapture log = new LogCapture()) {
            page("/set?sid=geheim");
            page("/echo?cookiesDebug=false");

            assertThat(log.of("io.github.camelsessions.cookies")).isEmpty();
        }
    }

    @Test
    void cookiesDebugShowsNamesButNoValues() {
        try (LogCapture log = new LogCapture()) {
            page("/set?sid=geheim&lang=en&cookiesDebug=true");
            page("/echo?cookiesDebug=true");

            assertThat(log.of("io.github.camelsessions.cookies"))
                    .hasSize(3)
                    .allSatisfy(line ->
                            assertThat(line).contains(session, "127.0.0.1").doesNotContain("geheim"))
                    .anySatisfy(line -> assertThat(line).contains("no cookies"))
                    .anySatisfy(line -> assertThat(line).contains("receives", "lang, sid"))
                    .anySatisfy(line -> assertThat(line).contains("sends", "lang, sid"));
        }
    }

    @Test
    void cookiesDebugShowsValuesWhenAskedForThem() {
        try (LogCapture log = new LogCapture()) {
            page("/set?sid=geheim&cookiesDebug=values");
            page("/echo?cookiesDebug=values");

            assertThat(log.of("io.github.camelsessions.cookies"))
                    .anySatisfy(line -> assertThat(line).contains("receives", "sid=geheim; Path=/"))
                    .anySatisfy(line -> assertThat(line).contains("sends", "sid=geheim"));
        }
    }
}
