/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A form of a page is filled in and sent as a person would. */
class SubmitTest extends SharedContextTest {

    private final LoopbackSite other = new LoopbackSite();
    private final AtomicInteger tokens = new AtomicInteger();

    SubmitTest() {
        page("/search", "<form action=/echo><input name=q value=old><input type=hidden name=lang value=de></form>");
        page("/two", "<form id=a action=/echo?x=1><input name=q></form><form id=b action=/set?b=1 method=post></form>");
        page(
                "/buttons",
                "<form action=/echo method=post><input name=q><button name=do value=save>Save</button>"
                        + "<button name=do value=drop formaction=/status/204>Drop</button></form>");
        page(
                "/upload",
                "<form action=/echo method=post enctype=multipart/form-data><input name=title><input type=file name=f></form>");
        page("/away", "<form action='" + other.url() + "/echo' method=post><input name=q></form>");
        page("/none", "<p>nothing");
        page("/moved", "<meta http-equiv=refresh content='0; url=/search'>");
        page("/round", "<meta http-equiv=refresh content='0; url=/round?'>");
        page("/then", "<form action=/thanks method=post><input name=q></form>");
        page("/thanks", "<p>Thanks<meta http-equiv=refresh content='1; url=/echo?thanks'>");
        site.page("/json", http -> {
            http.getResponseHeaders().add("Content-Type", "application/json");
            LoopbackSite.answer(http, 200, "{}");
        });
        site.page("/latin", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html; charset=iso-8859-1");
            byte[] body = "<form action=/echo method=post><input name=q value=\u00e4></form>"
                    .getBytes(StandardCharsets.ISO_8859_1);
            http.sendResponseHeaders(200, body.length);
            http.getResponseBody().write(body);
        });
        site.page("/token", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(
                    http,
                    200,
                    "<form action=/take method=post><input name=q><input type=hidden name=t value=t"
                            + tokens.incrementAndGet() + "></form>");
        });
        site.page("/take", http -> {
            boolean known = LoopbackSite.body().endsWith("t=t" + tokens.get()) && tokens.get() > 1;
            http.getResponseHeaders().add("Set-Cookie", "taken=1");
            LoopbackSite.answer(http, known ? 200 : 401, LoopbackSite.body());
        });
    }

    private void page(String path, String html) {
        site.page(path, http -> {
            http.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            LoopbackSite.answer(http, 200, html);
        });
    }

    @AfterAll
    void closeOther() {
        other.close();
    }

    @Override
    void configure(CamelContext context) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url());
        portal.setSessionHeaders(Map.of("X-Token", "of the session"));
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:page").to(fetchUri("/search")).to("sessions:submit?field.q=cats");
                from("direct:token")
                        .to(fetchUri("/token"))
                        .to("sessions:submit?field.q=1&renewalUri=direct:log-in&renewFirst=false");
                from("direct:log-in").to(fetchUri("/set?sid=1"));
                from("direct:dynamic").toD("sessions:submit/" + site.url() + "/search?field.q=${header.q}");
            }
        };
    }

    private String submitUri(String path) {
        return "sessions:submit/" + site.url() + path;
    }

    @Test
    void whatIsNotFilledInStaysAsThePageHasIt() {
        assertThat(text(send(submitUri("/search"), null))).startsWith("GET /echo?q=old&lang=de");
        assertThat(text(send(submitUri("/search?field.q=a b"), null))).startsWith("GET /echo?q=a+b&lang=de");
        assertThat(text(send(submitUri("/search?field.q=x"), Map.of("q", "c&d"))))
                .startsWith("GET /echo?q=c%26d&lang=de");
    }

    @Test
    void credentialsOfTheMessageDoNotGoWhereAPageLeads() {
        page("/far", "<meta http-equiv=refresh content='0; url=" + other.url() + "/echo?far'>");
        int before = other.requests().size();
        Map<String, String> headers = Map.of("Authorization", "Bearer geheim");

        for (String path : List.of("/away?field.q=1", "/far")) {
            assertThat(send(submitUri(path), null, headers).getException())
                    .hasMessageContaining("is not to get the header Authorization of the message")
                    .hasMessageNotContaining("geheim");
        }
        assertThat(other.requests()).hasSize(before);
        assertThat(text(send(submitUri("/search"), null, headers))).contains("Bearer geheim");
    }

    @Test
    void aFormInTheQueryIsNotLogged() {
        page("/ask", "<form action=/answer><input name=q></form>");
        page("/answer", "<p>fine");
        try (LogCapture log = new LogCapture()) {
            text(send(submitUri("/ask?http.logHttpActivity=true&field.q=geheim"), null));

            assertThat(log.text()).contains("GET /answer?***").doesNotContain("geheim");
        }
    }

    @Test
    void aFieldIsAnExpressionOfTheMessage() {
        String uri = submitUri("/search?field.q=${header.q}");

        assertThat(text(send(uri, null, Map.of("q", "${body}")))).startsWith("GET /echo?q=%24%7Bbody%7D&");
        assertThat(text(send("direct:dynamic", null, Map.of("q", "x&form=y")))).startsWith("GET /echo?q=x%26form%3Dy&");
    }

    @Test
    void thePageInTheBodyIsFilledIn() {
        long before = site.requests().size();

        assertThat(text(send("direct:page", null))).startsWith("GET /echo?q=cats&lang=de");
        assertThat(site.requests().size() - before).isEqualTo(2);
    }

    @Test
    void whatIsSentAgainIsFilledInAnew() {
        Exchange done = send("direct:token", null);

        assertThat(text(done)).isEqualTo("q=1&t=t2");
    }

    @Test
    void aFormThatWasAnsweredIsNotSentAgainForThePageThatItLeadsTo() {
        page("/order", "<form action=/stored method=post><input name=q></form>");
        page("/stored", "<p>Stored<meta http-equiv=refresh content='0; url=/result'>");
        AtomicInteger results = new AtomicInteger();
        site.page("/result", http -> LoopbackSite.answer(http, results.incrementAndGet() == 1 ? 401 : 200, "result"));
        long before = requests("/stored");

        Exchange done = send(submitUri("/order?field.q=1&renewalUri=direct:log-in&renewFirst=false"), null);

        assertThat(text(done)).isEqualTo("result");
        assertThat(requests("/stored") - before).isEqualTo(1);
    }

    @Test
    void whatAFormIsAnsweredByNeedNotBeAPage() {
        page("/mute", "<form action=/nothing method=post></form>");
        page("/nothing", "");

        Exchange done = send(submitUri("/mute"), null);

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
    }

    private long requests(String path) {
        return site.requests().stream()
                .filter(request -> request.uri().equals(path))
                .count();
    }

    @Test
    void oneOfSeveralFormsAndButtonsIsNamed() {
        assertThat(text(send(submitUri("/two?form=RAW(#a)&field.q=1"), null))).startsWith("GET /echo?q=1\n");
        assertThat(text(send(submitUri("/two?form=RAW(#b)"), null))).isEqualTo("set");
        assertThat(text(send(submitUri("/buttons?field.q=1"), null)))
                .startsWith("POST /echo\n")
                .endsWith("q=1&do=save");
        Exchange dropped = send(submitUri("/buttons?submit=Drop"), null);
        assertThat(dropped.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(204);
    }

    @Test
    void anEmptyButtonIsNone() {
        page("/script", "<form action=/echo><input name=q value=1><button name=go value=2>Go</button></form>");

        assertThat(text(send(submitUri("/script"), null))).startsWith("GET /echo?q=1&go=2");
        assertThat(text(send(submitUri("/script?submit="), null))).startsWith("GET /echo?q=1\n");
    }

    @Test
    void aFormIsSentAsItsPageSays() {
        assertThat(text(send(submitUri("/latin"), null)))
                .containsIgnoringCase("Content-Type: application/x-www-form-urlencoded\n")
                .endsWith("q=%E4");
        assertThat(text(send(submitUri("/upload?field.title=\u00e4"), null)))
                .containsIgnoringCase("Content-Type: multipart/form-data; boundary=")
                .contains("name=\"title\"\r\n\r\n\u00e4\r\n")
                .contains("name=\"f\"; filename=\"\"");
    }

    @Test
    void theSiteIsToldWhereTheFormWas() {
        assertThat(text(send(submitUri("/buttons?field.q=1"), null)))
                .containsIgnoringCase("Referer: " + site.url() + "/buttons\n")
                .containsIgnoringCase("Origin: " + site.url() + "\n")
                .containsIgnoringCase("X-Token: of the session");
    }

    @Test
    void aSearchTellsWhereItCameFromAndNoOrigin() {
        assertThat(text(send(submitUri("/search"), null)))
                .containsIgnoringCase("Referer: " + site.url() + "/search\n")
                .doesNotContainIgnoringCase("Origin:");
    }

    @Test
    void aFormThatLeadsElsewhereTakesNoSecretAlong() {
        assertThat(text(send(submitUri("/away?field.q=1"), null)))
                .startsWith("POST /echo")
                .endsWith("q=1")
                .containsIgnoringCase("Referer: " + site.url() + "/\n")
                .doesNotContainIgnoringCase("X-Token");
    }

    @Test
    void pagesThatLeadOnAreFollowed() {
        assertThat(text(send(submitUri("/moved"), null))).startsWith("GET /echo?q=old&lang=de");
        assertThat(text(send(submitUri("/then?field.q=1"), null))).startsWith("GET /echo?thanks");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/none                  | has no form",
                "/json                  | is 'application/json', no page of HTML",
                "/two                   | several forms, and none with a password",
                "/two?form=RAW(#c)      | nothing that matches the selector '#c'",
                "/two?form=RAW([)       | is no CSS selector",
                "/search?field.qq=1     | q",
                "/search?submit=Go      | Go",
                "/round                 | 10 pages, and none that does not lead on",
                "/status/404            | statusCode: 404",
                "/search?method=GET     | option 'method' has no effect on the operation submit",
                "/search?offset=1       | option 'offset' belongs to the operation list, not to submit"
            })
    void whatCannotBeDoneIsTold(String page, String why) {
        assertThat(failure(submitUri(page), null, Map.of())).contains(why);
    }

    @Test
    void optionsOfFormsBelongToSubmit() {
        for (String option : List.of("form=a", "submit=a", "field.a=b")) {
            assertThat(failure(fetchUri("/echo?" + option), null, Map.of()))
                    .contains(
                            "belongs to the operation submit, not to fetch; a query parameter of this name is written query.");
        }
    }

    @Test
    void withoutAPageItSaysWhereToNameOne() {
        assertThat(failure("sessions:submit", null, Map.of())).contains("has no page: write it into the URI");
    }
}
