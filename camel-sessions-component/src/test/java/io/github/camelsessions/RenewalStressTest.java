/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionFailure;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.renewal.WaitingRenewals;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 10 000 exchanges over 100 sessions, 50 consumers, and a site where all goes wrong at random. On JDK 21 and later the
 * build runs this class a second time, with Camel's virtual threads.
 */
@Tag("long")
class RenewalStressTest {

    private static final int SESSIONS = 100;
    private static final int EXCHANGES = 10_000;
    private static final int CONSUMERS = 50;

    /** The log-ins of these users may hang; a log-in that has timed out may overlap with the next one. */
    private static final int HANGING = 20;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final long seed = Long.getLong("stress.seed", System.nanoTime());
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray ends = new AtomicIntegerArray(EXCHANGES);
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final Map<String, AtomicInteger> loggingIn = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();

    private final ExpiringSite site = site();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ServerSocket silence;
    private ProducerTemplate template;

    private static ExpiringSite site() {
        ExpiringSite.Builder builder = ExpiringSite.builder().expiresAfterUses(60);
        IntStream.range(0, SESSIONS).forEach(n -> builder.user("user" + n, "secret"));
        return builder.start();
    }

    @BeforeEach
    void open() throws IOException {
        silence = new ServerSocket(0, 200, InetAddress.getLoopbackAddress()); // takes connections, but never answers
    }

    @AfterEach
    void close() throws IOException {
        context.close();
        site.close();
        silence.close();
    }

