/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.CaptureFrom;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Response headers become variables, and variables request headers, on the site's own URLs only. */
class SessionHeadersTest extends SharedContextTest {

    private static final String SEND = "sessionHeaders.X-CSRF-Token=${sessionVar(csrf)}";

    private final LoopbackSite foreign = new LoopbackSite();
    private final AtomicInteger tokens = new AtomicInteger();

    SessionHeadersTest() {
        site.page("/token", http -> {
            http.getResponseHeaders().add("X-CSRF-Token", "geheim" + tokens.incrementAndGet());
            LoopbackSite.answer(http, 200, "token page");
        });
        site.page("/tokenAndOn", http -> {
            http.getResponseHeaders().add("X-CSRF-Token", "geheim" + tokens.incrementAndGet());
            http.getResponseHeaders().add("Location", "/echo");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/away", http -> {
            http.getResponseHeaders().add("Location", foreign.url() + "/echo");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/awayToToken", http -> {
            http.getResponseHeaders().add("Location", foreign.url() + "/token");
            LoopbackSite.answer(http, 302, "");
        });
        foreign.page("/token", http -> {
            http.getResponseHeaders().add("X-CSRF-Token", "foreign");
            LoopbackSite.answer(http, 200, "token page");
        });
        foreign.page("/back", http -> {
            http.getResponseHeaders().add("Location", site.url() + "/echo");
            LoopbackSite.answer(http, 302, "");
        });
    }

    @AfterAll
    void closeForeign() {
        foreign.close();
    }

