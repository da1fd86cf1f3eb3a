/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cookie values, credentials and passwords are in no log, exception or toString. Each secret here holds «geheim». */
class SecretsTest extends SharedContextTest {

    private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString("anna:geheim".getBytes());

    @Override
    void configure(CamelContext context) {
        context.getRegistry().bind("profiles", """
                        - name: proxied
                          proxy: ["http://127.0.0.1:%d", "%s"]
                          headers: {X-Api-Key: geheim, Authorization: Bearer geheim}
                          account: {password: geheim}
                        - name: plain
                        """.formatted(site.port(), BASIC));
        context.getComponent("sessions", SessionsComponent.class).setProfiles("ref:profiles");
    }

    SecretsTest() {
        site.page("/plain", http -> LoopbackSite.answer(http, 200, "plain"));
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:logged").toD("${header.next}").to("log:logged?showAll=true&multiline=true");
                from("direct:failing").toD("${header.next}");
            }
        };
    }

    private void assertNoSecret(String text) {
        assertThat(text).doesNotContain("geheim", BASIC.substring("Basic ".length()));
    }

    /** Sends with everything logged that can be; gives the log. */
    private String logged(String path, Object body, Map<String, ?> headers, String profile) {
        Map<String, Object> all = new LinkedHashMap<>(headers);
        all.put("next", fetchUri(path) + (path.contains("?") ? "&" : "?") + "http.logHttpActivity=true");
        all.put(SessionsConstants.PROFILE, profile);
        try (LogCapture log = new LogCapture()) {
            text(send("direct:logged", body, all));
            assertThat(log.of("org.apache.camel.component.http.LoggingHttpActivityListener"))
                    .as("camel-http's log")
                    .isNotEmpty();
            assertThat(log.of("logged")).as("the route's log").isNotEmpty();
            return log.text();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxied", "plain"})
    void cookiesAreInNoLog(String profile) {
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=geheim; Path=/");
            LoopbackSite.answer(http, 200, "welcome");
        });
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("Cookie", "other=geheim");

        String login = logged("/login", null, headers, profile);
        assertThat(site.lastRequest().cookie()).isNull();
        String page = logged("/login", null, headers, profile);
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=geheim");

        // what a route puts into a header itself is the route's to hide
        assertNoSecret(login.replace("other=geheim", ""));
        assertNoSecret(page.replace("other=geheim", ""));
        assertThat(page).contains("/login", "welcome");
    }

    @Test
    void requestCookiesAreInNoLogOnceTheyAreSent() {
        String log = logged("/plain", null, Map.of(SessionsConstants.REQUEST_COOKIES, "sid=geheim"), "plain");

        assertThat(site.lastRequest().cookie()).isEqualTo("sid=geheim");
        assertNoSecret(log);
    }

    private static final String FORM = "application/x-www-form-urlencoded";

    static List<Object> forms() {
        return List.of(Map.of("user", "anna", "password", "geheim"), "user=anna&password=geheim");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("forms")
    void theFormOfALogInIsInNoLog(Object form) {
        String log = logged("/plain", form, Map.of(Exchange.CONTENT_TYPE, FORM + "; charset=UTF-8"), "plain");

        assertThat(site.lastRequest().body()).contains("password=geheim");
        assertNoSecret(log);
    }

    @Test
    void credentialsOfTheProfileAreInNoLog() {
        site.page(
                "/who",
                http -> LoopbackSite.answer(
                        http, 200, http.getRequestHeaders().keySet().toString()));

        String log = logged("/who", null, Map.of(), "proxied");

        assertThat(log).containsIgnoringCase("Proxy-authorization").containsIgnoringCase("X-api-key");
        assertNoSecret(log);
    }

    @Test
    void credentialsOfHttpOptionsAreInNoLog() {
        String log = logged(
                "/plain?http.authMethod=Basic&http.authUsername=anna&http.authPassword=geheim"
                        + "&http.authenticationPreemptive=true",
                null,
                Map.of(),
                "plain");

        assertNoSecret(log.replaceAll("next=[^\n]*", "").replaceAll("next: [^\n]*", ""));
    }

    @Test
    void theAuthorizationOfTheMessageIsNotInTheLogOfCamelHttp() {
        Map<String, Object> headers = Map.of("Authorization", "Bearer geheim", SessionsConstants.PROFILE, "plain");
        try (LogCapture log = new LogCapture()) {
            String echo = text(send(fetchUri("/plain?http.logHttpActivity=true"), null, headers));

            assertThat(echo).isEqualTo("plain");
            assertThat(log.text()).contains("Authorization: ***");
            assertNoSecret(log.text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status/404", "/status/404?maxRedirects=1", "/redirect?to=/redirect?to=/x&maxRedirects=1"})
    void noExceptionShowsACookie(String path) {
        text(send(fetchUri("/set?sid=geheim"), null, Map.of(SessionsConstants.PROFILE, "plain")));
        site.page("/failing", http -> {
            http.getResponseHeaders().add("Set-Cookie", "more=geheim; Path=/");
            LoopbackSite.answer(http, 500, "");
        });

        assertNoSecret(failure(fetchUri(path)));
        assertNoSecret(failure(fetchUri("/failing")));
        assertThat(site.lastRequest().cookie()).contains("sid=geheim");
    }

    @Test
    void noExceptionOfABrokenConnectionShowsCredentials() {
        LoopbackSite closed = new LoopbackSite();
        closed.close();
        Map<String, Object> headers = Map.of("Authorization", "Bearer geheim", SessionsConstants.PROFILE, "proxied");
        text(send(fetchUri("/set?sid=geheim"), null, Map.of(SessionsConstants.PROFILE, "plain")));

        assertNoSecret(failure(
                "sessions:fetch/" + closed.url()
                        + "?http.authMethod=Basic&http.authUsername=anna&http.authPassword=geheim",
                "password=geheim",
                Map.of("Authorization", "Bearer geheim", SessionsConstants.PROFILE, "plain")));
        assertNoSecret(failure(
                "sessions:fetch?http.authMethod=Basic&http.authHost=127.0.0.1&http.authUsername=anna"
                        + "&http.authPassword=geheim",
                null,
                headers));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sessions:fetch?httpUri=http://anna:geheim@a.example/",
                "sessions:fetch?httpUri=RAW(http://anna:geheim@a.example/)",
                "sessions:fetch/http://anna:geheim@a.example/",
                "sessions:fetch/https://a.example?http.authPasword=geheim",
                "sessions:fetch?httpUri=RAW(htp://a.example/?token=geheim)"
            })
    void noExceptionOfAnEndpointShowsAPasswordInItsReason(String uri) {
        // Camel's own wrappers show the URI; what they mask is theirs
        assertThat(failure(uri)
                        .lines()
                        .filter(line -> line.startsWith("Caused by: java.lang.IllegalArgumentException")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).doesNotContain("geheim"));
    }

    @Test
    void theMessageAfterACallPrintsNoCookie() {
        Exchange exchange = send(fetchUri("/set?sid=geheim"), null, Map.of(SessionsConstants.PROFILE, "plain"));

        assertThat(receivedCookies(exchange)).containsEntry("sid", "geheim");
        assertNoSecret(exchange.getMessage().getHeaders().toString().replace("/set?sid=geheim", ""));
        assertThat(exchange.getMessage().getHeader(SessionsConstants.COOKIES)).hasToString("{sid=***}");
    }

    @Test
    void nothingThatTheSessionsPrintShowsASecret() {
        text(send(fetchUri("/set?sid=geheim"), null, Map.of(SessionsConstants.PROFILE, "proxied")));

        assertNoSecret(sessions().toString());
        assertNoSecret(sessions().session(session).profile().toString());
        assertNoSecret(sessions().session(session).cookies().toString());
        assertNoSecret(sessions().session(session).stats().toString());
        assertNoSecret(send("sessions:list", null).getMessage().getBody(String.class));
        assertNoSecret(send("sessions:getProfile", null).getMessage().getBody(String.class));
    }
}
