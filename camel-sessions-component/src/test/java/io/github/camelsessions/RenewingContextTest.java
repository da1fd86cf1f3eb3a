/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * One context and one expiring site for all tests of a class. Each test has a user of its own, whose session has the
 * user's name, and adds the routes it needs. At the end of each nobody may wait any more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RenewingContextTest {

    private static final int USERS = 50;

    /** A step of a test's route, in a form that a lambda can have. */
    interface Routes {
        void add(RouteBuilder routes) throws Exception;
    }

    final ExpiringSite site = site();
    final DefaultCamelContext context = new DefaultCamelContext();
    ProducerTemplate template;
    String user;

    private int tests;

    private static ExpiringSite site() {
        ExpiringSite.Builder builder = ExpiringSite.builder();
        IntStream.range(0, USERS).forEach(n -> builder.user("user" + n, "secret"));
        return builder.start();
    }

    @BeforeAll
    void startContext() throws Exception {
        context.getShutdownStrategy().setTimeout(10);
        configure(context);
        context.start();
        template = context.createProducerTemplate();
    }

    /** What the context needs before it starts. */
    void configure(CamelContext context) throws Exception {}

    @AfterAll
    void stopContext() {
        context.stop();
        site.close();
    }

    @BeforeEach
    void nextUser() {
        site.reset();
        user = "user" + tests++;
    }

    @AfterEach
    void nobodyWaits() {
        site.releaseLogins();
        awaitEnds();
        assertThat(site.mixUps()).isEmpty();
        assertThat(site.staleCookies()).isEmpty();
    }

    void routes(Routes routes) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                routes.add(this);
            }
        });
    }

    /** The route {@code direct:login-<user>}, whose log-in is right. */
    void loginRoute() throws Exception {
        routes(routes -> routes.from(login()).setBody(routes.constant(form())).to(loginUri()));
    }

    /** The endpoint that renews the user's session by default. */
    String login() {
        return "direct:login-" + user;
    }

    Map<String, String> form() {
        return Map.of("user", user, "password", "secret");
    }

    /** Posts the body to the site's log-in page, in the session that is renewed. */
    String loginUri() {
        return "sessions:fetch/" + site.url("/login") + "?method=POST";
    }

    /** Fetches a page in the user's session, which renews by the log-in route. */
    String fetchUri(String page, String... options) {
        return "sessions:fetch/" + site.url(page) + "?sessionId=" + user + "&renewalUri=" + login()
                + (options.length == 0 ? "" : "&" + String.join("&", options));
    }

    SessionStats stats() {
        return Sessions.get(context).session(user).stats().orElseThrow();
    }

    int waiting() {
        return Sessions.get(context).engine().traffic().waiting();
    }

    void awaitWaiting(int count) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(this::waiting, now -> now == count);
    }

    /** Nobody waits, and nobody who has waited is still on the way: one that goes on is counted as held until it is admitted. */
    void awaitEnds() {
        awaitWaiting(0);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Sessions.get(context)
                        .engine()
                        .registry()
                        .stats()
                        .allMatch(now -> now.held() + now.inFlight() == 0));
    }

    /** Sends so many exchanges, each on a thread of its own, with bodies from 0. */
    List<CompletableFuture<Exchange>> send(int count, String uri) {
        List<CompletableFuture<Exchange>> sent = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            sent.add(send(uri, n, Map.of()));
        }
        return sent;
    }

    CompletableFuture<Exchange> send(String uri, Object body, Map<String, Object> headers) {
        CompletableFuture<Exchange> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(template.request(uri, exchange -> {
                            exchange.getMessage().setBody(body);
                            exchange.getMessage().setHeaders(new HashMap<>(headers));
                        }));
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "test-sender");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** The exchange when it has ended; it must do so soon. */
    static Exchange ended(CompletableFuture<Exchange> sent) throws Exception {
        try {
            return sent.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("sending failed", e.getCause());
        }
    }

    /** The answer's text; the exchange must not have failed. */
    static String text(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(String.class);
    }

    static String text(CompletableFuture<Exchange> sent) throws Exception {
        return text(ended(sent));
    }

    static Exception failure(CompletableFuture<Exchange> sent) throws Exception {
        Exception failure = ended(sent).getException();
        assertThat(failure).isNotNull();
        return failure;
    }
}
