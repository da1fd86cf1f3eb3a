/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.cookie.Cookie;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ConsumerTemplate;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations that send no request: clear, getCookies, getProfile, addCookies, list. */
class SessionOperationsTest extends SharedContextTest {

    @Override
    void configure(CamelContext context) {
        context.getRegistry().bind("profiles", """
                - name: desk
                  proxy: {url: "http://proxy.example:3128", username: anna, password: geheim}
                  userAgent: Desk/1.0
                  headers: {Authorization: "Bearer geheim", X-Shop: "7"}
                  account: {user: anna, password: geheim}
                """);
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris("https://portal.example");
        portal.setSessionId("clerk");
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setSites(Map.of("portal", portal));
        component.setProfiles("ref:profiles");
    }

    private Object operate(String operation, Object body) {
        Exchange exchange = send("sessions:" + operation, body);
        text(exchange);
        return exchange.getMessage().getBody();
    }

    private Object operate(String operation) {
        return operate(operation, null);
    }

    private void add(String id, String url, String cookies) {
        text(send("sessions:addCookies/" + url, cookies, Map.of(SessionsConstants.ID, id)));
    }

    @Test
    void clearEmptiesTheSessionOfTheMessageAndKeepsItsBody() {
        add(session, "https://a.example", "a=1");
        add(session + "other", "https://a.example", "b=2");

        assertThat(operate("clear", "body")).isEqualTo("body");
        assertThat(sessions().session(session).cookies()).isEmpty();
        assertThat(sessions().session(session + "other").cookies()).hasSize(1);
        assertThat(sessions().session(session).stats().orElseThrow().generation())
                .isEqualTo(1);
    }

    @Test
    void clearGivesTheProfileBack() {
        sessions().session(session).addCookies("https://a.example", Map.of("a", "1"));
        assertThat(sessions().session(session).profile().name()).isEqualTo("desk");

        operate("clear");
        assertThat(sessions().session(session).profile().name()).isEmpty();
    }

    @Test
    void clearOfAnUnknownSessionCreatesNone() {
        operate("clear");

        assertThat(sessions().ids()).doesNotContain(session);
    }

    @Test
    void aFileOfCookiesIsReadInUtf8WhateverAnEarlierAnswerWasIn(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("cookies.json");
        Files.writeString(file, "[{\"name\": \"city\", \"value\": \"Köln\", \"domain\": \"shop.example\"}]");
        try (ConsumerTemplate consumer = context.createConsumerTemplate()) {
            Exchange polled = consumer.receive("file:" + folder + "?noop=true&initialDelay=0", 20_000);
            for (Object body : List.of(file.toFile(), polled.getMessage().getBody())) {
                sessions().session(session).clear();
                text(template.request("sessions:addCookies?sessionId=" + session, exchange -> {
                    exchange.setProperty(Exchange.CHARSET_NAME, "ISO-8859-1");
                    exchange.getMessage().setBody(body);
                }));

                assertThat(sessions().session(session).cookieMap()).containsEntry("city", "Köln");
            }
        }
    }

    @Test
    void getCookiesGivesAMapOfTheFirstHost() {
        add(session, "https://first.example/x", "a=1; b=2");
        add(session, "https://second.example", "c=3");

        Object body = operate("getCookies");

        assertThat(body).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(body.toString()).isEqualTo("{a=***, b=***}");
        assertThat(operate("getCookies?format=map")).isEqualTo(body);
    }

    @Test
    void getCookiesGivesThoseOfADomainOrAll() {
        operate(
                "addCookies",
                List.of(
                        Map.of("name", "shop", "value", "1", "domain", "shop.example"),
                        Map.of("name", "www", "value", "2", "domain", "www.shop.example", "hostOnly", true),
                        Map.of("name", "other", "value", "3", "domain", "other.example")));

        assertThat(operate("getCookies?domain=shop.example")).isEqualTo(Map.of("shop", "1"));
        assertThat(operate("getCookies?domain=.www.SHOP.example")).isEqualTo(Map.of("shop", "1", "www", "2"));
        assertThat(operate("getCookies?domain=*")).isEqualTo(Map.of("shop", "1", "www", "2", "other", "3"));
        assertThat(operate("getCookies?domain=none.example")).isEqualTo(Map.of());
    }

