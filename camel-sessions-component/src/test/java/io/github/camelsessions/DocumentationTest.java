/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.LoopbackSite.Request;
import io.github.camelsessions.Snippets.Snippet;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.session.Admission;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the examples of README.md and src-docs/sessions-component.adoc against a site on the loopback address, which
 * stands for https://portal.example, and provokes the error messages listed there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentationTest {

    private static final String COMPONENT_PAGE = "src-docs/sessions-component.adoc";
    private static final String PORTAL = "https://portal.example";
    private static final String PROXY = "http://proxy.example:3128";

    private final LoopbackSite site = new LoopbackSite();
    private final Map<String, String> proxyAuthorizations = new ConcurrentHashMap<>();
    private SnippetContexts contexts;
    private int seen;

    @TempDir
    private static Path folder;

    private Snippets snippets;
    /** Has all routes that need no configuration. */
    private Main routes;

    private final Map<String, Executable> checks = Map.ofEntries(
            entry("readme-properties", this::theRoutesOfTheReadmeFetchWithTheCookiesOfTheirSession),
            entry("readme-profiles", this::theRoutesOfTheReadmeFetchWithTheCookiesOfTheirSession),
            entry("readme-yaml", this::theRoutesOfTheReadmeFetchWithTheCookiesOfTheirSession),
            entry("readme-java", this::theRoutesOfTheReadmeFetchWithTheCookiesOfTheirSession),
            entry("quick-start", () -> eachUserHasASessionOfItsOwn("direct:orders")),
            entry("quick-start-java", () -> eachUserHasASessionOfItsOwn("direct:orders-java")),
            entry("log-in", () -> aMapIsSentAsFormAndTheNextPageGetsTheCookie("direct:log-in")),
            entry("log-in-java", () -> aMapIsSentAsFormAndTheNextPageGetsTheCookie("direct:log-in-java")),
            entry("renew", this::theRequestOfTheExchangeRenews),
            entry("clear", this::clearEmptiesTheSession),
            entry("close", this::closeDropsTheSession),
            entry("get-cookies", this::aSessionWithItsCookieLogsInOnce),
            entry("get-cookies-java", this::cookiesAreGivenAsStrings),
            entry("get-profile", this::aSessionWithoutProfilesHasAnEmptyOne),
            entry("add-cookies", this::addedCookiesAreSent),
            entry("add-cookies-java", this::describedCookiesAreSentWhereTheyBelong),
            entry("list", this::listHasARowForEachSession),
            entry("target-query", () -> asks("direct:search", "/search?q=tea&sites=all")),
            entry("target-raw", () -> asks("direct:search-raw", "/search?q=rain%20%26%20tea&limit=5")),
            entry("target-header", () -> asks("direct:page", "/pages/news?print=true")),
            entry("to-d", () -> toDUsesTheSessionOfEachExchange("direct:any")),
            entry("to-d-session", () -> toDUsesTheSessionOfEachExchange("direct:any-of-user")),
            entry("request-cookies", () -> requestCookiesAreSent("direct:german", "lang=de; theme=dark")),
            entry("request-cookies-java", () -> requestCookiesAreSent("direct:german-java", "lang=de")),
            entry("predicate", this::cookiesOfTheResponseCanBeUsedInPredicates),
            entry("profiles-properties", this::theSessionComesFromItsProxyWithItsUserAgent),
            entry("profiles-file", this::theSessionComesFromItsProxyWithItsUserAgent),
            entry("profiles-old", this::theOlderFormOfAProfileIsRead),
            entry("sites", this::theSiteOfTheTargetDecidesSessionAndOptions),
            entry("wrap", this::plainEndpointsRunInTheSessionOfTheirSite),
            entry("wrapped-route", this::plainEndpointsRunInTheSessionOfTheirSite),
            entry("processor", () -> theProcessorSendsInTheSession("direct:processor")),
            entry("processor-java", () -> theProcessorSendsInTheSession("direct:processor-java")),
            entry("http-options", () -> asks("direct:patient", "/orders")),
            entry("facade", this::theFacadeHasAddedACookie),
            entry("testkit-java", this::theSampleIsOneOfTheTests),
            entry("testkit-properties", this::theProjectHasTheProperties),
            entry("testkit-project-java", this::theProjectIsOneOfTheTests));

    @BeforeAll
    void start() throws Exception {
        snippets = Snippets.of("README.md", COMPONENT_PAGE);
        contexts = new SnippetContexts(snippets, folder, this::located);
        site.page("/", http -> answer(http, "page"))
                .page("/welcome", http -> {
                    http.getResponseHeaders()
                            .add("Set-Cookie", "sid=" + site.requests().size() + "; Path=/");
                    answer(http, "welcome");
                })
                .page("/login", http -> {
                    if (http.getRequestMethod().equals("GET")) {
                        answer(
                                http,
                                "<form action=/enter method=post><input name=user><input name=password type=password></form>");
                        return;
                    }
                    http.getResponseHeaders().add("Set-Cookie", "sid=known; Path=/");
                    answer(http, "logged in");
                })
                .page("/enter", http -> {
                    http.getResponseHeaders().add("Set-Cookie", "sid=known; Path=/");
                    answer(http, "welcome");
                })
                .page("/missing", http -> LoopbackSite.answer(http, 404, "missing"))
                .page("/app", http -> {
                    http.getResponseHeaders().add("Location", "app://callback?code=secret");
                    LoopbackSite.answer(http, 302, "");
                })
                .page("/forever", http -> {
                    http.getResponseHeaders().add("Location", "/forever");
                    LoopbackSite.answer(http, 302, "");
                });
        List<String> yaml = named("yaml", List.of("readme-yaml", "readme-profiles", "profiles-file", "wrapped-route"));
        List<String> java = named("java", List.of("readme-java", "facade", "testkit-java", "testkit-project-java"));
        routes = start("", yaml, java);
    }

    private void answer(HttpExchange http, String body) throws IOException {
        String proxy = http.getRequestHeaders().getFirst("Proxy-Authorization");
        if (proxy != null) {
            proxyAuthorizations.put(http.getRequestURI().getPath(), proxy);
        }
        LoopbackSite.answer(http, 200, body);
    }

    private List<String> named(String language, List<String> without) {
        return snippets.all().values().stream()
                .filter(snippet -> snippet.language().equals(language))
                .map(Snippet::name)
                .filter(name -> !without.contains(name))
                .toList();
    }

    @AfterAll
    void stop() {
        contexts.close();
        site.close();
    }

    @TestFactory
    Stream<DynamicTest> examples() {
        return Stream.concat(snippets.all().keySet().stream(), checks.keySet().stream())
                .distinct()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    assertThat(snippets.all()).as("examples of the documents").containsKey(name);
                    assertThat(checks).as("checks of this test").containsKey(name);
                    forget();
                    checks.get(name).execute();
                }));
    }

    private void forget() {
        Sessions.get(routes.getCamelContext()).engine().registry().closeAll();
        proxyAuthorizations.clear();
        seen = site.requests().size();
    }

    private void theRoutesOfTheReadmeFetchWithTheCookiesOfTheirSession() throws Exception {
        Path profiles = Files.writeString(folder.resolve("readme.yaml"), snippets.text("readme-profiles"));
        String properties = snippets.text("readme-properties")
                .replace("file:profiles.yaml", profiles.toUri().toString());
        for (String language : List.of("yaml", "java")) {
            seen = site.requests().size();
            List<String> name = List.of("readme-" + language);
            Main main =
                    language.equals("yaml") ? start(properties, name, List.of()) : start(properties, List.of(), name);
            await().until(() -> requests().size() >= 3);
            main.stop();

            assertThat(requests()).extracting(Request::uri).containsExactly("/login", "/enter", "/orders");
            assertThat(requests().get(1).body()).isEqualTo("user=anna&password=rain+%26+tea");
            assertThat(requests().get(2).cookie()).isEqualTo("sid=known");
        }
    }

    private void eachUserHasASessionOfItsOwn(String from) {
        send(from, Map.of("user", "anna"));
        send(from, Map.of("user", "ben"));

        assertThat(requests()).extracting(Request::uri).containsExactly("/welcome", "/orders", "/welcome", "/orders");
        assertThat(requests()).extracting(Request::method).containsOnly("GET");
        assertThat(requests().get(1).cookie()).startsWith("sid=");
        assertThat(requests().get(2).cookie()).isNull();
        assertThat(requests().get(3).cookie())
                .startsWith("sid=")
                .isNotEqualTo(requests().get(1).cookie());
    }

    private void aMapIsSentAsFormAndTheNextPageGetsTheCookie(String from) {
        send(from, Map.of());

        assertThat(requests().get(0).method()).isEqualTo("POST");
        assertThat(requests().get(0).body().split("&")).containsExactlyInAnyOrder("user=anna", "password=rain+%26+tea");
        assertThat(requests().get(1).method()).isEqualTo("GET");
        assertThat(requests().get(1).cookie()).isEqualTo("sid=known");
    }

    private void theSampleIsOneOfTheTests() throws Exception {
        assertThat(snippets.text("testkit-java").split("\n\n")).hasSizeGreaterThan(3);
        isPartOf(
                "ExpiringSiteSampleTest",
                snippets.text("testkit-java").replace("OrdersRouteTest", "ExpiringSiteSampleTest"));
    }

    private void theProjectIsOneOfTheTests() throws Exception {
        isPartOf("ExpiringSiteProjectTest", snippets.text("testkit-project-java"));
    }

    private static void isPartOf(String test, String snippet) throws Exception {
        String source = Files.readString(Snippets.ROOT.resolve(
                        "camel-sessions-component/src/test/java/io/github/camelsessions/" + test + ".java"))
                .replaceAll("\\s", "");
        assertThat(snippet.split("\n\n"))
                .allSatisfy(paragraph -> assertThat(source).contains(paragraph.replaceAll("\\s|[}\\s]+$", "")));
    }

    private void theProjectHasTheProperties() throws Exception {
        assertThat(Files.readString(Snippets.ROOT.resolve(
                        "camel-sessions-component/src/test/resources/orders/application.properties")))
                .contains(snippets.text("testkit-properties").split("\n"));
    }

    private void theRequestOfTheExchangeRenews() {
        addCookie("sid", "old");

        Exchange exchange = send("direct:log-in-anew", Map.of());

        assertThat(requests()).extracting(Request::cookie).containsOnlyNulls();
        assertThat(exchange.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
        assertThat(sessions(routes).session("anna").cookieMap()).isEqualTo(Map.of("sid", "known"));
    }

    private void clearEmptiesTheSession() {
        addCookie("sid", "old");

        send("direct:log-out", Map.of());

        assertThat(requests().get(0).cookie()).isEqualTo("sid=old");
        assertThat(sessions(routes).session("anna").cookies()).isEmpty();
    }

    private void closeDropsTheSession() {
        addCookie("sid", "old");

        send("direct:goodbye", Map.of());

        assertThat(sessions(routes).session("anna").stats()).isEmpty();
    }

    private void aSessionWithItsCookieLogsInOnce() {
        send("direct:logged-in", Map.of());
        send("direct:logged-in", Map.of());

        assertThat(requests()).extracting(Request::uri).containsExactly("/login", "/orders");
    }

    private void cookiesAreGivenAsStrings() {
        addCookie("lang", "de");

        Object body = send("direct:cookies-java", Map.of()).getMessage().getBody();

        assertThat(body).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(1);
        assertThat(body.toString()).contains("lang=de", "Path=/");
    }

    private void aSessionWithoutProfilesHasAnEmptyOne() {
        assertThat(send("direct:who", Map.of()).getMessage().getBody()).isEqualTo(Map.of("name", ""));
    }

    private void addedCookiesAreSent() {
        send("direct:consent", Map.of());
        send("direct:patient", Map.of());

        assertThat(requests().get(0).cookie()).isEqualTo("consent=yes; lang=de");
    }

    private void describedCookiesAreSentWhereTheyBelong() {
        send("direct:consent-java", Map.of());
        send("direct:patient", Map.of());

        assertThat(requests().get(0).cookie()).isEqualTo("consent=yes");
        assertThat(sessions(routes).session("anna").cookieMap()).isEqualTo(Map.of("consent", "yes", "lang", "de"));
    }

    private void listHasARowForEachSession() {
        addCookie("lang", "de");

        Object body = send("direct:sessions", Map.of()).getMessage().getBody();

        assertThat(body.toString()).contains("id=anna", "cookies=1");
    }

    private void asks(String from, String uri) {
        send(from, Map.of("page", "news"));

        assertThat(requests()).extracting(Request::uri).containsExactly(uri);
        assertThat(requests()).extracting(Request::method).containsExactly("GET");
        assertThat(sessions(routes).ids()).containsExactly("anna");
    }

    private void toDUsesTheSessionOfEachExchange(String from) {
        send(from, Map.of("user", "anna", "page", "news"));
        send(from, Map.of("user", "ben", "page", "mail"));

        assertThat(requests()).extracting(Request::uri).containsExactly("/pages/news", "/pages/mail");
        assertThat(sessions(routes).ids()).containsExactly("anna", "ben");
        assertThat(routes.getCamelContext().getEndpoints())
                .filteredOn(endpoint -> endpoint.getEndpointUri().contains("/pages/"))
                .isEmpty();
    }

    private void requestCookiesAreSent(String from, String cookies) {
        Exchange exchange = send(from, Map.of());

        assertThat(requests().get(0).cookie()).isEqualTo(cookies);
        assertThat(exchange.getMessage().getHeaders()).doesNotContainKey(SessionsConstants.REQUEST_COOKIES);
    }

    private void cookiesOfTheResponseCanBeUsedInPredicates() {
        assertThat(send("direct:predicate", Map.of()).getMessage().getBody()).isEqualTo("a new session of the site");
    }

    private void theSessionComesFromItsProxyWithItsUserAgent() throws Exception {
        Path file = Files.writeString(folder.resolve("profiles.yaml"), located(snippets.text("profiles-file")));
        String properties = located(snippets.text("profiles-properties"))
                .replace("classpath:profiles.yaml", file.toUri().toString());
        Main main = start(properties + "\nproxy.password=secret\n", List.of("quick-start", "get-profile"), List.of());

        send(main, "direct:orders", Map.of("user", "anna"));
        send(main, "direct:orders", Map.of("user", "ben"));
        String shown = send(main, "direct:who", Map.of()).getMessage().getBody(String.class);
        main.stop();

        assertThat(requests().get(0).uri()).isEqualTo(site.url() + "/welcome"); // absolute: it was sent to a proxy
        assertThat(requests().get(0).userAgent()).contains("Linux");
        assertThat(proxyAuthorizations).containsEntry("/orders", "Basic YW5uYTpzZWNyZXQ=");
        assertThat(requests().get(2).uri()).isEqualTo("/welcome");
        assertThat(requests().get(2).userAgent()).contains("Windows");
        assertThat(shown).contains("Portal/1.0").doesNotContain("secret", "rain");
    }

    private void theOlderFormOfAProfileIsRead() {
        ClientProfile profile = ProfileFile.parse("profiles.json", snippets.text("profiles-old"))
                .get(0);

        assertThat(profile.name()).isEqualTo("profile-1");
        assertThat(profile.userAgent()).contains("Portal/1.0");
        assertThat(profile.proxy()).hasToString(PROXY);
        assertThat(profile.proxy().username()).isEqualTo("anna");
    }

    private void theSiteOfTheTargetDecidesSessionAndOptions() throws Exception {
        Main main = start(snippets.text("sites"), List.of(), List.of());

        Exchange exchange = send(main, "sessions:fetch/" + site.url() + "/orders", Map.of());
        SessionsComponent component = main.getCamelContext().getComponent("sessions", SessionsComponent.class);
        Map<String, Object> ofSite = component.getSites().get("portal").getHttp();
        Map<String, Object> ofAll = component.getConfiguration().getHttp();
        List<String> ids = sessions(main).site("portal").ids();
        main.stop();

        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("anna");
        assertThat(ids).containsExactly("anna");
        assertThat(ofSite).containsEntry("responseTimeout", "10000");
        assertThat(ofAll).containsEntry("connectTimeout", "5000");
        assertThat(component.getConfiguration().getMaxRedirects()).isEqualTo(10);
    }

    private void plainEndpointsRunInTheSessionOfTheirSite() throws Exception {
        Main main = start(snippets.text("wrap"), List.of("wrapped-route"), List.of());

        send(main, "direct:plain", Map.of());
        List<String> ids = sessions(main).site("portal").ids();
        main.stop();

        assertThat(requests()).extracting(Request::uri).containsExactly("/welcome", "/orders");
        assertThat(requests().get(1).cookie()).startsWith("sid=");
        assertThat(ids).containsExactly("anna");
    }

    private void theProcessorSendsInTheSession(String from) {
        addCookie("lang", "de");

        send(from, Map.of());

        assertThat(requests()).extracting(Request::uri).containsExactly("/orders");
        assertThat(requests().get(0).cookie()).isEqualTo("lang=de");
    }

    private void theFacadeHasAddedACookie() throws Exception {
        Main main = start("", List.of(), List.of("facade"));

        send(main, SnippetContexts.RUN, Map.of());
        assertThat(sessions(main).session("anna").cookieMap()).isEqualTo(Map.of("consent", "yes"));
        main.stop();
    }

    @Test
    void theErrorMessagesOfThePageAreThoseOfTheCode() throws Exception {
        String properties = "camel.component.sessions.sites[portal].uris = " + PORTAL + "/*\n";
        Main main = start(properties + "camel.component.sessions.maxSessions = 1\n", List.of(), List.of());
        List<String> messages = new ArrayList<>();
        for (String uri : List.of(
                "sessions:fech",
                "sessions:fetch:" + PORTAL + "/orders",
                "sessions:fetch/" + PORTAL + "/orders?sesionId=anna",
                "sessions:fetch?connectTimeout=5000",
                "sessions:fetch/" + PORTAL + "/orders?limit=5",
                "sessions:fetch?http.cookieStore=#mine",
                "sessions:fetch?http.conectTimeout=5000",
                "sessions:fetch/portal.example/orders",
                "sessions:fetch/https://anna:secret@portal.example/orders",
                "sessions:fetch?site=portl",
                "sessions:fetch?profile=carl",
                "sessions:fetch?holdTimeout=30s",
                "sessions:fetch?expiredStatusCodeRange=4xx",
                "sessions:fetch?expiredUri=/login",
                "sessions:fetch?renewalUri=dirct:log-in",
                "sessions:list?maxHeld=3",
                "sessions:fetch?keepAlive=999999999d",
                "sessions:fetch?profile=carl&renewalProfile=next",
                "sessions:renew",
                "sessions:fetch")) {
            messages.add(failure(main, uri, null, Map.of()));
        }
        String fetch = "sessions:fetch?sessionId=anna";
        messages.add(failure(
                main, fetch, null, Map.of(Exchange.HTTP_URI, site.url() + "/orders", SessionsConstants.ID, "")));
        messages.add(failure(main, "sessions:addCookies", "consent=yes", Map.of()));
        messages.add(failure(
                main,
                fetch,
                null,
                Map.of(Exchange.HTTP_URI, site.url() + "/orders", SessionsConstants.REQUEST_COOKIES, "yes")));
        messages.add(failure(main, fetch, null, Map.of(Exchange.HTTP_URI, site.url() + "/missing")));
        messages.add(failure(main, fetch, null, Map.of(Exchange.HTTP_URI, site.url() + "/forever")));
        messages.add(failure(main, fetch, null, Map.of(Exchange.HTTP_URI, site.url() + "/app")));
        messages.add(failure(main, "sessions:fetch/" + site.url() + "/orders?maxResponseSize=1", null, Map.of())
                .replace(PORTAL + "/orders", PORTAL + "/export")
                .replace("the 1 bytes", "the 10000000 bytes"));
        messages.add(failure(
                main,
                "sessions:fetch/" + PORTAL + "/logout?sessionId=anna&forbiddenUris=" + PORTAL + "/logout*",
                null,
                Map.of()));
        String pages = "sessions:fetch/" + PORTAL + "/pages/${header.page}";
        messages.add(failureOfDynamic(main, pages + "?renewalUri=direct:${header.page}"));
        messages.add(failureOfDynamic(main, pages));
        Admission.admit(sessions(main).engine().registry(), new SessionKey("", "anna"), null);
        messages.add(
                failure(main, "sessions:fetch?sessionId=ben", null, Map.of(Exchange.HTTP_URI, site.url() + "/orders")));
        main.stop();
        messages.add(failureOfStart("camel.component.sessions.sites.portal.uris = " + PORTAL + "/*"));
        messages.add(failureOfStart("camel.component.sessions.sites[portal].keepAlive = soon"));
        messages.add(failureOfStart("camel.component.sessions.sites[portal].keepAliv = 5m"));

        String page = Files.readString(Snippets.ROOT.resolve(COMPONENT_PAGE));
        List<String> listed = page.substring(page.indexOf("| Message |"), page.indexOf("== Message headers"))
                .lines()
                .filter(line -> line.startsWith("| `") && line.endsWith("`") && !line.startsWith("| `sessions:"))
                .filter(line -> !line.contains("requestTimeout allows")) // takes time: RequestLimitsTest has it
                .map(line -> line.substring(3, line.length() - 1))
                .toList();
        assertThat(messages.stream().map(message -> shortened(message, listed)))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    private static String failureOfDynamic(Main main, String uri) {
        Exchange exchange = new DefaultExchange(main.getCamelContext());
        exchange.getMessage().setHeader("page", "..");
        return catchThrowable(() -> DynamicUri.of(main.getCamelContext(), uri).values(exchange))
                .getMessage();
    }

    // what a listed message leaves out, it ends with dots for
    private static String shortened(String message, List<String> listed) {
        return listed.stream()
                .filter(text -> text.endsWith("...") && message.startsWith(text.substring(0, text.length() - 3)))
                .findFirst()
                .orElse(message);
    }

    private String failure(Main main, String uri, Object body, Map<String, Object> headers) {
        try {
            Exchange exchange = main.getCamelContext().createProducerTemplate().send(uri, prepared -> {
                prepared.getMessage().setBody(body);
                prepared.getMessage().setHeaders(new HashMap<>(headers));
            });
            return messageOf(exchange.getException());
        } catch (Exception e) {
            return messageOf(e);
        }
    }

    private String failureOfStart(String properties) {
        try {
            start(properties, List.of(), List.of());
            return "started with " + properties;
        } catch (Exception e) {
            return messageOf(e);
        }
    }

    private String messageOf(Exception e) {
        if (e == null) {
            return "no failure";
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).replace(site.url(), PORTAL);
    }

    /** A context as camel-main makes it, with these properties and examples. */
    private Main start(String properties, List<String> yaml, List<String> java) throws Exception {
        return contexts.start(properties + "\nportal.anna.password=rain & tea\n", yaml, java);
    }

    private String located(String text) {
        return text.replace(PORTAL, site.url())
                .replace(PROXY, site.url())
                .replace("\"portal.example\"", "\"127.0.0.1\"");
    }

    private Exchange send(String from, Map<String, Object> headers) {
        return send(routes, from, headers);
    }

    private static Exchange send(Main main, String from, Map<String, Object> headers) {
        Exchange exchange = main.getCamelContext()
                .createProducerTemplate()
                .request(from, prepared -> headers.forEach(prepared.getMessage()::setHeader));
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    private void addCookie(String name, String value) {
        sessions(routes).session("anna").addCookies(site.url(), Map.of(name, value));
    }

    private static Sessions sessions(Main main) {
        return Sessions.get(main.getCamelContext());
    }

    private List<Request> requests() {
        List<Request> all = site.requests();
        return all.subList(seen, all.size());
    }
}
