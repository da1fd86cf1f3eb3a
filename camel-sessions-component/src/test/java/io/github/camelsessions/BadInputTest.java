/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong gets an error that names the option or header, and the way out. */
class BadInputTest extends SharedContextTest {

    @Override
    void configure(CamelContext context) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris("https://portal.example");
        context.getComponent("sessions", SessionsComponent.class).setSites(Map.of("portal", portal));
    }

    static Stream<Arguments> endpoints() {
        return Stream.of(
                Arguments.of("sessions:fech", "unknown operation 'fech': did you mean fetch?"),
                Arguments.of("sessions:getcookies", "unknown operation 'getcookies': did you mean getCookies?"),
                Arguments.of(
                        "sessions:dance",
                        "unknown operation 'dance': must be one of fetch, renew, submit, login, clear, check, close, getCookies, getProfile, addCookies,"
                                + " markGood, markBad, retire, endCooldown, list"),
                Arguments.of("sessions:fetch:https://a.example", "write a slash before the target"),
                Arguments.of("sessions:fetch?sesionId=1", "unknown option 'sesionId', did you mean sessionId?"),
                Arguments.of("sessions:fetch?colour=red", "unknown option 'colour': options of camel-http are written"),
                Arguments.of("sessions:fetch/https://a.example?sesionId=1", "'sesionId', did you mean sessionId?"),
                Arguments.of("sessions:fetch/https://a.example?sesionId=1", "written query.sesionId"),
                Arguments.of(
                        "sessions:fetch/https://a.example?httpUri=https://b.example",
                        "the target is given twice, in the path and as option httpUri"),
                Arguments.of("sessions:fetch?query.a=1", "options query. need a target in the endpoint"),
                Arguments.of(
                        "sessions:fetch?httpUri=ftp://a.example/x", "httpUri 'ftp://a.example/x' must be an absolute"),
                Arguments.of("sessions:fetch/orders", "httpUri 'orders' must be an absolute http or https URL"),
                Arguments.of("sessions:fetch/http:a", "httpUri 'http:a' has no valid host"),
                Arguments.of("sessions:fetch/https://a.example:0x/", "has no valid host and port"),
                Arguments.of("sessions:fetch?httpUri=RAW(https://u:geheim@a.example/)", "http.authMethod=Basic"),
                Arguments.of(
                        "sessions:fetch/https://a.example?site=portl",
                        "'portl' is not configured: did you mean portal"),
                Arguments.of("sessions:fetch/https://a.example?site=x", "set camel.component.sessions.sites[x].uris"),
                Arguments.of(
                        "sessions:fetch/https://a.example?profile=desk", "no profiles are loaded, set the component"),
                Arguments.of(
                        "sessions:fetch/https://a.example?maxRedirects=0", "maxRedirects=0: must be at least 1; use"),
                Arguments.of("sessions:fetch/https://a.example?maxRedirects=-1", "maxRedirects=-1: must be at least 1"),
                Arguments.of(
                        "sessions:fetch/https://a.example?cookiesDebug=all", "cookiesDebug=all: must be false, true"),
                Arguments.of("sessions:list?limit=0", "limit=0: offset must be at least 0 and limit at least 1"),
                Arguments.of("sessions:list?offset=-1", "offset=-1"),
                Arguments.of("sessions:list?site=portl", "did you mean portal"),
                Arguments.of("sessions:getCookies?domain=a b", "domain"));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void anEndpointThatIsWrongIsRefusedWithTheWayOut(String uri, String reason) {
        assertThat(failure(uri)).contains(reason).doesNotContain("geheim");
    }

    @ParameterizedTest
    @CsvSource({
        "getCookies?format=xml, 'option format=xml: must be one of [map, list, json, netscape, playwright]'",
        "fetch/https://a.example?method=FETCH, 'option method=FETCH: must be one of [GET, '",
        "fetch/https://a.example?followRedirects=y, 'option followRedirects=y: must be true or false'"
    })
    void aValueOutsideTheChoiceIsRefusedWithOptionAndChoice(String endpoint, String reason) {
        assertThat(failure("sessions:" + endpoint)).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "cookieStore=#x,                a session keeps its cookies itself",
        "cookieHandler=#x,              a session keeps its cookies itself",
        "clearExpiredCookies=false,     a session keeps its cookies itself",
        "bridgeEndpoint=true,           set httpUri",
        "skipControlHeaders=true,       remove it",
        "httpMethod=GET,                use the option method",
        "followRedirects=true,          'use the option followRedirects, without the prefix http.'",
        "httpClient.redirectsEnabled=true, use the option followRedirects",
        "httpClient.maxRedirects=1,     use the option maxRedirects",
        "throwExceptionOnFailure=false, use the option throwExceptionOnFailure",
        "lazyStartProducer=true,        use the option lazyStartProducer",
        "httpClient=#x,                 use the other http. options",
        "clientBuilder=#x,              use httpClientConfigurer"
    })
    void anHttpOptionThatMakesNoSenseInASessionIsRefusedWithTheWayOut(String option, String wayOut) {
        String name = option.substring(0, option.indexOf('='));

        assertThat(failure(fetchUri("/echo?http." + option)))
                .contains("option http." + name + " cannot be used: ")
                .contains(wayOut);
    }

    @ParameterizedTest
    @CsvSource({
        "conectTimeout,                ', did you mean http.connectTimeout?'",
        "okStatusCodeRang,             ', did you mean http.okStatusCodeRange?'",
        "cookieStor,                   is unknown to camel-http",
        "colour,                       is unknown to camel-http"
    })
    void anUnknownHttpOptionIsRefusedWithTheNearestOne(String name, String hint) {
        assertThat(failure(fetchUri("/echo?http." + name + "=1")))
                .contains("option http." + name + " is unknown to camel-http")
                .contains(hint)
                .doesNotContain("did you mean http.cookieStore");
    }

    @Test
    void anHttpOptionWithABadValueIsNamed() {
        assertThat(failure(fetchUri("/echo?http.connectTimeout=soon"))).contains("connectTimeout");
    }

    @Test
    void aRouteWithAWrongEndpointDoesNotStart() {
        RouteBuilder wrong = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:wrong").to("sessions:fetch/https://a.example?maxRedirects=0");
            }
        };

        assertThatThrownBy(() -> context.addRoutes(wrong))
                .hasStackTraceContaining("maxRedirects=0: must be at least 1");
    }

    @Test
    void theEndpointCannotBeConsumedFrom() {
        RouteBuilder wrong = new RouteBuilder() {
            @Override
            public void configure() {
                from("sessions:fetch/https://a.example").to("mock:out");
            }
        };

        assertThatThrownBy(() -> context.addRoutes(wrong))
                .hasStackTraceContaining("cannot be consumed from: use it in to()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\nb", "a\u0000", "a\u0085"})
    void aSessionIdThatIsEmptyOrHoldsControlCharactersIsRefusedByItsHeader(String id) {
        for (String operation :
                List.of("fetch/" + site.url() + "/echo", "clear", "getCookies", "addCookies/" + site.url())) {
            assertThat(failure("sessions:" + operation, "a=1", Map.of(SessionsConstants.ID, id)))
                    .contains("IllegalArgumentException: header CamelSessionsId: a session id must not");
        }
    }

    @Test
    void anUnknownProfileInTheHeaderIsRefused() {
        assertThat(failure(fetchUri("/echo"), null, Map.of(SessionsConstants.PROFILE, "desk")))
                .contains("profile 'desk' is unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u0000b", "a\u007Fb"})
    void aMessageHeaderWithALineBreakIsRefusedByItsNameAndNothingIsSent(String value) {
        int requests = site.requests().size();

        assertThat(failure(fetchUri("/echo"), null, Map.of("X-Shop", value)))
                .startsWith("java.lang.IllegalArgumentException: header X-Shop of the message contains a control")
                .doesNotContain("Evil");
        assertThat(site.requests()).hasSize(requests);
        assertThat(sessions().session(session).stats().orElseThrow().inFlight()).isZero();
    }

    @Test
    void aMessageHeaderWhoseNameHoldsALineBreakIsRefused() {
        assertThat(failure(fetchUri("/echo"), null, Map.of("X-A\r\nX-Evil", "1")))
                .contains("a header of the message is named 'X-A??X-Evil', which is not the name of a header");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie: sid=evil; x",
                "Transfer-Encoding: chunked, x",
                "Proxy-Authorization ",
                "X A",
                "X\u00E4",
                "("
            })
    void aMessageHeaderWhoseNameIsNoneIsRefusedAndNothingIsSent(String name) {
        int requests = site.requests().size();

        assertThat(failure(fetchUri("/echo"), "body", Map.of(name, "1")))
                .contains("which is not the name of a header (a token of RFC 9110, section 5.6.2)");
        assertThat(site.requests()).hasSize(requests);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type", "Content-Encoding"})
    void aLineBreakInAHeaderThatDescribesTheBodyIsRefusedWhateverTheBody(String header) {
        int requests = site.requests().size();
        for (Object body : List.of("text", new byte[] {1}, new ByteArrayInputStream(new byte[] {1}))) {
            assertThat(failure(fetchUri("/echo"), body, Map.of(header, "text/plain\r\nX-Evil: 1")))
                    .contains("IllegalArgumentException: header " + header + " of the message contains a control");
        }
        assertThat(site.requests()).hasSize(requests);
    }

    static Stream<Arguments> forged() {
        String forged = "\r\n12:00:00 INFO all is well\u2028";
        return Stream.of(
                Arguments.of(SessionsOperation.fetch, Map.of("CamelHttpMethod", "GET" + forged)),
                Arguments.of(SessionsOperation.fetch, Map.of("CamelHttpUri", "http://h/{{x}}" + forged)),
                Arguments.of(SessionsOperation.fetch, Map.of("CamelHttpUri", "ftp://h/\u2028\u202e" + forged)),
                Arguments.of(SessionsOperation.fetch, Map.of("CamelHttpUri", "ftp://h/\u2028\u202e")),
                Arguments.of(SessionsOperation.fetch, Map.of(SessionsConstants.PROFILE, "desk" + forged)),
                Arguments.of(SessionsOperation.fetch, Map.of(SessionsConstants.ID, "anna" + forged)),
                Arguments.of(SessionsOperation.fetch, Map.of("X-A" + forged, "1")),
                Arguments.of(
                        SessionsOperation.fetch,
                        Map.of(SessionsConstants.REQUEST_COOKIES, List.of(Map.of("name", "a" + forged)))),
                Arguments.of(
                        SessionsOperation.fetch,
                        Map.of(SessionsConstants.REQUEST_COOKIES, List.of(Map.of(forged, "1")))),
                Arguments.of(
                        SessionsOperation.fetch,
                        Map.of(
                                SessionsConstants.REQUEST_COOKIES,
                                List.of(Map.of("name", "a", "value", "1", "domain", "a" + forged)))));
    }

    @ParameterizedTest
    @MethodSource("forged")
    void noHeaderForgesALineOfTheLog(SessionsOperation operation, Map<String, Object> headers) {
        Map<String, Object> all = new HashMap<>(Map.of("CamelHttpUri", site.url() + "/echo"));
        all.putAll(headers);

        Throwable failure = send("sessions:" + operation, null, all).getException();

        assertThat(failure).isInstanceOf(IllegalArgumentException.class);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.getMessage()).doesNotContain("\r", "\n", "\u2028", "\u202e");
        }
    }

    @Test
    void aMessageHeaderWithOtherCharactersIsSentAndSplitsNothing() {
        // U+010A would be a line feed if its lower octet was sent
        String echo = text(send(fetchUri("/echo"), null, Map.of("X-Shop", "a b\u010AX-Evil: 1\u010D")));

        assertThat(echo).contains("X-shop: a b?X-Evil: 1?").doesNotContain("\nX-Evil", "\nX-evil");
    }

    @Test
    void wrongRulesOfTheComponentKeepItFromStarting() {
        assertThatThrownBy(() -> start(component -> component.getConfiguration().setSessionId("a\nb")))
                .hasStackTraceContaining("option sessionId: a session id must not contain");
        assertThatThrownBy(() -> start(component -> component.getConfiguration().setMaxRedirects(0)))
                .hasStackTraceContaining("maxRedirects=0: must be at least 1");
        assertThatThrownBy(() -> start(component -> component.getConfiguration().setHttp(Map.of("cookieStor", "x"))))
                .hasStackTraceContaining("option http.cookieStor is unknown");
        assertThatThrownBy(() -> start(component -> component.setMaxSessions(0)))
                .hasStackTraceContaining("maxSessions=0: must be at least 1");
        assertThatThrownBy(() -> start(component -> component.setProfileCooldown(Duration.ZERO)))
                .hasStackTraceContaining("profileCooldown=PT0S: must be a duration of more than 0, such as 5m");
        assertThatThrownBy(() -> start(component -> component.setProfilesReload(Duration.ofSeconds(-1))))
                .hasStackTraceContaining("profilesReload=PT-1S: must be a duration, such as 5s, or 0 for");
        assertThatThrownBy(() -> start(component -> PropertyBindingSupport.build()
                        .bind(component.getCamelContext(), component, "profileRotation", "alphabetic")))
                .hasStackTraceContaining("profileRotation")
                .hasStackTraceContaining("alphabetic");
        assertThatThrownBy(() -> start(component -> component.setProfiles("classpath:none.yaml")))
                .hasStackTraceContaining("option profiles: there is no resource classpath:none.yaml");
    }

    private static void start(Consumer<SessionsComponent> options) throws Exception {
        try (DefaultCamelContext wrong = new DefaultCamelContext()) {
            SessionsComponent component = new SessionsComponent();
            component.setCamelContext(wrong);
            options.accept(component);
            component.start();
        }
    }
}
