/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.profile.ClientProfile;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** The facade for Java code. */
class SessionsFacadeTest extends SharedContextTest {

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                // the bean is there while routes are made
                Sessions sessions = Sessions.get(getContext());
                sessions.session("made").addCookies("https://a.example", Map.of("a", "1"));
                from("direct:ids").setBody(simple("${bean:sessions?method=ids}"));
                from("direct:cookie").setBody(simple("${bean:sessions?method=session('made').cookieMap}"));
            }
        };
    }

    @Test
    void thereIsOneForEachContext() throws Exception {
        assertThat(Sessions.get(context))
                .isSameAs(Sessions.get(context))
                .isSameAs(context.getRegistry().lookupByName("sessions"));
        try (DefaultCamelContext another = new DefaultCamelContext()) {
            assertThat(Sessions.get(another)).isNotSameAs(sessions());
            assertThat(Sessions.get(another).ids()).isEmpty();
        }
    }

    @Test
    void aBeanOfThatNameThatIsThereAlreadyStays() throws Exception {
        try (DefaultCamelContext another = new DefaultCamelContext()) {
            another.getRegistry().bind("sessions", "mine");
            Sessions.get(another);

            assertThat(another.getRegistry().lookupByName("sessions")).isEqualTo("mine");
        }
    }

    private static void readIds(DefaultCamelContext another, String bean) throws Exception {
        another.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:clear").to("sessions:clear?sessionId=anna");
                from("direct:ids").setBody(simple("${bean:" + bean + "?method=ids}"));
            }
        });
        another.start();
        Sessions.get(another).session("anna").addCookies("https://a.example", Map.of("a", "1"));
        assertThat(another.createProducerTemplate().requestBody("direct:ids", null, Object.class))
                .isEqualTo(List.of("anna"));
    }

    @Test
    void besideAComponentOfThatNameTheSessionsHaveASecondOneSaidOnce() throws Exception {
        try (LogCapture log = new LogCapture();
                DefaultCamelContext another = new DefaultCamelContext()) {
            SessionsComponent component = new SessionsComponent();
            another.getRegistry().bind("sessions", component);

            readIds(another, "sessionsService");

            assertThat(another.getComponent("sessions")).isSameAs(component);
            assertThat(log.of("io.github.camelsessions.Sessions"))
                    .singleElement(STRING)
                    .contains("INFO", "SessionsComponent", "'sessionsService'");
        }
    }

    @Test
    void aComponentThatIsABeanIsUsedAlsoWhenTheSessionsWereAskedForFirst() throws Exception {
        try (DefaultCamelContext another = new DefaultCamelContext()) {
            SessionsComponent component = new SessionsComponent();
            another.getRegistry().bind("sessions-component", component);
            Sessions.get(another);

            readIds(another, "sessions");

            assertThat(another.getComponent("sessions")).isSameAs(component);
        }
    }

    @Test
    void beansOfBothNamesStay() throws Exception {
        try (DefaultCamelContext another = new DefaultCamelContext()) {
            another.getRegistry().bind("sessions", "mine");
            another.getRegistry().bind("sessionsService", "mine, too");

            Sessions.get(another);

            assertThat(another.getRegistry().lookupByName("sessionsService")).isEqualTo("mine, too");
            assertThat(another.getRegistry().findByType(Sessions.class)).isEmpty();
        }
    }

    @Test
    void aRestartedContextStartsWithoutSessions() {
        DefaultCamelContext another = new DefaultCamelContext();
        another.start();
        Sessions sessions = Sessions.get(another);
        sessions.session("x").addCookies("https://a.example", Map.of("a", "1"));

        another.stop();
        assertThat(sessions.ids()).isEmpty();
    }

    @Test
    void simpleReachesTheBean() {
        assertThat(send("direct:ids", null).getMessage().getBody())
                .asInstanceOf(LIST)
                .contains("made");
        assertThat(send("direct:cookie", null).getMessage().getBody()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void readingCreatesNoSession() {
        NamedSession unknown = sessions().session(session);

        assertThat(unknown.id()).isEqualTo(session);
        assertThat(unknown.site()).isEmpty();
        assertThat(unknown.cookies()).isEmpty();
        assertThat(unknown.cookies("a.example")).isEmpty();
        assertThat(unknown.cookieMap()).isEmpty();
        assertThat(unknown.profile()).isSameAs(ClientProfile.NONE);
        assertThat(unknown.clear()).isFalse();
        assertThat(unknown.stats()).isEmpty();
        assertThat(unknown).hasToString("session '" + session + "' (does not exist)");
        assertThat(sessions().ids()).doesNotContain(session);
    }

    @Test
    void addedCookiesAreThoseOfTheirHost() {
        sessions().session(session).addCookies("https://shop.example/deep/path", Map.of("a", "1"));
        sessions().session(session).addCookies("https://other.example", Map.of("b", "2"));

        assertThat(sessions().session(session).cookies())
                .extracting(Cookie::name)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(sessions().session(session).cookies(".shop.example"))
                .singleElement()
                .satisfies(cookie -> assertThat(cookie.toSetCookieString()).isEqualTo("a=1; Path=/"));
        assertThat(sessions().session(session).cookieMap()).containsExactly(entry("a", "1"));
        assertThat(sessions().ids()).contains(session).isSorted();
    }

    @Test
    void wrongCookiesAndUrlsAreRefusedAndCreateNothing() {
        assertThatThrownBy(() -> sessions().session(session).addCookies("shop.example", Map.of("a", "geheim")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("addCookies 'shop.example' must be an absolute http or https URL");
        assertThatThrownBy(() -> sessions().session(session).addCookies("https://shop.example", Map.of("", "geheim")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("addCookies: a cookie has no name");
        assertThat(sessions().ids()).doesNotContain(session);
        assertThatThrownBy(() -> sessions().session("")).hasMessageContaining("must not be empty");
        assertThatThrownBy(() -> sessions().session("a\nb")).hasMessageContaining("control character");
    }

    @Test
    void clearEmptiesTheSessionAndCountsItsGeneration() {
        sessions().session(session).addCookies("https://a.example", Map.of("a", "1"));

        assertThat(sessions().session(session).clear()).isTrue();
        assertThat(sessions().session(session).clear()).isFalse();
        assertThat(sessions().session(session).cookies()).isEmpty();
        assertThat(sessions().session(session).stats().orElseThrow().generation())
                .isEqualTo(1);
    }

    @Test
    void statsCountUsesAndCookies() {
        page("/set?a=1");
        page("/echo");

        assertThat(sessions().session(session).stats()).get().satisfies(stats -> {
            assertThat(stats.uses()).isEqualTo(2);
            assertThat(stats.cookies()).isEqualTo(1);
            assertThat(stats.inFlight()).isZero();
            assertThat(stats.profile()).isEmpty();
            assertThat(stats.lastUsed()).isAfterOrEqualTo(stats.created());
        });
    }

    @Test
    void theSameIdOnAnotherSiteIsAnotherSession() {
        Sessions portal = sessions().site("portal");
        portal.session(session).addCookies("https://a.example", Map.of("at", "portal"));

        assertThat(sessions().ids()).doesNotContain(session);
        assertThat(portal.ids()).containsExactly(session);
        assertThat(portal.session(session).site()).isEqualTo("portal");
        assertThat(portal.session(session).toString()).startsWith("session 'portal/" + session + "'");
        assertThat(portal.session(session).clear()).isTrue();
    }

    @Test
    void itPrintsAllSessionsButNoCookie() {
        sessions().session(session).addCookies("https://a.example", Map.of("secret", "geheim"));
        sessions().site("print").session("anna").addCookies("https://a.example", Map.of("secret", "geheim"));

        assertThat(sessions().toString())
                .startsWith("Sessions:")
                .contains("session '" + session + "' (generation=0, cookies=1, uses=0)")
                .contains("session 'print/anna'")
                .doesNotContain("geheim", "secret");
        assertThat(sessions().session(session).cookieMap().toString()).isEqualTo("{secret=***}");
        assertThat(sessions().session(session).cookies().toString()).doesNotContain("geheim");
        assertThat(sessions().session(session).toString()).doesNotContain("geheim");
    }

    @Test
    void aThousandSessionsAreShownAtMost() throws Exception {
        try (DefaultCamelContext another = new DefaultCamelContext()) {
            Sessions many = Sessions.get(another);
            for (int i = 0; i < 1002; i++) {
                many.session("s" + i).freeze();
            }

            assertThat(many.toString().lines())
                    .hasSize(1002)
                    .endsWith("session 's999' (generation=0, cookies=0, uses=0)", "and 2 more");
            assertThat(many.ids()).hasSize(1002);
        }
    }
}