    @Test
    void getCookiesGivesAListOfFullCookieStrings() {
        operate(
                "addCookies/https://shop.example",
                List.of(
                        Map.of("name", "a", "value", "1"),
                        Map.of(
                                "name",
                                "b",
                                "value",
                                "2",
                                "domain",
                                "shop.example",
                                "path",
                                "/x",
                                "secure",
                                true,
                                "httpOnly",
                                true,
                                "sameSite",
                                "lax")));

        assertThat((List<?>) operate("getCookies?format=list"))
                .isEqualTo(List.of("b=2; Domain=shop.example; Path=/x; Secure; HttpOnly; SameSite=Lax", "a=1; Path=/"));
    }

    @Test
    void getCookiesOfAnUnknownSessionIsEmptyAndCreatesNone() {
        assertThat(operate("getCookies")).isEqualTo(Map.of());
        assertThat(operate("getCookies?format=list&domain=*")).isEqualTo(List.of());
        assertThat(operate("getCookies?format=json")).isEqualTo("[]");
        assertThat(sessions().ids()).doesNotContain(session);
    }

    @Test
    void theJsonOfOneSessionFillsAnotherOne() {
        List<Map<String, Object>> cookies = new ArrayList<>();
        cookies.add(Map.of("name", "a", "value", "\"x, ü=\"", "domain", "shop.example", "path", "/x"));
        cookies.add(Map.of(
                "name", "__Host-b", "value", "2", "domain", "www.shop.example", "hostOnly", true, "secure", true));
        cookies.add(Map.of("name", "c", "value", "", "domain", "other.example", "maxAge", 3600, "httpOnly", true));
        cookies.add(Map.of("name", "d", "value", "4", "domain", "127.0.0.1", "secure", true, "sameSite", "None"));
        cookies.add(Map.of("name", "", "value", "nameless=5", "domain", "other.example"));
        operate("addCookies", cookies);

        String json = (String) operate("getCookies?format=json&domain=*");
        text(send("sessions:addCookies", json, Map.of(SessionsConstants.ID, session + "copy")));

        assertThat(sessions().session(session + "copy").cookies())
                .extracting(Cookie::toSetCookieString, Cookie::domain)
                .hasSize(5)
                .containsExactlyInAnyOrderElementsOf(sessions().session(session).cookies().stream()
                        .map(cookie -> org.assertj.core.groups.Tuple.tuple(cookie.toSetCookieString(), cookie.domain()))
                        .toList());
        assertThat(send(
                                "sessions:getCookies?format=json&domain=*",
                                null,
                                Map.of(SessionsConstants.ID, session + "copy"))
                        .getMessage()
                        .getBody(String.class)
                        .length())
                .isEqualTo(json.length());
    }

    static Stream<Object> noExpiry() {
        return Stream.of(-1, 0, -1.0, -11644473600L, Integer.MIN_VALUE);
    }

