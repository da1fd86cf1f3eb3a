/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One context and one expiring site for all tests of a class; each test has a session of its own, which the route
 * {@code direct:login} renews. After each test nothing is left: nobody held, nothing in flight.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AutomaticRenewalSupport {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Pattern FETCH = Pattern.compile("sessions:fetch/(http[^?]*)\\?(.*)");

    @RegisterExtension
    final ExpiringSite site;

    final DefaultCamelContext context = new DefaultCamelContext();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    final ExecutorService threads = Executors.newCachedThreadPool();
    ProducerTemplate template;
    String session;

    private final Map<String, AsyncProducer> routes = new HashMap<>();
    private int tests;

    AutomaticRenewalSupport(ExpiringSite.Builder site) {
        this.site = site.start();
    }

    /** Says what time the tests have set; what lasts goes on besides. */
    private final class SetClock implements SessionClock {

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public long monotonicMillis() {
            return now.get().toEpochMilli() + SessionClock.system().monotonicMillis();
        }
    }

    static ExpiringSite.Builder siteOfAnna() {
        return ExpiringSite.builder().user("anna", "secret").user("ben", "secret");
    }

    @BeforeAll
    void startContext() throws Exception {
        Sessions.create(context, new SetClock());
        context.disableJMX();
        configure();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").process(loginOf("anna")).to("sessions:fetch/" + site.url("/login"));
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    /** What the context needs before it starts. */
    void configure() throws Exception {}

    /** Puts the log-in form of a user on the message. */
    static org.apache.camel.Processor loginOf(String user) {
        return exchange -> exchange.getMessage().setBody(Map.of("user", user, "password", "secret"));
    }

    @BeforeEach
    void nameSession(TestInfo test) {
        session = test.getTestMethod().orElseThrow().getName() + ++tests;
    }

    @AfterEach
    void nothingIsLeft() {
        site.releaseLogins();
        site.releaseSlow();
        await(() -> assertThat(sessions().engine().registry().stats()).allSatisfy(stats -> {
            assertThat(stats.held() + stats.inFlight()).isZero();
            assertThat(stats.state()).isNotEqualTo("RENEWING"); // nobody may wait for it, and its log-in be on the way
        }));
        await(() -> assertThat(sessions().engine().traffic().waiting()).isZero());
        assertThat(site.mixUps()).isEmpty();
        assertThat(site.staleCookies()).isEmpty();
    }

    @AfterAll
    void stopContext() {
        context.stop();
        threads.shutdownNow();
    }

    static void await(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
    }

    Sessions sessions() {
        return Sessions.get(context);
    }

    io.github.camelsessions.api.SessionStats stats() {
        return sessions().session(session).stats().orElseThrow();
    }

    void awaitHeld(int count) {
        await(() -> assertThat(sessions().session(session).stats())
                .hasValueSatisfying(stats -> assertThat(stats.held()).isEqualTo(count)));
    }

    void route(String from, org.apache.camel.Processor step, String... to) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                var route = from(from).process(step);
                for (String uri : to) {
                    route.to(uri);
                }
            }
        });
    }

    /** The URI that fetches a page of the site and is renewed by {@code direct:login}. */
    String uri(String path, String options) {
        return uri(site, path, "renewalUri=direct:login" + (options.isEmpty() ? "" : "&" + options));
    }

    static String uri(ExpiringSite site, String path, String options) {
        return "sessions:fetch/" + site.url(path) + (options.isEmpty() ? "" : "?" + options);
    }

    Exchange exchange(Object body, Map<String, ?> headers) {
        Exchange made = new DefaultExchange(context, ExchangePattern.InOut);
        made.getMessage().setBody(body);
        made.getMessage().setHeader(SessionsConstants.ID, session);
        headers.forEach(made.getMessage()::setHeader);
        return made;
    }

    Exchange send(String uri, Object body, Map<String, ?> headers) {
        return template.send(uri, exchange(body, headers));
    }

    Exchange fetch(String uri) {
        return send(uri, null, Map.of());
    }

    Exchange fetch(String path, String options) {
        return fetch(uri(path, options));
    }

    /** Sends through a route, on a thread of its own, which is free again when the exchange is held. */
    CompletableFuture<Exchange> start(String uri, Object body, Map<String, ?> headers) {
        Exchange made = exchange(body, headers);
        Matcher parts = FETCH.matcher(uri);
        if (parts.matches()) {
            made.getMessage().setHeader(Exchange.HTTP_URI, parts.group(1));
        }
        AsyncProducer route = route(parts.matches() ? "sessions:fetch?" + parts.group(2) : uri);
        CompletableFuture<Exchange> result = new CompletableFuture<>();
        threads.execute(() -> route.process(made, doneSync -> result.complete(made)));
        return result;
    }

    /** Sends exchanges through a route to an endpoint, as asynchronously as that is. */
    AsyncProducer route(String uri) {
        return routes.computeIfAbsent(uri, this::newRoute);
    }

    private AsyncProducer newRoute(String uri) {
        try {
            String from = "direct:start" + routes.size();
            route(from, exchange -> {}, uri);
            AsyncProducer producer = context.getEndpoint(from).createAsyncProducer();
            producer.start();
            return producer;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    CompletableFuture<Exchange> start(String path, String options) {
        return start(uri(path, options), null, Map.of());
    }

    List<CompletableFuture<Exchange>> start(int count, IntFunction<CompletableFuture<Exchange>> sending) {
        return IntStream.range(0, count).mapToObj(sending).toList();
    }

    static Exchange get(CompletableFuture<Exchange> sending) throws Exception {
        return sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static List<Exchange> all(List<CompletableFuture<Exchange>> sendings) throws Exception {
        for (CompletableFuture<Exchange> sending : sendings) {
            get(sending);
        }
        return sendings.stream().map(CompletableFuture::join).toList();
    }

    /** The answer's text; what failed is thrown. */
    static String text(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(String.class);
    }

    static Object replays(Exchange exchange) {
        return exchange.getMessage().getHeader(SessionsConstants.REPLAYS);
    }

    static SessionHoldException holdFailure(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(SessionHoldException.class);
        return (SessionHoldException) exchange.getException();
    }
}
