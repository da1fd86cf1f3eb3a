/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionHoldException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A hold without room for more presses back on those who send: their threads wait, and nothing is refused or lost. On JDK
 * 21 and later the build runs this class a second time, with Camel's virtual threads.
 */
@Tag("long")
class FullHoldTest extends RenewingContextTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Longer than the default, for a machine that is busy with something else. */
    private static final String PATIENT = "holdTimeout=170s";

    private final Queue<Exchange> pages = new ConcurrentLinkedQueue<>();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void forget() {
        pages.clear();
        failures.clear();
    }

    private void watch(Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onComplete(Exchange done) {
                pages.add(done);
            }

            @Override
            public void onFailure(Exchange done) {
                failures.add(done.getException());
            }
        });
    }

    private int held() {
        return stats().held();
    }

    private void awaitHeld(int count) {
        await().atMost(PATIENCE)
                .until(() -> Sessions.get(context).session(user).stats().isPresent() && held() == count);
    }

    private void awaitPages(int count) {
        await().atMost(PATIENCE).until(() -> pages.size() + failures.size() == count);
        assertThat(failures).isEmpty();
    }

    /** How many threads wait within the component, as those do that the hold has no room for. */
    private static long waitingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(frames ->
                        Stream.of(frames).anyMatch(frame -> frame.getClassName().endsWith("SynchronousWait")))
                .count();
    }

    @Test
    void aQueueIsNotDrainedIntoTheHoldAndNothingOfItIsLost() throws Exception {
        int messages = 30_000;
        loginRoute();
        String queue = "seda:queue-" + user + "?concurrentConsumers=8&size=" + messages + "&pollTimeout=50";
        routes(routes -> routes.from(queue).process(this::watch).to(fetchUri("/page/1", "method=GET", PATIENT)));
        site.hangLogins();
        for (int n = 0; n < messages; n++) {
            template.sendBody(queue, n);
        }
        site.awaitHangingLogins(1);
        awaitHeld(1_000 + 8);
        assertThat(context.getEndpoint(queue, SedaEndpoint.class).getExchanges())
                .hasSize(messages - 1_000 - 8);
        site.releaseLogins();

        awaitPages(messages);
        assertThat(site.loginsAttempted(user)).isOne();
        assertThat(site.accepted("/page/1")).isEqualTo(messages);
    }

    @Test
    void callersOnManyThreadsWaitAndGoOnInTheOrderInWhichTheyCame() throws Exception {
        loginRoute();
        routes(routes ->
                routes.from("direct:callers-" + user).to(fetchUri("/page/1", "method=GET", "maxHeld=5", PATIENT)));
        site.hangLogins();
        List<CompletableFuture<Exchange>> sent = new ArrayList<>();
        for (int n = 1; n <= 30; n++) {
            sent.add(send("direct:callers-" + user, n, Map.of()));
            awaitHeld(n);
        }
        site.releaseLogins();

        for (CompletableFuture<Exchange> each : sent) {
            assertThat(text(each)).contains("user=" + user);
        }
        assertThat(site.loginsAttempted(user)).isOne();
    }

    @Test
    void aSplitInParallelWaitsWithTheThreadsOfItsPoolOnly() throws Exception {
        loginRoute();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        context.getRegistry().bind("pool-" + user, pool);
        routes(routes -> routes.from("direct:split-" + user)
                .split(routes.body())
                .parallelProcessing()
                .executorService("pool-" + user)
                .process(this::watch)
                .to(fetchUri("/page/1", "method=GET", "maxHeld=10", PATIENT)));
        site.hangLogins();
        var sent = send("direct:split-" + user, IntStream.range(0, 300).boxed().toList(), Map.of());
        awaitHeld(10 + 4);
        site.releaseLogins();

        assertThat(ended(sent).getException()).isNull();
        awaitPages(300);
        assertThat(site.loginsAttempted(user)).isOne();
        pool.shutdownNow();
    }

    @Test
    void transactedExchangesWaitOnTheirThreadsWhateverTheHoldHasRoomFor() throws Exception {
        loginRoute();
        routes(routes -> routes.from("direct:transacted-" + user)
                .process(exchange -> exchange.getExchangeExtension().setTransacted(true))
                .to(fetchUri("/page/1", "method=GET", "maxHeld=3", PATIENT)));
        site.hangLogins();
        var sent = send(20, "direct:transacted-" + user);
        awaitHeld(20);
        site.releaseLogins();

        for (var each : sent) {
            assertThat(text(each)).contains("user=" + user);
        }
    }

    @Test
    void theHoldOfAllSessionsPressesBackToo() throws Exception {
        loginRoute();
        routes(routes -> routes.from("direct:all-" + user).to(fetchUri("/page/1", "method=GET", PATIENT)));
        Sessions.get(context).engine().traffic().setMaxHeldTotal(3);
        try {
            site.hangLogins();
            var sent = send(10, "direct:all-" + user);
            awaitHeld(10);
            site.releaseLogins();
            for (var each : sent) {
                assertThat(text(each)).contains("user=" + user);
            }
        } finally {
            Sessions.get(context).engine().traffic().setMaxHeldTotal(100_000);
        }
    }

    @Test
    void whoWaitsOnItsThreadEndsAtItsHoldTimeout() throws Exception {
        loginRoute();
        routes(routes -> routes.from("direct:short-" + user)
                .to(fetchUri("/page/1", "method=GET", "maxHeld=1", "renewalTimeout=300ms", "holdTimeout=400ms")));
        routes(routes ->
                routes.from("direct:first-" + user).to(fetchUri("/page/1", "method=GET", "maxHeld=1", PATIENT)));
        site.hangLogins();
        var first = send("direct:first-" + user, null, Map.of());
        awaitHeld(1);
        var late = send(5, "direct:short-" + user);

        for (var each : late) {
            assertThat(failure(each))
                    .isInstanceOf(SessionHoldException.class)
                    .hasMessageContaining("as long as holdTimeout allows: the renewal has not ended");
        }
        site.releaseLogins();
        assertThat(text(first)).contains("user=" + user);
        assertThat(text(send("direct:short-" + user, null, Map.of()))).contains("user=" + user);
    }

    @Test
    void threadsThatMustNotWaitAreRefusedWhereThatIsAskedFor() throws Exception {
        loginRoute();
        routes(routes ->
                routes.from("direct:fail-" + user).to(fetchUri("/page/1", "method=GET", "maxHeld=2", "whenFull=fail")));
        site.hangLogins();
        var held = send(2, "direct:fail-" + user);
        awaitHeld(2);

        assertThat(failure(send("direct:fail-" + user, null, Map.of())))
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("not held, because as many exchanges are held as maxHeld allows");
        site.releaseLogins();
        for (var each : held) {
            assertThat(text(each)).contains("user=" + user);
        }
    }

    @Test
    void aStoppedContextWakesAForeignThreadThatWaits() throws Exception {
        try (DefaultCamelContext other = new DefaultCamelContext()) {
            other.getShutdownStrategy().setTimeout(1);
            other.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from(login()).setBody(constant(form())).to(loginUri());
                    from("direct:page").to(fetchUri("/page/1", "method=GET", "maxHeld=1", PATIENT));
                }
            });
            other.start();
            site.hangLogins();
            List<CompletableFuture<Exchange>> sent = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                sent.add(CompletableFuture.supplyAsync(
                        () -> other.createProducerTemplate().send("direct:page", exchange -> {}), threadEach()));
            }
            await().until(() -> Sessions.get(other).engine().traffic().waiting() == 4);
            other.stop();

            // those that are held without a thread wait in Camel, which may be quicker to let their callers go
            for (var each : sent) {
                assertThat(failure(each)).isInstanceOfAny(SessionHoldException.class, RejectedExecutionException.class);
            }
        }
    }

    private static java.util.concurrent.Executor threadEach() {
        return action -> {
            Thread thread = new Thread(action, "foreign");
            thread.setDaemon(true);
            thread.start();
        };
    }

    @Test
    void releasedExchangesThatMeetAnotherFullHoldKeepNoThreadOfOurs() throws Exception {
        String other = user + "-other";
        loginRoute();
        routes(routes -> {
            routes.from("direct:login-" + other)
                    .setBody(routes.constant(form()))
                    .to(loginUri());
            routes.from("direct:both-" + user)
                    .to(fetchUri("/page/1", "method=GET", PATIENT))
                    .to("sessions:fetch/" + site.url("/page/2") + "?method=GET&sessionId=" + other
                            + "&renewalUri=direct:login-" + other + "&maxHeld=1&" + PATIENT);
        });
        site.hangLogins();
        var sent = send(60, "direct:both-" + user);
        awaitHeld(60);
        Sessions.get(context).session(other).freeze();
        site.releaseLogins();
        await().atMost(PATIENCE)
                .until(() -> Sessions.get(context)
                                .session(other)
                                .stats()
                                .orElseThrow()
                                .held()
                        == 60);
        assertThat(waitingThreads()).isZero();
        Sessions.get(context).session(other).unfreeze();

        for (var each : sent) {
            assertThat(text(each)).contains("path=/page/2");
        }
    }

    // ---- log-ins that need a thread which waits

    @Test
    void aLogInThroughTheQueueThatWaitsForItGetsItsThread() throws Exception {
        String queue = "seda:work-" + user + "?size=1000&pollTimeout=50";
        routes(routes -> {
            routes.from(login()).setHeader("logIn", routes.constant(true)).to(queue);
            routes.from(queue)
                    .choice()
                    .when(routes.header("logIn"))
                    .setBody(routes.constant(form()))
                    .to(loginUri())
                    .otherwise()
                    .process(this::watch)
                    .to(fetchUri("/page/1", "method=GET", "maxHeld=3", "renewalTimeout=15s", PATIENT));
        });
        try (LogCapture log = new LogCapture()) {
            for (int n = 0; n < 200; n++) {
                template.sendBody(queue, n);
            }
            awaitPages(200);

            assertThat(site.loginsAttempted(user)).isOne();
            assertThat(log.of("io.github.camelsessions.internal.renewal"))
                    .filteredOn(line -> line.startsWith("WARN"))
                    .hasSizeLessThanOrEqualTo(1) // none when the log-in came into the queue before the hold was full
                    .allSatisfy(line -> assertThat(line)
                            .contains("its log-in has sent nothing for 5000 ms", "seda://work-" + user));
        }
    }

    @Test
    void aLogInThroughThePoolOfOneThreadThatWaitsForItGetsThatThread() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        context.getRegistry().bind("one-" + user, pool);
        routes(routes -> {
            routes.from(login())
                    .threads()
                    .executorService("one-" + user)
                    .setBody(routes.constant(form()))
                    .to(loginUri());
            routes.from("direct:one-" + user)
                    .process(this::watch)
                    .threads()
                    .executorService("one-" + user)
                    .to(fetchUri("/page/1", "method=GET", "maxHeld=2", "renewalTimeout=15s", PATIENT));
        });
        var sent = send(40, "direct:one-" + user);

        for (var each : sent) {
            assertThat(text(each)).contains("user=" + user);
        }
        assertThat(site.loginsAttempted(user)).isOne();
        assertThat(text(send("direct:one-" + user, null, Map.of()))).contains("user=" + user);
        pool.shutdownNow();
    }

    @Test
    void aHoldWithRoomKeepsNoThreadFromTheLogIn() throws Exception {
        String queue = "seda:room-" + user + "?size=1000&pollTimeout=50";
        AtomicInteger logIns = new AtomicInteger();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        routes(routes -> {
            routes.from(login()).setHeader("logIn", routes.constant(true)).to(queue);
            routes.from(queue)
                    .process(exchange -> threads.add(Thread.currentThread().getName()))
                    .choice()
                    .when(routes.header("logIn"))
                    .process(exchange -> logIns.incrementAndGet())
                    .setBody(routes.constant(form()))
                    .to(loginUri())
                    .otherwise()
                    .process(this::watch)
                    .to(fetchUri("/page/1", "method=GET"));
        });
        try (LogCapture log = new LogCapture()) {
            for (int n = 0; n < 500; n++) {
                template.sendBody(queue, n);
            }
            awaitPages(500);

            assertThat(threads).hasSize(1);
            assertThat(logIns).hasValue(1);
            assertThat(log.of("io.github.camelsessions.internal.renewal")).noneMatch(line -> line.startsWith("WARN"));
        }
    }
}
