/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a fetch goes, and with which method and body. */
class FetchTargetTest extends SharedContextTest {

    private final LoopbackSite other = new LoopbackSite();

    @AfterAll
    void closeOther() {
        other.close();
    }

    @Override
    void configure(CamelContext context) {
        SiteConfiguration rules = new SiteConfiguration();
        rules.setUris(other.url() + "/*");
        context.getComponent("sessions", SessionsComponent.class).setSites(Map.of("other", rules));
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:headersThenEndpoint")
                        .to("sessions:fetch")
                        .to("sessions:fetch/" + other.url() + "/echo/second");
                from("direct:endpointThenHeader")
                        .to("sessions:fetch/" + other.url() + "/echo/first")
                        .setHeader("CamelHttpUri", constant(site.url() + "/echo/second"))
                        .to("sessions:fetch");
                from("direct:pageThenForm")
                        .to("sessions:fetch/" + site.url() + "/latin")
                        .setBody(constant(Map.of("city", "Köln")))
                        .to("sessions:fetch/" + site.url() + "/echo");
            }
        };
    }

    private LoopbackSite.Request sent(String uri, Object body, Map<String, ?> headers) {
        text(send(uri, body, headers));
        return site.lastRequest();
    }

    private LoopbackSite.Request sent(String uri, Object body) {
        return sent(uri, body, Map.of());
    }

    private String sentTo(Map<String, ?> headers) {
        return sent("sessions:fetch", null, headers).uri();
    }

    @Test
    void theTargetOfTheEndpointWinsOverTheHeaders() {
        assertThat(sent(
                                fetchUri("/echo/mine?a=1"),
                                null,
                                Map.of(
                                        "CamelHttpUri", other.url() + "/theirs",
                                        "CamelHttpPath", "/theirs",
                                        "CamelHttpQuery", "b=2",
                                        "CamelHttpRawQuery", "c=3"))
                        .uri())
                .isEqualTo("/echo/mine?a=1");
        assertThat(other.requests()).noneMatch(request -> request.uri().contains("theirs"));
    }

    @Test
    void aRelativePathThatAConsumerLeftDoesNotDisturbAnEndpointWithATarget() {
        assertThat(sent(fetchUri("/echo"), null, Map.of("CamelHttpUri", "/in/bound", "CamelHttpPath", "/in/bound"))
                        .uri())
                .isEqualTo("/echo");
    }

    @Test
    void withoutATargetInTheEndpointTheHeaderNamesIt() {
        assertThat(sentTo(Map.of("CamelHttpUri", site.url() + "/echo/a?b=c"))).isEqualTo("/echo/a?b=c");
    }

    @ParameterizedTest
    @CsvSource({
        "/echo,          /a,    , , /echo/a",
        "/echo/,         /a,    , , /echo/a",
        "/echo/,         a,     , , /echo/a",
        "/echo,          a b/ü, , , /echo/a%20b/%C3%BC",
        "/echo?x=1,      /a,    , , /echo/a?x=1",
        "/echo?x=1,      ,      y=2, , /echo?y=2",
        "/echo?x=1,      /a,    y=2, , /echo/a?y=2",
        "/echo,          ,      y=ä ö, , /echo?y=%C3%A4%20%C3%B6",
        "/echo,          ,      y=2, z=%2F, /echo?z=%2F",
        "/echo?x=1,      ,      '', , /echo"
    })
    void pathAndQueryHeadersCompleteTheHeaderTarget(
            String uri, String path, String query, String rawQuery, String expected) {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("CamelHttpUri", site.url() + uri);
        headers.put("CamelHttpPath", path);
        headers.put("CamelHttpQuery", query);
        headers.put("CamelHttpRawQuery", rawQuery);

        assertThat(sentTo(headers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/orders",
                "orders",
                "//portal.example/orders",
                "ftp://portal.example/orders",
                "file:///etc/passwd",
                "portal.example:80/orders",
                "",
                "http:",
                "http://",
                "http:///orders",
                "http://:80/",
                "http://portal example/",
                "http://portal.example:port/",
                "http://portal.example:99999/",
                "http://[::1/",
                "http://portal.example\r\nX-Evil: 1/",
                "http://portal.example/\nX-Evil: 1",
                "http://user:geheim@portal.example/",
                "ftp://user:geheim@portal.example/",
                "user:geheim@portal.example",
                "http://user:geheim@portal example/%zz",
                "http://{{sys:user.home}}/",
                "http://portal.example/{{sys:user.home}}"
            })
    void aHeaderTargetThatIsNoHttpUrlIsRefusedByItsName(String target) {
        String failure = failure("sessions:fetch", null, Map.of("CamelHttpUri", target));

        assertThat(failure)
                .startsWith("java.lang.IllegalArgumentException: header CamelHttpUri")
                .doesNotContain("geheim", System.getProperty("user.home"));
    }

    @Test
    void aBrokenQueryIsRefusedWithoutShowingIt() {
        assertThat(failure("sessions:fetch", null, Map.of("CamelHttpUri", "htp://h/a?token=geheim")))
                .contains("header CamelHttpUri 'htp://h/a'")
                .doesNotContain("geheim");
        assertThat(failure(
                        "sessions:fetch",
                        null,
                        Map.of("CamelHttpUri", site.url() + "/echo", "CamelHttpQuery", "token=geheim\r\nX: y")))
                .contains("header CamelHttpUri")
                .doesNotContain("geheim");
    }

    @Test
    void aPlaceholderInTheQueryOfAMessageIsDataAndStaysAsItIs() {
        assertThat(sentTo(Map.of("CamelHttpUri", site.url() + "/echo", "CamelHttpQuery", "q={{sys:user.home}}")))
                .isEqualTo("/echo?q=%7B%7Bsys:user.home%7D%7D");
    }

    @Test
    void aTargetInOtherAlphabetsIsSentPercentEncoded() {
        assertThat(sent(fetchUri("/echo/straße?ort=Köln"), null).uri()).isEqualTo("/echo/stra%C3%9Fe?ort=K%C3%B6ln");
    }

    @Test
    void withoutAnyTargetTheErrorTellsBothWaysToGiveOne() {
        assertThat(failure("sessions:fetch?sessionId=1"))
                .contains("has no target", "sessions:fetch/https://", "header CamelHttpUri");
    }

    @Test
    void theHeadersOfTheFirstCallDoNotSteerTheSecond() {
        Exchange exchange = send(
                "direct:headersThenEndpoint",
                "body",
                Map.of(
                        "CamelHttpUri", site.url() + "/echo",
                        "CamelHttpPath", "/first",
                        "CamelHttpQuery", "a=1",
                        "CamelHttpMethod", "PUT"));

        text(exchange);
        assertThat(site.lastRequest().method()).isEqualTo("PUT");
        assertThat(site.lastRequest().uri()).isEqualTo("/echo/first?a=1");
        assertThat(other.lastRequest().method()).isEqualTo("POST");
        assertThat(other.lastRequest().uri()).isEqualTo("/echo/second");
        assertThat(exchange.getMessage().getHeaders())
                .doesNotContainKeys("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpMethod");
    }

    @Test
    void callsToTwoSitesInOneRouteUseTheSessionOfEachSite() {
        sessions().session(session).addCookies(site.url(), Map.of("at", "default"));
        sessions().site("other").session(session).addCookies(other.url(), Map.of("at", "other"));

        text(send("direct:headersThenEndpoint", null, Map.of("CamelHttpUri", site.url() + "/echo/first")));
        assertThat(site.lastRequest().cookie()).isEqualTo("at=default");
        assertThat(other.lastRequest().cookie()).isEqualTo("at=other");

        text(send("direct:endpointThenHeader", null));
        assertThat(other.lastRequest().uri()).isEqualTo("/echo/first");
        assertThat(other.lastRequest().cookie()).isEqualTo("at=other");
        assertThat(site.lastRequest().uri()).isEqualTo("/echo/second");
        assertThat(site.lastRequest().cookie()).isEqualTo("at=default");
    }

    @Test
    void theHeadersThatRestLeavesAreConsumedToo() {
        Exchange exchange = send(
                fetchUri("/echo"), null, Map.of("CamelRestHttpUri", "http://a.example/", "CamelRestHttpQuery", "b=c"));

        assertThat(text(exchange)).startsWith("GET /echo\n");
        assertThat(exchange.getMessage().getHeaders()).doesNotContainKeys("CamelRestHttpUri", "CamelRestHttpQuery");
    }

    @Test
    void unknownParametersAreTheQueryOfTheTarget() {
        assertThat(sent(fetchUri("/echo?city=Berlin&sessionId=x&page=2"), null).uri())
                .isEqualTo("/echo?city=Berlin&page=2");
    }

    @Test
    void queryOptionsAreTheQueryOfTheTargetWhateverTheirName() {
        assertThat(sent(fetchUri("/echo?a=1&query.site=berlin&query.sessionId=7"), null)
                        .uri())
                .isEqualTo("/echo?a=1&sessionId=7&site=berlin");
    }

    @Test
    void aRawTargetIsTakenAsItIs() {
        assertThat(sent("sessions:fetch?httpUri=RAW(" + site.url() + "/echo?a=1&site=x&b=%2F+%26)&sessionId=x", null)
                        .uri())
                .isEqualTo("/echo?a=1&site=x&b=%2F+%26");
    }

    @Test
    void aRawTargetIsExactWhereverItStandsButForEscapedPercentSignsInTheTextOfAUri() throws Exception {
        String exact = "/echo/a%252Fb?x=%2F+%2526~'c";
        String raw = "sessions:fetch?httpUri=RAW(" + site.url() + exact + ")";
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:rawInToD").toD(raw);
            }
        });
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("raw.yaml", """
                - route:
                    from:
                      uri: direct:rawInYaml
                      steps:
                        - to:
                            uri: sessions:fetch
                            parameters:
                              httpUri: RAW(%s)
                """.formatted(site.url() + exact)));

        assertThat(sent("direct:rawInToD", null).uri()).isEqualTo(exact);
        assertThat(sent("direct:rawInYaml", null).uri()).isEqualTo(exact);
        assertThat(sentTo(Map.of("CamelHttpUri", site.url() + exact))).isEqualTo(exact);
        // Camel has read %25 as % before the component is asked, and writes it so for YAML, as if it did not
        assertThat(sent(raw, null).uri()).isEqualTo(exact.replace("%25", "%"));
        assertThat(sent(raw.replace("%25", "%2525"), null).uri()).isEqualTo(exact);
    }

    @Test
    void queryOptionsAddToARawTarget() {
        assertThat(sent("sessions:fetch?httpUri=RAW(" + site.url() + "/echo?a=1&b=2)&query.c=3", null)
                        .uri())
                .isEqualTo("/echo?a=1&b=2&c=3");
    }

    @Test
    void aRequestWithoutBodyIsAGetAndOneWithBodyAPost() {
        assertThat(sent(fetchUri("/echo"), null).method()).isEqualTo("GET");

        LoopbackSite.Request post = sent(fetchUri("/echo"), "text");
        assertThat(post.method()).isEqualTo("POST");
        assertThat(post.body()).isEqualTo("text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "put"})
    void theMethodHeaderNamesTheMethod(String method) {
        assertThat(sent(fetchUri("/echo"), "text", Map.of("CamelHttpMethod", method))
                        .method())
                .isEqualTo("PUT");
        assertThat(sent(fetchUri("/echo"), "text", Map.of("CamelHttpMethod", HttpMethods.PATCH))
                        .method())
                .isEqualTo("PATCH");
    }

    @Test
    void theMethodOptionWinsOverHeaderAndBody() {
        LoopbackSite.Request request = sent(fetchUri("/echo?method=GET"), "text", Map.of("CamelHttpMethod", "PUT"));

        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.body()).isEmpty();
    }

    @Test
    void anUnknownMethodInTheHeaderIsRefusedByItsName() {
        assertThat(failure(fetchUri("/echo"), null, Map.of("CamelHttpMethod", "FETCH")))
                .startsWith("java.lang.IllegalArgumentException: header CamelHttpMethod: unknown HTTP method 'FETCH'");
    }

    @Test
    void aMapIsSentAsAForm() {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("name", "Jörg Müller");
        form.put("größe", 180);
        form.put("tag", List.of("a,b", "c&d"));
        form.put("ids", new int[] {1, 2});
        form.put("none", null);
        form.put("empty", "");
        form.put("blank", " ");
        form.put("partly", Arrays.asList("x", null, ""));
        form.put("last", true);

        Exchange exchange = send(fetchUri("/echo"), form);

        assertThat(text(exchange)).containsIgnoringCase("Content-Type: application/x-www-form-urlencoded");
        assertThat(site.lastRequest().method()).isEqualTo("POST");
        assertThat(site.lastRequest().body())
                .isEqualTo("name=J%C3%B6rg+M%C3%BCller&gr%C3%B6%C3%9Fe=180&tag=a%2Cb&tag=c%26d&ids=1&ids=2"
                        + "&empty=&blank=+&partly=x&partly=&last=true");
    }

    @Test
    void theContentTypeAndCharsetOfAPageDoNotStayOnAForm() {
        site.page("/latin", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html; charset=ISO-8859-1");
            LoopbackSite.answer(http, 200, "page");
        });

        String echo = text(send("direct:pageThenForm", null));

        assertThat(echo).containsOnlyOnce("Content-type:").contains("application/x-www-form-urlencoded");
        assertThat(site.lastRequest().body()).isEqualTo("city=K%C3%B6ln");
    }

    @Test
    void theContentTypeOfTheMessageIsSentWithAnyOtherBody() {
        assertThat(text(send(fetchUri("/echo"), "{}", Map.of(Exchange.CONTENT_TYPE, "application/json"))))
                .contains("Content-type: application/json");
    }
}
