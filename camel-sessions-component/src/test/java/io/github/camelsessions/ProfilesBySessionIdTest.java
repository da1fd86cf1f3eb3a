/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session works with the account that is asked for, or not at all. */
@Timeout(60)
class ProfilesBySessionIdTest {

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SiteConfiguration shop = new SiteConfiguration();
    private SessionsComponent component;

    @TempDir
    private Path folder;

    @BeforeEach
    void configure() throws Exception {
        web.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", LoopbackSite.body() + "; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        Files.writeString(
                folder.resolve("profiles.yaml"),
                "- {name: anna, userAgent: A/1, account: {user: anna}}\n"
                        + "- {name: ben, userAgent: B/1, account: {user: ben}}\n");
        component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("file:" + folder.resolve("profiles.yaml"));
        shop.setUris(web.url());
        shop.setRenewalUri("direct:login");
        component.getSites().put("shop", shop);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login")
                        .setBody(simple("user=${sessionAccount(user)}"))
                        .to("sessions:fetch/" + web.url() + "/login");
                from("direct:page").to("sessions:fetch/" + web.url() + "/echo");
            }
        });
    }

    @AfterEach
    void stop() {
        context.stop();
        web.close();
    }

    private Exchange page(String id, String profile) {
        return context.createFluentProducerTemplate()
                .to("direct:page")
                .withHeaders(
                        profile == null
                                ? Map.of(SessionsConstants.ID, id)
                                : Map.of(SessionsConstants.ID, id, SessionsConstants.PROFILE, profile))
                .request(Exchange.class);
    }

    private static String text(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(String.class);
    }

    private void assertNotSent(Exchange exchange) {
        assertThat(exchange.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "session 'shop/ben' has the client profile 'anna', not 'ben', which is asked for");
        assertThat(web.requests()).noneMatch(request -> request.uri().equals("/echo"));
    }

    @Test
    void aSessionWithAnotherProfileThanTheMessageAsksForSendsNothing() throws Exception {
        context.start();
        Sessions.get(context)
                .site("shop")
                .session("ben")
                .renew()
                .get(30, TimeUnit.SECONDS); // the first of the rotation: anna

        assertNotSent(page("ben", "ben"));
    }

    @Test
    void norThanItsSiteAsksFor() throws Exception {
        context.start();
        page("ben", null);
        web.requests();
        Exchange exchange = context.createFluentProducerTemplate()
                .to("sessions:fetch/" + web.url() + "/order?profile=ben&sessionId=ben")
                .request(Exchange.class);

        assertThat(exchange.getException()).hasMessageContaining("'anna', not 'ben'");
        assertThat(web.requests()).noneMatch(request -> request.uri().equals("/order"));
    }

    @Test
    void clearedItTakesTheOneThatIsAskedFor() throws Exception {
        context.start();
        page("ben", null);
        Sessions.get(context).site("shop").session("ben").clear();

        assertThat(text(page("ben", "ben"))).contains("user=ben", "B/1");
    }

    @Test
    void bySessionIdEachHasItsOwn() throws Exception {
        shop.setProfileRotation(ProfileOrder.bySessionId);
        context.start();
        Sessions.get(context).site("shop").session("ben").renew().get(30, TimeUnit.SECONDS);

        assertThat(text(page("ben", "ben"))).contains("user=ben", "B/1");
        assertThat(text(page("anna", null))).contains("user=anna", "A/1");
        Sessions.get(context).site("shop").session("ben").renew().get(30, TimeUnit.SECONDS);
        assertThat(text(page("ben", null))).contains("user=ben", "B/1");
        Sessions.get(context).site("shop").session("ben").clear();
        assertThat(text(page("ben", null))).contains("user=ben", "B/1");
    }

    @Test
    void theComponentSaysItForAllSites() throws Exception {
        component.setProfileRotation(ProfileOrder.bySessionId);
        context.start();

        assertThat(text(page("ben", null))).contains("user=ben");
    }

    @Test
    void anIdWithoutAProfileFails() throws Exception {
        shop.setProfileRotation(ProfileOrder.bySessionId);
        context.start();

        assertThat(page("bem", null).getException())
                .hasStackTraceContaining("profile 'bem' is unknown: must be one of [anna, ben]");
        assertThat(web.requests()).isEmpty();
    }

    @Test
    void aSiteCannotChooseTheOrder() {
        shop.setProfileRotation(ProfileOrder.random);

        assertThatThrownBy(context::start).hasStackTraceContaining("sites[shop]: profileRotation=random");
    }
}
