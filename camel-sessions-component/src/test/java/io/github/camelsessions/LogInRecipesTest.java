/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs recipes of src-docs/login.adoc, against sites that behave as the real ones do. */
class LogInRecipesTest {

    /** Those that are run here. */
    static final List<String> EXAMPLES = List.of(
            "recipe-wiki-properties",
            "recipe-wiki",
            "recipe-totp-profiles",
            "recipe-totp-properties",
            "recipe-viewstate",
            "recipe-tenants-properties",
            "recipe-tenants-profiles",
            "recipe-tenants");

    /** Each code is for one log-in: the next one need not wait for half a minute. */
    private static final String SECRET = "otpauth://totp/portal?secret=JBSWY3DPEHPK3PXP&period=2";

    private static final Pattern ROW = Pattern.compile("row \\d+");

    private final Snippets snippets;

    @TempDir
    private Path folder;

    private Main main;
    private ProducerTemplate template;

    LogInRecipesTest() throws IOException {
        snippets = Snippets.of("src-docs/login.adoc");
    }

    private void start(String url, String profiles, String properties, String... yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("profiles.yaml"), profiles);
        main = new SnippetContexts(
                        snippets,
                        folder,
                        text -> text.replaceAll("https://(?:portal|wiki)\\.example", url)
                                .replace("file:profiles.yaml", file.toUri().toString()))
                .start(properties, List.of(yaml), List.of());
        template = main.getCamelContext().createProducerTemplate();
    }

    @AfterEach
    void stop() {
        if (main != null) {
            main.stop();
        }
    }

    private List<Exchange> inParallel(String to, List<Map<String, Object>> headers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Exchange>> all = headers.stream()
                    .map(each -> threads.submit(
                            () -> template.request(to, exchange -> each.forEach(exchange.getMessage()::setHeader))))
                    .toList();
            List<Exchange> done = new ArrayList<>();
            for (Future<Exchange> one : all) {
                done.add(one.get(60, TimeUnit.SECONDS));
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- MediaWiki

    private void startWiki(WikiSite wiki, String password) throws Exception {
        start(
                wiki.url(),
                snippets.text("login-profiles"),
                snippets.text("recipe-wiki-properties") + "\nportal.anna.password=" + password + "\n",
                "recipe-wiki");
    }

    @Test
    void noEditOfAWikiIsLostNorDouble() throws Exception {
        try (WikiSite wiki = new WikiSite()) {
            startWiki(wiki, "secret");
            List<String> texts = new ArrayList<>();
            for (int round = 1; round <= 3; round++) {
                List<Map<String, Object>> edits = new ArrayList<>();
                for (int n = 1; n <= 8; n++) {
                    texts.add("edit " + round + "-" + n);
                    edits.add(Map.of("title", "Sandbox", "text", texts.get(texts.size() - 1)));
                }
                assertThat(inParallel("direct:edit", edits))
                        .allSatisfy(done -> assertThat(done.getMessage().getBody(String.class))
                                .contains("\"result\":\"Success\""));
                assertThat(wiki.logIns()).isEqualTo(round);
                wiki.endSessions();
            }
            assertThat(wiki.edits()).containsExactlyInAnyOrderElementsOf(texts);
            assertThat(wiki.errors("assertuserfailed")).isPositive();
            assertThat(wiki.refusedLogIns()).isZero();
        }
    }

    @Test
    void aWrongPasswordOfAWikiIsTriedOnce() throws Exception {
        try (WikiSite wiki = new WikiSite()) {
            startWiki(wiki, "wrong");

            for (int n = 1; n <= 3; n++) {
                Exchange done = inParallel("direct:edit", List.of(Map.of("title", "Sandbox", "text", "x")))
                        .get(0);
                assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
            }

            assertThat(wiki.refusedLogIns()).isEqualTo(1);
            assertThat(wiki.edits()).isEmpty();
        }
    }

    // ---- one-time codes

    private void aCodeIsSent(ExpiringSite.Builder builder, String more) throws Exception {
        try (ExpiringSite site =
                builder.loginLeadsTo("/orders").refusesWith(302).start()) {
            start(
                    site.url(),
                    snippets.text("recipe-totp-profiles"),
                    snippets.text("login-properties") + "\n" + more + "\nportal.anna.password=secret\nportal.anna.totp="
                            + SECRET + "\n",
                    "login-routes");

            for (int n = 1; n <= 2; n++) {
                assertThat(template.requestBody("direct:orders", null, String.class))
                        .contains("path=/orders\n", "user=anna\n");
                site.expireNow();
            }

            assertThat(site.loginsSucceeded()).isEqualTo(2);
        }
    }

    @Test
    void theCodeFollowsThePassword() throws Exception {
        aCodeIsSent(ExpiringSite.builder().user("anna", "secret", SECRET), "");
    }

    @Test
    void theFieldOfTheCodeIsNamedWhereItsPageDoesNotTell() throws Exception {
        aCodeIsSent(
                ExpiringSite.builder().user("anna", "secret", SECRET).codePage("/login/step2", "answer"),
                snippets.text("recipe-totp-properties"));
    }

    // ---- view state

    private List<String> rows() {
        return ROW.matcher(template.requestBody("direct:all-orders", null, String.class))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private void startViewState(ViewStateSite site) throws Exception {
        start(
                site.url(),
                snippets.text("login-profiles"),
                snippets.text("login-properties").replace("/login", "/Login.aspx") + "\nportal.anna.password=secret\n",
                "recipe-viewstate");
    }

    @Test
    void allRowsComeOnceAndInOrderThoughTheSessionEndsInTheMiddle() throws Exception {
        try (ViewStateSite site = new ViewStateSite()) {
            startViewState(site);

            assertThat(rows()).isEqualTo(ViewStateSite.allRows());
            assertThat(site.logIns()).isEqualTo(1);
            site.endAt(6);
            assertThat(rows()).isEqualTo(ViewStateSite.allRows());

            assertThat(site.logIns()).isEqualTo(2);
            assertThat(site.invalid()).isZero();
            // the log-in leads to the first page
            assertThat(site.shown())
                    .containsExactly(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        }
    }

    @Test
    void noReaderOfManyDisturbsAnother() throws Exception {
        try (ViewStateSite site = new ViewStateSite()) {
            startViewState(site);
            site.endAt(4);
            site.endAt(9);

            List<Exchange> all = inParallel(
                    "direct:all-orders",
                    IntStream.range(0, 6)
                            .mapToObj(n -> Map.<String, Object>of())
                            .toList());

            assertThat(all)
                    .allSatisfy(done -> assertThat(ROW.matcher(done.getMessage().getBody(String.class))
                                    .results()
                                    .map(MatchResult::group)
                                    .toList())
                            .isEqualTo(ViewStateSite.allRows()));
            assertThat(site.invalid()).isZero();
            assertThat(site.logIns()).isEqualTo(3);
        }
    }

    // ---- tenants

    @Test
    void noTenantSeesAPageOfAnother() throws Exception {
        List<String> tenants = List.of("acme", "globex", "initech");
        ExpiringSite.Builder builder =
                ExpiringSite.builder().pages("/orders").refusesWith(302).expiresAfterUses(10);
        tenants.forEach(tenant -> builder.user(tenant + "-bot", "secret of " + tenant));
        try (ExpiringSite site = builder.start()) {
            StringBuilder properties = new StringBuilder(snippets.text("recipe-tenants-properties") + "\n");
            tenants.forEach(tenant -> properties.append(tenant + ".password=secret of " + tenant + "\n"));
            start(site.url(), snippets.text("recipe-tenants-profiles"), properties.toString(), "recipe-tenants");
            List<String> asked = IntStream.range(0, 90)
                    .mapToObj(n -> tenants.get(n % tenants.size()))
                    .toList();

            List<Exchange> answers = inParallel(
                    "direct:orders-of-tenant",
                    asked.stream()
                            .map(tenant ->
                                    Map.<String, Object>of("tenant", tenant, ExpiringSite.USER_HEADER, tenant + "-bot"))
                            .toList());

            for (int n = 0; n < asked.size(); n++) {
                assertThat(answers.get(n).getMessage().getBody(String.class))
                        .contains("path=/orders\n", "user=" + asked.get(n) + "-bot\n");
            }
            assertThat(site.mixUps()).isEmpty();
            assertThat(site.staleCookies()).isEmpty();
            tenants.forEach(
                    tenant -> assertThat(site.loginsSucceeded(tenant + "-bot")).isBetween(3, 4));
            assertThat(site.loginsAttempted()).isEqualTo(site.loginsSucceeded());

            int before = site.requests();
            assertThat(inParallel("direct:orders-of-tenant", List.of(Map.of("tenant", "umbrella")))
                            .get(0)
                            .getException())
                    .isNotNull();
            assertThat(site.requests())
                    .as("asked for a tenant without an account")
                    .isEqualTo(before);
        }
    }
}
