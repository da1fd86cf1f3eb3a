/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.testkit.FrameworkSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples of src-docs/login.adoc against sites that stand for https://portal.example. */
class LogInDocumentationTest {

    private static final String ACCOUNT = "\nportal.anna.password=secret\n";

    private final LoopbackSite site = new LoopbackSite();
    private final Snippets snippets;

    @TempDir
    private Path folder;

    LogInDocumentationTest() throws IOException {
        snippets = Snippets.of("src-docs/login.adoc");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Main start(String url, String properties, String... yaml) throws Exception {
        Path profiles = Files.writeString(folder.resolve("profiles.yaml"), snippets.text("login-profiles"));
        return new SnippetContexts(
                        snippets,
                        folder,
                        text -> text.replace("https://portal.example", url)
                                .replace("file:profiles.yaml", profiles.toUri().toString()))
                .start(properties + ACCOUNT, List.of(yaml), List.of());
    }

    private static Exchange send(Main main, String to, Map<String, Object> headers) {
        Exchange done = main.getCamelContext()
                .createProducerTemplate()
                .request(to, exchange -> headers.forEach(exchange.getMessage()::setHeader));
        assertThat(done.getException()).isNull();
        return done;
    }

    private static String text(Main main, String to) {
        return send(main, to, Map.of()).getMessage().getBody(String.class);
    }

    @Test
    void allExamplesAreRunHere() {
        assertThat(snippets.all().keySet())
                .containsAll(LogInRecipesTest.EXAMPLES)
                .filteredOn(name -> !LogInRecipesTest.EXAMPLES.contains(name))
                .containsExactlyInAnyOrder(
                        "login-properties",
                        "login-profiles",
                        "login-routes",
                        "login-fields",
                        "login-oauth-properties",
                        "login-oauth",
                        "login-submit",
                        // by the tests of the module integration-tests
                        "login-spring",
                        "login-tomcat",
                        "login-django",
                        "login-keycloak",
                        "login-keycloak-forms");
    }

    @Test
    void threePropertiesLogInAndLogInAgain() throws Exception {
        try (FrameworkSite spring = FrameworkSite.springSecurity()) {
            Main main = start(spring.url(), snippets.text("login-properties"), "login-routes");
            for (String title : List.of("a", "b")) {
                assertThat(text(main, "direct:orders")).contains("orders</h1>");
                send(main, "direct:order", Map.of("title", title));
                spring.expireNow();
            }
            main.stop();

            assertThat(spring.orders()).containsExactly("a", "b");
            assertThat(spring.logins()).isEqualTo(2);
        }
    }

    @Test
    void furtherFieldsAreFilledIn() throws Exception {
        page(
                "/login",
                "<form action=/enter method=post><input name=tenant><input name=username><input name=p type=password></form>");
        site.page("/enter", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=1; Path=/");
            LoopbackSite.answer(http, 200, "welcome");
        });
        page("/orders", "<h1>0 orders</h1>");
        Main main = start(
                site.url(), snippets.text("login-properties") + "\n" + snippets.text("login-fields"), "login-routes");

        text(main, "direct:orders");
        main.stop();

        assertThat(site.requests().get(1).body()).isEqualTo("tenant=acme&username=anna%40acme.example&p=secret");
    }

    private void page(String path, String html) {
        site.page(path, http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, html);
        });
    }

    @Test
    void aFormIsFilledIn() throws Exception {
        page(
                "/search",
                "<form id=news><input name=mail></form>"
                        + "<form id=search action=/echo><input name=title><button name=do value=find>Find</button></form>");
        Main main = start(site.url(), "", "login-submit");

        String found = send(main, "direct:search", Map.of("title", "tea & rain"))
                .getMessage()
                .getBody(String.class);
        main.stop();

        assertThat(found).startsWith("GET /echo?title=tea+%26+rain&do=find");
    }

    // ---- OAuth 2

    private final List<String> grants = Collections.synchronizedList(new ArrayList<>());
    private volatile int issued;
    private volatile boolean refreshes = true;

    /** Gives a new refresh token each time, and takes each once. */
    private void token(HttpExchange http) throws IOException {
        String form = LoopbackSite.body();
        boolean refresh = form.contains("grant_type=refresh_token");
        grants.add(refresh ? "refresh" : "password");
        boolean right = refresh
                ? refreshes && form.endsWith("refresh_token=r" + issued)
                : form.contains("username=anna") && form.contains("password=secret");
        http.getResponseHeaders().add("Content-Type", "application/json");
        if (right) {
            issued++;
        }
        LoopbackSite.answer(
                http,
                right ? 200 : 400,
                right
                        ? "{\"access_token\":\"a%d\",\"refresh_token\":\"r%d\",\"expires_in\":3600}"
                                .formatted(issued, issued)
                        : "{\"error\":\"invalid_grant\"}");
    }

    private String orders(Main main) {
        return text(main, "sessions:fetch/" + site.url() + "/orders?method=GET");
    }

    @Test
    void theRefreshTokenIsUsedWhileItIsTaken() throws Exception {
        site.page("/token", this::token);
        site.page("/orders", http -> {
            boolean in = ("Bearer a" + issued).equals(http.getRequestHeaders().getFirst("Authorization"));
            LoopbackSite.answer(http, in ? 200 : 401, "orders " + issued);
        });
        Main main = start(site.url(), snippets.text("login-oauth-properties"), "login-oauth");

        assertThat(orders(main)).isEqualTo("orders 1");
        for (int renewal = 2; renewal <= 3; renewal++) {
            Sessions.get(main.getCamelContext()).site("api").session("0").expire();
            assertThat(orders(main)).isEqualTo("orders " + renewal);
        }
        refreshes = false;
        Sessions.get(main.getCamelContext()).site("api").session("0").expire();
        assertThat(orders(main)).isEqualTo("orders 4");
        main.stop();

        assertThat(grants).containsExactly("password", "refresh", "refresh", "refresh", "password");
    }
}
