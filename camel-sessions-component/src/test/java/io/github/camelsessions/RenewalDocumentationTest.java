/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the examples of src-docs/renewal.adoc against a site whose sessions end, which stands for https://portal.example,
 * and provokes the messages of its table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenewalDocumentationTest {

    private static final String PAGE = "src-docs/renewal.adoc";
    private static final String PORTAL = "https://portal.example";

    @RegisterExtension
    static final ExpiringSite site = ExpiringSite.builder()
            .user("anna", "rain & tea")
            .user("ben", "rain & tea")
            .start();

    @TempDir
    private static Path folder;

    private Snippets snippets;
    private SnippetContexts contexts;

    private final Map<String, Executable> checks = Map.ofEntries(
            entry("renewal-properties", () -> expiredSessionsAreRenewed("yaml")),
            entry("renewal-routes", () -> expiredSessionsAreRenewed("yaml")),
            entry("renewal-routes-java", () -> expiredSessionsAreRenewed("java")),
            entry("renewal-options", this::anEndpointHasTheRulesItself),
            entry("renewal-evidence", this::aLogInFormIsNoSuccess),
            entry("renewal-collected", this::addedCookiesRenewTheSession),
            entry("renewal-harvested", this::eachHarvestedSessionIsUsedOnce),
            entry("renew-request", this::theRequestOfTheExchangeRenews),
            entry("renew-by-uri", this::theTimerRenews),
            entry("renewal-facade", this::javaCodeRenews),
            entry("renewal-limits", this::theSessionIsRenewedBeforeTheSiteRefuses),
            entry("renewal-rate", this::requestsAreEvenlySpaced),
            entry("renewal-check", this::aForbiddenPageCostsNoLogIn),
            entry("renewal-check-route", this::theRouteKnowsWhetherTheSessionLives),
            entry("renewal-block", () -> aBlockRenews("renewal-block")),
            entry("renewal-block-java", () -> aBlockRenews("renewal-block-java")),
            entry("renewal-block-xml", () -> aBlockLogsInBeforeWork("renewal-block-xml")),
            entry("renewal-step", () -> aBlockLogsInBeforeWork("renewal-step")),
            entry("pin-session", this::aWizardStaysInOneLogIn),
            entry("renewal-route-policy", this::theConsumerWaitsForTheLogIn),
            entry("renewal-failures", this::theReasonIsTheAnswer),
            entry("renewal-stats", this::theStatisticsAreLogged));

    @BeforeAll
    void start() throws Exception {
        snippets = Snippets.of(PAGE);
        contexts = new SnippetContexts(snippets, folder, this::located);
    }

    private String located(String text) {
        return text.replace(PORTAL + "/orders", site.url("/page/orders")).replace(PORTAL, site.url());
    }

    @AfterAll
    void stop() {
        contexts.close();
    }

    @TestFactory
    Stream<DynamicTest> examples() {
        return Stream.concat(snippets.all().keySet().stream(), checks.keySet().stream())
                .distinct()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    assertThat(snippets.all()).as("examples of the document").containsKey(name);
                    assertThat(checks).as("checks of this test").containsKey(name);
                    assumeTrue(!name.equals("renewal-step") || RenewBlockDslTest.knowsTheStep());
                    site.reset();
                    checks.get(name).execute();
                }));
    }

    private void expiredSessionsAreRenewed(String language) throws Exception {
        Main main = language.equals("yaml")
                ? start("renewal-properties", List.of("renewal-routes"), List.of())
                : start("renewal-properties", List.of(), List.of("renewal-routes-java"));

        assertThat(ordersOf(main, "anna")).contains("user=anna");
        assertThat(site.loginsSucceeded()).isOne();
        site.expireNow();
        assertThat(ordersOf(main, "anna")).contains("user=anna");
        assertThat(ordersOf(main, "ben")).contains("user=ben");

        assertThat(sessions(main).site("portal").ids()).containsExactly("anna", "ben");
        assertThat(site.loginsSucceeded("anna")).isEqualTo(2);
        assertThat(site.loginsSucceeded("ben")).isOne();
        assertThat(site.refused()).isOne();
        main.stop();
    }

    private void anEndpointHasTheRulesItself() throws Exception {
        Main main = start("", List.of("renewal-options", "renewal-routes"), List.of());

        assertThat(body(request(main, "direct:orders-alone"))).contains("user=anna");
        site.expireNow();
        Exchange second = request(main, "direct:orders-alone");

        assertThat(body(second)).contains("user=anna");
        assertThat(second.getMessage().getHeader(SessionsConstants.REPLAYS)).isEqualTo(1);
        main.stop();
    }

    private void aLogInFormIsNoSuccess() throws Exception {
        Main main = start("renewal-evidence", List.of("renewal-routes"), List.of());
        site.failLogins(200);
        Exchange refused = request(main, "direct:orders-of", Map.of("user", "anna"), null);

        assertThat(refused.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("renewedWhen does not hold after it");

        site.repairLogins();
        sessions(main).site("portal").session("anna").endCooldown();
        assertThat(ordersOf(main, "anna")).contains("user=anna");
        main.stop();
    }

    private void addedCookiesRenewTheSession() throws Exception {
        Path file = folder.resolve("portal.json");
        Main main = start("", List.of("renewal-collected"), List.of());
        for (int i = 0; i < 2; i++) {
            Files.writeString(file, "[{\"name\": \"sid\", \"value\": \"" + site.newSession("anna") + "\"}]");
            assertThat(body(request(main, "direct:orders-collected"))).contains("user=anna");
            site.expireNow();
        }
        assertThat(stats(main, "anna").renewals()).isEqualTo(2);
        assertThat(site.loginsAttempted()).isZero();
        main.stop();
    }

    private void eachHarvestedSessionIsUsedOnce() throws Exception {
        Path harvest = Files.createDirectory(folder.resolve("harvest"));
        harvested(harvest, 1, "dead");
        Main main = start("", List.of("renewal-harvested"), List.of());
        String uri = "sessions:fetch/" + site.url("/page/orders")
                + "?method=GET&sessionId=anna&renewalUri=direct:harvested&renewalBackoff=1";
        for (int file = 2; file <= 3; file++) {
            harvested(harvest, file, site.newSession("anna"));
            assertThat(main.getCamelTemplate().requestBody(uri, null, String.class))
                    .contains("user=anna");
            site.expireNow();
        }
        await().untilAsserted(() -> assertThat(harvest.resolve("used")).isDirectoryContaining("glob:**3.txt"));
        assertThat(harvest.resolve("used")).isDirectoryContaining("glob:**2.txt");
        assertThat(harvest.resolve("dead")).isDirectoryContaining("glob:**1.txt");
        main.stop();
    }

    private void harvested(Path harvest, int number, String sid) throws IOException {
        Path file = harvest.resolve(number + ".txt");
        String host = URI.create(site.url()).getHost();
        Files.writeString(file, host + "\tFALSE\t/\tFALSE\t0\tsid\t" + sid + "\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(number * 1000L));
    }

    private void theRequestOfTheExchangeRenews() throws Exception {
        Main main = start("", List.of("renew-request"), List.of());

        Exchange exchange = request(main, "direct:log-in-now");

        assertThat(body(exchange)).contains("user=anna");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(stats(main, "anna").renewals()).isOne();
        main.stop();
    }

    private void aBlockRenews(String name) throws Exception {
        Main main = name.endsWith("java") ? start("", List.of(), List.of(name)) : start("", List.of(name), List.of());
        for (int logIns = 1; logIns <= 2; logIns++) {
            assertThat(body(request(main, "direct:orders-by-block"))).contains("user=anna");
            assertThat(site.loginsSucceeded()).isEqualTo(logIns);
            site.expireNow();
        }
        main.stop();
    }

    private void aBlockLogsInBeforeWork(String name) throws Exception {
        Main main = name.endsWith("xml") ? start("", List.of(), List.of()) : start("", List.of(name), List.of());
        if (name.endsWith("xml")) {
            contexts.addXml(main, name);
        }
        Exchange exchange = request(main, "direct:before-work", Map.of("user", "anna"), null);

        assertThat(body(exchange)).contains("user=anna");
        assertThat(stats(main, "anna").renewals()).isOne();
        main.stop();
    }

    private void aWizardStaysInOneLogIn() throws Exception {
        Main main = start("renewal-properties", List.of("renewal-routes", "pin-session"), List.of());
        ordersOf(main, "anna");

        Exchange exchange = request(main, "direct:claim", Map.of("user", "anna"), "claim");

        assertThat(body(exchange)).contains("user=anna");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(site.accepted("/page/orders/confirm")).isOne();
        main.stop();
    }

    private void theConsumerWaitsForTheLogIn() throws Exception {
        Main main = start("renewal-properties", List.of("renewal-routes"), List.of("renewal-route-policy"));
        site.failLogins(403);
        Path order = Files.writeString(
                Files.createDirectories(folder.resolve("orders")).resolve("1.txt"), "tea");
        await().until(() -> ServiceHelper.isSuspended(
                main.getCamelContext().getRoute("orders").getConsumer()));
        assertThat(main.getCamelContext().getRouteController().getRouteStatus("orders"))
                .isEqualTo(ServiceStatus.Started);
        assertThat(order).exists();

        site.repairLogins();
        sessions(main).site("portal").session("anna").endCooldown();

        await().until(() -> ServiceHelper.isStarted(
                main.getCamelContext().getRoute("orders").getConsumer()));
        await().until(() -> Files.notExists(order));
        assertThat(site.loginsSucceeded()).isOne();
        main.stop();
    }

    private void theTimerRenews() throws Exception {
        Main main = start("", List.of("renew-by-uri", "renewal-routes"), List.of());

        await().until(() -> site.loginsSucceeded("anna") == 1);
        main.stop();
    }

    private void javaCodeRenews() throws Exception {
        Main main = start("renewal-properties", List.of("renewal-routes"), List.of("renewal-facade"));

        request(main, SnippetContexts.RUN);

        await().until(() -> site.loginsSucceeded("anna") == 1 && site.loginsSucceeded("ben") == 1);
        main.stop();
    }

    private void theSessionIsRenewedBeforeTheSiteRefuses() throws Exception {
        Main main = start("renewal-limits", List.of("renewal-routes"), List.of());
        for (int i = 0; i < 100; i++) { // more than maxUses
            assertThat(ordersOf(main, "anna")).contains("user=anna");
        }
        assertThat(site.loginsSucceeded()).isEqualTo(2);
        assertThat(site.refused()).isZero();
        main.stop();
    }

    private void aForbiddenPageCostsNoLogIn() throws Exception {
        Main main = start("renewal-check", List.of("renewal-routes"), List.of());
        String forbidden = "sessions:fetch/" + site.url("/forbidden/1") + "?sessionId=anna";
        assertThat(ordersOf(main, "anna")).contains("user=anna");
        for (int i = 0; i < 4; i++) {
            assertThat(request(main, forbidden).getException()).isInstanceOf(SessionExpiredException.class);
        }
        assertThat(site.loginsAttempted()).isOne();
        site.expireNow();
        assertThat(ordersOf(main, "anna")).contains("user=anna");
        assertThat(site.loginsAttempted()).isEqualTo(2);
        main.stop();
    }

    private void theRouteKnowsWhetherTheSessionLives() throws Exception {
        Main main = start("renewal-check", List.of("renewal-routes", "renewal-check-route"), List.of());
        assertThat(body(request(main, "direct:is-anna-there"))).isEqualTo("she is not, or nobody knows");
        ordersOf(main, "anna");
        assertThat(body(request(main, "direct:is-anna-there"))).isEqualTo("she is");
        site.expireNow();
        assertThat(body(request(main, "direct:is-anna-there"))).isEqualTo("she is not, or nobody knows");
        main.stop();
    }

    private void requestsAreEvenlySpaced() throws Exception {
        Main main = start("renewal-rate", List.of("renewal-routes"), List.of());
        long began = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            assertThat(ordersOf(main, "anna")).contains("user=anna");
        }
        assertThat(System.nanoTime() - began)
                .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(4 * 50)); // with the log-in
        main.stop();
    }

    private void theReasonIsTheAnswer() throws Exception {
        Main main = start("", List.of("renewal-routes"), List.of("renewal-failures"));
        site.failLogins(403);

        assertThat(body(request(main, "direct:orders-or-reason")))
                .startsWith("anna cannot log in, next attempt at 2")
                .doesNotContain("null");
        main.stop();
    }

    private void theStatisticsAreLogged() throws Exception {
        Main main = start("", List.of("renewal-options", "renewal-routes"), List.of("renewal-stats"));
        request(main, "direct:orders-alone");
        try (LogCapture log = new LogCapture()) {
            request(main, SnippetContexts.RUN);
            assertThat(log.text()).contains("ACTIVE, generation 1: 1 renewals in 1 attempts, 0 failed; 0 held now");
        }
        main.stop();
    }

    // ---- messages

    @Test
    void theMessagesOfThePageAreThoseOfTheCode() throws Exception {
        List<String> messages = new Provoked().messages();

        String page = Files.readString(Snippets.ROOT.resolve(PAGE));
        List<String> listed = page.substring(page.indexOf("== Troubleshooting"))
                .lines()
                .filter(line -> line.startsWith("| `+session '") && line.endsWith("+`"))
                .map(line -> line.substring(4, line.length() - 2))
                .map(RenewalDocumentationTest::withoutNumbers)
                .toList();
        assertThat(messages.stream().map(RenewalDocumentationTest::withoutNumbers))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void aRenewalUriThatNamesNoRouteFailsWithTheMessageOfThePage() throws Exception {
        Main main = start("", List.of(), List.of());
        String uri = "sessions:fetch/" + site.url("/page/orders")
                + "?method=GET&renewalUri=RAW(direct:log-in-again?block=false)";

        assertThat(request(main, uri).getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("No consumers available on endpoint: direct://log-in-again");
        main.stop();
    }

    // times and counts are examples in the page
    private static String withoutNumbers(String message) {
        return message.replaceAll("next attempt at [0-9TZ:.-]+", "next attempt at TIME")
                .replaceAll("left alone until [0-9TZ:.-]+,", "left alone until TIME,")
                .replaceAll("(held|generation|replays|waiting)=[0-9]+", "$1=N")
                .replaceAll("PerSecond=[0-9.]+", "PerSecond=N")
                .replaceAll("\\b(for|within) [0-9]+ ms", "$1 N ms");
    }

    /** Everything in a context of its own: log-ins that hang are over when it stops. */
    private final class Provoked {

        private final List<String> messages = new ArrayList<>();
        private final List<String> within = new ArrayList<>();
        private final Main main;
        private final ProducerTemplate template;

        Provoked() throws Exception {
            main = start("", List.of("renewal-routes"), List.of());
            main.getCamelContext().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:log-in-as-anna")
                            .setBody(exchange -> Map.of("user", "anna", "password", "rain & tea"))
                            .to("sessions:fetch/" + site.url("/login"));
                    from("direct:no-log-in").to("sessions:fetch/" + site.url("/echo"));
                    from("direct:late")
                            .doTry()
                            .process(exchange -> await().until(
                                            () -> stats(main, "late").state().equals("FAILED")))
                            .to("sessions:fetch/" + site.url("/login"))
                            .doCatch(SessionRenewalException.class)
                            .process(exchange -> within.add(
                                    exchange.getProperty(Exchange.EXCEPTION_CAUGHT, SessionRenewalException.class)
                                            .getMessage()))
                            .end();
                    from("direct:anna-by-ben").to(fetch("ben", "&renewalUri=direct:ben-by-anna"));
                    from("direct:ben-by-anna").to(fetch("anna", "&renewalUri=direct:anna-by-ben"));
                    from("direct:stopped")
                            .routeId("stopped")
                            .to(fetch("hung", "&renewalUri=direct:log-in-as-anna&maxHeld=1&whenFull=fail"));
                }
            });
            template = main.getCamelContext().createProducerTemplate();
        }

        private String fetch(String id, String options) {
            return "sessions:fetch/" + site.url("/page/orders") + "?method=GET&sessionId=" + id + options;
        }

        private void fail(String id, String options) {
            fail(id, fetch(id, options), null);
        }

        private void fail(String id, String uri, Object body) {
            Exchange exchange = request(main, uri, Map.of(), body);
            assertThat(exchange.getException()).as(uri).isNotNull();
            add(id, exchange.getException());
        }

        private void add(String id, Throwable failure) {
            messages.add(failure.getMessage()
                    .replace("'" + id + "'", "'anna'")
                    .replace("sessionId=" + id, "sessionId=anna")
                    .replace(site.url("/page/orders"), PORTAL + "/orders")
                    .replace(site.url(), PORTAL));
        }

        List<String> messages() throws Exception {
            logInsThatDoNotSucceed();
            renewalsThatTakeTooLong();
            refusalsThatStand();
            holdsThatEnd();
            turnsInVain();
            rulesOfTwoPlaces();
            add(
                    "anna",
                    assertThatExceptionOfType(IllegalArgumentException.class)
                            .isThrownBy(() -> sessions(main).session("anna").renew())
                            .actual());
            main.stop();
            return messages;
        }

        private void logInsThatDoNotSucceed() {
            site.reset();
            fail("empty", "&renewalUri=direct:no-log-in");
            fail("vain", "&renewalUri=direct:log-in-as-anna&renewedWhen=RAW(${bodyAs(String)} contains 'nothing')");
            fail("anna", "&renewalUri=direct:anna-by-ben");
            fail(
                    "checked",
                    "sessions:fetch/" + site.url("/forbidden/1")
                            + "?method=GET&sessionId=checked&renewalUri=direct:log-in-as-anna&expiredStatusCodeRange=401,403&validWhen=RAW(${bodyAs(String)} contains 'nothing')"
                            + "&checkUri=" + site.url("/page/check"),
                    null);
            site.acceptLoginsButRefuseAll();
            String worthless = fetch("worthless", "&renewalUri=direct:log-in-as-anna&renewalCooldown=100");
            Exception last = null;
            for (int i = 0; !(last instanceof SessionRenewalException); i++) {
                last = request(main, worthless.replace("orders", "orders-" + i % 4))
                        .getException();
                assertThat(last).isNotNull();
            }
            add("worthless", last);
        }

        private void renewalsThatTakeTooLong() {
            fail("late", "&renewalUri=direct:late&renewalTimeout=100");
            await().until(() -> !within.isEmpty());
            add("late", new Exception(within.get(0)));
        }

        private void refusalsThatStand() {
            site.reset();
            fail("alone", "&expiredStatusCodeRange=401");
            fail(
                    "forbidden",
                    "sessions:fetch/" + site.url("/forbidden/1")
                            + "?method=GET&sessionId=forbidden&renewalUri=direct:log-in-as-anna&expiredStatusCodeRange=403",
                    null);
            fail( // known to be forbidden by now
                    "forbidden",
                    "sessions:fetch/" + site.url("/forbidden/1")
                            + "?method=GET&sessionId=forbidden&renewalUri=direct:log-in-as-anna&expiredStatusCodeRange=403",
                    null);
            fail(
                    "once",
                    fetch("once", "&renewalUri=direct:log-in-as-anna&renewFirst=false")
                            .replace("=GET", "=POST"),
                    MultipartEntityBuilder.create()
                            .addBinaryBody(
                                    "file",
                                    new ByteArrayInputStream(new byte[1]),
                                    ContentType.APPLICATION_OCTET_STREAM,
                                    "file"));
            // its session is renewed all the same: that log-in must not be one of those that hang below
            await().ignoreException(NoSuchElementException.class) // there is no session yet
                    .until(() -> stats(main, "once").renewals() == 1);
            try (LoopbackSite shop = new LoopbackSite()) {
                shop.page("/orders", http -> {
                    http.getResponseHeaders().add("Location", "/orders/7");
                    LoopbackSite.answer(http, 302, "");
                });
                shop.page("/orders/7", http -> LoopbackSite.answer(http, 401, ""));
                String uri = "sessions:fetch/" + shop.url()
                        + "/orders?method=POST&sessionId=redirected&expiredStatusCodeRange=401";
                Exception failure = request(main, uri, Map.of(), "order").getException();
                add("redirected", new Exception(failure.getMessage().replace(shop.url(), PORTAL)));
            }
        }

        private void holdsThatEnd() throws Exception {
            SessionsComponent component = main.getCamelContext().getComponent("sessions", SessionsComponent.class);
            site.hangLogins();
            CompletableFuture<Exchange> first = sendAsync("direct:stopped");
            CompletableFuture<Exchange> other = sendAsync(fetch("other", "&renewalUri=direct:log-in-as-anna"));
            site.awaitHangingLogins(2);
            fail("hung", "&renewalUri=direct:log-in-as-anna&whenFull=fail"); // maxHeld=1
            fail("other", "&renewalUri=direct:log-in-as-anna&renewalTimeout=50&holdTimeout=100");
            component.setMaxHeldTotal(2);
            fail("other", "&renewalUri=direct:log-in-as-anna&whenFull=fail");
            main.getCamelContext().getRouteController().stopRoute("stopped", 1, TimeUnit.MILLISECONDS);
            add("hung", first.get(10, TimeUnit.SECONDS).getException());
            site.repairLogins();
            site.releaseLogins();
            assertThat(other.get(10, TimeUnit.SECONDS).getException()).isNull();
        }

        private void turnsInVain() throws Exception {
            sessions(main).setMaxRequestsPerSecond(0.001);
            String options = "&maxHeld=1&renewalTimeout=50&holdTimeout=";
            request(main, fetch("paced", options + "100"));
            fail("paced", options + "100");
            CompletableFuture<Exchange> waiting = sendAsync(fetch("paced", options + "60000"));
            await().until(() -> sessions(main).engine().traffic().waiting() == 1);
            fail("paced", "&whenFull=fail" + options + "100");
            sessions(main).setMaxRequestsPerSecond(0);
            waiting.get(10, TimeUnit.SECONDS);
            sessions(main)
                    .engine()
                    .registry()
                    .session(new SessionKey("", "paused"))
                    .pause(Duration.ofHours(1));
            fail("paused", "");
        }

        private CompletableFuture<Exchange> sendAsync(String uri) {
            return template.asyncSend(uri, new DefaultExchange(main.getCamelContext()));
        }

        private void rulesOfTwoPlaces() {
            try (LogCapture log = new LogCapture()) {
                for (String maxUses : List.of("10", "20")) {
                    request(main, fetch("rules", "&maxUses=" + maxUses));
                }
                log.of("io.github.camelsessions.internal.renewal").stream()
                        .filter(line -> line.startsWith("WARN")) // late renewals of other sessions tell of themselves
                        .forEach(line -> add(
                                "rules",
                                new Exception(line.substring(line.indexOf("session '"))
                                        .trim())));
            }
        }
    }

    private Main start(String properties, List<String> yaml, List<String> java) throws Exception {
        return contexts.start(
                (properties.isEmpty() ? "" : snippets.text(properties))
                        + "\nportal.password=rain & tea\ncookies.folder=" + folder + "\norders.folder="
                        + folder.resolve("orders") + "\n",
                yaml,
                java);
    }

    private static String ordersOf(Main main, String user) {
        return body(request(main, "direct:orders-of", Map.of("user", user), null));
    }

    private static String body(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(String.class);
    }

    private static Exchange request(Main main, String uri) {
        return request(main, uri, Map.of(), null);
    }

    private static Exchange request(Main main, String uri, Map<String, Object> headers, Object body) {
        return main.getCamelContext().createProducerTemplate().request(uri, prepared -> {
            headers.forEach(prepared.getMessage()::setHeader);
            prepared.getMessage().setBody(body);
        });
    }

    private static SessionStats stats(Main main, String id) {
        return sessions(main).session(id).stats().orElseThrow();
    }

    private static Sessions sessions(Main main) {
        return Sessions.get(main.getCamelContext());
    }
}
