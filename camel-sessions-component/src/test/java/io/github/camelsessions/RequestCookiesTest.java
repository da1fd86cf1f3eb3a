/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.cookie.Cookie;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header CamelSessionsRequestCookies. Hosts other than the loopback one are played by the site as their proxy. */
class RequestCookiesTest extends SharedContextTest {

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:twice")
                        .to(fetchUri("/echo/first"))
                        .setBody(constant((Object) null))
                        .to("sessions:fetch/http://localhost:" + site.port() + "/echo/second");
            }
        };
    }

    private Exchange sendCookies(String uri, Object cookies) {
        return send(uri, null, Map.of(SessionsConstants.REQUEST_COOKIES, cookies));
    }

    private String cookieSent(String uri, Object cookies) {
        text(sendCookies(uri, cookies));
        return site.lastRequest().cookie();
    }

    /** Fetches from a host that has no address. */
    private String via(String url) {
        return "sessions:fetch/" + url + "?http.proxyHost=127.0.0.1&http.proxyPort=" + site.port();
    }

    static Stream<Object> forms() {
        return Stream.of(
                Map.of("a", "1"),
                Map.of("a", 1),
                List.of(Map.of("name", "a", "value", "1")),
                Set.of(Map.of("name", "a", "value", 1, "path", "/", "secure", true, "httpOnly", "true")),
                "a=1",
                " a = 1 ;; ",
                "[{\"name\":\"a\",\"value\":\"1\"}]");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void eachFormPutsTheCookieIntoTheRequestAndTheJar(Object cookies) {
        assertThat(cookieSent(fetchUri("/echo"), cookies)).isEqualTo("a=1");
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("a", "1"));
    }

    @Test
    void theyJoinThoseOfTheJarAndReplaceThoseOfTheSameName() {
        page("/set?a=old&b=2");

        assertThat(cookieSent(fetchUri("/echo"), "a=new; c=3=x").split("; "))
                .containsExactlyInAnyOrder("a=new", "b=2", "c=3=x");
    }

    @Test
    void theServerMayReplaceThem() {
        cookieSent(fetchUri("/echo"), "a=mine");
        page("/set?a=theirs");

        page("/echo");
        assertThat(site.lastRequest().cookie()).isEqualTo("a=theirs");
    }

    @Test
    void theyBelongToTheHostOfTheirOwnRequestOnlyAndAreConsumedByIt() {
        Exchange exchange = sendCookies("direct:twice", "a=1");

        text(exchange);
        List<LoopbackSite.Request> requests = site.requests();
        assertThat(requests.get(requests.size() - 2).cookie()).isEqualTo("a=1");
        assertThat(site.lastRequest().uri()).isEqualTo("/echo/second");
        assertThat(site.lastRequest().cookie()).isNull();
        assertThat(exchange.getMessage().getHeader(SessionsConstants.REQUEST_COOKIES))
                .isNull();
    }

    @Test
    void theyAreConsumedByACallThatFailsToo() {
        Exchange exchange = sendCookies(fetchUri("/status/500"), "a=1");

        assertThat(exchange.getException()).isNotNull();
        assertThat(exchange.getMessage().getHeader(SessionsConstants.REQUEST_COOKIES))
                .isNull();
    }

    @Test
    void theyAreNotResultsOfTheCall() {
        assertThat(receivedCookies(sendCookies(fetchUri("/echo"), "a=1"))).isEmpty();
    }

    @Test
    void aBypassedRequestConsumesThemWithoutUse() {
        Exchange exchange = send(
                fetchUri("/echo"),
                null,
                Map.of(SessionsConstants.REQUEST_COOKIES, "a=1", SessionsConstants.BYPASS, true));

        text(exchange);
        assertThat(site.lastRequest().cookie()).isNull();
        assertThat(exchange.getMessage().getHeader(SessionsConstants.REQUEST_COOKIES))
                .isNull();
        assertThat(sessions().session(session).cookies()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example", ".shop.example", "SHOP.example"})
    void oneGivenWithADomainAndTheSameOneOfTheServerAreNeverSentTwice(String domain) {
        String sets = via("http://www.shop.example/domain" + session);
        site.page("/domain" + session, http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=server; Domain=shop.example; Path=/");
            LoopbackSite.answer(http, 200, "");
        });
        String echo = via("http://www.shop.example/echo");
        List<Map<String, String>> given = List.of(Map.of("name", "sid", "value", "mine", "domain", domain));

        text(send(sets, null));
        assertThat(cookieSent(echo, given)).isEqualTo("sid=mine");
        text(send(sets, null));
        text(send(echo, null));
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=server");

        send("sessions:clear", null);
        assertThat(cookieSent(echo, given)).isEqualTo("sid=mine");
        text(send(sets, null));
        text(send(echo, null));
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=server");
        text(send(via("http://other.shop.example/echo"), null));
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=server");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example", ".shop.example"})
    void oneGivenWithTheHostAsDomainAndAHostOnlyOneOfTheServerAreNeverSentTwice(String domain) {
        String sets = via("http://shop.example/set?sid=server");
        String echo = via("http://shop.example/echo");
        List<Map<String, String>> given = List.of(Map.of("name", "sid", "value", "mine", "domain", domain));

        text(send(sets.replace("?sid=server?", "?sid=server&"), null));
        assertThat(cookieSent(echo, given)).isEqualTo("sid=mine");
        assertThat(sessions().session(session).cookies()).hasSize(1);

        text(send(sets.replace("?sid=server?", "?sid=server&"), null));
        text(send(echo, null));
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=server");
    }

    @Test
    void oneWithAPathOrAnExpiryIsKeptAsGiven() {
        text(sendCookies(
                fetchUri("/echo"),
                List.of(
                        Map.of("name", "deep", "value", "1", "path", "/echo/deep", "sameSite", "Lax"),
                        Map.of("name", "gone", "value", "1", "maxAge", 0),
                        Map.of("name", "late", "value", "1", "expires", "2000-01-01T00:00:00Z"),
                        Map.of("name", "stays", "value", "1", "maxAge", "3600", "secure", true))));
        assertThat(site.lastRequest().cookie()).isEqualTo("stays=1");

        page("/echo/deep");
        assertThat(site.lastRequest().cookie()).isEqualTo("deep=1; stays=1");
        assertThat(sessions().session(session).cookies())
                .filteredOn(Cookie::secure)
                .hasSize(1);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(42, "holds java.lang.Integer"),
                Arguments.of("geheim", "number 1 has no name"),
                Arguments.of("a=geheim; =geheim", "number 2 has no name"),
                Arguments.of("a=geheim; geheim", "number 2 has no name"),
                Arguments.of("a=geheim\r\nX-Evil: 1", "cookie 'a': its value holds the control character U+000D"),
                Arguments.of("a=geheim€", "U+20AC"),
                Arguments.of("[{\"name\":\"a\",\"value\":\"geheim\"", "no valid JSON"),
                Arguments.of(Map.of("", "geheim"), "a cookie has no name"),
                Arguments.of(Collections.singletonMap(null, "geheim"), "a cookie has no name"),
                Arguments.of(Collections.singletonMap("a", null), "cookie 'a' has no value"),
                Arguments.of(Map.of("a", "gehe;im"), "cookie 'a': its value holds ';'"),
                Arguments.of(Map.of("a", "geheim".repeat(1000)), "cookie 'a': name and value have"),
                Arguments.of(List.of("; geheim"), "cookie 0 of the list: what stands there is no cookie"),
                Arguments.of(Arrays.asList((Object) null), "cookie 0 of the list is neither a Map nor a String"),
                Arguments.of(List.of(Map.of("value", "geheim")), "cookie 0 of the list has no name"),
                Arguments.of(List.of(Map.of("name", " ", "value", "geheim")), "cookie '': it has no name"),
                Arguments.of(List.of(Map.of("name", "", "value", "")), "cookie '': it has no name"),
                Arguments.of(List.of(Map.of("name", "a")), "cookie 'a' has no value (0 of the list)"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim"), Map.of("nam", "a", "value", "geheim")),
                        "cookie 1 of the list has the unknown key 'nam', did you mean name?"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim", "colour", "red")),
                        "unknown key 'colour'; known"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim", "maxAge", "long")), "maxAge must be a number"),
                Arguments.of(List.of(Map.of("name", "a", "value", "geheim", "expires", "later")), "expires must be"),
                Arguments.of(List.of(Map.of("name", "a", "value", "geheim", "sameSite", "No")), "sameSite must be"),
                Arguments.of(List.of(Map.of("name", "a", "value", "geheim", "path", "x")), "its path must start with"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim", "domain", "portal.example")),
                        "cookie 'a': its domain 'portal.example' is neither"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim", "domain", "portal.example", "hostOnly", true)),
                        "cookie 'a' is for the host 'portal.example' only"),
                Arguments.of(
                        List.of(Map.of("name", "a", "value", "geheim", "domain", "por tal", "hostOnly", true)),
                        "cookie 'a': host 'por tal'"),
                Arguments.of(Map.of("__Secure-a", "geheim"), "asks for Secure"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongOneIsRefusedByNameAndReasonWithoutItsValue(Object cookies, String reason) {
        int requests = site.requests().size();

        assertThat(failure(fetchUri("/echo"), null, Map.of(SessionsConstants.REQUEST_COOKIES, cookies)))
                .startsWith("java.lang.IllegalArgumentException: header CamelSessionsRequestCookies")
                .contains(reason)
                .doesNotContain("geheim");
        assertThat(site.requests()).hasSize(requests);
    }

    @Test
    void aWrongOneDoesNotKeepTheSessionBusy() {
        failure(fetchUri("/echo"), null, Map.of(SessionsConstants.REQUEST_COOKIES, Map.of("a", ";")));

        assertThat(sessions().session(session).stats().orElseThrow().inFlight()).isZero();
    }
}
