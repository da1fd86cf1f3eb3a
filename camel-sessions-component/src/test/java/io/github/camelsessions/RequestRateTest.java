/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.api.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How requests wait for {@code maxRequestsPerSecond} of their site. Rates are so low that nothing happens by itself, or it is
 * asserted that they were kept: that something took long enough, never that it was fast enough.
 */
@Tag("long")
@Timeout(60)
class RequestRateTest {

    private static final double HARDLY_ANY = 0.001; // one in a quarter of an hour

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SiteConfiguration portal = new SiteConfiguration();
    private final AtomicInteger logIns = new AtomicInteger();
    private volatile String valid = "none";

    @BeforeEach
    void start() throws Exception {
        web.page("/login", http -> {
            valid = "sid=s" + logIns.incrementAndGet();
            http.getResponseHeaders().add("Set-Cookie", valid + "; Path=/");
            http.getResponseHeaders().add("Location", "/welcome");
            LoopbackSite.answer(http, 302, "");
        });
        web.page("/welcome", http -> LoopbackSite.answer(http, 200, "welcome"));
        web.page("/page", http -> {
            boolean accepted = valid.equals(http.getRequestHeaders().getFirst("Cookie"));
            LoopbackSite.answer(http, accepted ? 200 : 401, accepted ? "page" : "no");
        });
        portal.setUris(web.url());
        portal.setWrap(true);
        context.disableJMX();
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", portal);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + web.url() + "/login");
                from("direct:logout").to("sessions:fetch/" + web.url() + "/welcome");
                from("direct:fetch").to("sessions:fetch/" + web.url() + "/echo?method=GET");
                from("direct:wrapped").to(web.url() + "/echo");
                from("direct:processor").process(Sessions.get(getContext()).wrap(web.url() + "/echo"));
                from("direct:pool").to("sessions:fetch/" + web.url() + "/echo?method=GET&pool=shop&poolSize=2");
                from("direct:transacted")
                        .process(exchange -> exchange.getExchangeExtension().setTransacted(true))
                        .to("direct:fetch");
                from("direct:moved").to("sessions:fetch/" + web.url() + "/redirect?to=/echo&method=GET");
            }
        });
    }

    @AfterEach
    void nothingIsLeft() {
        portal().setMaxRequestsPerSecond(0);
        await(() -> assertThat(sessions().engine().traffic().waiting()).isZero());
        context.stop();
        threads.shutdownNow();
        web.close();
    }

    private Sessions sessions() {
        return Sessions.get(context);
    }

    private Sessions portal() {
        return sessions().site("portal");
    }

    private static void await(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(assertion);
    }

    private void awaitWaiting(int count) {
        await(() -> assertThat(sessions().engine().traffic().waiting()).isEqualTo(count));
    }

    private CompletableFuture<Exchange> send(String route, String session) {
        Exchange made = new DefaultExchange(context, ExchangePattern.InOut);
        if (!session.isEmpty()) {
            made.getMessage().setHeader(SessionsConstants.ID, session);
        }
        CompletableFuture<Exchange> result = new CompletableFuture<>();
        try {
            AsyncProducer producer = context.getEndpoint(route).createAsyncProducer();
            producer.start();
            threads.execute(() -> producer.process(made, doneSync -> result.complete(made)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return result;
    }

    private List<CompletableFuture<Exchange>> send(int count, String route, String session) {
        return IntStream.range(0, count).mapToObj(n -> send(route, session)).toList();
    }

    private void route(String from, String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(from).routeId(from).to(uri);
            }
        });
    }

    private static String text(CompletableFuture<Exchange> sending) throws Exception {
        Exchange done = sending.get(30, TimeUnit.SECONDS);
        assertThat(done.getException()).isNull();
        return done.getMessage().getBody(String.class);
    }

    private static Exception failure(CompletableFuture<Exchange> sending) throws Exception {
        return sending.get(30, TimeUnit.SECONDS).getException();
    }

    private long requests(String path) {
        return web.requests().stream()
                .filter(request -> request.uri().startsWith(path))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:wrapped", "direct:processor", "direct:pool", "direct:transacted"})
    void allFormsOfSendingKeepTheRate(String form) throws Exception {
        portal.setMaxRequestsPerSecond(20.0);
        context.start();
        long began = System.nanoTime();
        List<CompletableFuture<Exchange>> sendings = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
            sendings.addAll(send(2, form, form.equals("direct:pool") ? "" : "s" + n));
        }
        for (CompletableFuture<Exchange> sending : sendings) {
            assertThat(text(sending)).startsWith("GET /echo");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(9 * 50));
        assertThat(requests("/echo")).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:wrapped", "direct:processor", "direct:pool"})
    void whoWaitsHasNoThread(String form) throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        context.start();
        text(send(form, ""));
        AsyncProducer producer = context.getEndpoint(form).createAsyncProducer();
        producer.start();
        Exchange waiting = new DefaultExchange(context, ExchangePattern.InOut);
        CompletableFuture<Exchange> result = new CompletableFuture<>();

        assertThat(producer.process(waiting, doneSync -> result.complete(waiting)))
                .isFalse();
        assertThat(result).isNotDone();
        assertThat(sessions().engine().traffic().waiting()).isEqualTo(1);

        portal().setMaxRequestsPerSecond(0);
        assertThat(text(result)).startsWith("GET /echo");
    }

    @Test
    void aSessionWithManyThatWaitDoesNotDelayAnother() throws Exception {
        portal.setMaxRequestsPerSecond(5.0);
        context.start();
        List<CompletableFuture<Exchange>> anna = send(60, "direct:fetch", "anna");
        awaitWaiting(59);
        CompletableFuture<Exchange> ben = send("direct:fetch", "ben");
        await(() -> assertThat(ben.isDone() || sessions().engine().traffic().waiting() + requests("/echo") >= 61)
                .isTrue());
        long before = requests("/echo");

        text(ben);
        assertThat(requests("/echo") - before).isLessThanOrEqualTo(4);
        portal().setMaxRequestsPerSecond(0);
        for (CompletableFuture<Exchange> sending : anna) {
            text(sending);
        }
    }

    @Test
    void whoHasWaitedInVainIsToldForWhat() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        portal.setRenewalTimeout(Duration.ofMillis(10));
        portal.setHoldTimeout(Duration.ofMillis(50));
        context.start();
        text(send("direct:fetch", "anna"));

        assertThat(failure(send("direct:fetch", "anna")))
                .isInstanceOf(SessionHoldException.class)
                .message()
                .matches("session 'portal/anna': held for \\d+ ms waiting for maxRequestsPerSecond=0.001 of site"
                        + " 'portal' \\(waiting=1\\) \\(held=0, generation=0\\)");
        assertThat(requests("/echo")).isEqualTo(1);
    }

    @Test
    void moreThanMaxHeldOfASessionDoNotWait() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        portal.setMaxHeld(2);
        portal.setWhenFull(WhenFull.fail);
        context.start();
        text(send("direct:fetch", "anna"));
        List<CompletableFuture<Exchange>> waiting = send(2, "direct:fetch", "anna");
        awaitWaiting(2);

        assertThat(failure(send("direct:fetch", "anna")))
                .isInstanceOf(SessionHoldException.class)
                .hasMessage("session 'portal/anna': not held, because as many exchanges wait for"
                        + " maxRequestsPerSecond=0.001 of site 'portal' as maxHeld allows (held=0, generation=0)");
        CompletableFuture<Exchange> other = send("direct:fetch", "ben");
        awaitWaiting(3);
        portal().setMaxRequestsPerSecond(0);
        text(other);
        text(waiting.get(0));
        text(waiting.get(1));
    }

    @Test
    void logInsGoAtOnceAndTheRequestsThatTheyAreForWait() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        portal.setRenewalUri("direct:login");
        route("direct:page", "sessions:fetch/" + web.url() + "/page?method=GET");
        context.start();

        CompletableFuture<Exchange> page = send("direct:page", "anna");
        await(() -> assertThat(requests("/welcome")).isEqualTo(1));
        awaitWaiting(1);
        assertThat(requests("/page")).isZero();
        portal().setMaxRequestsPerSecond(0);
        assertThat(text(page)).isEqualTo("page");
        assertThat(requests("/login")).isEqualTo(1);
    }

    @Test
    void furtherHopsGoAtOnceAndDelayTheNext() throws Exception {
        portal.setMaxRequestsPerSecond(10.0);
        context.start();
        long began = System.nanoTime();
        for (int n = 0; n < 4; n++) {
            assertThat(text(send("direct:moved", "anna"))).startsWith("GET /echo");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(3 * 200));
    }

    @Test
    void logOutsGoAtOnceAndDelayTheNext() throws Exception {
        portal.setMaxRequestsPerSecond(2.0);
        portal.setRenewalUri("direct:login");
        portal.setCloseUri("direct:logout");
        route("direct:page", "sessions:fetch/" + web.url() + "/page?method=GET");
        context.start();
        portal().setMaxRequestsPerSecond(0);
        text(send("direct:page", "anna"));
        portal().setMaxRequestsPerSecond(2);
        long began = System.nanoTime();

        assertThat(portal().session("anna").close().get(30, TimeUnit.SECONDS)).isTrue();
        text(send("direct:fetch", "ben")); // after a log-in of two requests
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(1500));
        assertThat(requests("/welcome")).isEqualTo(3);
    }

    @Test
    void aSessionThatExpiresWhileItsRequestsWaitIsRenewedOnceAndNoneIsLost() throws Exception {
        portal.setMaxRequestsPerSecond(200.0);
        portal.setRenewalUri("direct:login");
        route("direct:page", "sessions:fetch/" + web.url() + "/page?method=GET");
        context.start();
        text(send("direct:page", "anna"));
        List<CompletableFuture<Exchange>> pages = send(100, "direct:page", "anna");
        await(() -> assertThat(requests("/page")).isGreaterThan(10));
        valid = "ended";

        for (CompletableFuture<Exchange> page : pages) {
            assertThat(text(page)).isEqualTo("page");
        }
        assertThat(requests("/login")).isEqualTo(2);
    }

    @Test
    void turnsOfASessionThatIsHeldAreTheOthers() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        context.start();
        portal().session("anna").freeze();
        List<CompletableFuture<Exchange>> held = send(20, "direct:fetch", "anna");
        awaitWaiting(20);
        await(() -> assertThat(portal().session("anna").stats().orElseThrow().held())
                .isEqualTo(20));

        text(send("direct:fetch", "ben")); // the first turn of all
        portal().session("anna").unfreeze();
        portal().setMaxRequestsPerSecond(0);
        for (CompletableFuture<Exchange> sending : held) {
            text(sending);
        }
    }

    @Test
    void aStoppedRouteLeavesTheLineAndOthersStay() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        route("direct:stopping", "sessions:fetch/" + web.url() + "/echo?method=GET&sessionId=carl");
        context.start();
        context.getShutdownStrategy().setTimeout(1);
        text(send("direct:fetch", "anna"));
        List<CompletableFuture<Exchange>> stopped = send(3, "direct:stopping", "");
        awaitWaiting(3);
        CompletableFuture<Exchange> other = send("direct:fetch", "anna");
        awaitWaiting(4);

        context.getRouteController().stopRoute("direct:stopping");
        for (CompletableFuture<Exchange> sending : stopped) {
            assertThat(failure(sending)).isInstanceOf(SessionHoldException.class);
        }
        awaitWaiting(1);
        portal().setMaxRequestsPerSecond(0);
        text(other);
    }

    @Test
    void allThatWaitEndWhenTheContextStops() throws Exception {
        portal.setMaxRequestsPerSecond(HARDLY_ANY);
        context.start();
        context.getShutdownStrategy().setTimeout(1);
        text(send("direct:fetch", "anna"));
        List<CompletableFuture<Exchange>> waiting = send(200, "direct:fetch", "anna");
        awaitWaiting(200);

        context.stop();
        for (CompletableFuture<Exchange> sending : waiting) {
            assertThat(failure(sending)).isInstanceOf(SessionHoldException.class);
        }
    }

    @Test
    void theFirstThatSetsARateForASiteDecidesForAll() throws Exception {
        String echo = "sessions:fetch/" + web.url() + "/echo?method=GET";
        route("direct:first", echo + "&maxRequestsPerSecond=0.001");
        route("direct:second", echo + "&maxRequestsPerSecond=0.002");
        context.start();
        try (LogCapture log = new LogCapture()) {
            text(send("direct:first", "anna"));
            CompletableFuture<Exchange> second = send("direct:second", "ben");
            CompletableFuture<Exchange> unset = send("direct:fetch", "carl");
            awaitWaiting(2);
            assertThat(log.text())
                    .containsOnlyOnce("site 'portal' keeps maxRequestsPerSecond=0.001 of endpoint sessions://fetch/")
                    .containsPattern(
                            "though endpoint .* sets maxRequestsPerSecond=0.002: the first that sets it decides");
            portal().setMaxRequestsPerSecond(0);
            text(second);
            text(unset);
        }
    }

    @Test
    void theComponentsRateHoldsForEachSiteApartAndForTheDefaultSite() throws Exception {
        LoopbackSite other = new LoopbackSite();
        try (other) {
            context.getComponent("sessions", SessionsComponent.class)
                    .getConfiguration()
                    .setMaxRequestsPerSecond(HARDLY_ANY);
            route("direct:other", "sessions:fetch/" + other.url() + "/echo?method=GET");
            context.start();
            text(send("direct:fetch", "anna"));
            text(send("direct:other", "anna")); // of the default site
            CompletableFuture<Exchange> second = send("direct:other", "ben");
            awaitWaiting(1);
            sessions().setMaxRequestsPerSecond(20);
            text(second);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1,-1.0", "0.00001,1.0E-5", "Infinity,Infinity"})
    void aRateThatIsNoneIsRefusedAtTheStart(String given, String shown) throws Exception {
        route("direct:wrong", "sessions:fetch/" + web.url() + "/echo?maxRequestsPerSecond=" + given);
        assertThatThrownBy(context::start)
                .rootCause()
                .hasMessage("maxRequestsPerSecond=" + shown
                        + ": must be at least 0.0001, such as 20 or 0.5, or 0 for any number");
    }

    @Test
    void anOperatorCannotSetARateThatIsNone() {
        assertThatThrownBy(() -> portal().setMaxRequestsPerSecond(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
