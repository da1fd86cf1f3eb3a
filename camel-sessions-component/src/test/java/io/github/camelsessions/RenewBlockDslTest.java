/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.xml.in.ModelParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The renew block in each language for routes, in dumps, and under Camel's tools. */
class RenewBlockDslTest {

    @RegisterExtension
    static final ExpiringSite portal =
            ExpiringSite.builder().user("anna", "secret").start();

    private static final String YAML_STEP = """
            - route:
                id: block
                from:
                  uri: direct:block
                  steps:
                    - renewSession:
                        id: renews
                        sessionId: "${header.user}"
                        steps:
                          - setBody:
                              id: password
                              expression:
                                constant:
                                  expression: user=anna&password=secret
                          - setHeader:
                              name: Content-Type
                              expression:
                                constant:
                                  expression: application/x-www-form-urlencoded
                          - to:
                              id: login
                              uri: sessions:fetch/%1$s/login
                    - setHeader:
                        name: after
                        expression:
                          constant:
                            expression: "yes"
            """;

    private static final String YAML_POLICY =
            YAML_STEP.replace("renewSession:\n", "policy:\n").replace("sessionId: \"", "ref: \"renewSession:");

    private static final String YAML = knowsTheStep() ? YAML_STEP : YAML_POLICY;

    private static final String XML = """
            <routes xmlns="http://camel.apache.org/schema/spring">
              <route id="block">
                <from uri="direct:block"/>
                <policy id="renews" ref="renewSession:${header.user}">
                  <setBody id="password"><constant>user=anna&amp;password=secret</constant></setBody>
                  <setHeader name="Content-Type"><constant>application/x-www-form-urlencoded</constant></setHeader>
                  <to id="login" uri="sessions:fetch/%1$s/login"/>
                </policy>
                <setHeader name="after"><constant>yes</constant></setHeader>
              </route>
            </routes>
            """;

    private DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    @EnabledIf("knowsTheStep")
    void theStepWorksInYaml() throws Exception {
        loadYaml(YAML_STEP);

        assertThatItRenews();
    }

    @Test
    void thePolicyWorksInYaml() throws Exception {
        assertThat(YAML_POLICY).contains("policy:", "ref: \"renewSession:${header.user}\"");
        loadYaml(YAML_POLICY);

        assertThatItRenews();
    }

    @Test
    void thePolicyWorksInXml() throws Exception {
        loadXml(XML);

        assertThatItRenews();
    }

    @ParameterizedTest
    @ValueSource(strings = {"renewSession:${header.user}", "renewSession:{{who}}", "renewSession:anna", "policyBean"})
    void thePolicyWorksInJava(String ref) throws Exception {
        context.getPropertiesComponent().addInitialProperty("who", "anna");
        RenewSessionPolicy bean = new RenewSessionPolicy();
        bean.setSessionId("{{who}}");
        context.getRegistry().bind("policyBean", bean);
        loadJava(ref);

        assertThatItRenews();
    }

