/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.PropertyConfigurerHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an option is told in the same words for an endpoint, a site and the component. */
class OptionValuesTest {

    private static final String TARGET = "https://portal.example/";

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    keepAlive               | soon                  | must be a duration, such as 30s or 5m
                    requestTimeout          | 2x                    | must be a duration, such as 30s or 5m
                    maxAge                  | 99999999999999999999d | must be a duration, such as 30s or 5m
                    whenFull                | drop                  | must be one of [wait, fail]
                    isolation               | none                  | must be one of [profile, session]
                    renewFirst              | perhaps               | must be true or false
                    maxReplays              | two                   | must be a whole number, at most 2147483647
                    maxReplays              | 5s                    | must be a whole number, at most 2147483647
                    maxHeld                 | 4294967297            | must be a whole number, at most 2147483647
                    maxUses                 | 1e3                   | must be a whole number, at most 9223372036854775807
                    maxRequestsPerSecond    | 1/s                   | must be a number, such as 0.5
                    """)
    void aValueThatAnOptionCannotHaveIsNamed(String option, String value, String choice) {
        String message = "option " + option + "=" + value + ": " + choice;

        assertThatThrownBy(() -> context.getEndpoint("sessions:fetch/" + TARGET + "?" + option + "=" + value))
                .hasStackTraceContaining("due to: " + message);
        assertRefused("sites[portal]." + option, value, "sites[portal]: " + message);
        assertRefused("configuration." + option, value, "component sessions: " + message);
        assertRefused(option, value, "component sessions: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    method                  | FETCH      | option method=FETCH: must be one of [GET, PATCH, POST,
                    followRedirects         | yes        | option followRedirects=yes: must be true or false
                    maxIdle                 | soon       | option maxIdle=soon: must be a duration
                    maxIdle                 | #bean:none | option maxIdle=#bean:none: there is no bean 'none' in the registry
                    expiredWhen             | #bean:none | option expiredWhen=#bean:none: there is no bean 'none' in the registry
                    expiredWhen             | #none      | option expiredWhen=#none: there is no
                    pool                    | ''         | option pool: it names sessions, and a session id must not be empty
                    sessionId               | ''         | option sessionId: a session id must not be empty
                    expiredWhen             | foo        | expiredWhen is no predicate in Simple (at position 0), such as ${header.X-Expired} == 'yes', nor #bean:name
                    renewedWhen             | ${body     | renewedWhen is no predicate in Simple
                    expiredWhen             | ${geheim}  | expiredWhen is no predicate in Simple
                    """)
    void theLastWordNamesTheOption(String option, String value, String last) throws Exception {
        context.start();

        Throwable failure = catchThrowable(
                () -> context.getEndpoint("sessions:fetch/" + TARGET + "?renewalUri=direct:in&" + option + "=" + value)
                        .createProducer()
                        .start());

        while (failure != null && failure.getCause() != null) {
            failure = failure.getCause();
        }
        assertThat(failure).hasMessageStartingWith(last).hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @CsvSource({
        "profileCooldown,   soon, 'must be a duration, such as 30s or 5m'",
        "profileRotation,   any,  'must be one of [sequential, random, leastUsed, bySessionId]'",
        "maxSessions,       many, must be a whole number",
        "resumeConcurrency, 1.5,  must be a whole number"
    })
    void soIsOneOfAnOptionOfTheComponent(String option, String value, String choice) {
        assertRefused(option, value, "component sessions: option " + option + "=" + value + ": " + choice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sites[portal].keepAliv                 | sites[portal]: unknown option 'keepAliv', did you mean keepAlive?
                    sites[portal].keep-aliv                | sites[portal]: unknown option 'keepAliv', did you mean keepAlive?
                    sites[portal].uri                      | sites[portal]: unknown option 'uri', did you mean uris?
                    sites[portal].connectTimeout           | sites[portal]: unknown option 'connectTimeout': as one of camel-http it is written http[connectTimeout]
                    sites[portal].sessionHeader[X-A]       | sites[portal]: unknown option 'sessionHeader', did you mean sessionHeaders?
                    sites[portal].maxSessions              | sites[portal]: unknown option 'maxSessions'
                    maxSesions                             | component sessions: unknown option 'maxSesions', did you mean maxSessions?
                    keepAliv                               | component sessions: unknown option 'keepAliv', did you mean keepAlive?
                    configuration.keepAliv                 | component sessions: unknown option 'keepAliv', did you mean keepAlive?
                    site[portal].uris                      | component sessions: unknown option 'site', did you mean sites?
                    """)
    void anUnknownNameIsToldWithTheNearestOne(String option, String message) {
        assertRefused(option, "1", message);
    }

    @Test
    void namesAreReadInAnyCaseAndWithDashes() {
        SessionsComponent component = component();
        PropertyBindingSupport.build()
                .withConfigurer(PropertyConfigurerHelper.resolvePropertyConfigurer(context, component))
                .withIgnoreCase(true)
                .withMandatory(true)
                .withCamelContext(context)
                .withTarget(component)
                .withProperties(new HashMap<>(Map.of(
                        "SITES[portal].keep-alive", "5m",
                        "sites[portal].URIS", TARGET + "*",
                        "sites[portal].MAXIDLE", "1d2h3m4s5ms",
                        "session-id", "anna",
                        "MAXIDLE", "PT3S",
                        "configuration.Pool-Size", "7",
                        "MaxHeldTotal", "11")))
                .bind();

        SiteConfiguration portal = component.getSites().get("portal");
        assertThat(portal.getKeepAlive()).isEqualTo(Duration.ofMinutes(5));
        assertThat(portal.getUris()).isEqualTo(TARGET + "*");
        assertThat(portal.getMaxIdle()).isEqualTo(Duration.parse("P1DT2H3M4.005S"));
        assertThat(component.getConfiguration().getSessionId()).isEqualTo("anna");
        assertThat(component.getConfiguration().getMaxIdle()).isEqualTo(Duration.ofSeconds(3));
        assertThat(component.getConfiguration().getPoolSize()).isEqualTo(7);
        assertThat(component.getMaxHeldTotal()).isEqualTo(11);
    }

    @Test
    void anOptionOfAnEndpointIsFoundInAnyLocale() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:start")
                        .to("sessions:fetch/" + TARGET + "?sessionId=anna&maxIdle=5m&isolation=session&q=1");
            }
        });
        context.start();

        SessionsEndpoint endpoint = (SessionsEndpoint) context.getEndpoints().stream()
                .filter(SessionsEndpoint.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(endpoint.getConfiguration().getSessionId()).isEqualTo("anna");
        assertThat(endpoint.getConfiguration().getMaxIdle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(endpoint.getHttpUri()).isEqualTo(TARGET + "?q=1");
    }

    @Test
    void aValueMayBeABean() {
        context.getRegistry().bind("idle", Duration.ofMinutes(7));
        PropertyBindingSupport.build().bind(context, component(), "sites[portal].maxIdle", "#bean:idle");
        PropertyBindingSupport.build().bind(context, component(), "maxIdle", "#idle");

        assertThat(component().getSites().get("portal").getMaxIdle()).isEqualTo(Duration.ofMinutes(7));
        assertThat(component().getConfiguration().getMaxIdle()).isEqualTo(Duration.ofMinutes(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sites[portal].", "configuration.", ""})
    void namesAndValuesStandInOneTextOnSiteAndComponentAsWell(String place) {
        bind(place + "sessionHeaders[X-A]", "1");
        bind(place + "sessionHeaders", "X-B=${sessionVar(b)}, X-C=c=c");
        bind(place + "session-fields", "_csrf=${sessionVar(csrf)}");

        SessionsConfiguration rules = place.startsWith("sites")
                ? component().getSites().get("portal")
                : component().getConfiguration();
        assertThat(rules.getSessionHeaders()).isEqualTo(Map.of("X-A", "1", "X-B", "${sessionVar(b)}", "X-C", "c=c"));
        assertThat(rules.getSessionFields()).isEqualTo(Map.of("_csrf", "${sessionVar(csrf)}"));
    }

    @Test
    void aTextWithoutNamesIsToldWithItsPlace() {
        assertRefused(
                "sites[portal].sessionFields",
                "geheim",
                "sites[portal]: option 'sessionFields' must be a name and a value each");
        assertRefused("sessionFields", "a=1,2", "on site and component sessionFields[NAME]=VALUE");
    }

    @Test
    void optionsOfPoolsOnASiteWithoutPoolAreToldOnce() throws Exception {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setPoolWarm(3);
        portal.setPoolSize(5);
        component().getSites().put("portal", portal);
        try (LogCapture log = new LogCapture()) {
            context.start();

            assertThat(log.of(SessionsComponent.class.getName()))
                    .singleElement(STRING)
                    .contains("WARN", "sites[portal]: poolSize, poolWarm has no effect until there is a pool");
        }
    }

    @Test
    void aStartSaysNothingOfWhatTheHoldIsMadeOf() throws Exception {
        try (LogCapture log = new LogCapture()) {
            component();
            context.start();

            assertThat(log.text()).doesNotContain("AggregationRepository");
        }
    }

    @Test
    void optionsOfPoolsOnASiteMayBeForThePoolOfAnEndpoint() throws Exception {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setPoolSize(5);
        component().getSites().put("portal", portal);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:start").to("sessions:fetch/" + TARGET + "?site=portal&pool=shop");
            }
        });
        try (LogCapture log = new LogCapture()) {
            context.start();

            assertThat(log.of(SessionsComponent.class.getName())).isEmpty();
        }
    }

    private void assertRefused(String option, String value, String message) {
        assertThatThrownBy(() -> bind(option, value)).hasStackTraceContaining(message);
    }

    private void bind(String option, String value) {
        PropertyBindingSupport.build()
                .withConfigurer(PropertyConfigurerHelper.resolvePropertyConfigurer(context, component()))
                .withIgnoreCase(true)
                .withMandatory(true)
                .bind(context, component(), option, value);
    }

    private SessionsComponent component() {
        return context.getComponent("sessions", SessionsComponent.class);
    }
}
