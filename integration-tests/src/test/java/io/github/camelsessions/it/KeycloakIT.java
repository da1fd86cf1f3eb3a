/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** At an application that leaves its log-in to a Keycloak at another host, by OpenID Connect. */
@EnabledIfEnvironmentVariable(
        named = KeycloakIT.ZIP,
        matches = ".+",
        disabledReason = "it says where the distribution of Keycloak is, see CONTRIBUTING.md")
class KeycloakIT extends LogInContract {

    static final String ZIP = "KEYCLOAK_ZIP";
    private static final String ADMIN = "admin";

    private ServerProcess keycloak;
    private String identity;
    private ConfigurableApplicationContext server;
    private OrdersApp app;

    @BeforeAll
    void startServers(@TempDir Path folder) throws IOException {
        Path home = unzip(Path.of(System.getenv(ZIP)), folder);
        Path realms = Files.createDirectories(home.resolve("data/import"));
        try (InputStream realm = getClass().getResourceAsStream("/keycloak/shop.json")) {
            Files.copy(realm, realms.resolve("shop.json"));
        }
        int port = ServerProcess.freePort();
        identity = "http://localhost:" + port;
        keycloak = ServerProcess.start(
                home,
                Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD),
                List.of(
                        "/bin/sh",
                        "bin/kc.sh",
                        "start-dev",
                        "--http-host=localhost",
                        "--http-port=" + port,
                        "--import-realm"));
        keycloak.answers(identity + "/realms/shop");
        String client = "spring.security.oauth2.client.";
        server = OrdersApp.start(Map.of(
                client + "provider.keycloak.issuer-uri", identity + "/realms/shop",
                client + "registration.keycloak.client-id", "portal",
                client + "registration.keycloak.client-secret", "of-the-test",
                client + "registration.keycloak.scope", "openid"));
        app = server.getBean(OrdersApp.class);
    }

    /** Unpacks it, without the rights of its files; answers the one folder that is in it. */
    private static Path unzip(Path zip, Path folder) throws IOException {
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry; (entry = entries.getNextEntry()) != null; ) {
                Path file = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(entries, file);
                }
            }
        }
        try (var found = Files.list(folder)) {
            return found.findFirst().orElseThrow();
        }
    }

    @AfterAll
    void stopServers() throws InterruptedException {
        if (server != null) {
            server.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    private HttpRequest.Builder admin(String path) throws IOException, InterruptedException {
        HttpRequest.Builder asked = HttpRequest.newBuilder(
                        URI.create(identity + "/realms/master/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "grant_type=password&client_id=admin-cli&username=" + ADMIN + "&password=" + PASSWORD));
        String token = new ObjectMapper()
                .readTree(ServerProcess.send(asked))
                .get("access_token")
                .asText();
        return HttpRequest.newBuilder(URI.create(identity + "/admin/realms/shop/" + path))
                .header("Authorization", "Bearer " + token);
    }

    private int events(String type) throws IOException, InterruptedException {
        String events = ServerProcess.send(admin("events?max=1000&type=" + type));
        return new ObjectMapper().readTree(events).size();
    }

    @Override
    String recipe() {
        return "login-keycloak";
    }

    @Override
    String url() {
        return OrdersApp.url(server);
    }

    @Override
    void endSessions() throws Exception {
        ServerProcess.send(admin("logout-all").POST(HttpRequest.BodyPublishers.noBody()));
        app.endSessions();
    }

    @Override
    int logIns() throws Exception {
        return events("LOGIN");
    }

    @Override
    int refusedLogIns() throws Exception {
        return events("LOGIN_ERROR");
    }

    @Override
    List<String> titles() {
        return app.titles();
    }

    @Override
    String[] explanation() {
        return new String[] {
            "1. GET https://portal.example/orders -> 302, sets JSESSIONID\n",
            "/realms/shop/protocol/openid-connect/auth?response_type&client_id",
            "-> 200, sets AUTH_SESSION_ID",
            "'Sign in to shop' has form #kc-form-login (POST /realms/shop/login-actions/authenticate; username, password",
            "username = *** from account.username\n",
            "password = *** from account.password\n",
            "POST http://localhost:",
            "-> 302, sets KEYCLOAK_IDENTITY",
            "GET https://portal.example/login/oauth2/code/keycloak?state",
            "-> 302, sets JSESSIONID\n",
            "GET https://portal.example/orders?*** -> 200\n"
        };
    }

    @Override
    String[] refusedForms() {
        return new String[] {"login-keycloak-forms"};
    }

    /**
     * Each request is sent through Keycloak, which asks for no password, and back; at the application all but one have
     * another's session by then.
     */
    @Test
    void aSessionThatHasEndedAtTheApplicationAloneLosesNothing() throws Exception {
        ProducerTemplate template = start(PASSWORD, refusedForms());
        text(fetch(template).call());
        List<String> sent = new ArrayList<>(titles());
        for (int round = 1; round <= ROUNDS; round++) {
            app.endSessions();
            List<Callable<Exchange>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String title = "alone-" + round + "-" + i;
                sent.add(title);
                calls.add(fetch(template));
                calls.add(submit(template, title));
            }

            assertThat(atOnce(calls)).allSatisfy(done -> assertThat(text(done)).contains(welcome()));
            assertThat(titles()).containsExactlyInAnyOrderElementsOf(sent);
        }
    }
}
