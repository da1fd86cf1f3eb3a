/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.testkit.FrameworkSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three properties log in to a site with a form, see that the session has ended, and log in again: without a route. */
class LogInPageTest {

    private static final int CALLERS = 16;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final LoopbackSite site = new LoopbackSite();
    private final Map<String, String> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger logIns = new AtomicInteger();

    @TempDir
    Path folder;

    @AfterEach
    void close() throws IOException {
        context.close();
        site.close();
    }

    private SiteConfiguration start(String uris, String page, String account, Map<String, Object> fields)
            throws Exception {
        Path profiles = folder.resolve("profiles.yaml");
        Files.writeString(profiles, "- name: anna\n" + (account.isEmpty() ? "" : "  account: {" + account + "}\n"));
        SiteConfiguration portal = new SiteConfiguration();
        portal.setUris(uris + "/*");
        portal.setLoginPage(page);
        portal.setLoginFields(fields);
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("file:" + profiles);
        component.getSites().put("portal", portal);
        context.start();
        return portal;
    }

    private Exchange fetch(String path) {
        return send("sessions:fetch/" + site.url() + path, null);
    }

    private Exchange send(String uri, Object body) {
        return context.createProducerTemplate()
                .request(uri, exchange -> exchange.getMessage().setBody(body));
    }

    private long requests(String path) {
        return site.requests().stream()
                .filter(request -> request.uri().equals(path))
                .count();
    }

    private static String text(Exchange done) {
        assertThat(done.getException()).isNull();
        return done.getMessage().getBody(String.class);
    }

    // ---- sites as frameworks build them

    private static FrameworkSite framework(String name) {
        return switch (name) {
            case "Spring Security" -> FrameworkSite.springSecurity();
            case "Django" -> FrameworkSite.django();
            default -> FrameworkSite.keycloak();
        };
    }

