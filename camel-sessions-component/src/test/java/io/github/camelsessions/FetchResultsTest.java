/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers by which a fetch tells how it went. */
class FetchResultsTest extends SharedContextTest {

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caught")
                        .doTry()
                        .to(fetchUri("/status/404"))
                        .doCatch(Exception.class)
                        .end();
                from("direct:thenFails")
                        .to(fetchUri("/set?a=1"))
                        .setBody(constant((Object) null))
                        .doTry()
                        .toD("${header.next}")
                        .doCatch(Exception.class)
                        .end();
                from("direct:predicate")
                        .to(fetchUri("/set?sid=1"))
                        .choice()
                        .when(simple("${header.CamelSessionsCookies[sid]} == 1"))
                        .setBody(constant("logged in"))
                        .end();
            }
        };
    }

    private static Map<String, Object> results(Message message) {
        Map<String, Object> results = message.getHeaders();
        results.keySet().removeIf(name -> !name.startsWith("CamelSessions"));
        return results;
    }

    @Test
    void aCallTellsSessionGenerationCookiesAndFinalUri() {
        Exchange exchange = template.request(fetchUri("/redirect?to=/set?b=2&sessionId=told"), e -> {});

        assertThat(results(exchange.getMessage()))
                .isEqualTo(Map.of(
                        SessionsConstants.USED_ID,
                        "told",
                        SessionsConstants.GENERATION,
                        0L,
                        SessionsConstants.COOKIES,
                        Map.of("hop", "redirect", "b", "2"),
                        SessionsConstants.FINAL_URI,
                        site.url() + "/set?b=2",
                        SessionsConstants.REPLAYS,
                        0));
    }

    @Test
    void theSessionIdHeaderStaysWhatTheRouteMadeIt() {
        Exchange exchange = fetch("/echo");

        assertThat(exchange.getMessage().getHeader(SessionsConstants.ID)).isEqualTo(session);
    }

    @Test
    void aCallThatFailsTellsTheSameOnItsMessage() {
        Exchange failed = fetch("/status/404");

        assertThat(failed.getException()).isNotNull();
        assertThat(failed.getMessage().getHeaders())
                .containsEntry(SessionsConstants.USED_ID, session)
                .containsEntry(SessionsConstants.GENERATION, 0L)
                .containsEntry(SessionsConstants.COOKIES, Map.of("from", "status"))
                .containsEntry(SessionsConstants.FINAL_URI, site.url() + "/status/404");
    }

    @Test
    void aRouteThatCatchesTheFailureSeesTheResultHeaders() {
        Exchange caught = send("direct:caught", null);

        assertThat(caught.getException()).isNull();
        assertThat(caught.getMessage().getHeaders())
                .containsEntry(SessionsConstants.USED_ID, session)
                .containsEntry(SessionsConstants.COOKIES, Map.of("from", "status"));
    }

    @ParameterizedTest
    @CsvSource({"'', /", "?a=b, /?a=b", "/echo, /echo"})
    void theFinalUriHasThePathThatIsAskedFor(String target, String sent) {
        for (String uri : List.of("sessions:fetch/" + site.url() + target, "sessions:fetch")) {
            Message message =
                    send(uri, null, Map.of("CamelHttpUri", site.url() + target)).getMessage();

            assertThat(message.getHeader(SessionsConstants.FINAL_URI)).isEqualTo(site.url() + sent);
        }
    }

    @Test
    void aCallWithoutAnyResponseTellsNoFinalUri() {
        LoopbackSite closed = new LoopbackSite();
        closed.close();

        Exchange failed = send(
                "sessions:fetch/" + closed.url(), null, Map.of(SessionsConstants.FINAL_URI, "http://stale.example/"));

        assertThat(failed.getException()).isInstanceOf(java.net.ConnectException.class);
        assertThat(failed.getMessage().getHeaders())
                .containsEntry(SessionsConstants.USED_ID, session)
                .containsEntry(SessionsConstants.COOKIES, Map.of())
                .doesNotContainKey(SessionsConstants.FINAL_URI);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions:fetch", "sessions:fetch/http://127.0.0.1:1/", "sessions:fetch?method=PUT"})
    void theResultsOfAnEarlierCallDoNotSurviveOneThatFails(String next) {
        Exchange exchange = send("direct:thenFails", null, Map.of("next", next));

        assertThat(exchange.getProperty(Exchange.EXCEPTION_CAUGHT)).isNotNull();
        assertThat(exchange.getMessage().getHeaders())
                .doesNotContainKey(SessionsConstants.FINAL_URI)
                .doesNotContainEntry(SessionsConstants.COOKIES, Map.of("a", "1"));
    }

    @Test
    void aCookieMapOnTheMessageServesPredicates() {
        assertThat(text(send("direct:predicate", null))).isEqualTo("logged in");
    }

    @Test
    void theGenerationCountsHowOftenTheSessionWasCleared() {
        page("/set?a=1");
        send("sessions:clear", null);

        assertThat(fetch("/echo").getMessage().getHeader(SessionsConstants.GENERATION))
                .isEqualTo(1L);
        assertThat(site.lastRequest().cookie()).isNull();
    }
}
