/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of the session become fields of the forms that are sent to the site's own URLs, at each send. */
class SessionFieldsTest extends SharedContextTest {

    private static final Map<String, String> FORM_TYPE =
            Map.of(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
    private static final String CHUNKS = "multipart/form-data; boundary=b0";

    private final LoopbackSite foreign = new LoopbackSite();

    SessionFieldsTest() {
        site.page("/on", http -> {
            http.getResponseHeaders().add("Location", "/echo");
            LoopbackSite.answer(http, 307, "");
        });
        site.page("/away", http -> {
            http.getResponseHeaders().add("Location", foreign.url() + "/echo");
            LoopbackSite.answer(http, 307, "");
        });
        foreign.page("/back", http -> {
            http.getResponseHeaders().add("Location", site.url() + "/echo");
            LoopbackSite.answer(http, 307, "");
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
        portal.setSessionFields(Map.of("_csrf", "${sessionVar(csrf)}"));
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:wrapped").process(Sessions.get(getContext()).wrap(site.url() + "/echo"));
                from("direct:dynamic")
                        .toD(fetchUri("/echo") + "?sessionFields.own=own${sessionVar(csrf)}&q=${header.q}");
                from("direct:login").to(fetchUri("/set?sid=1")).setVariable("session:csrf", constant("new"));
            }
        };
    }

    private void token(String token) {
        sessions().site("portal").session(session).setVariable("csrf", token);
    }

    private static String body(Exchange exchange) {
        String page = text(exchange);
        return page.substring(page.indexOf("\n\n") + 2);
    }

    private String echo(Object body, Map<String, ?> headers) {
        return body(send(fetchUri("/echo"), body, headers));
    }

    @Test
    void aMapGetsTheField() {
        token("a b&c");
        Map<String, String> form = new LinkedHashMap<>();
        form.put("title", "für");

        assertThat(echo(form, Map.of())).isEqualTo("title=f%C3%BCr&_csrf=a+b%26c");
        assertThat(form).as("the message's own").containsOnlyKeys("title");
    }

    @Test
    void theFieldTakesThePlaceOfTheFormsOwn() {
        token("new");

        assertThat(echo("a=1&%5Fcsrf=old&b=%e9+%2&_csrf=older&&c", FORM_TYPE)).isEqualTo("a=1&b=%e9+%2&c&_csrf=new");
    }

    @Test
    void withoutAValueTheFormStaysAsItIs() {
        assertThat(echo("a=1&&_csrf=mine", FORM_TYPE)).isEqualTo("a=1&&_csrf=mine");
        token("");
        assertThat(echo("a=1", FORM_TYPE)).isEqualTo("a=1");
    }

    @Test
    void formsOfAllKindsGetIt(@TempDir Path directory) throws Exception {
        token("new");
        byte[] octets = "a=1".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("form"), octets);

        assertThat(echo(octets, FORM_TYPE)).isEqualTo("a=1&_csrf=new");
        assertThat(echo(new ByteArrayInputStream(octets), FORM_TYPE)).isEqualTo("a=1&_csrf=new");
        assertThat(echo(file.toFile(), FORM_TYPE)).isEqualTo("a=1&_csrf=new");
        assertThat(body(send("direct:wrapped", "a=1", FORM_TYPE))).isEqualTo("a=1&_csrf=new");
    }

    @Test
    void aPostWithoutABodyBecomesAForm() {
        token("new");

        String page = text(send(fetchUri("/echo?method=POST"), null));

        assertThat(page)
                .containsIgnoringCase("Content-Type: application/x-www-form-urlencoded; charset=UTF-8\n")
                .endsWith("\n_csrf=new");
        assertThat(page).containsIgnoringCase("Content-Length: 9\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ISO-8859-1  | für | f%FCr",
                "iso-8859-15 | 5 € | 5+%A4",
                "ISO-8859-1  | 5 € | 5+%E2%82%AC",
                "UTF-8       | für | f%C3%BCr",
                "UTF-16      | für | f%C3%BCr",
                "klingon     | für | f%C3%BCr"
            })
    void theFieldIsInTheCharsetOfItsForm(String charset, String token, String encoded) {
        token(token);

        assertThat(echo(
                        new ByteArrayInputStream("a=%FC".getBytes(StandardCharsets.US_ASCII)),
                        Map.of(Exchange.CONTENT_TYPE, FORM_TYPE.get(Exchange.CONTENT_TYPE) + "; charset=" + charset)))
                .isEqualTo("a=%FC&_csrf=" + encoded);
    }

    @Test
    void namesAreComparedInTheCharsetOfTheForm() {
        token("new");
        String type = FORM_TYPE.get(Exchange.CONTENT_TYPE) + "; charset=ISO-8859-1";
        String uri = fetchUri("/echo") + "?sessionFields=prüfung=1,preis€=2";

        assertThat(body(send(uri, "pr%FCfung=old&preis%E2%82%AC=old&pr%C3%BCfung=3", Map.of("Content-Type", type))))
                .isEqualTo("pr%C3%BCfung=3&_csrf=new&pr%FCfung=1&preis%E2%82%AC=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain"})
    void whatIsNoFormStaysAsItIs(String type) {
        token("new");

        assertThat(echo("{\"a\": 1}", Map.of(Exchange.CONTENT_TYPE, type))).isEqualTo("{\"a\": 1}");
        assertThat(text(send(fetchUri("/echo"), null))).startsWith("GET").endsWith("\n\n");
        assertThat(body(send(fetchUri("/echo?method=PUT"), null))).isEmpty();
    }