    @ParameterizedTest
    @CsvSource({"Spring Security, /login", "Django, /accounts/login/", "Keycloak, /orders"})
    void noPageIsLostAndNoFormIsDoubleWhenSessionsEnd(String name, String page) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2 * CALLERS);
        try (FrameworkSite shop = framework(name)) {
            start(shop.url(), shop.url() + page, "username: anna, password: secret", Map.of());
            ProducerTemplate template = context.createProducerTemplate();
            List<String> sent = new ArrayList<>();
            for (int round = 1; round <= 3; round++) {
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Exchange>> pages = new ArrayList<>();
                List<Future<Exchange>> forms = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    String title = "book " + round + "-" + i;
                    sent.add(title);
                    pages.add(threads.submit(() -> {
                        start.await();
                        return template.request("sessions:fetch/" + shop.url() + "/orders?method=GET", exchange -> {});
                    }));
                    forms.add(threads.submit(() -> {
                        start.await();
                        return template.request(
                                "sessions:submit/" + shop.url() + "/orders",
                                exchange -> exchange.getMessage().setBody(Map.of("title", title)));
                    }));
                }
                start.countDown();
                for (Future<Exchange> fetched : pages) {
                    assertThat(text(fetched.get(60, TimeUnit.SECONDS))).contains("name=title");
                }
                for (Future<Exchange> submitted : forms) {
                    Exchange done = submitted.get(60, TimeUnit.SECONDS);
                    text(done);
                    assertThat(done.getMessage().getHeader(SessionsConstants.FINAL_URI, String.class))
                            .startsWith(shop.url() + "/orders/");
                }
                assertThat(shop.orders()).containsExactlyInAnyOrderElementsOf(sent);
                assertThat(shop.logins()).isEqualTo(round);
                shop.expireNow();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- log-ins of several pages

    private static final String NAME_FORM =
            "<title>Who?</title><form method=post action=/name><input name=user></form>";
    private static final String PASSWORD_FORM =
            "<form method=post action=/password><input name=user type=hidden value=anna><input name=pw type=password></form>";
    private static final String CODE_FORM =
            "<form method=post action=/code><input name=otp autocomplete=one-time-code></form>";

    /** The session's progress is its cookie's: name, password, code. */
    private void severalPages(boolean code) {
        page("/log-in", http -> http.getResponseHeaders().add("Set-Cookie", "sid=" + newSession("asked")), NAME_FORM);
        site.page("/name", http -> step(http, "asked", "user=anna", "named", PASSWORD_FORM, NAME_FORM));
        site.page(
                "/password",
                http -> step(
                        http,
                        "named",
                        "user=anna&pw=secret",
                        code ? "known" : "in",
                        code ? CODE_FORM : "<p>Welcome",
                        PASSWORD_FORM));
        site.page("/code", http -> step(http, "known", "otp=287082", "in", "<p>Welcome", CODE_FORM));
        orders(NAME_FORM);
    }

    private void orders(String form) {
        site.page("/orders", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            boolean in = "in".equals(sessions.get(sid(http)));
            LoopbackSite.answer(http, 200, in ? "<p>orders of anna" : form);
        });
    }

    private String newSession(String state) {
        String id = "s" + sessions.size();
        sessions.put(id, state);
        return id;
    }

    private static String sid(HttpExchange http) {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceFirst(".*sid=([^;]*).*", "$1");
    }

    private void step(HttpExchange http, String from, String form, String to, String next, String again)
            throws IOException {
        http.getResponseHeaders().add("Content-Type", "text/html");
        boolean right =
                from.equals(sessions.get(sid(http))) && LoopbackSite.body().equals(form);
        if (right) {
            sessions.put(sid(http), to);
            if (to.equals("in")) {
                logIns.incrementAndGet();
                http.getResponseHeaders().add("Set-Cookie", "welcome=1");
            }
        }
        LoopbackSite.answer(http, 200, right ? next : again);
    }

    private interface Change {
        void of(HttpExchange http) throws IOException;
    }

    private void page(String path, Change change, String body) {
        site.page(path, http -> {
            change.of(http);
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, body);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNameAndThePasswordAndTheCodeAreAskedForOnPagesOfTheirOwn(boolean code) throws Exception {
        severalPages(code);
        start(
                site.url(),
                site.url() + "/log-in",
                "username: anna, password: secret",
                Map.of("otp", "287082")); // of a later page

        assertThat(text(fetch("/orders"))).isEqualTo("<p>orders of anna");
        sessions.clear();
        assertThat(text(fetch("/orders"))).isEqualTo("<p>orders of anna");
        assertThat(logIns).hasValue(2);
    }

    private static final String QUESTION_FORM =
            "<form action=/search><input name=q></form><form method=post action=/code><input name=answer></form>";

    private void aQuestionAfterThePassword() throws Exception {
        page(
                "/log-in",
                http -> http.getResponseHeaders().add("Set-Cookie", "sid=" + newSession("named")),
                PASSWORD_FORM);
        site.page(
                "/password", http -> step(http, "named", "user=anna&pw=secret", "known", QUESTION_FORM, PASSWORD_FORM));
        site.page("/code", http -> step(http, "known", "answer=blue", "in", "<p>Welcome", QUESTION_FORM));
        orders(PASSWORD_FORM);
    }

    @Test
    void aFieldThatOnlyItsNameTellsIsFilledInOnALaterPage() throws Exception {
        aQuestionAfterThePassword();
        start(site.url(), site.url() + "/log-in", "username: anna, password: secret", Map.of("answer", "blue"));

        assertThat(text(fetch("/orders"))).isEqualTo("<p>orders of anna");
        assertThat(logIns).hasValue(1);
        assertThat(requests("/search")).isZero();
    }

    @Test
    void aWrongAnswerOnALaterPageIsSentOnce() throws Exception {
        aQuestionAfterThePassword();
        start(site.url(), site.url() + "/log-in", "username: anna, password: secret", Map.of("answer", "red"));

        assertThat(failure(fetch("/orders"))).contains("does not accept loginFields.answer of client profile 'anna'");
        assertThat(requests("/code")).isEqualTo(1);
    }

    @Test
    void noCodeIsSentInTwoLogIns() throws Exception {
        severalPages(true);
        Set<String> taken = ConcurrentHashMap.newKeySet();
        AtomicInteger refused = new AtomicInteger();
        site.page("/code", http -> {
            boolean once = LoopbackSite.body().matches("otp=[0-9]{6}") && taken.add(LoopbackSite.body());
            refused.addAndGet(once ? 0 : 1);
            step(http, "known", once ? LoopbackSite.body() : "?", "in", "<p>Welcome", CODE_FORM);
        });
        String secret = "'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=2'";
        start(site.url(), site.url() + "/log-in", "username: anna, password: secret, totp: " + secret, Map.of());

        for (int logIns = 1; logIns <= 4; logIns++) {
            assertThat(text(fetch("/orders"))).isEqualTo("<p>orders of anna");
            assertThat(taken).hasSize(logIns);
            sessions.replaceAll((id, state) -> "ended");
        }
        assertThat(refused).hasValue(0);
    }

    @Test
    void theCodeComesFromTheAccount() throws Exception {
        severalPages(true);
        sessions.put("any", "any");
        site.page("/code", http -> {
            boolean digits = LoopbackSite.body().matches("otp=[0-9]{6}");
            step(http, "known", digits ? LoopbackSite.body() : "?", "in", "<p>Welcome", CODE_FORM);
        });
        start(site.url(), site.url() + "/log-in", "username: anna, password: secret, totp: JBSWY3DPEHPK3PXP", Map.of());

        assertThat(text(fetch("/orders"))).isEqualTo("<p>orders of anna");
    }

    @Test
    void theCodeIsNotSentToAnotherSiteThanThePassword() throws Exception {
        try (LoopbackSite other = new LoopbackSite()) {
            other.page("/steal", http -> LoopbackSite.answer(http, 200, "ok"));
            other.page("/", http -> {
                http.getResponseHeaders().add("Content-Type", "text/html");
                LoopbackSite.answer(http, 200, "<form method=post action=/steal><input name=otp></form>");
            });
            severalPages(false);
            site.page("/password", http -> {
                http.getResponseHeaders().add("Location", other.url() + "/");
                LoopbackSite.answer(http, 302, "");
            });
            String account = "username: anna, password: secret, totp: JBSWY3DPEHPK3PXP";
            start(site.url(), site.url() + "/log-in", account, Map.of());

            assertThat(failure(fetch("/orders"))).contains("asks for the one-time code", "nothing was sent there");
            assertThat(other.requests()).noneMatch(request -> request.uri().equals("/steal"));
        }
    }

    @Test
    void aPostIsNotRepeatedForAFormThatIsSentElsewhere() throws Exception {
        String fields = "<input name=user><input type=password name=pw>";
        page("/log-in", http -> {}, "<form method=post action=/do>" + fields + "</form>");
        site.page("/do", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + newSession("in"));
            LoopbackSite.answer(http, 200, "<p>Welcome");
        });
        page("/users", http -> {}, "<p>Created. One more:<form method=post action=/users>" + fields + "</form>");
        start(site.url(), site.url() + "/log-in", "username: anna, password: secret", Map.of());

        for (int i = 0; i < 3; i++) {
            assertThat(text(send("sessions:fetch/" + site.url() + "/users", "user=u" + i + "&pw=x")))
                    .contains("Created");
        }
        assertThat(requests("/users")).isEqualTo(3);
        assertThat(requests("/do")).isEqualTo(1);
    }

    // ---- what tells the log-in page

    private static final String FORM =
            "<form method=post action=/do><input name=user><input type=password name=pw><input type=hidden name=t value=%s></form>";

    /** One page for all: with a session the home page, without one the log-in. The token of a form holds once. */
    private void homeIsTheLogIn() {
        Map<String, Boolean> tokens = new ConcurrentHashMap<>();
        Supplier<String> form = () -> {
            String token = "t" + tokens.size();
            tokens.put(token, true);
            return FORM.formatted(token);
        };
        site.page("/", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            boolean in = "in".equals(sessions.get(sid(http)));
            LoopbackSite.answer(http, 200, in ? "<h1>Home</h1>" : form.get());
        });
        site.page("/do", http -> {
            String body = LoopbackSite.body();
            boolean fresh = tokens.remove(body.replaceFirst(".*&t=", "")) != null;
            boolean in = fresh && body.startsWith("user=anna&pw=secret&");
            if (in) {
                logIns.incrementAndGet();
                http.getResponseHeaders().add("Set-Cookie", "sid=" + newSession("in"));
            }
            http.getResponseHeaders().add("Location", "/");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/change", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, 200, "<form><input name=name><input type=password name=new></form>");
        });
    }

    @Test
    void aPageWithoutTheFormIsNotTheLogInPageThoughItHasItsAddress() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());

        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(logIns).hasValue(1);
        sessions.clear();
        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(logIns).hasValue(2);
    }

    @Test
    void aRedirectToAPageThatIsHomeTooIsNoRefusal() throws Exception {
        homeIsTheLogIn();
        AtomicInteger orders = new AtomicInteger();
        site.page("/order", http -> {
            orders.incrementAndGet();
            sessions.clear(); // it ends with this request
            http.getResponseHeaders().add("Location", "/");
            LoopbackSite.answer(http, 302, "");
        });
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());

        Exchange done = send("sessions:fetch/" + site.url() + "/order?method=POST", "tea");

        assertThat(done.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("may have carried it out");
        assertThat(orders).hasValue(1);
    }

    @Test
    void aFormWithOtherFieldsIsNotTheLogIn() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());

        assertThat(text(fetch("/change"))).contains("name=new");
        assertThat(logIns).hasValue(1);
    }

    @Test
    void aLogInMayLeadToAFormForANewPassword() throws Exception {
        homeIsTheLogIn();
        site.page("/do", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + newSession("in"));
            http.getResponseHeaders().add("Location", "/change");
            LoopbackSite.answer(http, 302, "");
        });
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());

        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(requests("/do")).isEqualTo(1);
    }

    @Test
    void explicitRulesWin() throws Exception {
        homeIsTheLogIn();
        SiteConfiguration portal = start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());
        portal.setExpiredText("never said");

        fetch("/change");
        sessions.clear();

        assertThat(text(fetch("/"))).contains("type=password");
        assertThat(logIns).hasValue(1);
    }

    // ---- what goes wrong

    private String failure(Exchange done) {
        assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
        StringBuilder all = new StringBuilder();
        for (Throwable cause = done.getException(); cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
        }
        assertThat(all.toString()).doesNotContain("wrong-secret");
        return all.toString();
    }

    @Test
    void aWrongPasswordIsTriedOnce() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: wrong-secret", Map.of());

        assertThat(failure(fetch("/")))
                .contains(
                        "the log-in form came again after it was sent: the site does not accept user name or password of"
                                + " client profile 'anna'");
        assertThat(requests("/do")).isEqualTo(1);
        fetch("/");
        assertThat(requests("/do")).isEqualTo(1);
    }

    @Test
    void aServletContainerThatAnswersTheFormByAPageOfItsOwnHasRefusedIt() throws Exception {
        page(
                "/",
                headers -> {},
                "<form action='/j_security_check;id=1' method=post><input name=j_username>"
                        + "<input name=j_password type=password></form>");
        page("/j_security_check", headers -> {}, "Wrong password, try <a href=/>again</a>");
        start(site.url(), site.url() + "/", "username: anna, password: wrong-secret", Map.of());

        assertThat(failure(fetch("/")))
                .contains("the site does not accept user name or password of client profile 'anna'");
        fetch("/");
        assertThat(requests("/j_security_check;id=1")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "username: anna             | 200 | <form><input name=user><input type=password name=pw></form> | field 'pw', and client profile 'anna' has no account.password: put account.password into the profile, or set loginFields.pw",
                "username: a, password: b   | 200 | <p>maintenance                                               | has no form",
                "username: a, password: b   | 200 | <script src=app.js></script>                                 | needs script",
                "username: a, password: b   | 200 | <form></form><form></form>                                   | has several forms, and none with a password",
                "username: a, password: b   | 200 | <form><input type=checkbox name=x></form>                    | asks for no user name and no password",
                "username: a, password: b   | 404 | <p>nothing                                                   | statusCode: 404",
                "username: a, password: b   | 200 | <form action=javascript:go()><input name=u><input type=password name=p></form> | javascript"
            })
    void aPageThatIsNoLogInIsTold(String account, int status, String page, String why) throws Exception {
        site.page("/log-in", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            LoopbackSite.answer(http, status, page.strip());
        });
        start(site.url(), site.url() + "/log-in", account, Map.of());

        assertThat(failure(fetch("/orders"))).contains(why);
        assertThat(requests("/log-in")).isEqualTo(1);
    }

    @Test
    void aMistypedFieldIsToldWithTheNearestOne() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: wrong-secret", Map.of("usr", "anna"));

        assertThat(failure(fetch("/"))).contains("loginFields.usr: ").contains("did you mean user?");
        assertThat(requests("/do")).isZero();
    }

    @Test
    void aSiteInTroubleIsAskedAgain() throws Exception {
        homeIsTheLogIn();
        AtomicInteger asked = new AtomicInteger();
        site.page("/start", http -> {
            http.getResponseHeaders().add("Content-Type", "text/html");
            boolean up = asked.incrementAndGet() > 1;
            if (!up) {
                LoopbackSite.answer(http, 503, "<p>later");
            } else {
                http.getResponseHeaders().add("Location", "/");
                LoopbackSite.answer(http, 302, "");
            }
        });
        SiteConfiguration portal =
                start(site.url(), site.url() + "/start", "username: anna, password: secret", Map.of());
        portal.setRenewalBackoff(Duration.ofMillis(1));

        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(asked).hasValue(2);
    }

    @Test
    void withoutRenewFirstTheFirstRefusalLogsIn() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of())
                .setRenewFirst(false);

        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(requests("/")).isEqualTo(4); // refused, the form, where the log-in leads, and again
    }

    // ---- by hand

    @Test
    void aSessionIsRenewedByItInJavaAndInRoutes() throws Exception {
        homeIsTheLogIn();
        start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());
        Sessions portal = Sessions.get(context).site("portal");

        assertThat(portal.session("0").renew().get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(send("sessions:renew?site=portal", null).getException()).isNull();
        assertThat(send("sessions:login?site=portal", null).getException()).isNull();
        assertThat(logIns).hasValue(3);
    }

    @Test
    void aLogInRouteLogsInByThePageAmongOtherThings() throws Exception {
        homeIsTheLogIn();
        SiteConfiguration portal = start(site.url(), site.url() + "/", "username: anna, password: secret", Map.of());
        portal.setRenewalUri("direct:log-in");
        AtomicInteger runs = new AtomicInteger();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:log-in")
                        .process(exchange -> runs.incrementAndGet())
                        .to("sessions:login?site=portal");
            }
        });

        assertThat(text(fetch("/"))).isEqualTo("<h1>Home</h1>");
        assertThat(runs).hasValue(1);
        assertThat(logIns).hasValue(1);
    }
}