    @Override
    void configure(CamelContext context) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url());
        portal.setCapture(Map.of("csrf", "header:X-CSRF-Token"));
        portal.setCaptureFrom(CaptureFrom.all);
        portal.setSessionHeaders(Map.of("X-CSRF-Token", "${sessionVar(csrf)}", "X-Both", "of the site"));
        SiteConfiguration open = new SiteConfiguration();
        open.setSessionHeaders(Map.of("X-Open", "${sessionVar(csrf)}"));
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getSites().put("portal", portal);
        component.getSites().put("open", open);
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:dynamic")
                        .toD(fetchUri("/echo") + "?sessionHeaders.X-Own=${sessionVar(csrf)}&q=${header.q}");
                from("direct:wrapped").process(Sessions.get(getContext()).wrap(site.url() + "/echo"));
                from("direct:login").to(fetchUri("/token")).to(fetchUri("/set?sid=1"));
            }
        };
    }

    private Sessions portal() {
        return sessions().site("portal");
    }

    private String echo(String query) {
        return text(send(fetchUri("/echo" + query), null));
    }

    @Test
    void aCapturedTokenIsSentWithTheNextRequests() {
        page("/token");
        Object token = portal().session(session).variable("csrf");

        assertThat(token).asString().startsWith("geheim");
        assertThat(echo("")).containsIgnoringCase("X-CSRF-Token: " + token);
        assertThat(text(send("direct:wrapped", null))).containsIgnoringCase("X-CSRF-Token: " + token);
    }

    @Test
    void aHeaderAroundAMissingValueIsLeftOut() {
        String query =
                "?sessionHeaders.X-Auth=RAW(Bearer ${sessionVar(access)})&sessionHeaders.X-Id=RAW(${sessionVar(id)}!)";
        portal().session(session).setVariable("id", "7");

        assertThat(echo(query)).containsIgnoringCase("X-Id: 7!").doesNotContainIgnoringCase("X-Auth");

        portal().session(session).setVariable("access", "geheim");

        assertThat(echo(query)).containsIgnoringCase("X-Auth: Bearer geheim").containsIgnoringCase("X-Id: 7!");
    }

    @Test
    void aNameWithDashesStandsInTheUriOfAStepInYaml() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("headers.yaml", """
                        - from:
                            uri: direct:yaml
                            steps:
                              - to:
                                  uri: "%s?sessionHeaders.X-My-Token=${sessionVar(csrf)}"
                        """.formatted(fetchUri("/echo"))));
        portal().session(session).setVariable("csrf", "geheim");

        assertThat(text(send("direct:yaml", null))).containsIgnoringCase("X-My-Token: geheim");
    }

    @Test
    void theUserAgentIsRefusedWithTheOptionForIt() {
        assertThat(failure(fetchUri("/echo") + "?sessionHeaders.User-Agent=Me", null, Map.of()))
                .contains("use userAgent of the client profile, or the option http.userAgent");
    }

    @Test
    void withoutAValueThereIsNoHeader() {
        assertThat(echo("")).doesNotContainIgnoringCase("X-CSRF-Token").containsIgnoringCase("X-Both: of the site");
        portal().session(session).setVariable("csrf", "");
        assertThat(echo("")).doesNotContainIgnoringCase("X-CSRF-Token");
    }

    @Test
    void aTokenOfARedirectIsCapturedAndSentToWhereItLeads() {
        String page = page("/tokenAndOn");

        assertThat(page)
                .containsIgnoringCase(
                        "X-CSRF-Token: " + portal().session(session).variable("csrf"));
    }

    @Test
    void anotherHostGetsNoneAfterARedirect() {
        portal().session(session).setVariable("csrf", "geheim");

        assertThat(page("/away"))
                .startsWith("GET /echo")
                .doesNotContainIgnoringCase("X-CSRF-Token", "X-Both", "geheim");
    }

    @Test
    void aTokenOfAnotherHostIsNotCaptured() {
        page("/awayToToken");

        assertThat(portal().session(session).variables()).isEmpty();
    }

    @Test
    void aTargetThatIsNotOfTheSiteGetsNoneButARedirectHomeDoes() {
        portal().session(session).setVariable("csrf", "geheim");

        String direct = text(send("sessions:fetch/" + foreign.url() + "/echo?site=portal", null));
        String home = text(send("sessions:fetch/" + foreign.url() + "/back?site=portal", null));

        assertThat(direct).doesNotContainIgnoringCase("X-CSRF-Token", "X-Both");
        assertThat(home).containsIgnoringCase("X-CSRF-Token: geheim");
    }

    @Test
    void aSiteWithoutUrisSendsToTheHostOfTheTargetButNotToAnotherSite() {
        sessions().site("open").session(session).setVariable("csrf", "geheim");

        String direct = text(send("sessions:fetch/" + foreign.url() + "/echo?site=open", null));
        String other = text(send("sessions:fetch/" + foreign.url() + "/back?site=open", null));

        assertThat(direct).containsIgnoringCase("X-Open: geheim");
        assertThat(other).doesNotContainIgnoringCase("X-Open", "geheim");
    }

    @Test
    void theEndpointsHeaderWinsOverTheSites() {
        assertThat(echo("?sessionHeaders.x-both=of the endpoint"))
                .containsIgnoringCase("X-Both: of the endpoint")
                .doesNotContain("of the site");
    }

    @Test
    void aDynamicEndpointKeepsTheExpressionForEachSend() {
        portal().session(session).setVariable("csrf", "geheim");

        String page = text(send("direct:dynamic", null, Map.of("q", "7")));

        assertThat(page).contains("q=7").containsIgnoringCase("X-Own: geheim");
    }

    @Test
    void aReplayCarriesTheTokenOfTheNewGeneration() {
        portal().session(session).setVariable("csrf", "old");
        AtomicInteger asked = new AtomicInteger();
        site.page("/guarded", http -> {
            String token = http.getRequestHeaders().getFirst("X-CSRF-Token");
            asked.incrementAndGet();
            LoopbackSite.answer(http, "old".equals(token) ? 401 : 200, "seen " + token);
        });

        Exchange done = send(fetchUri("/guarded?renewalUri=direct:login"), "form");

        assertThat(text(done)).isEqualTo("seen " + portal().session(session).variable("csrf"));
        assertThat(asked).hasValue(2);
    }

    @Test
    void aCookieCanBeSentAsAHeader() {
        page("/set?XSRF=42");

        assertThat(echo("?sessionHeaders.X-XSRF=${sessionCookie(XSRF)}")).containsIgnoringCase("X-XSRF: 42");
    }

    @Test
    void theMessagesBodyIsSentAsItIs() {
        portal().session(session).setVariable("csrf", "geheim");

        assertThat(text(send(fetchUri("/echo"), "the body"))).endsWith("the body");
    }

    @Test
    void aBypassCarriesNothingOfTheSession() {
        portal().session(session).setVariable("csrf", "geheim");

        assertThat(text(send(fetchUri("/echo"), null, Map.of(SessionsConstants.BYPASS, true))))
                .doesNotContainIgnoringCase("X-CSRF-Token", "X-Both");
    }

    @Test
    void theHttpLogMasksTheHeader() {
        portal().session(session).setVariable("csrf", "geheim");
        try (LogCapture log = new LogCapture()) {
            text(send(fetchUri("/set?a=1&http.logHttpActivity=true&sessionHeaders.X-Plain=${sessionVar(csrf)}"), null));

            assertThat(String.join("\n", log.of("org.apache.camel.component.http.LoggingHttpActivityListener")))
                    .containsIgnoringCase("X-Plain")
                    .doesNotContain("geheim");
        }
    }

    @Test
    void theHttpLogMasksAHeaderThatIsCaptured() {
        site.page("/place", http -> {
            http.getResponseHeaders().add("X-Place", "geheim");
            LoopbackSite.answer(http, 200, "a place");
        });
        try (LogCapture log = new LogCapture()) {
            Exchange done = send(fetchUri("/place?http.logHttpActivity=true&capture.place=header:X-Place"), null);

            assertThat(text(done)).isEqualTo("a place");
            assertThat(done.getMessage().getHeader("X-Place")).isEqualTo("geheim");
            assertThat(portal().session(session).variable("place")).isEqualTo("geheim");
            assertThat(String.join("\n", log.of("org.apache.camel.component.http.LoggingHttpActivityListener")))
                    .containsIgnoringCase("X-Place")
                    .doesNotContain("geheim");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "snow ☃"})
    void aValueThatCannotBeAHeaderIsRefusedAndNotShown(String value) {
        portal().session(session).setVariable("csrf", value);

        String failure = failure(fetchUri("/echo"));

        assertThat(failure)
                .contains("session 'portal/" + session + "': the value of sessionHeaders.X-CSRF-Token contains a")
                .doesNotContain(value);
        assertThat(sessions()
                        .site("portal")
                        .session(session)
                        .stats()
                        .orElseThrow()
                        .inFlight())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "capture.csrf= | must be one of header:X-CSRF-Token",
                "capture.csrf=X-CSRF-Token | must be one of header:X-CSRF-Token",
                "capture.x:y=header:A | a variable needs a name without a colon",
                "capture.csrf=header:X Y | is not the name of a header",
                "capture.csrf=header:Set-Cookie | is written from the session's cookies",
                "sessionHeaders.Cookie=a | is written from the session's cookies",
                "sessionHeaders.Host=a | follows from the target",
                "sessionHeaders.Content-Type=a/b | belongs to the body of each request: set it as a header of the message",
                "sessionHeaders.content-encoding=gzip | belongs to the body of each request",
                "sessionHeaders.Content-Length=1 | belongs to the message or connection",
                "sessionHeaders.Transfer-Encoding=chunked | belongs to the message or connection",
                "sessionHeaders.Connection=close | belongs to the message or connection",
                "sessionHeaders.Expect=100-continue | belongs to the message or connection",
                "sessionHeaders.=a | is not the name of a header",
                "sessionFields.=a | a field of a form needs a name, as in sessionFields._csrf=",
                "sessionFields.x=${sessionVar()} | ${sessionVar} needs a name, as in ${sessionVar(token)}",
                "sessionHeaders.X=a ${sessionCookie} b | sessionHeaders.X: ${sessionCookie} needs a name",
                "sessionHeaders.X%20Y=a | is not the name of a header",
                "sessionHeaders.X=${nosuch} | sessionHeaders.X is no expression in Simple",
                "sessionHeaders=a | as in sessionHeaders=X-CSRF-Token=",
                "sessionHeaders=A=b,c | a value with a comma is written sessionHeaders.NAME=VALUE",
                "sessionHeaders== | must be a name and a value each",
                "sessionHeaders=Host=a | follows from the target",
                "sessionFields.x=${nosuch} | sessionFields.x is no expression in Simple"
            })
    void aWrongOptionIsNamed(String options, String why) throws Exception {
        try (CamelContext other = new DefaultCamelContext()) {
            other.start();
            String option = options.substring(0, options.indexOf('='));
            assertThatThrownBy(() -> other.getEndpoint("sessions:fetch/" + site.url() + "/echo?" + options)
                            .createProducer()
                            .start())
                    .hasStackTraceContaining(option.replace("%20", " "))
                    .hasStackTraceContaining(why);
        }
    }
}
