/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.values.SessionVariables;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables of sessions, in routes by the prefix session: and in Java; a renewal or clear drops them. */
class SessionVariablesTest extends AutomaticRenewalSupport {

    SessionVariablesTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() throws Exception {
        String yaml = """
                - route:
                    id: set
                    from:
                      uri: direct:set
                      steps:
                        - to:
                            uri: sessions:fetch/%1$s/echo
                        - setVariable:
                            name: session:token
                            simple: ${header.token}
                - route:
                    id: get
                    from:
                      uri: direct:get
                      steps:
                        - setBody:
                            simple: ${variable.session:token}
                - route:
                    id: branch
                    from:
                      uri: direct:branch
                      steps:
                        - choice:
                            when:
                              - simple: ${variable.session:token} == 'blue'
                                steps:
                                  - setBody:
                                      constant: it is blue
                            otherwise:
                              steps:
                                - setBody:
                                    constant: it is not
                - route:
                    id: remove
                    from:
                      uri: direct:remove
                      steps:
                        - removeVariable:
                            name: session:token
                - route:
                    id: explicit
                    from:
                      uri: direct:explicit
                      steps:
                        - setVariable:
                            name: session:${header.other}:token
                            simple: ${body}
                        - setBody:
                            simple: ${variable.session:ben:token}
                - route:
                    id: receive
                    from:
                      uri: direct:receive
                      steps:
                        - to:
                            uri: sessions:fetch/%1$s/page/1
                            parameters:
                              renewalUri: direct:login
                            variableReceive: session:page
                """.formatted(site.url());
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("variables.camel.yaml", yaml));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:code")
                        .to("sessions:fetch/" + site.url("/echo"))
                        .process(exchange -> exchange.setVariable("session:token", "by code"))
                        .process(exchange ->
                                exchange.getMessage().setBody(exchange.getVariable("session:token", String.class)));
                from("direct:functions")
                        .setBody(simple(
                                "${sessionVar(token)} ${sessionVar(${header.other}:token)} ${sessionCookie(sid)}"));
                from("direct:stream")
                        .process(exchange -> exchange.setVariable(
                                "session:token",
                                new ByteArrayInputStream("streamed".getBytes(StandardCharsets.UTF_8))));
                from("direct:tokenLogin")
                        .to("direct:login")
                        .setVariable("session:token")
                        .simple("${random(1000000,9999999)}");
                from("direct:onlyToken").setVariable("session:token").constant("found");
                from("direct:failingLogin")
                        .setVariable("session:token")
                        .constant("half")
                        .throwException(new IllegalStateException("no log-in"));
                from("direct:inBetween")
                        .to("sessions:fetch/" + site.url("/echo"))
                        .process(exchange -> sessions().session(session).clear())
                        .setVariable("session:token")
                        .constant("late");
            }
        });
    }

    private Object token() {
        return sessions().session(session).variable("token");
    }

    @Test
    void aRouteSetsAndReadsAVariableOfItsSession() {
        send("direct:set", null, Map.of("token", "red"));

        assertThat(token()).isEqualTo("red");
        assertThat(text(send("direct:get", null, Map.of()))).isEqualTo("red");
        assertThat(sessions().session("another").variable("token")).isNull();
    }

    @Test
    void aConditionReadsAVariable() {
        sessions().session(session).setVariable("token", "blue");

        assertThat(text(send("direct:branch", null, Map.of()))).isEqualTo("it is blue");
        sessions().session(session).setVariable("token", "green");
        assertThat(text(send("direct:branch", null, Map.of()))).isEqualTo("it is not");
    }

    @Test
    void codeInARouteReachesTheVariables() {
        assertThat(text(send("direct:code", null, Map.of()))).isEqualTo("by code");
        assertThat(token()).isEqualTo("by code");
    }

    @Test
    void aVariableIsRemoved() {
        sessions().session(session).setVariable("token", "x");

        send("direct:remove", null, Map.of());

        assertThat(sessions().session(session).variables()).isEmpty();
    }

    @Test
    void aNamedSessionIsReachedFromAnywhere() {
        Exchange done = send("direct:explicit", "y", Map.of("other", "ben"));

        assertThat(text(done)).isEqualTo("y");
        assertThat(sessions().session("ben").variable("token")).isEqualTo("y");
    }

    @Test
    void functionsReadVariablesAndCookies() {
        sessions().session(session).setVariable("token", "mine");
        sessions().session("ben").setVariable("token", "his");
        sessions().session(session).addCookies(site.url(), Map.of("sid", "42"));

        assertThat(text(send("direct:functions", "kept", Map.of("other", "ben"))))
                .isEqualTo("mine his 42");
    }

    @Test
    void whatIsNotThereIsNull() {
        assertThat(text(send("direct:get", "before", Map.of()))).isNull();
        assertThat(sessions().session(session).stats())
                .as("reading creates nothing")
                .isEmpty();
    }

    @Test
    void aRenewalDropsTheVariablesAndMayLeaveItsOwn() {
        Exchange first = fetch(uri(site, "/page/1", "renewalUri=direct:tokenLogin"));
        Object before = token();
        site.expireNow();
        Exchange second = fetch(uri(site, "/page/1", "renewalUri=direct:tokenLogin"));

        assertThat(text(first)).isNotNull();
        assertThat(text(second)).isNotNull();
        assertThat(before).isNotNull();
        assertThat(token()).isNotNull().isNotEqualTo(before);
    }

    @Test
    void aClearDropsTheVariables() {
        sessions().session(session).setVariable("token", "x");

        sessions().session(session).clear();

        assertThat(token()).isNull();
    }

    @Test
    void aVariableAloneProvesALogIn() throws Exception {
        sessions().session(session).renew("direct:onlyToken").get();

        assertThat(token()).isEqualTo("found");
    }

    @Test
    void aFailedLogInLeavesNoVariable() {
        sessions().session(session).setVariable("token", "old");

        assertThatThrownBy(() ->
                        sessions().session(session).renew("direct:failingLogin").get())
                .hasCauseInstanceOf(SessionRenewalException.class);
        assertThat(token()).isEqualTo("old");
    }

    @Test
    void whatALateExchangeSetsIsNotOfTheClearedSession() {
        send("direct:inBetween", null, Map.of());

        assertThat(token()).isNull();
    }

    @Test
    void aVariableKeepsASessionFromLoggingInFirst() {
        sessions().session(session).setVariable("token", "x");
        int before = site.loginsAttempted();

        Exchange done = fetch(uri(site, "/echo", "renewalUri=direct:login"));

        assertThat(text(done)).isNotNull();
        assertThat(site.loginsAttempted()).isEqualTo(before);
    }

    @Test
    void anAnswerOfAHeldExchangeCanBeReceivedAsAVariable() throws Exception {
        site.hangLogins();
        var held = start("direct:receive", null, Map.of());
        awaitHeld(1);
        site.releaseLogins();

        assertThat(get(held).getException()).isNull();
        assertThat(context.getTypeConverter()
                        .convertTo(String.class, sessions().session(session).variable("page")))
                .contains("path=/page/1");
        assertThat(sessions().session(session).variables()).containsOnlyKeys("page");
    }

    @Test
    void aStreamIsKeptAsText() {
        send("direct:stream", null, Map.of());

        assertThat(token()).isEqualTo("streamed");
    }

    @Test
    void theValuesAreMaskedInWhatIsPrinted() {
        sessions().session(session).setVariable("token", "geheim");

        assertThat(sessions().session(session).variables())
                .hasToString("{token=***}")
                .containsEntry("token", "geheim");
        assertThat(sessions().toString() + sessions().session(session)).doesNotContain("geheim");
        Exchange listed = send("sessions:list?limit=1000", null, Map.of());
        assertThat(listed.getMessage().getBody().toString()).contains(session).doesNotContain("geheim");
    }

    @Test
    void withoutAnExchangeTheSessionMustBeNamed() {
        var repository = new SessionVariables(context);

        assertThatThrownBy(() -> repository.getVariable("token"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("variable session:token")
                .hasMessageContaining("session:id:token");
        repository.setVariable(session + ":token", "x");
        assertThat(repository.getVariable(session + ":token")).isEqualTo("x");
        assertThat(repository.removeVariable(session + ":token")).isEqualTo("x");
        assertThat(token()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void aBlankNameIsRefused(String name) {
        assertThatThrownBy(() -> sessions().session(session).setVariable(name, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not be blank");
    }

    @Test
    void aFunctionWithoutANameSaysHowItIsWritten() {
        assertThatThrownBy(() -> context.resolveLanguage("simple")
                        .createExpression("${sessionVar()}")
                        .evaluate(exchange(null, Map.of()), String.class))
                .hasMessageContaining("${sessionVar} needs a name, as in ${sessionVar(token)}");
    }
}
