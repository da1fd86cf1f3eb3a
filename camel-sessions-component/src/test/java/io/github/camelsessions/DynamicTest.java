/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sessions:} endpoints under toD, advice, intercepts and the life of routes. */
class DynamicTest {

    private final LoopbackSite site = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate template;

    @BeforeEach
    void start() throws Exception {
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:dynamic").toD("sessions:fetch/" + site.url() + "${header.path}?sessionId=${header.user}");
                from("direct:set")
                        .toD("sessions:fetch/" + site.url()
                                + "/set/${header.q}?sid=${header.q}&sessionId=${header.user}");
                from("direct:query")
                        .toD("sessions:fetch/" + site.url() + "/echo?sessionId=${header.user}&q=${header.q}");
                from("direct:raw")
                        .toD("sessions:fetch/" + site.url() + "/echo?sessionId=RAW(${header.user})&q=RAW(${header.q})");
                from("direct:rawTarget")
                        .toD("sessions:fetch?sessionId=${header.user}&httpUri=RAW(" + site.url()
                                + "/echo?x=1&sessionId=of+target&x=%2F&y=${header.q})");
                from("direct:anyUri").toD("${header.uri}");
                from("direct:operation").toD("sessions:getCookies?sessionId=${header.user}&format=json");
                from("direct:static").routeId("static").to("sessions:fetch/" + site.url() + "/echo?sessionId=anna");
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
        site.close();
    }

    @Test
    void oneEndpointServesAllSessionsAndTargets() {
        int before = context.getEndpoints().size();
        for (int i = 0; i < 20; i++) {
            Exchange done = request("direct:set", Map.of("user", "user " + i, "q", i));
            assertThat(done.getException()).isNull();
        }

        assertThat(context.getEndpoints()).hasSize(before + 1);
        for (int i = 0; i < 20; i++) {
            assertThat(Sessions.get(context).session("user " + i).cookieMap()).isEqualTo(Map.of("sid", "" + i));
        }
    }

    @Test
    void operationsWithoutRequestTakeTheDynamicSessionToo() {
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("a", "b"));
        int before = context.getEndpoints().size();

