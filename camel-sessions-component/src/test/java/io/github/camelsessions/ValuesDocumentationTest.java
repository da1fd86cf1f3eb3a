/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.testkit.FrameworkSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples of src-docs/values.adoc against a site that stands for https://portal.example. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValuesDocumentationTest {

    private static final String PORTAL = "camel.component.sessions.sites[portal].";
    private static final String LOGS_IN =
            PORTAL + "uris=https://portal.example/*\n" + PORTAL + "renewalUri=direct:login\n";

    @TempDir
    private static Path folder;

    private final LoopbackSite site = new LoopbackSite();
    private final AtomicInteger logIns = new AtomicInteger();
    private Snippets snippets;
    private SnippetContexts contexts;

    @BeforeAll
    void start() throws Exception {
        site.page("/login", http -> {
            int number = logIns.incrementAndGet();
            http.getResponseHeaders().add("Set-Cookie", "sid=" + number + "; Path=/");
            http.getResponseHeaders().add("X-Access-Token", "access" + number);
            http.getResponseHeaders().add("X-CSRF-Token", "csrf" + number);
            LoopbackSite.answer(http, 200, "welcome");
        });
        site.page("/logout", http -> LoopbackSite.answer(http, 200, "bye"));
        snippets = Snippets.of("src-docs/values.adoc");
        contexts = new SnippetContexts(snippets, folder, text -> text.replace("https://portal.example", site.url()));
    }

    @AfterAll
    void stop() {
        contexts.close();
        site.close();
    }

    private Main start(String properties, String... yaml) throws Exception {
        return contexts.start(properties, List.of(yaml), List.of());
    }

    private String echo(Main main) {
        Exchange done = main.getCamelContext()
                .createProducerTemplate()
                .request("sessions:fetch/" + site.url() + "/echo?sessionId=anna", exchange -> {});
        assertThat(done.getException()).isNull();
        return done.getMessage().getBody(String.class);
    }

    private static Sessions portal(Main main) {
        return Sessions.get(main.getCamelContext()).site("portal");
    }

    @Test
    void allExamplesAreRunHere() {
        assertThat(snippets.all().keySet())
                .containsExactlyInAnyOrder(
                        "values-variable",
                        "values-headers",
                        "values-fields",
                        "values-login-form",
                        "values-account",
                        "values-totp",
                        "values-logout",
                        "values-logout-properties");
    }

    @Test
    void aLogInLeavesAVariable() throws Exception {
        Main main = start(LOGS_IN, "values-variable");
        echo(main);

        assertThat(portal(main).session("anna").variable("token")).isEqualTo("access" + logIns.get());
        main.stop();
    }

    @Test
    void aTokenTravelsInHeaders() throws Exception {
        Main main = start(snippets.text("values-headers"), "values-variable");

        assertThat(echo(main)).containsIgnoringCase("X-CSRF-Token: csrf" + logIns.get());
        main.stop();
    }

    @Test
    void aTokenTravelsInForms() throws Exception {
        site.page(
                "/orders",
                http -> LoopbackSite.answer(
                        http, LoopbackSite.body().contains("_csrf=csrf") ? 200 : 403, LoopbackSite.body()));
        Main main = start("""
                camel.component.sessions.capture[csrf]=header:X-CSRF-Token
                """, "values-fields", "values-variable");

        String page = main.getCamelContext()
                .createProducerTemplate()
                .requestBody("direct:order", Map.of("title", "a"), String.class);

        assertThat(page).isEqualTo("title=a&_csrf=csrf" + logIns.get());
        main.stop();
    }

    @Test
    void aFormOfLogInHasItsOwnToken() throws Exception {
        try (FrameworkSite spring = FrameworkSite.springSecurity();
                SnippetContexts ofSpring = new SnippetContexts(
                        snippets, folder, text -> text.replace("https://portal.example", spring.url()))) {
            Main main =
                    ofSpring.start("portal.password=secret", List.of("values-fields", "values-login-form"), List.of());
            ProducerTemplate template = main.getCamelContext().createProducerTemplate();

            for (String title : List.of("a", "b")) {
                template.requestBody("direct:order", Map.of("title", title));
                spring.expireNow();
            }

            assertThat(spring.orders()).containsExactly("a", "b");
            assertThat(spring.logins()).isEqualTo(2);
        }
    }

    @Test
    void aLogInSendsTheAccount() throws Exception {
        Path profiles = Files.writeString(folder.resolve("profiles.yaml"), """
                - name: anna
                  account: {user: anna, password: rain}
                """);
        Main main = start(LOGS_IN + "camel.component.sessions.profiles=file:" + profiles, "values-account");
        echo(main);

        assertThat(site.requests())
                .extracting(LoopbackSite.Request::body)
                .contains("{\"user\": \"anna\", \"password\": \"rain\"}");
        main.stop();
    }

    @Test
    void aLogInSendsTheOneTimeCode() throws Exception {
        Path profiles = Files.writeString(folder.resolve("totp.yaml"), """
                - name: anna
                  account: {user: anna, password: rain, totp: JBSW Y3DP EHPK 3PXP}
                """);
        Main main = start(
                LOGS_IN.strip() + "-with-code\ncamel.component.sessions.profiles=file:" + profiles, "values-totp");
        echo(main);

        assertThat(site.requests())
                .extracting(LoopbackSite.Request::body)
                .anyMatch(body -> body.matches("user=anna&password=rain&code=\\d{6}"));
        main.stop();
    }

    @Test
    void theSessionIsLoggedOutAtTheStop() throws Exception {
        Main main = start(snippets.text("values-logout-properties"), "values-variable", "values-logout");
        echo(main);
        main.stop();

        assertThat(site.lastRequest().uri()).isEqualTo("/logout");
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=" + logIns.get());
    }
}
