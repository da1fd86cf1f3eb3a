/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-out links that a route comes across are not fetched, in any form, but for the log-out of closeUri. */
class ForbiddenUrisTest {

    private static final LoopbackSite SITE = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static ProducerTemplate template;

    @BeforeAll
    static void start() throws Exception {
        SITE.page("/logout", http -> LoopbackSite.answer(http, 200, "bye"));
        SITE.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=1; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        CONTEXT.disableJMX();
        SessionsComponent component = CONTEXT.getComponent("sessions", SessionsComponent.class);
        WrapTest.wrap(component, SITE);
        component.getSites().get("portal").setForbiddenUris("https://other.example/*, " + SITE.url() + "/logout*");
        component.getSites().get("portal").setCloseUri("direct:logout");
        component.getSites().get("portal").setRenewalUri("direct:login");
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + SITE.url() + "/login");
                from("direct:logout").to("sessions:fetch/" + SITE.url() + "/redirect?to=/logout");
                from("direct:fetch").to("sessions:fetch");
                from("direct:wrap").to(SITE.url() + "/none?followRedirects=true");
                from("direct:processor")
                        .process(Sessions.get(getContext()).wrap(SITE.url() + "/none?followRedirects=true"));
            }
        });
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
        SITE.close();
    }

    private static Exchange fetch(String form, String session, String path) {
        return template.request("direct:" + form, exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, SITE.url() + path);
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
        });
    }

    private static long asked(String path) {
        return SITE.requests().stream()
                .filter(request -> request.uri().startsWith(path))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "wrap", "processor"})
    void aForbiddenTargetIsNotFetchedAndMakesNoSession(String form) {
        long before = asked("/logout");

        Exchange done = fetch(form, "first " + form, "/logout?token=secret");

        assertThat(done.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(SITE.url() + "/logout is not fetched")
                .hasMessageContaining("the pattern " + SITE.url() + "/logout* of forbiddenUris")
                .hasMessageNotContaining("secret");
        assertThat(asked("/logout")).isEqualTo(before);
        assertThat(Sessions.get(CONTEXT).site("portal").session("first " + form).stats())
                .as("nobody has logged in for it")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "wrap", "processor"})
    void aForbiddenRedirectIsNotFollowedButItsCookiesAreKept(String form) {
        String session = "redirected " + form;
        long before = asked("/logout");

        Exchange done = fetch(form, session, "/redirect?to=/logout?token=secret");

        assertThat(done.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forbiddenUris")
                .hasMessageNotContaining("secret");
        assertThat(asked("/logout")).isEqualTo(before);
        assertThat(Sessions.get(CONTEXT).site("portal").session(session).cookieMap())
                .containsEntry("hop", "redirect");
        Exchange echo = fetch(form, session, "/echo");
        assertThat(echo.getException()).isNull();
        assertThat(echo.getMessage().getBody(String.class)).contains("sid=1");
    }

    @Test
    void theLogOutMayFetchThem() throws Exception {
        fetch("fetch", "closed", "/echo");
        long before = asked("/logout");

        assertThat(Sessions.get(CONTEXT)
                        .site("portal")
                        .session("closed")
                        .close()
                        .get(30, TimeUnit.SECONDS))
                .isTrue();

        assertThat(asked("/logout")).isEqualTo(before + 1);
    }

    @Test
    void outsideAllSessionsNothingIsForbidden() {
        Exchange done = template.request("direct:fetch", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, SITE.url() + "/logout");
            exchange.getMessage().setHeader(SessionsConstants.BYPASS, true);
        });
        assertThat(done.getMessage().getBody(String.class)).isEqualTo("bye");
    }

    @Test
    void whatIsNoPatternIsRefused() {
        assertThatThrownBy(() -> template.request("sessions:fetch?forbiddenUris=/logout", exchange -> {}))
                .hasStackTraceContaining("forbiddenUris: pattern '/logout' must begin with");
    }
}