    @ParameterizedTest
    @MethodSource("noExpiry")
    void anExpiryOfZeroOrLessIsThatOfASessionCookie(Object expires) {
        sessions().session(session).addCookies("https://portal.example/", Map.of("sid", "old"));
        Map<String, Object> cookie =
                Map.of("name", "sid", "value", "1", "domain", "portal.example", "path", "/", "expires", expires);

        operate("addCookies", List.of(cookie));

        assertThat(sessions().session(session).cookies()).singleElement().satisfies(stored -> {
            assertThat(stored.value()).isEqualTo("1");
            assertThat(stored.expiry()).isNull();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "-1.0"})
    void soItIsInJson(String expires) {
        operate(
                "addCookies",
                "[{\"name\":\"sid\",\"value\":\"1\",\"domain\":\"portal.example\",\"path\":\"/\",\"expires\":" + expires
                        + "}]");

        assertThat(sessions().session(session).cookies())
                .singleElement()
                .satisfies(stored -> assertThat(stored.expiry()).isNull());
    }

    @Test
    void aNegativeMaxAgeIsThatOfASessionCookieAndZeroDeletes() {
        operate("addCookies", List.of(Map.of("name", "a", "value", "1", "domain", "a.example", "maxAge", -1)));
        assertThat(sessions().session(session).cookies())
                .singleElement()
                .satisfies(stored -> assertThat(stored.expiry()).isNull());

        operate("addCookies", List.of(Map.of("name", "a", "value", "1", "domain", "a.example", "maxAge", 0)));
        assertThat(sessions().session(session).cookies()).isEmpty();
    }

    static Stream<Map<String, Object>> refused() {
        return Stream.of(
                Map.of("name", "bad", "value", "x;y", "domain", "portal.example"),
                Map.of("name", "__Secure-bad", "value", "x", "domain", "portal.example"),
                Map.of("name", "bad", "value", "x", "domain", "no host"),
                Map.of("name", "bad", "value", "x", "domain", "portal.example", "path", "x"),
                Map.of("name", "bad", "value", "x"),
                Map.of("name", "bad", "value", "x", "domain", "portal.example", "sameSite", "None"),
                Map.of("name", "bad", "value", "x", "domain", "portal.example", "expires", "soon"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void oneWrongEntryLeavesTheSessionAsItWas(Map<String, Object> wrong) {
        sessions().session(session).addCookies("https://portal.example/", Map.of("sid", "old"));
        Map<String, Object> right = Map.of("name", "sid", "value", "new", "domain", "portal.example");

        assertThat(failure("sessions:addCookies", List.of(right, wrong, right), Map.of()))
                .contains("IllegalArgumentException");

        assertThat(sessions().session(session).cookieMap()).isEqualTo(Map.of("sid", "old"));
    }

    @Test
    void anEmptyJsonArrayAddsNothing() {
        operate("addCookies", "[ ]");

        assertThat(sessions().session(session).cookies()).isEmpty();
    }

    @Test
    void getProfileShowsTheProfileWithoutItsSecrets() {
        add(session, "https://a.example", "a=1");

        Object profile = operate("getProfile");

        assertThat(profile)
                .isEqualTo(Map.of(
                        "name", "desk",
                        "proxy", Map.of("url", "http://proxy.example:3128", "username", "anna", "password", "***"),
                        "userAgent", "Desk/1.0",
                        "headers", Map.of("Authorization", "***", "X-Shop", "7"),
                        "account", Map.of("user", "***", "password", "***")));
    }

    @Test
    void getProfileOfAnUnknownSessionIsThatWithoutAName() {
        assertThat(operate("getProfile")).isEqualTo(Map.of("name", ""));
        assertThat(sessions().ids()).doesNotContain(session);
    }

    static Stream<Object> forms() {
        return Stream.of(
                Map.of("a", "1"),
                List.of(Map.of("name", "a", "value", "1")),
                "a=1",
                new StringBuilder("a=1"),
                "[{\"name\": \"a\", \"value\": \"1\"}]");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void addCookiesTakesEachForm(Object cookies) {
        operate("addCookies/https://shop.example/deep/path", cookies);

        assertThat(sessions().session(session).cookies()).singleElement().satisfies(cookie -> {
            assertThat(cookie.toSetCookieString()).isEqualTo("a=1; Path=/");
            assertThat(cookie.domain()).isEqualTo("shop.example");
        });
    }

    @Test
    void addCookiesTakesItsTargetFromTheHeaderToo() {
        Exchange exchange = send("sessions:addCookies", "a=1", Map.of("CamelHttpUri", "https://header.example/x"));

        text(exchange);
        assertThat(sessions().session(session).cookies())
                .extracting(Cookie::domain)
                .containsExactly("header.example");
        assertThat(exchange.getMessage().getHeader("CamelHttpUri")).isNull();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(
                        "addCookies", Map.of("a", "geheim"), "the body of addCookies: cookie 'a' belongs to no site"),
                Arguments.of("addCookies/https://a.example", null, "the body of addCookies holds nothing"),
                Arguments.of("addCookies/https://a.example", 1, "the body of addCookies holds java.lang.Integer"),
                Arguments.of("addCookies/https://a.example", "=geheim", "the body of addCookies: cookies are written"),
                Arguments.of(
                        "addCookies/https://a.co.uk",
                        List.of(Map.of("name", "a", "value", "geheim", "domain", "co.uk")),
                        "its domain 'co.uk' is a public suffix"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void addCookiesRefusesWhatIsNoCookieWithoutShowingIt(String operation, Object body, String reason) {
        assertThat(failure("sessions:" + operation, body, Map.of()))
                .startsWith("java.lang.IllegalArgumentException: ")
                .contains(reason)
                .doesNotContain("geheim");
    }

    @Test
    void theTargetTellsTheSiteWhoseSessionIsMeant() {
        add(session, "https://portal.example/x", "at=portal");
        add(session, "https://a.example/x", "at=a");

        assertThat(sessions().site("portal").session(session).cookieMap()).containsExactly(entry("at", "portal"));
        assertThat(operate("getCookies?site=portal")).isEqualTo(Map.of("at", "portal"));
        assertThat(operate("getCookies/https://portal.example/y")).isEqualTo(Map.of("at", "portal"));
        assertThat(operate("getCookies?site=")).isEqualTo(Map.of("at", "a"));
        assertThat(failure("sessions:getCookies", null, Map.of())).contains("(the default site, portal)");
    }

    @Test
    void theSiteNamesTheSessionWhenNothingElseDoes() {
        text(template.request(
                "sessions:addCookies/https://portal.example",
                e -> e.getMessage().setBody("x=1")));

        assertThat(sessions().site("portal").session("clerk").cookieMap()).containsEntry("x", "1");
    }

    @Test
    @SuppressWarnings("unchecked")
    void listGivesARowForEachSessionOfASiteInPages() {
        add("row2", "https://portal.example", "a=1; b=2");
        add("row1", "https://portal.example", "a=1");
        add("row1", "https://a.example", "a=1");

        List<Map<String, Object>> rows = (List<Map<String, Object>>) operate("list?site=portal&limit=1000");
        List<String> ids = rows.stream().map(row -> (String) row.get("id")).toList();

        assertThat(ids).containsSubsequence("row2", "row1");
        Map<String, Object> row = rows.get(ids.indexOf("row2"));
        assertThat(row.keySet())
                .containsExactly(
                        "site",
                        "id",
                        "number",
                        "state",
                        "generation",
                        "cookies",
                        "profile",
                        "held",
                        "inFlight",
                        "blocked",
                        "pausedUntil",
                        "uses",
                        "reconnects",
                        "renewals",
                        "failures",
                        "retryAt",
                        "checks",
                        "checksExpired",
                        "logIns",
                        "logOuts",
                        "failedLogOuts",
                        "age",
                        "idle");
        assertThat(row)
                .containsEntry("site", "portal")
                .containsEntry("state", "ACTIVE")
                .containsEntry("generation", 0L)
                .containsEntry("held", 0)
                .containsEntry("cookies", 2)
                .containsEntry("profile", "desk")
                .containsEntry("inFlight", 0)
                .containsEntry("uses", 0L);
        assertThat((Duration) row.get("age")).isGreaterThanOrEqualTo((Duration) row.get("idle"));
        assertThat((Duration) row.get("idle")).isGreaterThanOrEqualTo(Duration.ZERO);

        long next = (long) row.get("number") + 1;
        assertThat((List<Map<String, Object>>) operate("list?site=portal&limit=1&offset=" + next))
                .singleElement()
                .satisfies(only -> assertThat(only).containsEntry("id", "row1"));
        assertThat((List<?>) operate("list?site=portal&offset=1000")).isEmpty();
        assertThat((List<Map<String, Object>>) operate("list?limit=1000"))
                .extracting(each -> each.get("site"))
                .contains("", "portal");
    }
}
