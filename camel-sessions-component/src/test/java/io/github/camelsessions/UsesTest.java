/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What counts as a use of a session, alone and in a pool, by what a site has seen: it counts the requests of each session
 * that it has opened, without those of the log-in, which takes three.
 */
class UsesTest {

    private final LoopbackSite site = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger logIns = new AtomicInteger();
    private final Map<String, Integer> uses = new ConcurrentHashMap<>();
    private ProducerTemplate template;

    @BeforeEach
    void start() throws Exception {
        site.page("/form", http -> LoopbackSite.answer(http, 200, "form"));
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=s" + logIns.incrementAndGet() + "; Path=/");
            http.getResponseHeaders().add("Location", "/welcome");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/welcome", http -> LoopbackSite.answer(http, 200, "welcome"));
        site.page("/page", http -> {
            count(http.getRequestHeaders().getFirst("Cookie"));
            LoopbackSite.answer(http, 200, "page");
        });
        site.page("/moved", http -> {
            count(http.getRequestHeaders().getFirst("Cookie"));
            http.getResponseHeaders().add("Location", "/page");
            LoopbackSite.answer(http, 302, "");
        });
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login")
                        .to("sessions:fetch/" + site.url() + "/form", "sessions:fetch/" + site.url() + "/login");
                from("direct:block")
                        .policy("renewSession:${header.CamelSessionsId}")
                        .to("direct:login")
                        .end();
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
        site.close();
    }

    private void count(String cookie) {
        uses.merge(cookie == null ? "none" : cookie.replace("sid=", ""), 1, Integer::sum);
    }

    private void fetch(String path, String options, int times) {
        for (int i = 0; i < times; i++) {
            Exchange done = template.send(
                    "sessions:fetch/" + site.url() + path + "?renewalUri=direct:login&" + options, exchange -> {});
            assertThat(done.getException()).isNull();
        }
    }

    private Map<String, Integer> uses() {
        return new TreeMap<>(uses);
    }

    private Sessions sessions() {
        return Sessions.get(context);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessionId=anna", "pool=shop"})
    void theRequestsOfALogInAreNoUses(String where) {
        fetch("/page", where + "&maxUses=4", 9);
        assertThat(uses()).isEqualTo(Map.of("s1", 4, "s2", 4, "s3", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessionId=anna", "pool=shop"})
    void aSessionOfOneUseSendsOneRequestHoweverManyItsLogInTakes(String where) {
        fetch("/page", where + "&maxUses=1", 3);
        assertThat(uses()).isEqualTo(Map.of("s1", 1, "s2", 1, "s3", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessionId=anna", "pool=shop"})
    void eachHopIsAUse(String where) {
        fetch("/moved", where + "&maxUses=4", 3);
        assertThat(uses()).isEqualTo(Map.of("s1", 4, "s2", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessionId=anna", "pool=shop"})
    void oneUseIsReservedForAnExchangeAndItsRedirectsComeOnTop(String where) {
        fetch("/moved", where + "&maxUses=3", 3);
        assertThat(uses()).isEqualTo(Map.of("s1", 4, "s2", 2));
    }

    @Test
    @SuppressWarnings("unchecked")
    void statisticsCountTheSame() {
        fetch("/moved", "sessionId=anna&maxUses=4", 3);
        fetch("/moved", "pool=shop&maxUses=4", 3);

        SessionStats anna = sessions().session("anna").stats().orElseThrow();
        assertThat(anna.uses()).isEqualTo(6);
        assertThat(anna.generationUses()).isEqualTo(2);
        assertThat(sessions().session("shop-2").stats().orElseThrow().uses()).isEqualTo(2);
        assertThat(sessions().pool("shop").orElseThrow().uses()).isEqualTo(6);
        assertThat(template.requestBody("sessions:list", null, List.class))
                .anySatisfy(row -> assertThat((Map<String, Object>) row)
                        .containsEntry("id", "anna")
                        .containsEntry("uses", 6L));
    }

    @Test
    void aRenewalByABlockIsNoUseOfASession() {
        template.requestBodyAndHeader("direct:block", null, SessionsConstants.ID, "anna");
        fetch("/page", "sessionId=anna&maxUses=2", 3);

        assertThat(uses()).isEqualTo(Map.of("s1", 2, "s2", 1));
        assertThat(sessions().session("anna").stats().orElseThrow().uses()).isEqualTo(3);
    }

    @Test
    void aRenewalByABlockIsNoUseOfASessionOfAPoolWhoseUsesBeginAnew() {
        fetch("/page", "pool=shop&maxUses=2", 1);
        template.requestBodyAndHeader("direct:block", null, SessionsConstants.ID, "shop-1");
        fetch("/page", "pool=shop&maxUses=2", 2);

        assertThat(uses()).isEqualTo(Map.of("s1", 1, "s2", 2));
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(sessions().pool("shop").orElseThrow().retired())
                                .isEqualTo(Map.of("maxUses", 1L)));
        assertThat(sessions().pool("shop").orElseThrow().uses()).isEqualTo(3);
    }
}
