/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.CaptureFrom;
import io.github.camelsessions.api.SiteConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of an answer becomes a variable of its session, by each source. */
class CaptureTest extends SharedContextTest {

    private static final String PAGE = """
            <html><head><meta name="csrf-token" content="geheim1"></head><body>
            <p id=who>Anna <b>Berg</b></p>
            <form><input name=_csrf value="geheim2"><select id=lang><option value=de>Deutsch<option value=en selected>English</select>
            <textarea id=note>
            a &amp; b</textarea></form>
            <script>var token = "geheim3";</script></body></html>
            """;

    private static final String JSON =
            "{\"data\":{\"token\":\"geheim4\",\"in\":3600,\"none\":null,\"a/b\":[true,\"x\"]},\"empty\":\"\"}";

    CaptureTest() {
        site.page("/page", http -> {
            http.getResponseHeaders().add("X-Token", "geheim5");
            http.getResponseHeaders().add("Set-Cookie", "XSRF-TOKEN=geheim6; Path=/");
            http.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            LoopbackSite.answer(http, 200, PAGE);
        });
        for (String path : List.of("/json", "/all")) {
            site.page(path, http -> {
                http.getResponseHeaders().add("Content-Type", "application/json");
                LoopbackSite.answer(http, 200, JSON);
            });
        }
        site.page("/latin", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            byte[] latin = "<meta charset=iso-8859-1><p id=who>Müller</p>".getBytes(StandardCharsets.ISO_8859_1);
            http.sendResponseHeaders(200, latin.length);
            http.getResponseBody().write(latin);
            http.close();
        });
        site.page("/failure", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 500, PAGE);
        });
        site.page("/on", http -> {
            http.getResponseHeaders().add("X-Token", "geheim7");
            http.getResponseHeaders().add("Set-Cookie", "XSRF-TOKEN=geheim8; Path=/");
            http.getResponseHeaders().add("Location", "/json");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/quiet", http -> LoopbackSite.answer(http, 200, "nothing"));
        site.page("/large", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, PAGE + "x".repeat(3_000_000));
        });
    }

    @Override
    void configure(CamelContext context) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url());
        portal.setCapture(Map.of("site", "regex:geheim4"));
        portal.setRenewalUri("direct:log-in");
        portal.setRenewFirst(false);
        SiteConfiguration whole = new SiteConfiguration();
        whole.setUris(site.url() + "/all");
        whole.setCapture(Map.of("all", "json:/data/token"));
        whole.setCaptureFrom(CaptureFrom.all);
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getSites().put("portal", portal);
        component.getSites().put("whole", whole);
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                String large = fetchUri("/large") + "?capture.who=RAW(css:#who)";
                from("direct:log-in").to(fetchUri("/on"));
                from("direct:cached").to(large).convertBodyTo(String.class);
                from("direct:raw").to(large + "&http.disableStreamCache=true").convertBodyTo(String.class);
            }
        };
    }

    private Object variable(String site, String name) {
        return sessions().site(site).session(session).variable(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/page   | header:x-token                   | geheim5",
                "/page   | cookie:XSRF-TOKEN                | geheim6",
                "/on     | header:X-Token                   | geheim7",
                "/on     | cookie:XSRF-TOKEN                | geheim8",
                "/json   | json:/data/token                 | geheim4",
                "/on     | json:/data/token                 | geheim4",
                "/json   | json:/data/in                    | 3600",
                "/json   | json:/data/a~1b/0                | true",
                "/json   | json:/data/a~1b/1                | x",
                "/json   | json:/data/none                  |",
                "/json   | json:/data                       |",
                "/json   | json:/nowhere                    |",
                "/json   | json:/empty                      |",
                "/page   | json:/data/token                 |",
                "/page   | css:meta[name=csrf-token]@content| geheim1",
                "/page   | css:[name=_csrf]                 | geheim2",
                "/page   | css:#lang                        | en",
                "/page   | css:#note                        | a & b",
                "/page   | css:#who                         | Anna Berg",
                "/latin  | css:#who                         | Müller",
                "/page   | css:#nobody                      |",
                "/page   | css:#who@title                   |",
                "/json   | css:#who                         |",
                "/page   | regex:token = \"(\\w+)\"         | geheim3",
                "/json   | regex:geheim\\d                  | geheim4",
                "/page   | regex:(never)                    |",
                "/failure| css:#who                         |",
                "/quiet  | header:X-Token                   |",
                "/large  | css:#who                         | Anna Berg"
            })
    void aValueIsTakenByItsSource(String path, String source, String value) {
        send(fetchUri(path) + "?capture.value=RAW(" + source.strip() + ")", null);

        assertThat(variable("portal", "value")).isEqualTo(value);
    }

    @Test
    void whoeverReadsThePageGetsAllOfIt() {
        assertThat(text(send("direct:cached", null))).hasSize(PAGE.length() + 3_000_000);
        assertThat(text(send("direct:raw", null))).hasSize(PAGE.length() + 3_000_000);
        assertThat(variable("portal", "who")).isEqualTo("Anna Berg");
    }

    @Test
    void aPageThatIsMeantToFillTheMemoryHoldsNothing() {
        site.page("/hostile", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            // each paragraph begins anew what was left open, with all its attributes
            StringBuilder page = new StringBuilder("<p id=who>Anna Berg</p><p>");
            for (int tag = 0; tag < 12; tag++) {
                page.append("<b");
                for (int i = 0; i < 500; i++) {
                    page.append(" a").append(tag).append('x').append(i);
                }
                page.append('>');
            }
            LoopbackSite.answer(http, 200, page.append("<p>x".repeat(250_000)).toString());
        });

        assertThat(text(send(fetchUri("/hostile") + "?capture.who=RAW(css:#who)", null)))
                .hasSizeGreaterThan(900_000);
        assertThat(variable("portal", "who")).isNull();
    }

    @Test
    void aSiteCapturesFromLogInsOnlyUnlessItSaysAll() {
        fetch("/json");
        send(fetchUri("/all"), null);

        assertThat(variable("portal", "site")).isNull();
        assertThat(variable("whole", "all")).isEqualTo("geheim4");

        assertThat(send("sessions:renew?site=portal", null).getException()).isNull();

        assertThat(variable("portal", "site")).isEqualTo("geheim4");
    }

    @Test
    void anEndpointsOwnCaptureWinsAndCanBeLimitedToLogIns() {
        send(fetchUri("/json") + "?capture.site=json:/data/in", null);
        send(fetchUri("/all") + "?capture.all=json:/data/in&captureFrom=logIn", null);

        assertThat(variable("portal", "site")).isEqualTo("3600");
        assertThat(variable("whole", "all")).isNull();
    }

    @Test
    void severalStandInOneTextInYaml() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("capture.yaml", """
                        - from:
                            uri: direct:yaml
                            steps:
                              - to:
                                  uri: %s
                                  parameters:
                                    capture: "my-token=css:meta[name=csrf-token]@content,who=css:#who"
                        """.formatted(fetchUri("/page"))));
        send("direct:yaml", null);

        assertThat(variable("portal", "my-token")).isEqualTo("geheim1");
        assertThat(variable("portal", "who")).isEqualTo("Anna Berg");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data/token      | must be one of header:X-CSRF-Token",
                "json:data/token | must be a JSON Pointer, which begins with a slash",
                "css:[           | is no CSS selector",
                "css:@content    | is no CSS selector",
                "regex:(         | is no regular expression that RE2 knows",
                "regex:(?=a)     | neither back references nor look-around",
                "cookie:         | must be one of header:X-CSRF-Token"
            })
    void aWrongSourceIsNamed(String source, String why) {
        assertThat(failure(fetchUri("/page") + "?capture.value=RAW(" + source + ")", null, Map.of()))
                .contains("capture.value=" + source + ": ")
                .contains(why);
    }
}