    private void start(boolean faults, String options) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                getContext().getRegistry().bind("quiet", (ExceptionHandler) new Quiet());
                from("seda:pages?size=" + EXCHANGES + "&concurrentConsumers=" + CONSUMERS
                                + "&exceptionHandler=#quiet&pollTimeout=50")
                        .process(exchange -> begin(exchange, faults))
                        .toD("sessions:fetch/" + site.url() + "/page/${exchangeProperty.number}?method=GET"
                                + "&renewalUri=direct:login" + options)
                        .process(RenewalStressTest.this::readAnswer);
                from("direct:login")
                        .process(exchange -> enterLogin(exchange, faults))
                        .toD("${exchangeProperty.where}");
            }
        });
        context.getShutdownStrategy().setTimeout(10);
        context.start();
        template = context.createProducerTemplate();
    }

    private static String user(int number) {
        return "user" + number % SESSIONS;
    }

    private void begin(Exchange exchange, boolean faults) {
        int number = exchange.getMessage().getBody(int.class);
        Random random = new Random(seed + number);
        if (faults && random.nextInt(20) == 0) {
            site.expireNow(user(random.nextInt(SESSIONS)));
        }
        exchange.setProperty("number", number);
        exchange.getMessage().setBody(null);
        exchange.getMessage().setHeader(SessionsConstants.ID, user(number));
        exchange.getMessage().setHeader(ExpiringSite.USER_HEADER, user(number));
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                end(number, done);
            }
        });
    }

    private void readAnswer(Exchange exchange) {
        int number = exchange.getProperty("number", int.class);
        String text = exchange.getMessage().getBody(String.class);
        if (!text.startsWith("path=/page/" + number + "\nuser=" + user(number) + "\n")) {
            wrong.add(number + " was answered with " + text);
        }
    }

    private void end(int number, Exchange exchange) {
        if (ends.incrementAndGet(number) > 1) {
            wrong.add(number + " ended more than once");
        }
        if (exchange.getProperty("number", int.class) != number) {
            wrong.add(number + " ended as another one");
        }
        Exception failure = exchange.getException();
        if (failure == null) {
            answered.incrementAndGet();
        } else if (!(failure instanceof SessionFailure) && !(failure instanceof IOException)) {
            wrong.add(number + " failed with " + failure);
        }
        ended.incrementAndGet();
    }

    /** Decides how a log-in goes: well, with a wrong password, with a dropped connection, or never. */
    private void enterLogin(Exchange exchange, boolean faults) {
        String user = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        int number = Integer.parseInt(user.substring("user".length()));
        int attempt = count(attempts, user).incrementAndGet();
        int luck = faults ? new Random(seed * 31 + number * 1_000L + attempt).nextInt(100) : 99;
        boolean hangs = luck < 5 && number < HANGING;
        exchange.setProperty("user", user);
        exchange.setProperty(
                "where",
                "sessions:fetch/" + (hangs ? "http://127.0.0.1:" + silence.getLocalPort() : site.url())
                        + "/login?method=POST");
        exchange.getMessage().setBody(Map.of("user", user, "password", luck >= 95 && faults ? "wrong" : "secret"));
        if (number >= HANGING && count(loggingIn, user).incrementAndGet() > 1) {
            wrong.add(user + " was logged in twice at once");
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                count(loggingIn, user).decrementAndGet();
            }
        });
    }

    private static AtomicInteger count(Map<String, AtomicInteger> counters, String user) {
        return counters.computeIfAbsent(user, name -> new AtomicInteger());
    }

    @Test
    void eachExchangeEndsOnceWhateverHappens() throws Exception {
        System.out.println("stress.seed=" + seed); // -Dstress.seed= plays the same faults again
        site.dropConnections(0.01, seed);
        start(true, "&renewalTimeout=1s&renewalBackoff=5&renewalCooldown=20&renewalCooldownMax=100&holdTimeout=30s");
        for (int n = 0; n < EXCHANGES; n++) {
            template.sendBody("seda:pages", n);
        }
        awaitEnds();
        assertThat(answered.get()).as("answered, seed %s", seed).isGreaterThan(EXCHANGES / 2);
        assertThat(site.mixUps()).isEmpty();
        assertThat(site.staleCookies()).isEmpty();
        for (int n = 0; n < SESSIONS; n++) {
            String user = user(n);
            SessionStats stats = Sessions.get(context).session(user).stats().orElseThrow();
            assertThat(stats.generation()).as(user).isEqualTo(stats.renewals());
            assertThat(stats.renewals()).as(user).isLessThanOrEqualTo(site.loginsSucceeded(user));
            assertThat((long) site.loginsAttempted(user)).as(user).isLessThanOrEqualTo(stats.attempts());
            assertThat(stats.held()).as(user).isZero();
            assertThat(stats.inFlight()).as(user).isZero();
        }
        assertThat(sum(SessionStats::renewals)).isGreaterThan(SESSIONS);
        assertThat(sum(SessionStats::failures)).isPositive();
    }

    @Test
    void heldExchangesHaveNoThreads() throws Exception {
        start(false, "&holdTimeout=10m&renewalTimeout=5m");
        site.hangLogins();
        for (int n = 0; n < 1_000; n++) {
            template.sendBody("seda:pages", n);
        }
        awaitWaiting(1_000);
        site.awaitHangingLogins(8); // renewalConcurrency
        int few = Thread.activeCount();
        for (int n = 1_000; n < EXCHANGES; n++) {
            template.sendBody("seda:pages", n);
        }
        awaitWaiting(EXCHANGES);
        int many = Thread.activeCount();
        site.releaseLogins();
        awaitEnds();

        assertThat(many).isLessThanOrEqualTo(few + 20);
        assertThat(answered.get()).isEqualTo(EXCHANGES);
        assertThat(site.highestConcurrentLogins()).isEqualTo(8);
        for (int n = 0; n < SESSIONS; n++) {
            SessionStats stats = Sessions.get(context).session(user(n)).stats().orElseThrow();
            assertThat((long) site.loginsSucceeded(user(n))).isEqualTo(stats.renewals());
            assertThat(stats.held()).isZero();
            assertThat(stats.inFlight()).isZero();
        }
    }

    private void awaitWaiting(int count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> Sessions.get(context).engine().traffic().waiting() == count);
    }

    /** All have ended, and nothing is left of them: nobody waits, no thread is in this code. */
    private void awaitEnds() {
        await().alias("all end, seed " + seed)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(ended::get, now -> now == EXCHANGES);
        await().alias("no thread is left in a session")
                .atMost(PATIENCE)
                .pollInSameThread()
                .until(() -> threadsInSessions() == 0);
        assertThat(wrong).as("seed %s", seed).isEmpty();
        assertThat(Sessions.get(context).engine().traffic().waiting()).isZero();
        assertThat(WaitingRenewals.count(Sessions.get(context).engine().traffic()))
                .isZero();
        assertThat(context.getInflightRepository().size()).isZero();
    }

    private static long threadsInSessions() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey() != Thread.currentThread())
                .filter(thread -> !thread.getKey().getName().contains("SessionsMender")) // it is there all the time
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.github.camelsessions.")
                                && !frame.getClassName().contains(".testkit.")))
                .count();
    }

    private long sum(ToLongFunction<SessionStats> count) {
        return IntStream.range(0, SESSIONS)
                .mapToObj(n -> Sessions.get(context).session(user(n)).stats().orElseThrow())
                .mapToLong(count)
                .sum();
    }

    /** The failures are looked at when the exchanges end. */
    private static final class Quiet implements ExceptionHandler {
        @Override
        public void handleException(Throwable exception) {}

        @Override
        public void handleException(String message, Throwable exception) {}

        @Override
        public void handleException(String message, Exchange exchange, Throwable cause) {}
    }
}
