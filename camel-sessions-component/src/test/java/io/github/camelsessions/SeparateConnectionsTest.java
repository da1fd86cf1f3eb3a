/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of different identities share neither a connection nor a TLS session; those of one identity share theirs. */
class SeparateConnectionsTest extends SharedContextTest {

    private final TlsSite tls = new TlsSite();
    private final Relay relay = new Relay(tls.port());
    private final PoolingHttpClientConnectionManager given = new PoolingHttpClientConnectionManager();
    /** The user agents that each connection, by the client's port, has carried. */
    private final Map<Integer, Set<String>> carried = new ConcurrentHashMap<>();

    @AfterAll
    void closeTls() throws Exception {
        relay.close();
        tls.close();
        given.close();
    }

    @BeforeEach
    void forget() {
        carried.clear();
    }

    @Override
    void configure(CamelContext context) {
        context.getRegistry().bind("profiles", """
                - {name: one, userAgent: One/1}
                - {name: two, userAgent: Two/1}
                """);
        context.getRegistry().bind("tls", TlsSite.trust());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        SiteConfiguration wrapped = new SiteConfiguration();
        wrapped.setUris(site.url() + "/wrapped*");
        wrapped.setWrap(true);
        component.getSites().put("wrapped", wrapped);
        for (String page : Set.of("/page", "/wrapped")) {
            site.page(page, http -> {
                carried.computeIfAbsent(http.getRemoteAddress().getPort(), port -> ConcurrentHashMap.newKeySet())
                        .add(http.getRequestHeaders().getFirst("User-Agent"));
                LoopbackSite.answer(http, 200, "page");
            });
        }
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:wrapped").to(site.url() + "/wrapped");
            }
        };
    }

    private void fetchAs(String profile, String sessionId, String uri) {
        text(send(uri, null, Map.of(SessionsConstants.PROFILE, profile, SessionsConstants.ID, sessionId)));
    }

    /** How many connections carried what. */
    private Map<Set<String>, Long> connections() {
        Map<Set<String>, Long> count = new HashMap<>();
        carried.values().forEach(agents -> count.merge(new TreeSet<>(agents), 1L, Long::sum));
        return count;
    }

    @Test
    void whatWasSentByTlsGoesOnByTlsAlone() {
        String uri =
                "sessions:fetch?http.sslContextParameters=#tls&httpUri=RAW(https://localhost:" + tls.port() + "/?to=";
        int before = site.requests().size();

        assertThat(send(uri + site.url() + "/echo)", "pw=secret").getException())
                .isInstanceOfSatisfying(
                        HttpOperationFailedException.class,
                        failed -> assertThat(failed.getStatusCode()).isEqualTo(307));
        assertThat(site.requests()).hasSize(before);
        assertThat(text(send(uri + "https://localhost:" + tls.port() + "/other)", "pw=secret")))
                .isEqualTo("tls");
        assertThat(text(send(uri + site.url() + "/echo)&method=GET", null))).contains("GET /echo");
    }

    @Test
    void sessionsOfOneProfileShareAConnectionThatNoOtherProfileUses() {
        for (int i = 0; i < 5; i++) {
            fetchAs("one", session + "a", fetchUri("/page"));
            fetchAs("two", session + "b", fetchUri("/page"));
            fetchAs("one", session + "c", fetchUri("/page"));
        }

        assertThat(connections()).isEqualTo(Map.of(Set.of("One/1"), 1L, Set.of("Two/1"), 1L));
    }

    @Test
    void isolationBySessionGivesEachSessionAConnection() {
        for (int i = 0; i < 5; i++) {
            fetchAs("one", session + "a", fetchUri("/page") + "?isolation=session");
            fetchAs("one", session + "b", fetchUri("/page") + "?isolation=session");
        }

        assertThat(connections()).isEqualTo(Map.of(Set.of("One/1"), 2L));
    }

    @Test
    void aBypassedRequestUsesTheConnectionOfNoIdentity() {
        fetchAs("one", session, fetchUri("/page"));
        text(send(fetchUri("/page"), null, Map.of(SessionsConstants.BYPASS, true)));

        assertThat(connections()).hasSize(2);
    }

    @Test
    void wrappedEndpointsKeepIdentitiesApartToo() {
        for (int i = 0; i < 3; i++) {
            fetchAs("one", session + "a", "direct:wrapped");
            fetchAs("two", session + "b", "direct:wrapped");
        }

        assertThat(connections()).isEqualTo(Map.of(Set.of("One/1"), 1L, Set.of("Two/1"), 1L));
    }

    @Test
    void renewalsKeepIdentitiesApartToo() {
        String uri = "sessions:renew/" + site.url() + "/page";
        site.page("/page", http -> {
            carried.computeIfAbsent(http.getRemoteAddress().getPort(), port -> ConcurrentHashMap.newKeySet())
                    .add(http.getRequestHeaders().getFirst("User-Agent"));
            http.getResponseHeaders().add("Set-Cookie", "sid=1");
            LoopbackSite.answer(http, 200, "page");
        });
        for (int i = 0; i < 3; i++) {
            fetchAs("one", session + "a", uri);
            fetchAs("two", session + "b", uri);
        }

        assertThat(connections()).isEqualTo(Map.of(Set.of("One/1"), 1L, Set.of("Two/1"), 1L));
    }

    @Test
    void aConnectionManagerOfTheUserKeepsIdentitiesApartToo() throws Exception {
        context.getComponent("https", HttpComponent.class).setClientConnectionManager(given);
        try {
            for (int i = 0; i < 3; i++) {
                fetchAs("one", session + "a", fetchUri("/page") + "?http.responseTimeout=20001");
                fetchAs("two", session + "b", fetchUri("/page") + "?http.responseTimeout=20001");
            }
        } finally {
            context.getComponent("https", HttpComponent.class).setClientConnectionManager(null);
        }

        assertThat(connections()).isEqualTo(Map.of(Set.of("One/1"), 1L, Set.of("Two/1"), 1L));
        assertThat(given.getTotalStats().getAvailable()).isEqualTo(2);
    }

    @Test
    void aTlsSessionIsResumedByItsIdentityOnly() {
        String uri = "sessions:fetch?http.sslContextParameters=#tls&httpUri=RAW(https://localhost:" + relay.port()
                + "/?close)";
        fetchAs("one", session + "a", uri);
        fetchAs("two", session + "b", uri);
        text(send(uri, null, Map.of(SessionsConstants.BYPASS, true)));
        fetchAs("one", session + "c", uri);

        assertThat(relay.resumptions())
                .as("tickets offered: only by the last connection, of the identity of the first")
                .containsExactly(false, false, false, true);
    }

    @Test
    void aValueThatIsNoIsolationIsNamedWithTheChoice() {
        assertThat(failure(fetchUri("/page") + "?isolation=all"))
                .contains("option isolation=all: must be one of [profile, session]");
    }
}
