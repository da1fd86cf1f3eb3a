/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sending through a camel-http endpoint as a processor, in Java and in YAML. */
class SessionHttpProcessorTest {

    private static final LoopbackSite SITE = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static ProducerTemplate template;

    @BeforeAll
    static void start() throws Exception {
        SITE.page("/cookie", http -> {
            http.getResponseHeaders().add("Set-Cookie", "c=1");
            LoopbackSite.answer(http, 200, "");
        });
        CONTEXT.disableJMX();
        SiteConfiguration ofSite = new SiteConfiguration();
        ofSite.setUris(SITE.url() + "/set*");
        ofSite.setSessionId("of site");
        CONTEXT.getComponent("sessions", SessionsComponent.class).getSites().put("portal", ofSite);
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                Sessions sessions = Sessions.get(getContext());
                from("direct:set").process(sessions.wrap(SITE.url() + "/set?sid=1"));
                from("direct:cookie").process(sessions.wrap(SITE.url() + "/redirect?to=/echo"));
                from("direct:echo").process(sessions.wrap(SITE.url() + "/echo?userAgent=Own/1&httpMethod=PUT"));
                from("direct:wireTap").wireTap("direct:tapped").end().setBody(constant("untouched"));
                from("direct:tapped")
                        .process(sessions.wrap(SITE.url() + "/echo"))
                        .to("mock:tapped");
                from("direct:split")
                        .split(body())
                        .parallelProcessing()
                        .setHeader(SessionsConstants.ID, body())
                        .setBody(constant((Object) null))
                        .process(sessions.wrap(SITE.url() + "/cookie"))
                        .end();
            }
        });
        PluginHelper.getRoutesLoader(CONTEXT)
                .loadRoutes(ResourceHelper.fromString("routes.yaml", """
                        - beans:
                            - name: portal
                              type: io.github.camelsessions.SessionHttpProcessor
                              properties:
                                uri: %1$s/cookie
                                sessionId: yaml
                        - route:
                            from:
                              uri: direct:yamlProcess
                              steps:
                                - process:
                                    ref: portal
                        - route:
                            from:
                              uri: direct:yamlBean
                              steps:
                                - bean:
                                    ref: portal
                        - route:
                            from:
                              uri: direct:yamlToBean
                              steps:
                                - to:
                                    uri: bean:portal
                        """.formatted(SITE.url())));
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
        SITE.close();
    }

    @Test
    void theProcessorSendsInTheSessionWithTheOptionsOfItsEndpoint() {
        request("direct:cookie", "anna");

        Exchange echo = request("direct:echo", "anna");

        assertThat(echo.getException()).isNull();
        assertThat(SITE.lastRequest().method()).isEqualTo("PUT");
        assertThat(SITE.lastRequest().userAgent()).isEqualTo("Own/1");
        assertThat(SITE.lastRequest().cookie()).isEqualTo("hop=redirect");
        assertThat(echo.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
    }

    @Test
    void theDefaultsOfCamelHttpStay() {
        Exchange done = request("direct:cookie", "defaults");

        assertThat(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(302);
        assertThat(done.getException())
                .as("a redirect not followed is a failure")
                .isNotNull();
    }

    @Test
    void theSiteOfTheTargetNamesSiteAndSession() {
        request("direct:set", null);

        assertThat(Sessions.get(CONTEXT).site("portal").session("of site").cookieMap())
                .containsEntry("sid", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:yamlProcess", "direct:yamlBean", "direct:yamlToBean"})
    void aBeanInYamlSendsInItsSession(String route) {
        Sessions.get(CONTEXT).session("yaml").clear();
        Sessions.get(CONTEXT).session("header").clear();

        request(route, null);
        assertThat(Sessions.get(CONTEXT).session("yaml").cookieMap()).containsEntry("c", "1");
        request(route, "header");
        assertThat(Sessions.get(CONTEXT).session("header").cookieMap()).containsEntry("c", "1");
    }

    @Test
    void aWireTappedExchangeSendsInItsSession() throws Exception {
        request("direct:cookie", "tapped");
        MockEndpoint tapped = CONTEXT.getEndpoint("mock:tapped", MockEndpoint.class);
        tapped.expectedMessageCount(1);

        Exchange done = request("direct:wireTap", "tapped");

        tapped.assertIsSatisfied();
        assertThat(done.getMessage().getBody()).isEqualTo("untouched");
        assertThat(tapped.getReceivedExchanges().get(0).getMessage().getBody(String.class))
                .contains("Cookie: hop=redirect");
    }

    @Test
    void eachPartOfASplitHasItsOwnSession() {
        template.request("direct:split", exchange -> exchange.getMessage().setBody(List.of("one", "two", "three")));

        assertThat(Sessions.get(CONTEXT).ids()).contains("one", "two", "three");
        assertThat(Sessions.get(CONTEXT).session("two").cookieMap()).containsEntry("c", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "direct:set            | must begin with http: or https:",
                "mock:x?retainFirst=1  | must begin with http: or https:",
                "sessions:fetch        | must begin with http: or https:"
            })
    void anEndpointThatIsNotHttpIsRefusedAtStart(String uri, String wayOut) {
        SessionHttpProcessor processor = Sessions.get(CONTEXT).wrap(uri);

        assertThatThrownBy(processor::start).hasStackTraceContaining(wayOut).hasStackTraceContaining(uri);
    }

    @Test
    void aProcessorWithoutUriIsRefusedAtStart() {
        SessionHttpProcessor processor = new SessionHttpProcessor();
        processor.setCamelContext(CONTEXT);

        assertThatThrownBy(processor::start).hasStackTraceContaining("SessionHttpProcessor has no uri");
    }

    private static Exchange request(String route, String session) {
        return template.request(route, exchange -> {
            if (session != null) {
                exchange.getMessage().setHeader(SessionsConstants.ID, session);
            }
        });
    }
}
