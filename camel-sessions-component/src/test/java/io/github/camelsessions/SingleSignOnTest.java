/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The session of an application has ended, and the single sign-on that it leads to still knows the user. */
class SingleSignOnTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final LoopbackSite site = new LoopbackSite();
    private final LoopbackSite identity = new LoopbackSite();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final List<String> orders = new CopyOnWriteArrayList<>();
    private final AtomicInteger logIns = new AtomicInteger();
    private volatile boolean leadsAstray;
    private volatile String logInPage = identity.url() + "/auth";

    private final SiteConfiguration portal = new SiteConfiguration();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        site.page("/orders", this::orders);
        site.page("/start", http -> redirect(http, identity.url() + "/auth"));
        site.page("/back", this::back);
        site.page("/failed", http -> html(http, "<h1>Invalid state"));
        identity.page("/auth", http -> {
            if (cookies(http).contains("sso=")) {
                redirect(http, site.url() + "/back?silent");
            } else {
                html(http, "<form action=/do method=post><input name=u><input name=p type=password></form>");
            }
        });
        identity.page("/do", http -> {
            logIns.incrementAndGet();
            http.getResponseHeaders().add("Set-Cookie", "sso=1; Path=/");
            redirect(http, site.url() + "/back");
        });
        Path profiles = Files.writeString(
                folder.resolve("profiles.yaml"), "- {name: anna, account: {username: anna, password: secret}}");
        portal.setUris(site.url() + "/*");
        portal.setLoginPage(site.url() + "/orders");
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("file:" + profiles);
        component.getSites().put("portal", portal);
        context.start();
        assertThat(fetch(null).getException()).isNull();
        sessions.clear();
    }

    @AfterEach
    void close() throws IOException {
        context.close();
        site.close();
        identity.close();
    }

    private void orders(HttpExchange http) throws IOException {
        if (sessions.stream().noneMatch(cookies(http)::contains)) {
            redirect(http, logInPage);
        } else if (http.getRequestMethod().equals("POST")) {
            orders.add(LoopbackSite.body());
            redirect(http, "/orders");
        } else {
            html(http, "<h1>orders");
        }
    }

    private void back(HttpExchange http) throws IOException {
        if (leadsAstray && "silent".equals(http.getRequestURI().getQuery())) {
            redirect(http, "/failed");
            return;
        }
        String session = "app=" + System.nanoTime();
        sessions.add(session);
        http.getResponseHeaders().add("Set-Cookie", session + "; Path=/");
        redirect(http, "/orders");
    }

    private static String cookies(HttpExchange http) {
        return String.valueOf(http.getRequestHeaders().getFirst("Cookie"));
    }

    private static void redirect(HttpExchange http, String to) throws IOException {
        http.getResponseHeaders().add("Location", to);
        LoopbackSite.answer(http, 302, "");
    }

    private static void html(HttpExchange http, String text) throws IOException {
        http.getResponseHeaders().add("Content-Type", "text/html");
        LoopbackSite.answer(http, 200, text);
    }

    private Exchange fetch(String body) {
        return context.createProducerTemplate()
                .request(
                        "sessions:fetch/" + site.url() + "/orders",
                        exchange -> exchange.getMessage().setBody(body));
    }

    @Test
    void aPageThatItLeadsBackToIsDelivered() {
        assertThat(fetch(null).getMessage().getBody(String.class)).isEqualTo("<h1>orders");
        assertThat(logIns).hasValue(1);
    }

    @Test
    void aPageThatItLeadsAwayFromIsFetchedAgainAfterALogIn() {
        leadsAstray = true;

        assertThat(fetch(null).getMessage().getBody(String.class)).isEqualTo("<h1>orders");
        assertThat(logIns).hasValue(2);
    }

    @Test
    void aFormThatItHasTurnedIntoAPageIsSentAgainAfterALogIn() {
        assertThat(fetch("title=a").getMessage().getBody(String.class)).isEqualTo("<h1>orders");
        assertThat(orders).containsExactly("title=a");
        assertThat(logIns).hasValue(2);
    }

    @Test
    void aFormThatWasRedirectedWithinTheSiteFirstIsToldToMaybeHaveBeenCarriedOut() {
        logInPage = "/start";

        assertThat(fetch("title=a").getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("expired by redirects through " + identity.url() + "/auth")
                .hasMessageContaining("/start, so that it may have carried it out");
        assertThat(orders).isEmpty();
    }

    @Test
    void aFormThatWasRedirectedToAnExpiredUriFirstIsSentAgainAfterALogIn() {
        logInPage = "/start";
        portal.setExpiredUri(site.url() + "/start");

        assertThat(fetch("title=a").getMessage().getBody(String.class)).isEqualTo("<h1>orders");
        assertThat(orders).containsExactly("title=a");
        assertThat(logIns).hasValue(2);
    }
}
