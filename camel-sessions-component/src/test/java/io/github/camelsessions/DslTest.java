/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The component in routes written in YAML and Java, and in routes dumped and loaded again. */
class DslTest {

    private static final String YAML = """
            - route:
                id: set
                from:
                  uri: direct:set
                  steps:
                    - to:
                        uri: sessions:fetch/%1$s/set
                        parameters:
                          sessionId: anna
                          sid: 1
            - route:
                id: echo
                from:
                  uri: direct:echo
                  steps:
                    - to:
                        uri: sessions:fetch/%1$s/echo
                        parameters:
                          sessionId: anna
                          method: PUT
                          query.a: b c
                          http.userAgent: Own/1
            - route:
                id: split
                from:
                  uri: direct:split
                  steps:
                    - to:
                        uri: sessions
                        parameters:
                          operation: fetch
                          httpUri: %1$s/echo
                          sessionId: anna
            - route:
                id: dynamic
                from:
                  uri: direct:dynamic
                  steps:
                    - toD:
                        uri: sessions:fetch/%1$s/echo
                        parameters:
                          sessionId: ${header.user}
                          q: ${header.q}
            - route:
                id: cookies
                from:
                  uri: direct:cookies
                  steps:
                    - to:
                        uri: sessions:getCookies
                        parameters:
                          sessionId: anna
                          format: list
            """;

    // not in dumps: with parameters Camel's writer cuts a RAW value at its &, whatever the component
    private static final String RAW_YAML = """
            - route:
                id: raw
                from:
                  uri: direct:raw
                  steps:
                    - to:
                        uri: sessions:fetch
                        parameters:
                          httpUri: RAW(%1$s/echo?x=1&y=2)
                          sessionId: anna
            """;

    private final LoopbackSite site = new LoopbackSite();
    private CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
        site.close();
    }

    @Test
    void routesInYamlWork() throws Exception {
        load((YAML + RAW_YAML).formatted(site.url()));

        assertThatTheRoutesWork();
        assertThatTheRawRouteWorks();
    }

    @Test
    void aRawTargetInThePathIsRefusedWithTheWayOut() {
        assertThatThrownBy(() -> load(RAW_YAML.formatted(site.url())
                        .replace("uri: sessions:fetch", "uri: sessions")
                        .replace("sessionId:", "operation: fetch\n              sessionId:")))
                .hasStackTraceContaining("write uri: sessions:fetch with httpUri among the parameters");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void routesDumpedAsYamlWorkElsewhere(boolean uriAsParameters) throws Exception {
        load(YAML.formatted(site.url()));
        RoutesDefinition routes = new RoutesDefinition();
        routes.setRoutes(((DefaultCamelContext) context).getRouteDefinitions());
        String dump = PluginHelper.getModelToYAMLDumper(context)
                .dumpModelAsYaml(context, routes, false, uriAsParameters, false, false);
        context.stop();
        assertThat(dump).contains(uriAsParameters ? "operation: fetch" : "uri: sessions:fetch/http", "sessionId");

        context = new DefaultCamelContext();
        load(dump);

        assertThatTheRoutesWork();
    }

    @Test
    void routesInJavaWork() throws Exception {
        RouteBuilder builder = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:set").to("sessions:fetch/" + site.url() + "/set?sid=1&sessionId=anna");
                from("direct:echo")
                        .to("sessions:fetch/" + site.url()
                                + "/echo?sessionId=anna&method=PUT&query.a=b c&http.userAgent=Own/1");
                from("direct:split").to("sessions:fetch/" + site.url() + "/echo?sessionId=anna");
                from("direct:raw").to("sessions:fetch?sessionId=anna&httpUri=RAW(" + site.url() + "/echo?x=1&y=2)");
                from("direct:dynamic")
                        .toD("sessions:fetch/" + site.url() + "/echo?sessionId=${header.user}&q=${header.q}");
                from("direct:cookies").to("sessions:getCookies?sessionId=anna&format=list");
            }
        };
        context.addRoutes(builder);
        context.start();

        assertThatTheRoutesWork();
        assertThatTheRawRouteWorks();
    }

    @Test
    void aMistypedOptionInYamlStopsTheStart() {
        assertThatThrownBy(() -> load("""
                        - route:
                            from:
                              uri: direct:x
                              steps:
                                - to:
                                    uri: sessions:fetch/http://localhost/x
                                    parameters:
                                      sesionId: anna
                        """))
                .hasStackTraceContaining("unknown option 'sesionId', did you mean sessionId?");
    }

    private void assertThatTheRoutesWork() throws Exception {
        assertThat(request("direct:set").getException()).isNull();

        String echo = request("direct:echo").getMessage().getBody(String.class);
        assertThat(echo).contains("User-agent: Own/1", "Cookie: sid=1").containsPattern("^PUT /echo\\?a=b(\\+|%20)c\n");
        assertThat(request("direct:split").getMessage().getBody(String.class))
                .startsWith("GET /echo\n")
                .contains("Cookie: sid=1");
        assertThat(request("direct:dynamic").getMessage().getBody(String.class))
                .startsWith("GET /echo?q=7\n")
                .contains("Cookie: sid=1");
        assertThat(request("direct:cookies").getMessage().getBody(String.class)).contains("sid=1");
    }

    private void assertThatTheRawRouteWorks() throws Exception {
        assertThat(request("direct:raw").getMessage().getBody(String.class))
                .startsWith("GET /echo?x=1&y=2\n")
                .contains("Cookie: sid=1");
    }

    private Exchange request(String route) throws Exception {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            return template.request(route, exchange -> {
                exchange.getMessage().setHeader("user", "anna");
                exchange.getMessage().setHeader("q", "7");
            });
        }
    }

    private void load(String yaml) throws Exception {
        ((DefaultCamelContext) context).disableJMX();
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("routes.yaml", yaml));
        context.start();
    }
}
