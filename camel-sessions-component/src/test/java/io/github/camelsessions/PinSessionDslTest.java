/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.xml.in.ModelParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pinned block in each language for routes. */
class PinSessionDslTest {

    private static final String YAML_STEP = """
            - route:
                id: block
                from:
                  uri: direct:block
                  steps:
                    - pinSession:
                        restarts: 5
                        sessionId: "${header.user}"
                        exclusive: true
                        steps:
                          - setBody:
                              expression:
                                constant:
                                  expression: claim=a&page=1
                          - to:
                              uri: sessions:fetch/%1$s/wizard
                          - setBody:
                              expression:
                                simple:
                                  expression: claim=a&page=2&token=${body}
                          - to:
                              uri: sessions:fetch/%1$s/wizard
                    - setHeader:
                        name: after
                        expression:
                          constant:
                            expression: "yes"
            """;

    private static final String REFERENCE = "pinSession:${header.user}?restarts=5&exclusive=true";

    private static final String YAML_POLICY = YAML_STEP
            .replaceAll("restarts: 5\\n *", "")
            .replaceAll("exclusive: true\\n *", "")
            .replace("pinSession:\n", "policy:\n")
            .replace("sessionId: \"${header.user}", "ref: \"" + REFERENCE);

    private static final String XML = """
            <routes xmlns="http://camel.apache.org/schema/spring">
              <route id="block">
                <from uri="direct:block"/>
                <policy ref="pinSession:${header.user}?restarts=5&amp;exclusive=true">
                  <setBody><constant>claim=a&amp;page=1</constant></setBody>
                  <to uri="sessions:fetch/%1$s/wizard"/>
                  <setBody><simple>claim=a&amp;page=2&amp;token=${body}</simple></setBody>
                  <to uri="sessions:fetch/%1$s/wizard"/>
                </policy>
                <setHeader name="after"><constant>yes</constant></setHeader>
              </route>
            </routes>
            """;

    private final WizardSite wizard = new WizardSite(2);
    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void login() throws Exception {
        context.getComponent("sessions", SessionsComponent.class)
                .getConfiguration()
                .setRenewalUri("direct:login");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login").errorHandler(noErrorHandler()).to("sessions:fetch/" + wizard.url() + "/login");
            }
        });
    }

    @AfterEach
    void stop() {
        context.stop();
        wizard.close();
    }

    @Test
    @EnabledIf("knowsTheStep")
    void theStepWorksInYaml() throws Exception {
        load("block.yaml", YAML_STEP);

        assertThatItStartsAgain();
        RouteDefinition route = context.getRouteDefinition("block");
        assertThat(route.getOutputs().get(0))
                .isInstanceOfSatisfying(
                        PolicyDefinition.class,
                        policy -> assertThat(policy.getRef()).isEqualTo(REFERENCE));
    }

    @Test
    void thePolicyWorksInYaml() throws Exception {
        assertThat(YAML_POLICY).contains("policy:", "ref: \"" + REFERENCE);
        load("block.yaml", YAML_POLICY);

        assertThatItStartsAgain();
    }

    @Test
    void thePolicyWorksInXml() throws Exception {
        context.addRouteDefinitions(new ModelParser(
                        new ByteArrayInputStream(XML.formatted(wizard.url()).getBytes(StandardCharsets.UTF_8)),
                        "http://camel.apache.org/schema/spring")
                .parseRoutesDefinition()
                .orElseThrow()
                .getRoutes());

        assertThatItStartsAgain();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bean", "pinSession:anna", "pinSession:{{who}}?restarts={{often}}"})
    void thePolicyWorksInJava(String ref) throws Exception {
        PinSessionPolicy bean = new PinSessionPolicy("anna");
        bean.setExclusive(true);
        bean.setRestarts(1);
        context.getRegistry().bind("bean", bean);
        context.getPropertiesComponent().addInitialProperty("who", "anna");
        context.getPropertiesComponent().addInitialProperty("often", "1");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:block")
                        .policy(ref)
                        .setBody(constant("claim=a&page=1"))
                        .to("sessions:fetch/" + wizard.url() + "/wizard")
                        .setBody(simple("claim=a&page=2&token=${body}"))
                        .to("sessions:fetch/" + wizard.url() + "/wizard")
                        .end()
                        .setHeader("after", constant("yes"));
            }
        });

        assertThatItStartsAgain();
    }

    @Test
    void plainHttpEndpointsOfASiteThatIsWrappedArePinned() throws Exception {
        io.github.camelsessions.api.SiteConfiguration portal = new io.github.camelsessions.api.SiteConfiguration();
        portal.setUris(wizard.url() + "/*");
        portal.setWrap(true);
        portal.setSessionId("anna");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:block")
                        .policy("pinSession:portal/anna")
                        .setBody(constant("claim=a&page=1"))
                        .to(wizard.url() + "/wizard")
                        .setBody(simple("claim=a&page=2&token=${body}"))
                        .to(wizard.url() + "/wizard")
                        .end()
                        .setHeader("after", constant("yes"));
            }
        });

        assertThatItStartsAgain();
    }

    @Test
    void theStepNeedsASessionId() {
        String without = YAML_STEP.replace("sessionId: \"${header.user}\"\n", "\n");
        assertThatThrownBy(() -> load("block.yaml", without)).hasStackTraceContaining("pinSession needs a sessionId");
    }

    static boolean knowsTheStep() {
        return RenewBlockDslTest.knowsTheStep();
    }

    private void load(String name, String text) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, text.formatted(wizard.url())));
    }

    private void assertThatItStartsAgain() {
        wizard.endAt(List.of(2));
        context.start();
        Exchange ended = context.createProducerTemplate()
                .request("direct:block", exchange -> exchange.getMessage().setHeader("user", "anna"));

        assertThat(ended.getException()).isNull();
        assertThat(ended.getMessage().getHeader("after")).isEqualTo("yes");
        assertThat(wizard.log()).containsExactly("a:1", "a:1", "a:2");
        assertThat(wizard.completed()).isEqualTo(Map.of("a", 1));
    }
}
