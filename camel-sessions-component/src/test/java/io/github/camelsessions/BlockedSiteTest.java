/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ClientProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
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

/** How sessions wait when a site wants to be left alone: 429, and 503 with Retry-After. */
@Tag("long")
@Timeout(120)
class BlockedSiteTest {

    private static final String AN_HOUR = "3600";

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final Map<String, AsyncProducer> producers = new ConcurrentHashMap<>();

    /** An answer of the site. */
    private record Refusal(int status, String retryAfter) {}

    @BeforeEach
    void start() throws Exception {
        web.page("/page", this::page);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login").errorHandler(noErrorHandler()).to("sessions:fetch/" + web.url() + "/login");
            }
        });
        context.start();
    }

    private void page(HttpExchange http) throws IOException {
        Refusal refusal = refusals.poll();
        if (refusal == null) {
            LoopbackSite.answer(http, 200, "page " + LoopbackSite.body());
            return;
        }
        if (refusal.status() == 302) {
            http.getResponseHeaders().add("Location", web.url().replace("127.0.0.1", "localhost") + "/foreign");
        }
        if (refusal.retryAfter() != null) {
            http.getResponseHeaders().add("Retry-After", refusal.retryAfter());
        }
        LoopbackSite.answer(http, refusal.status(), "not now");
    }

    private void refuse(int status, String retryAfter) {
        refusals.add(new Refusal(status, retryAfter));
    }

    @AfterEach
    void nothingIsLeft() {
        try {
            await(() -> assertThat(sessions().engine().traffic().waiting()).isZero());
        } finally {
            context.stop();
            threads.shutdownNow();
            web.close();
        }
    }

    private Sessions sessions() {
        return Sessions.get(context);
    }

    private SessionStats stats(String id) {
        Optional<SessionStats> stats = sessions().session(id).stats();
        assertThat(stats).isPresent(); // not yet, where it is awaited
        return stats.get();
    }

    private static void await(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(assertion);
    }

    private CompletableFuture<Exchange> start(String options, Object body) {
        return start(options, body, Map.of());
    }

    /** Fetches the page, on a thread of its own until it waits. */
    private CompletableFuture<Exchange> start(String options, Object body, Map<String, Object> headers) {
        Exchange made = new DefaultExchange(context, ExchangePattern.InOut);
        made.getMessage().setBody(body);
        made.getMessage().setHeaders(new java.util.HashMap<>(headers));
        CompletableFuture<Exchange> result = new CompletableFuture<>();
        AsyncProducer producer = producers.computeIfAbsent(options, this::producer);
        threads.execute(() -> producer.process(made, doneSync -> result.complete(made)));
        return result;
    }

    private AsyncProducer producer(String options) {
        try {
            AsyncProducer producer = context.getEndpoint("sessions:fetch/" + web.url() + "/page?" + options)
                    .createAsyncProducer();
            producer.start();
            return producer;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Exchange get(CompletableFuture<Exchange> sending) throws Exception {
        return sending.get(60, TimeUnit.SECONDS);
    }

    private Exchange fetch(String options) throws Exception {
        return get(start(options, null));
    }

    private static void assertAnswered(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
    }

    private static void assertRefused(Exchange exchange, int status) {
        assertThat(exchange.getException()).isInstanceOf(HttpOperationFailedException.class);
        assertThat(exchange.getException(HttpOperationFailedException.class).getStatusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aRequestOfAPlainEndpointIsSentAgainAfterThePause(int status) throws Exception {
        refuse(status, "1");
        long begun = System.nanoTime();
        Exchange exchange = fetch("sessionId=anna");
        assertAnswered(exchange);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(990));
        assertThat(exchange.getMessage().getHeader(SessionsConstants.REPLAYS)).isEqualTo(1);
        assertThat(web.requests()).hasSize(2);
        assertThat(stats("anna").blocked()).isEqualTo(1);
        assertThat(stats("anna").pausedUntil()).isNotNull();
        assertThat(context.createProducerTemplate()
                        .requestBody("sessions:list", null, List.class)
                        .toString())
                .contains("blocked=1, pausedUntil=" + stats("anna").pausedUntil());
    }

    @Test
    void anAnswerThatIsNoExceptionIsTheSame() throws Exception {
        refuse(429, "1");
        Exchange exchange = fetch("throwExceptionOnFailure=false");
        assertAnswered(exchange);
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("page ");
    }

    @Test
    void aPostThatIsAnswered429IsSentAgainAsItWas() throws Exception {
        refuse(429, "1");
        Exchange exchange = get(start("method=POST", "\u00e4", Map.of("X-Own", "1")));
        assertAnswered(exchange);
        assertThat(web.requests()).extracting(LoopbackSite.Request::body).containsExactly("\u00e4", "\u00e4");
    }

    @Test
    void aPostThatIsAnswered503IsSeenOnceAndTheSessionWaits() throws Exception {
        refuse(503, "1");
        assertRefused(get(start("method=POST", "order")), 503);
        assertThat(web.requests()).hasSize(1);
        Instant until = stats("0").pausedUntil();
        assertAnswered(fetch("method=GET"));
        assertThat(Instant.now()).isAfterOrEqualTo(until.minusMillis(10));
    }

    private Exchange postRedirected(int status) {
        web.page("/order", http -> {
            http.getResponseHeaders().add("Location", "/page");
            LoopbackSite.answer(http, status, "");
        });
        refuse(429, "1");
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        exchange.getMessage().setBody("order");
        return context.createProducerTemplate().send("sessions:fetch/" + web.url() + "/order", exchange);
    }

    @Test
    void aPostThatWasRedirectedBeforeIsNotSentAgain() {
        assertRefused(postRedirected(302), 429);
        assertThat(web.requests()).extracting(LoopbackSite.Request::method).containsExactly("POST", "GET");
    }

    @Test
    void ofAPostThatWasAnsweredBy303OnlyWhatThatLedToIsSentAgain() {
        assertAnswered(postRedirected(303));
        assertThat(web.requests()).extracting(LoopbackSite.Request::method).containsExactly("POST", "GET", "GET");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void whatAnotherSiteAsksForThatARedirectLedToIsNoPause(int status) throws Exception {
        refusals.add(new Refusal(302, null));
        web.page("/foreign", http -> {
            http.getResponseHeaders().add("Retry-After", AN_HOUR);
            LoopbackSite.answer(http, status, "not now");
        });

        assertRefused(fetch(""), status);

        assertThat(stats("0").pausedUntil()).isNull();
        assertAnswered(fetch(""));
    }

    @Test
    void anOperatorEndsAPause() throws Exception {
        refuse(429, AN_HOUR);
        assertRefused(fetch(""), 429);
        assertThat(fetch("").getException()).isInstanceOf(SessionHoldException.class);

        sessions().session("0").endCooldown();

        assertAnswered(fetch(""));
    }

    @Test
    void anEndOfThePauseByAnOperatorLetsThoseGoWhoWait() throws Exception {
        refuse(429, "20");
        CompletableFuture<Exchange> waiting = start("holdTimeout=60s", null);
        await(() -> assertThat(stats("0").held()).isEqualTo(1));

        sessions().session("0").endCooldown();

        assertAnswered(get(waiting));
    }

    @Test
    void a503WithoutRetryAfterIsAnAnswer() throws Exception {
        refuse(503, null);
        assertRefused(fetch(""), 503);
        assertThat(stats("0").blocked()).isZero();
    }

    @Test
    void aBodyThatCanBeReadOnceIsSentOnceAndTheSessionWaits() throws Exception {
        refuse(429, "1");
        assertRefused(get(start("method=POST", new ByteArrayInputStream(new byte[10]))), 429);
        assertThat(web.requests()).hasSize(1);
        assertThat(stats("0").blocked()).isEqualTo(1);
    }

    @Test
    void maxReplaysOfNoneSendsNothingAgain() throws Exception {
        refuse(429, "1");
        assertRefused(fetch("maxReplays=0"), 429);
        assertThat(stats("0").blocked()).isEqualTo(1);
    }

    @Test
    void aPauseThatIsTooLongIsNotWaitedFor() throws Exception {
        refuse(429, AN_HOUR);
        assertRefused(fetch(""), 429);
        Exchange next = fetch("");
        assertThat(next.getException())
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("the site wants to be left alone until")
                .hasMessageContaining("holdTimeout=60000ms");
        assertThat(next.getException(SessionHoldException.class).getRetryAt())
                .isEqualTo(stats("0").pausedUntil());
        assertThat(web.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss yyyy"
            })
    void aDateInAnyFormIsUnderstood(String form) throws Exception {
        Instant until = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);
        refuse(429, DateTimeFormatter.ofPattern(form, Locale.US).format(until.atOffset(ZoneOffset.UTC)));
        assertRefused(fetch(""), 429);
        assertThat(stats("0").pausedUntil()).isBetween(until.minusSeconds(1), until.plusSeconds(1));
    }

    @Test
    void theAnswerStandsWhenTheHoldTimeoutIsOver() throws Exception {
        refuse(429, "1");
        CompletableFuture<Exchange> sending = start("renewalTimeout=1s&holdTimeout=1500ms", null);
        await(() -> assertThat(sessions().engine().traffic().waiting()).isEqualTo(1));
        sessions().engine().traffic().state().freeze(new SessionKey("", "0"));
        assertRefused(get(sending), 429);
        assertThat(web.requests()).hasSize(1);
    }

    @Test
    void anExchangeIsSentAgainAsLongAsItMayWait() throws Exception {
        for (int i = 0; i < 10; i++) {
            refuse(429, "1");
        }
        assertRefused(fetch("renewalTimeout=1s&holdTimeout=2500ms"), 429);
        assertThat(web.requests()).hasSizeBetween(2, 3);
    }

    @Test
    void withoutRetryAfterTheSessionWaitsForTheBackoff() throws Exception {
        refuse(429, null);
        refuse(429, "0"); // as if it had not said it
        assertAnswered(fetch("blockedBackoff=20ms"));
        assertThat(stats("0").blocked()).isEqualTo(2);
    }

    @Test
    void withoutABackoffThe429IsAnAnswer() throws Exception {
        refuse(429, null);
        assertRefused(fetch("blockedBackoff=0"), 429);
        assertThat(stats("0").blocked()).isZero();
    }

    @Test
    void theRequestsOwnRetryAfterIsNotThatOfTheAnswer() throws Exception {
        refuse(429, null);
        assertAnswered(
                get(start("throwExceptionOnFailure=false&blockedBackoff=20ms", null, Map.of("Retry-After", AN_HOUR))));
    }

    @Test
    void aStatusThatMeansExpiredRenewsTheSession() throws Exception {
        web.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=1; Path=/");
            LoopbackSite.answer(http, 200, "welcome");
        });
        refuse(429, AN_HOUR);
        assertAnswered(fetch("renewalUri=direct:login&renewFirst=false&expiredStatusCodeRange=429"));
        assertThat(stats("0").renewals()).isEqualTo(1);
        assertThat(stats("0").blocked()).isZero();
    }

    @Test
    void aLogInThatIsBlockedIsTriedAgainAsEver() throws Exception {
        AtomicInteger logIns = new AtomicInteger();
        web.page("/login", http -> {
            http.getResponseHeaders().add("Retry-After", "1");
            http.getResponseHeaders().add("Set-Cookie", "sid=1; Path=/");
            LoopbackSite.answer(http, logIns.incrementAndGet() == 1 ? 429 : 200, "");
        });
        assertAnswered(fetch("renewalUri=direct:login"));
        assertThat(stats("0").attempts()).isEqualTo(2);
        assertThat(stats("0").blocked()).isZero();
        assertThat(stats("0").pausedUntil()).isNull();
    }

    @Test
    void allSessionsOfAnAccountWait() throws Exception {
        sessions()
                .engine()
                .registry()
                .setProfiles(List.of(profile("a", "ann"), profile("b", "ann"), profile("c", "carl")));
        for (String profile : List.of("a", "b", "c")) {
            assertAnswered(fetch("sessionId=" + profile + "&profile=" + profile));
        }
        refuse(429, AN_HOUR);
        assertRefused(fetch("sessionId=a&profile=a"), 429);
        assertThat(fetch("sessionId=b&profile=b").getException()).isInstanceOf(SessionHoldException.class);
        assertAnswered(fetch("sessionId=c&profile=c"));
        assertThat(stats("b").blocked()).isZero();
        assertThat(stats("b").pausedUntil()).isNotNull();
        assertThat(web.requests()).hasSize(5);
    }

    private static ClientProfile profile(String name, String user) {
        return new ClientProfile(name, null, null, Map.of(), Map.of("username", user));
    }

    @Test
    void allThatWaitEndWhenTheContextStops() throws Exception {
        context.getShutdownStrategy().setTimeout(1);
        refuse(429, "50");
        CompletableFuture<Exchange> blocked = start("", null);
        await(() -> assertThat(sessions().engine().traffic().waiting()).isEqualTo(1));
        CompletableFuture<Exchange> other = start("", null);
        await(() -> assertThat(sessions().engine().traffic().waiting()).isEqualTo(2));
        context.stop();
        assertRefused(get(blocked), 429);
        assertThat(get(other).getException()).isInstanceOf(SessionHoldException.class);
        assertThat(web.requests()).hasSize(1);
    }

    // ---- pools

    @Test
    void aSessionOfAPoolThatIsBlockedForAWhileIsKept() throws Exception {
        for (int i = 0; i < 3; i++) {
            refuse(429, "1");
        }
        assertAnswered(fetch("pool=shop&maxErrorScore=1"));
        assertThat(pool().retired()).isEmpty();
        assertThat(pool().created()).isEqualTo(1);
        assertThat(stats("shop-1").blocked()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aSessionThatHasToWaitLongRestsAndAnotherIsGiven(int status) throws Exception {
        String options = "pool=shop&maxErrorScore=1";
        refuse(status, AN_HOUR);
        assertRefused(fetch(options), status);
        for (int i = 0; i < 3; i++) {
            Exchange next = fetch(options);
            assertAnswered(next);
            assertThat(next.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("shop-2");
        }
        assertThat(pool().retired()).isEmpty();
    }

    @Test
    void anExchangeThatWasGivenASessionThatHasToWaitLongIsGivenAnother() throws Exception {
        String options = "pool=shop&poolStrategy=untilFailure";
        assertAnswered(fetch(options));
        sessions().engine().registry().existing(new SessionKey("", "shop-1")).pause(Duration.ofHours(1));
        Exchange next = fetch(options);
        assertAnswered(next);
        assertThat(next.getMessage().getHeader(SessionsConstants.ID)).isEqualTo("shop-2");
    }

    @Test
    void aStatusThatMeansBlockedForGoodRetires() throws Exception {
        refuse(429, AN_HOUR);
        assertAnswered(fetch("pool=shop&blockedStatusCodeRange=429"));
        assertThat(pool().retired()).isEqualTo(Map.of("blocked", 1L));
    }

    private io.github.camelsessions.api.PoolStats pool() {
        return sessions().pool("shop").orElseThrow();
    }

    // ---- a site with a limit

    /** Answers so many requests of a session in each second, and tells all others to come back in a second. */
    private static final class Limit {
        private static final int EACH_SECOND = 20;
        private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        final AtomicInteger refused = new AtomicInteger();
        final Map<String, Boolean> sessions = new ConcurrentHashMap<>();
        final Map<Long, Boolean> seconds = new ConcurrentHashMap<>(); // in which there was any request

        boolean accepts(String session) {
            sessions.put(session, true);
            long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
            seconds.put(second, true);
            boolean accepted = counts.computeIfAbsent(session + " " + second, any -> new AtomicInteger())
                            .incrementAndGet()
                    <= EACH_SECOND;
            refused.addAndGet(accepted ? 0 : 1);
            return accepted;
        }

        void forget() {
            refused.set(0);
            seconds.clear();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, ''", "4, pool=shop&poolSize=4&maxConcurrentPerSession=0&maxUses=0&poolStrategy=roundRobin"})
    void aSiteThatServesLessThanIsAskedForRefusesFewAndNothingIsLost(int sessions, String options) throws Exception {
        Limit limit = new Limit();
        web.page("/page", http -> {
            String session = http.getRequestHeaders().getFirst("Cookie");
            if (session == null) {
                session = "sid=" + http.getRequestURI().getQuery() + limit.sessions.size();
                http.getResponseHeaders().add("Set-Cookie", session + "; Path=/");
            }
            if (limit.accepts(sessions == 1 ? "" : session)) {
                LoopbackSite.answer(http, 200, "page");
            } else {
                http.getResponseHeaders().add("Retry-After", "1");
                LoopbackSite.answer(http, 429, "");
            }
        });
        warmUp(options);
        limit.forget();
        long begun = System.nanoTime();
        List<CompletableFuture<Exchange>> sendings = arrive(200, 100, options);
        for (CompletableFuture<Exchange> sending : sendings) {
            assertAnswered(get(sending));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double rate = (double) limit.refused.get() / limit.seconds.size() / sessions;
        System.out.printf(
                "200 requests, 100 a second, %d sessions with 20 a second each: %.1f s, refused %d, %.2f a second and session%n",
                sessions, seconds, limit.refused.get(), rate);
        // one, and who was under way with it where threads are late; without waiting it would be eighty
        assertThat(rate).isLessThanOrEqualTo(2);
        if (sessions > 1) {
            assertThat(pool().retired()).isEmpty();
            assertThat(pool().created()).isLessThanOrEqualTo(sessions);
        }
    }

    /** One after the other: with cold code, those of half a second would come at once. */
    private void warmUp(String options) throws Exception {
        for (int i = 0; i < 30; i++) {
            assertAnswered(fetch(options));
        }
    }

    private List<CompletableFuture<Exchange>> arrive(int count, int perSecond, String options) throws Exception {
        List<CompletableFuture<Exchange>> sendings = new ArrayList<>();
        ScheduledExecutorService arrivals = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch all = new CountDownLatch(count);
        try {
            arrivals.scheduleAtFixedRate(
                    () -> {
                        if (all.getCount() > 0) {
                            sendings.add(start(options, null));
                            all.countDown();
                        }
                    },
                    0,
                    1000 / perSecond,
                    TimeUnit.MILLISECONDS);
            all.await();
        } finally {
            arrivals.shutdownNow();
        }
        return sendings;
    }
}