        assertThat(request("direct:operation", Map.of("user", "anna"))
                        .getMessage()
                        .getBody(String.class))
                .contains("\"a\"");
        assertThat(request("direct:operation", Map.of("user", "ben"))
                        .getMessage()
                        .getBody(String.class))
                .isEqualTo("[]");
        assertThat(context.getEndpoints()).hasSize(before + 1);
    }

    @Test
    void theHeaderWinsOverTheDynamicSessionAndStays() {
        Exchange done = request("direct:dynamic", Map.of("user", "anna", "path", "/echo", SessionsConstants.ID, "ben"));

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("ben");
        assertThat(done.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("ben");
        assertThat(Sessions.get(context).ids()).containsExactly("ben");
    }

    @Test
    void theDynamicSessionLeavesNoHeaderBehind() {
        Exchange done = request("direct:dynamic", Map.of("user", "anna", "path", "/echo"));

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(done.getMessage().getHeaders()).doesNotContainKeys(SessionsConstants.ID, Exchange.HTTP_URI);
    }

    @Test
    void theDynamicTargetWinsOverTheHeaders() {
        Exchange done = request(
                "direct:dynamic",
                Map.of(
                        "user",
                        "anna",
                        "path",
                        "/echo",
                        Exchange.HTTP_URI,
                        "http://127.0.0.1:1/",
                        Exchange.HTTP_PATH,
                        "/x",
                        Exchange.HTTP_QUERY,
                        "x=1",
                        Exchange.HTTP_METHOD,
                        "PUT"));

        assertThat(done.getMessage().getBody(String.class)).startsWith("PUT /echo\n");
    }

    @Test
    void rawValuesAreTakenAsTheyAre() {
        Exchange done = request("direct:raw", Map.of("user", "a+b%20&c", "q", "x&y=z"));

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("a+b%20&c");
        assertThat(done.getMessage().getBody(String.class)).startsWith("GET /echo?q=x%26y%3Dz\n");
    }

    @Test
    void aRawTargetIsTakenAsItIs() {
        Exchange done = request("direct:rawTarget", Map.of("user", "anna", "q", "1&sessionId=mallory"));

        assertThat(done.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(done.getMessage().getBody(String.class))
                .startsWith("GET /echo?x=1&sessionId=of+target&x=%2F&y=1%26sessionId%3Dmallory\n");
    }

    @Test
    void queryParametersGoToTheTarget() {
        assertThat(request("direct:query", Map.of("user", "anna", "q", "7"))
                        .getMessage()
                        .getBody(String.class))
                .startsWith("GET /echo?q=7\n");
    }

    @ParameterizedTest
    @CsvSource({
        "sessions:fetch/URL/echo?sesionId=1,  did you mean sessionId?",
        "sessions:fetch?sesionId=1,           did you mean sessionId?",
        "sessions:fetch?a=1,                  query.a",
        "sessions:fetch/URL/echo?maxRedirects=0, maxRedirects=0",
        "sessions:fetch/URL/echo?http.conectTimeout=1, did you mean http.connectTimeout?",
        "sessions:fetsh/URL/echo,             did you mean fetch?",
        "sessions:fetch:URL/echo,             write a slash before the target",
        "sessions:fetch/ftp://x/echo,         must be an absolute http or https URL",
        "sessions:fetch/URL/echo?site=potral, camel.component.sessions.sites[potral].uris"
    })
    void aWrongDynamicUriGetsAClearError(String uri, String named) {
        Exchange done = request("direct:anyUri", Map.of("uri", uri.replace("URL", site.url())));

        assertThat(done.getException()).hasStackTraceContaining(named);
        assertThat(site.requests()).isEmpty();
    }

    @Test
    void mocksThatSkipKeepTheNetworkOut() throws Exception {
        AdviceWith.adviceWith(context, "static", route -> route.mockEndpointsAndSkip("sessions:*"));

        request("direct:static", Map.of());

        assertThat(site.requests()).isEmpty();
        assertThat(context.getEndpoints().stream().filter(MockEndpoint.class::isInstance))
                .singleElement()
                .satisfies(mock ->
                        assertThat(((MockEndpoint) mock).getReceivedCounter()).isEqualTo(1));
    }

    @Test
    void mocksBesideTheEndpointLetItSend() throws Exception {
        AdviceWith.adviceWith(context, "static", route -> route.mockEndpoints("sessions:*"));

        request("direct:static", Map.of());

        assertThat(site.requests()).hasSize(1);
    }

    @Test
    void adviceReplacesTheEndpoint() throws Exception {
        AdviceWith.adviceWith(
                context,
                "static",
                route -> route.weaveByToUri("sessions:*").replace().to("mock:instead"));

        request("direct:static", Map.of());

        assertThat(site.requests()).isEmpty();
        assertThat(context.getEndpoint("mock:instead", MockEndpoint.class).getReceivedCounter())
                .isEqualTo(1);
    }

    @Test
    void anInterceptStandsBeforeTheEndpoint() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("sessions:*").setHeader("seen", constant("yes"));
                from("direct:intercepted").to("sessions:fetch/" + site.url() + "/echo");
            }
        });

        assertThat(request("direct:intercepted", Map.of()).getMessage().getBody(String.class))
                .contains("Seen: yes");
    }

    @Test
    void aProducerThatStartsLazilyFailsItsFirstExchangeOnly() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:lazy").to("sessions:fetch/" + site.url() + "/echo?lazyStartProducer=true");
                from("direct:lazyWrong").to("sessions:fetch/" + site.url() + "/echo?lazyStartProducer=true&site=x");
            }
        });

        assertThat(request("direct:lazy", Map.of()).getException()).isNull();
        assertThat(request("direct:lazyWrong", Map.of()).getException())
                .hasStackTraceContaining("site 'x' is not configured");
        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:wrong").to("sessions:fetch/" + site.url() + "/echo?site=x");
                    }
                }))
                .hasStackTraceContaining("site 'x' is not configured");
    }

    @Test
    void aRouteThatWasStoppedAndStartedKeepsItsSession() throws Exception {
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("a", "b"));
        request("direct:static", Map.of());

        context.getRouteController().stopRoute("static");
        context.getRouteController().startRoute("static");
        request("direct:static", Map.of());
        context.getRouteController().suspendRoute("static");
        context.getRouteController().resumeRoute("static");
        request("direct:static", Map.of());

        assertThat(site.requests())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.cookie()).isEqualTo("a=b"));
    }

    @Test
    void aComponentThatWasRemovedAndAddedAgainKeepsItsSessions() throws Exception {
        Sessions.get(context).session("anna").addCookies(site.url(), Map.of("a", "b"));
        request("direct:static", Map.of());

        context.removeComponent("sessions");
        request("direct:static", Map.of());
        context.addComponent("sessions", new SessionsComponent());
        request("direct:static", Map.of());
        context.getRouteController().stopRoute("static");
        context.removeRoute("static");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:again").to("sessions:fetch/" + site.url() + "/echo?sessionId=anna");
            }
        });
        request("direct:again", Map.of());

        assertThat(site.requests())
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.cookie()).isEqualTo("a=b"));
    }

    private Exchange request(String route, Map<String, Object> headers) {
        return template.request(
                route,
                exchange ->
                        headers.forEach((name, value) -> exchange.getMessage().setHeader(name, value)));
    }
}
