/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SiteConfiguration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** Which site an operation means that names none. */
class UnnamedSiteTest extends SharedContextTest {

    private static final String URL = "https://a.example";

    @Override
    void configure(CamelContext context) {
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(site.url() + "/*");
        portal.setRenewalUri("direct:log-in");
        portal.setRenewFirst(false);
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getSites().put("portal", portal);
        component.getSites().put("shop", new SiteConfiguration());
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:log-in").to(fetchUri("/set?login=1"));
                from("direct:fetchAndRead").to(fetchUri("/set?a=1")).to("sessions:getCookies");
                from("direct:fetchAndRenew").to(fetchUri("/echo")).to("sessions:renew");
                from("direct:fetchAndClose").to(fetchUri("/echo")).to("sessions:close");
            }
        };
    }

    private Sessions of(String name) {
        return sessions().site(name);
    }

    private Object operate(String operation) {
        Exchange exchange = send("sessions:" + operation, null);
        text(exchange);
        return exchange.getMessage().getBody();
    }

    @Test
    void itIsThatOfTheLastCallOfTheExchange() {
        sessions().session(session).addCookies(URL, Map.of("default", "1"));
        of("shop").session(session).addCookies(URL, Map.of("shop", "1"));

        assertThat(send("direct:fetchAndRead", null).getMessage().getBody()).isEqualTo(Map.of("a", "1"));

        text(send("direct:fetchAndRenew", null));
        assertThat(of("portal").session(session).cookieMap()).containsOnlyKeys("login");

        text(send("direct:fetchAndClose", null));
        assertThat(of("portal").ids()).doesNotContain(session);
        assertThat(sessions().ids()).contains(session);
        assertThat(of("shop").ids()).contains(session);
    }

    @Test
    void withoutACallItIsTheOnlyOneThatHasSuchASession() {
        of("shop").session(session).addCookies(URL, Map.of("shop", "1"));
        sessions().session(session + "other").addCookies(URL, Map.of("default", "1"));

        assertThat(operate("getCookies")).isEqualTo(Map.of("shop", "1"));
        assertThat(operate("getCookies?sessionId=" + session + "other&site=")).isEqualTo(Map.of());
        operate("clear");
        assertThat(of("shop").session(session).cookies()).isEmpty();
        operate("close");
        assertThat(of("shop").ids()).doesNotContain(session);
    }

    @Test
    void renewMeansTheSiteThatHasTheSessionAndItsRenewalUri() {
        of("portal").session(session).addCookies(URL, Map.of("old", "1"));

        operate("renew");

        assertThat(of("portal").session(session).cookieMap()).containsOnlyKeys("login");
    }

    @Test
    void severalThatHaveOneAreNamed() {
        sessions().session(session).addCookies(URL, Map.of("default", "1"));
        of("portal").session(session).addCookies(URL, Map.of("portal", "1"));

        for (String operation :
                new String[] {"clear", "close", "getCookies", "getProfile", "renew", "markBad", "check"}) {
            assertThat(failure("sessions:" + operation, null, Map.of()))
                    .as(operation)
                    .contains("session '" + session
                            + "' is there on several sites (the default site, portal): name one of"
                            + " them, as in site=portal, or site= for the default site");
        }
        assertThat(operate("getCookies?site=portal")).isEqualTo(Map.of("portal", "1"));
        assertThat(operate("getCookies?site=")).isEqualTo(Map.of("default", "1"));
        assertThat(operate("getCookies/" + site.url())).isEqualTo(Map.of());
    }

    @Test
    void ofOneThatIsNowhereTheDefaultSiteIsMeant() {
        assertThat(operate("getCookies")).isEqualTo(Map.of());
        operate("clear");
        assertThat(failure("sessions:renew", null, Map.of())).contains("renewalUri");
        text(send("sessions:addCookies/" + URL, "a=1"));
        assertThat(sessions().ids()).contains(session);
    }

    @Test
    void aMistypedSiteIsRefusedInJavaToo() {
        assertThatThrownBy(() -> sessions().site("shp"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("site 'shp' is not configured: did you mean shop?");
        assertThat(sessions().site("elsewhere").ids()).isEmpty();
    }
}