    @Test
    void aMultipartFormGetsAPart() {
        token("snow ☃");
        MultipartEntityBuilder form = MultipartEntityBuilder.create()
                .setBoundary("b0")
                .addTextBody("title", "a")
                .addBinaryBody("file", new byte[] {'x'}, ContentType.APPLICATION_OCTET_STREAM, "x.bin");

        for (int send = 0; send < 2; send++) { // the builder is the message's, and gets none
            String page = text(send(fetchUri("/echo"), form));
            assertThat(page).contains("""
                    --b0\r
                    Content-Disposition: form-data; name="_csrf"\r
                    Content-Type: text/plain; charset=UTF-8\r
                    \r
                    snow ☃\r
                    --b0\r
                    """);
            assertThat(page.split("_csrf", -1)).hasSize(2);
            assertThat(page).contains("filename=\"x.bin\"").endsWith("--b0--\r\n");
            int length = page.substring(page.indexOf("\n\n") + 2).getBytes(StandardCharsets.UTF_8).length;
            assertThat(page).containsIgnoringCase("Content-Length: " + length + "\n");
        }
    }

    @Test
    void aMultipartFormFromElsewhereGetsAPart() {
        token("new");
        String form = "--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b0--\r\n";

        assertThat(echo(form, Map.of(Exchange.CONTENT_TYPE, CHUNKS)))
                .isEqualTo("--b0\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nnew\r\n" + form);
        assertThat(echo(
                        new ByteArrayInputStream(form.getBytes(StandardCharsets.UTF_8)),
                        Map.of(Exchange.CONTENT_TYPE, CHUNKS)))
                .endsWith("\r\n\r\nnew\r\n" + form);
    }

    @Test
    void aMultipartFormThatCannotHoldItIsRefused() {
        token("a\r\n--b0\r\nContent-Disposition: form-data; name=\"evil\"");
        assertThat(failure(fetchUri("/echo"), "--b0--", Map.of(Exchange.CONTENT_TYPE, CHUNKS)))
                .contains("the value of sessionFields._csrf contains the boundary of the multipart form")
                .doesNotContain("evil");
        token("new");
        assertThat(failure(fetchUri("/echo"), "hello\r\n--b0--", Map.of(Exchange.CONTENT_TYPE, CHUNKS)))
                .contains("does not begin with the boundary of its Content-Type");
        assertThat(failure(fetchUri("/echo"), "--b0--", Map.of(Exchange.CONTENT_TYPE, "multipart/form-data")))
                .contains("names no boundary");
        assertThat(failure(
                        fetchUri("/echo"),
                        new ByteArrayInputStream("a=1".getBytes(StandardCharsets.UTF_8)),
                        Map.of(
                                Exchange.CONTENT_TYPE,
                                FORM_TYPE.get(Exchange.CONTENT_TYPE),
                                "Content-Encoding",
                                "gzip")))
                .contains("Content-Encoding gzip");
        assertThat(page("/echo")).startsWith("GET"); // the session is usable
    }

    @Test
    void aRedirectThatRepeatsTheFormTakesItAlongOnTheSiteOnly() {
        token("geheim");

        assertThat(body(send(fetchUri("/on"), Map.of("a", "1")))).isEqualTo("a=1&_csrf=geheim");
        assertThat(body(send(fetchUri("/away"), Map.of("a", "1")))).isEqualTo("a=1");
        assertThat(body(send("sessions:fetch/" + foreign.url() + "/back?site=portal", Map.of("a", "1"))))
                .isEqualTo("a=1&_csrf=geheim");
    }

    @Test
    void aReplayCarriesTheTokenOfTheNewGeneration() {
        token("old");
        AtomicInteger asked = new AtomicInteger();
        site.page("/guarded", http -> {
            asked.incrementAndGet();
            String body = LoopbackSite.body();
            LoopbackSite.answer(http, body.contains("_csrf=old") ? 401 : 200, "seen " + body);
        });

        assertThat(text(send(fetchUri("/guarded?renewalUri=direct:login"), Map.of("a", "1"))))
                .isEqualTo("seen a=1&_csrf=new");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aDynamicEndpointKeepsTheExpressionForEachSend() {
        token("1");

        String page = text(send("direct:dynamic", Map.of("a", "1"), Map.of("q", "7")));

        assertThat(page).contains("q=7").endsWith("a=1&_csrf=1&own=own1");
    }

    @Test
    void inYamlSeveralStandInOneText() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("fields.yaml", """
                        - from:
                            uri: direct:yaml
                            steps:
                              - to:
                                  uri: "%s"
                                  parameters:
                                    sessionFields: "csrf-token=${sessionVar(csrf)},b=2"
                                    sessionHeaders: "X-My-Token=${sessionVar(csrf)}, X-Other=a=b"
                        """.formatted(fetchUri("/echo"))));
        token("geheim");

        assertThat(text(send("direct:yaml", Map.of("a", "1"))))
                .containsIgnoringCase("X-My-Token: geheim")
                .containsIgnoringCase("X-Other: a=b")
                .endsWith("a=1&_csrf=geheim&csrf-token=geheim&b=2");
    }

    @Test
    void theHttpLogShowsNoForm() {
        token("geheim");
        try (LogCapture log = new LogCapture()) {
            for (Object form :
                    List.of(Map.of("a", "1"), MultipartEntityBuilder.create().addTextBody("a", "1"))) {
                text(send(fetchUri("/set?a=1&http.logHttpActivity=true"), form));
            }

            assertThat(String.join("\n", log.of("org.apache.camel.component.http.LoggingHttpActivityListener")))
                    .contains("POST")
                    .doesNotContain("geheim");
        }
    }
}
