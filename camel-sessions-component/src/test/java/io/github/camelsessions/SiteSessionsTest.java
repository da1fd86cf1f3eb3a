/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sites in routes: which session an exchange gets, and by which rules it is sent. */
class SiteSessionsTest {

    private static final LoopbackSite PORTAL = new LoopbackSite();
    private static final LoopbackSite SHOP = new LoopbackSite();
    private static final LoopbackSite ELSEWHERE = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static ProducerTemplate template;

    @BeforeAll
    static void start() throws Exception {
        CONTEXT.disableJMX();
        SessionsComponent component = CONTEXT.getComponent("sessions", SessionsComponent.class);
        component.setMaxSessions(3);
        component.getConfiguration().setFollowRedirects(false);
        component.getConfiguration().setThrowExceptionOnFailure(false);
        component.getConfiguration().getHttp().put("userAgent", "Component/1");
        component.getSites().put("portal", site(PORTAL));
        component.getSites().put("shop", site(SHOP));
        component.getSites().get("portal").setSessionId("of portal");
        component.getSites().get("portal").setFollowRedirects(true);
        component.getSites().get("portal").getHttp().put("userAgent", "Portal/1");
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch");
                from("direct:portal").to("sessions:fetch?site=portal&sessionId=of endpoint");
                from("direct:default").to("sessions:fetch/" + PORTAL.url() + "/echo?site=portal&followRedirects=false");
                from("direct:clear").to("sessions:clear?site=shop");
                from("direct:cookies").to("sessions:getCookies/" + SHOP.url() + "/");
                from("direct:list").to("sessions:list?site=portal");
            }
        });
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
        PORTAL.close();
        SHOP.close();
        ELSEWHERE.close();
    }

    @BeforeEach
    void closeSessions() {
        sessions().engine().registry().closeAll();
    }

    @Test
    void theSameIdOnTwoSitesIsTwoSessions() {
        fetch("direct:fetch", PORTAL.url() + "/set?sid=portal", "anna");
        fetch("direct:fetch", SHOP.url() + "/set?sid=shop", "anna");
        fetch("direct:fetch", ELSEWHERE.url() + "/set?sid=elsewhere", "anna");

        assertThat(sessions().site("portal").session("anna").cookieMap()).isEqualTo(Map.of("sid", "portal"));
        assertThat(sessions().site("shop").session("anna").cookieMap()).isEqualTo(Map.of("sid", "shop"));
        assertThat(sessions().session("anna").cookieMap()).isEqualTo(Map.of("sid", "elsewhere"));
        assertThat(sessions().toString())
                .contains("'portal/anna'", "'shop/anna'", "'anna'")
                .doesNotContain("elsewhere");

        fetch("direct:fetch", SHOP.url() + "/echo", "anna");
        assertThat(SHOP.lastRequest().cookie()).isEqualTo("sid=shop");
    }

    @Test
    void operationsFindTheSessionOfTheirSite() {
        fetch("direct:fetch", PORTAL.url() + "/set?sid=portal", "anna");
        fetch("direct:fetch", SHOP.url() + "/set?sid=shop", "anna");

        assertThat(fetch("direct:cookies", null, "anna").getMessage().getBody()).isEqualTo(Map.of("sid", "shop"));
        assertThat((List<?>) fetch("direct:list", null, null).getMessage().getBody())
                .hasSize(1);
        fetch("direct:clear", null, "anna");
        assertThat(sessions().site("shop").session("anna").cookies()).isEmpty();
        assertThat(sessions().site("portal").session("anna").cookies()).hasSize(1);
    }

    @Test
    void aSiteNamedByTheEndpointHoldsForAllItsTargets() {
        fetch("direct:portal", ELSEWHERE.url() + "/set?sid=1", null);

        assertThat(sessions().site("portal").session("of endpoint").cookieMap()).containsEntry("sid", "1");
        assertThat(ELSEWHERE.lastRequest().userAgent()).isEqualTo("Portal/1");
    }

    @Test
    void rulesComeFromEndpointThenSiteThenComponent() {
        Exchange portal = fetch("direct:fetch", PORTAL.url() + "/redirect?to=/echo", null);
        assertThat(portal.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("of portal");
        assertThat(portal.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
        assertThat(PORTAL.lastRequest().userAgent()).isEqualTo("Portal/1");

        Exchange shop = fetch("direct:fetch", SHOP.url() + "/redirect?to=/echo", null);
        assertThat(shop.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("0");
        assertThat(shop.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(302);
        assertThat(SHOP.lastRequest().userAgent()).isEqualTo("Component/1");

        Exchange other = fetch("direct:default", null, null);
        assertThat(other.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("of portal");
    }

    @Test
    void anUnknownSiteStopsTheStartWithTheNearestName() {
        assertThatThrownBy(() -> CONTEXT.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:unknown").to("sessions:fetch?site=potral");
                    }
                }))
                .hasStackTraceContaining("site 'potral' is not configured: did you mean portal?");
    }

    @Test
    void beyondMaxSessionsTheLongestIdleMakesRoomAcrossSites() {
        fetch("direct:fetch", PORTAL.url() + "/set?sid=1", "first");
        fetch("direct:fetch", SHOP.url() + "/set?sid=1", "second");
        fetch("direct:fetch", ELSEWHERE.url() + "/set?sid=1", "third");
        assertThat(sessions().engine().registry().size()).isEqualTo(3);

        fetch("direct:fetch", ELSEWHERE.url() + "/set?sid=1", "fourth");

        assertThat(sessions().engine().registry().size()).isEqualTo(3);
        assertThat(sessions().ids()).contains("fourth");
    }

    @Test
    void whenAllSessionsAreInUseAFurtherOneIsRefused() {
        PORTAL.page("/nested", http -> {
            String depth = http.getRequestURI().getQuery();
            Exchange inner = fetch("direct:fetch", PORTAL.url() + "/nested?" + depth + "x", depth + "x");
            Throwable cause = inner.getException();
            LoopbackSite.answer(
                    http, 200, cause == null ? inner.getMessage().getBody(String.class) : cause.getMessage());
        });

        Exchange outer = fetch("direct:fetch", PORTAL.url() + "/nested?x", "x");

        assertThat(outer.getMessage().getBody(String.class))
                .contains("session 'portal/xxxx': no room", "maxSessions (now 3)");
        assertThat(sessions().site("portal").ids()).containsExactly("x", "xx", "xxx");
    }

    private static SiteConfiguration site(LoopbackSite site) {
        SiteConfiguration configuration = new SiteConfiguration();
        configuration.setUris(site.url() + "/*");
        return configuration;
    }

    private static Exchange fetch(String route, String url, String session) {
        return template.request(route, exchange -> {
            if (url != null) {
                exchange.getMessage().setHeader(Exchange.HTTP_URI, url);
            }
            if (session != null) {
                exchange.getMessage().setHeader(SessionsConstants.ID, session);
            }
        });
    }

    private static Sessions sessions() {
        return Sessions.get(CONTEXT);
    }
}