    @Test
    void aPolicyThatIsABeanWorksInYaml() throws Exception {
        loadYaml("""
                - beans:
                    - name: renewal
                      type: io.github.camelsessions.RenewSessionPolicy
                      properties:
                        sessionId: "${header.user}"
                        renewedWhen: "${header.CamelHttpResponseCode} == 200"
                        keepMessage: false
                        renewalTimeout: 10s
                """ + YAML_POLICY.replace("\"renewSession:${header.user}\"", "renewal"));

        Exchange done = request();
        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody(String.class)).contains("session=");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
    }

    @Test
    void theReferenceWorksInARouteTemplate() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("renewing")
                        .templateParameter("who")
                        .from("direct:block")
                        .policy("renewSession:{{who}}")
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:fetch/" + portal.url("/login"))
                        .end()
                        .setHeader("after", constant("yes"));
            }
        });
        TemplatedRouteBuilder.builder(context, "renewing")
                .parameter("who", "anna")
                .add();
        start();

        assertThatItRenews();
    }

    @Test
    @EnabledIf("knowsTheStep") // the same versions lose the steps of a policy in the dump
    void aDumpAsYamlHasTheReferenceAndWorksElsewhere() throws Exception {
        loadYaml(YAML);
        String dump = PluginHelper.getModelToYAMLDumper(context)
                .dumpModelAsYaml(context, routes(), false, false, false, false);
        assertThat(dump).contains("policy:", "renewSession:${header.user}", "id: login");
        context.stop();

        context = new DefaultCamelContext();
        load(dump);
        assertThatItRenews();
    }

    @Test
    void aDumpAsXmlHasTheReferenceAndWorksElsewhere() throws Exception {
        loadYaml(YAML);
        String dump = PluginHelper.getModelToXMLDumper(context).dumpModelAsXml(context, routes());
        assertThat(dump).contains("<policy", "ref=\"renewSession:${header.user}\"", "id=\"login\"");
        context.stop();

        context = new DefaultCamelContext();
        loadXml(dump);
        assertThatItRenews();
    }

    @Test
    void aRouteThatIsLoadedAgainRenews() throws Exception {
        loadYaml(YAML);
        assertThatItRenews();

        RoutesLoader loader = PluginHelper.getRoutesLoader(context);
        loader.updateRoutes(ResourceHelper.fromString(
                "routes.yaml", YAML.formatted(portal.url()).replace("\"yes\"", "reloaded")));

        Exchange done = request();
        assertThat(done.getMessage().getHeader("after")).isEqualTo("reloaded");
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(2L);
    }

    @Test
    void adviceReachesTheStepsWithinIt() throws Exception {
        loadJava("renewSession:anna");
        AdviceWith.adviceWith(
                context,
                "block",
                advice -> advice.weaveById("login")
                        .replace()
                        .process(exchange -> Sessions.get(context)
                                .session("anna")
                                .addCookies("https://portal.example", Map.of("given", "by advice"))));

        assertThat(request().getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(portal.loginsAttempted()).isZero();
        assertThat(Sessions.get(context).session("anna").cookieMap()).containsEntry("given", "by advice");
    }

    @Test
    void theStepsWithinItAreManaged() throws Exception {
        loadYaml(YAML, true);
        assertThatItRenews();

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (String step : new String[] {"password", "login"}) {
            ObjectName name = server
                    .queryNames(
                            new ObjectName("org.apache.camel:context=" + context.getManagementName()
                                    + ",type=processors,name=\"" + step + "\""),
                            null)
                    .stream()
                    .findAny()
                    .orElseThrow();
            assertThat(server.getAttribute(name, "ExchangesCompleted")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "State")).isEqualTo("Started");
        }
    }

    @Test
    @EnabledIf("knowsTheStep")
    void theStepNeedsASessionId() {
        assertThatThrownBy(() -> loadYaml(YAML_STEP.replace("sessionId: \"${header.user}\"", "note: none")))
                .hasStackTraceContaining("renewSession needs a sessionId");
    }

    @Test
    @EnabledIf("knowsTheStep")
    void aMistypedPropertyOfTheStepIsTold() {
        assertThatThrownBy(() -> loadYaml(YAML_STEP.replace("sessionId:", "sesionId:")))
                .hasStackTraceContaining("sesionId");
    }

    @ParameterizedTest
    @ValueSource(strings = {"renewSession:", "renewSession: "})
    void aReferenceWithoutAnIdStopsTheStart(String ref) {
        assertThatThrownBy(() -> loadJava(ref)).hasStackTraceContaining("has no sessionId: write renewSession:anna");
    }

    @Test
    void aSiteThatIsNotConfiguredStopsTheStart() {
        RenewSessionPolicy policy = new RenewSessionPolicy("anna");
        policy.setSite("nowhere");
        context.getRegistry().bind("policyBean", policy);

        assertThatThrownBy(() -> loadJava("policyBean")).hasStackTraceContaining("site 'nowhere' is not configured");
    }

    @Test
    void aHoldTimeoutThatIsTooShortStopsTheStart() {
        RenewSessionPolicy policy = new RenewSessionPolicy("anna");
        policy.setRenewalTimeout(Duration.ofMinutes(2));
        context.getRegistry().bind("policyBean", policy);

        assertThatThrownBy(() -> loadJava("policyBean"))
                .hasStackTraceContaining("holdTimeout=60000ms: must be longer than renewalTimeout=120000ms");
    }

    // ---- helpers

    /** Older versions of camel-yaml-dsl know no steps but Camel's own. */
    static boolean knowsTheStep() {
        try {
            Class.forName("org.apache.camel.dsl.yaml.common.YamlDeserializerResolverProvider");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private void assertThatItRenews() throws Exception {
        Exchange done = request();
        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody()).isEqualTo("mine");
        assertThat(done.getMessage().getHeaders())
                .containsEntry("after", "yes")
                .containsEntry(SessionsConstants.RENEWED, true)
                .containsEntry(SessionsConstants.GENERATION, 1L);
        assertThat(Sessions.get(context).session("anna").cookieMap()).containsKey(ExpiringSite.SESSION_COOKIE);
    }

    private Exchange request() throws Exception {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            return template.request("direct:block", exchange -> {
                exchange.getMessage().setBody("mine");
                exchange.getMessage().setHeader("user", "anna");
            });
        }
    }

    private RoutesDefinition routes() {
        RoutesDefinition routes = new RoutesDefinition();
        routes.setRoutes(context.getRouteDefinitions());
        return routes;
    }

    private void loadJava(String ref) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:block")
                        .routeId("block")
                        .policy(ref)
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:fetch/" + portal.url("/login"))
                        .id("login")
                        .end()
                        .setHeader("after", constant("yes"));
            }
        });
        start();
    }

    private void loadXml(String xml) throws Exception {
        String text = xml.formatted(portal.url());
        RoutesDefinition routes = new ModelParser(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                        "http://camel.apache.org/schema/spring")
                .parseRoutesDefinition()
                .orElseThrow();
        context.addRouteDefinitions(routes.getRoutes());
        start();
    }

    private void loadYaml(String yaml) throws Exception {
        loadYaml(yaml, false);
    }

    private void loadYaml(String yaml, boolean managed) throws Exception {
        if (!managed) {
            context.disableJMX();
        }
        load(yaml.formatted(portal.url()));
    }

    private void load(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("routes.yaml", yaml));
        context.start();
    }

    private void start() {
        context.disableJMX();
        context.start();
    }
}
