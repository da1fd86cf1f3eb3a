/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionHoldException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.junit.jupiter.api.Test;

/** Exchanges that are held while a thread waits for them: transactions, nested sends, time limits. */
class SynchronousHoldTest extends RenewingContextTest {

    private static final int SLOTS = 2;

    @Override
    void configure(CamelContext context) {
        SessionsComponent component = new SessionsComponent();
        component.setResumeConcurrency(SLOTS);
        context.addComponent("sessions", component);
    }

    private static void transact(Exchange exchange) {
        exchange.getExchangeExtension().setTransacted(true);
    }

    @Test
    void aTransactedExchangeStaysOnItsThreadWhileItIsHeld() throws Exception {
        loginRoute();
        Queue<String> before = new ConcurrentLinkedQueue<>();
        Queue<String> after = new ConcurrentLinkedQueue<>();
        Queue<CompletableFuture<Exchange>> results = new ConcurrentLinkedQueue<>();
        routes(routes -> routes.from("seda:transacted?concurrentConsumers=1")
                .process(SynchronousHoldTest::transact)
                .process(exchange -> before.add(Thread.currentThread().getName()))
                .to(fetchUri("/page/1", "method=GET"))
                .process(exchange -> after.add(Thread.currentThread().getName())));
        site.hangLogins();
        for (int i = 0; i < 3; i++) {
            results.add(send("seda:transacted?waitForTaskToComplete=Always", i, Map.of()));
        }
        site.awaitHangingLogins(1);
        awaitWaiting(1); // the others are in the line before the only consumer
        site.releaseLogins();

        for (var result : results) {
            assertThat(text(result)).contains("user=" + user);
        }
        assertThat(after).hasSize(3).containsExactlyElementsOf(before);
        assertThat(site.loginsAttempted(user)).isOne();
    }

    @Test
    void transactedWaitsTakeNothingThatTheRenewalNeeds() throws Exception {
        loginRoute();
        Queue<Thread> before = new ConcurrentLinkedQueue<>();
        Queue<Thread> after = new ConcurrentLinkedQueue<>();
        routes(routes -> routes.from("direct:transacted")
                .process(SynchronousHoldTest::transact)
                .process(exchange -> before.add(Thread.currentThread()))
                .to(fetchUri("/page/1", "method=GET"))
                .process(exchange -> after.add(Thread.currentThread())));
        var held = send(16, "direct:transacted");

        for (var exchange : held) {
            assertThat(text(exchange)).contains("user=" + user);
        }
        site.expireNow();
        site.hangLogins();
        held = send(16, "direct:transacted");
        site.awaitHangingLogins(1);
        awaitWaiting(16);
        site.releaseLogins();

        for (var exchange : held) {
            assertThat(text(exchange)).contains("user=" + user);
        }
        assertThat(after).hasSize(32).containsExactlyInAnyOrderElementsOf(before);
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void anInterruptMeansOnlyTheExchangeThatItCameTo() throws Exception {
        loginRoute();
        Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
        routes(routes -> routes.from("direct:interrupting")
                .to(fetchUri("/page/1", "method=GET"))
                .process(exchange -> {
                    interrupted.add(Thread.interrupted());
                    Thread.currentThread().interrupt(); // nobody takes note before the exchange has ended
                }));
        site.hangLogins();
        var held = send(10 * SLOTS, "direct:interrupting"); // they share the threads that they go on with
        site.awaitHangingLogins(1);
        awaitWaiting(10 * SLOTS);
        site.releaseLogins();

        for (var exchange : held) {
            assertThat(text(exchange)).contains("user=" + user);
        }
        assertThat(interrupted).hasSize(10 * SLOTS).containsOnly(false);
    }

    @Test
    void aTransactedExchangeCanRenewByARouteOnAnotherThread() throws Exception {
        routes(routes -> {
            routes.from(login()).to("seda:" + user);
            routes.from("seda:" + user).setBody(routes.constant(form())).to(loginUri());
            routes.from("direct:transacted-seda")
                    .process(SynchronousHoldTest::transact)
                    .to(fetchUri("/page/1", "method=GET"));
        });

        assertThat(text(send("direct:transacted-seda", null, Map.of()))).contains("user=" + user);
    }

    @Test
    void anInterruptedWaitEndsWithAClearExceptionAndTheOthersGoOn() throws Exception {
        loginRoute();
        AtomicReference<Thread> thread = new AtomicReference<>();
        routes(routes -> routes.from("direct:interrupted")
                .process(SynchronousHoldTest::transact)
                .process(exchange -> thread.set(Thread.currentThread()))
                .to(fetchUri("/page/1", "method=GET")));
        site.hangLogins();
        var other = send("direct:interrupted", null, Map.of());
        site.awaitHangingLogins(1);
        awaitWaiting(1);
        var interrupted = send("direct:interrupted", null, Map.of());
        awaitWaiting(2);
        thread.get().interrupt();

        assertThat(failure(interrupted))
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("interrupted");
        site.releaseLogins();
        assertThat(text(other)).contains("user=" + user);
        assertThat(stats().held()).isZero();
    }

    @Test
    void releasedExchangesMayWaitForAnotherSessionThatIsRenewed() throws Exception {
        nested(exchange -> exchange.getMessage()
                .setBody(template.requestBodyAndHeader("direct:inner-" + user, null, "n", 1, String.class)));
    }

    @Test
    void releasedExchangesMayWaitForAnotherThreadThatWaitsForAnotherSession() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            nested(exchange -> exchange.getMessage()
                    .setBody(threads.submit(() ->
                                    template.requestBodyAndHeader("direct:inner-" + user, null, "n", 1, String.class))
                            .get()));
        } finally {
            threads.shutdownNow();
        }
    }

    /** 40 exchanges are released, and each calls a route that fetches in a session whose renewal has not ended. */
    private void nested(Processor call) throws Exception {
        String other = user + "-inner";
        loginRoute();
        routes(routes -> {
            routes.from("direct:login-" + other)
                    .setBody(routes.constant(form()))
                    .to(loginUri());
            routes.from("direct:inner-" + user)
                    .to("sessions:fetch/" + site.url("/page/2") + "?method=GET&sessionId=" + other
                            + "&renewalUri=direct:login-" + other + "&holdTimeout=20s&renewalTimeout=10s");
            routes.from("direct:outer-" + user)
                    .to(fetchUri("/page/1", "method=GET"))
                    .process(call);
        });
        site.hangLogins();
        var outer = send(40, "direct:outer-" + user);
        site.awaitHangingLogins(1);
        awaitWaiting(40);
        var inner = send("direct:inner-" + user, null, Map.of());
        site.awaitHangingLogins(2);
        awaitWaiting(41);
        site.releaseLogins();

        assertThat(text(inner)).contains("path=/page/2");
        for (var exchange : outer) {
            assertThat(text(exchange)).contains("path=/page/2");
        }
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void sendersThatWaitSynchronouslyAreAnsweredToo() throws Exception {
        loginRoute();
        routes(routes -> {
            routes.from("direct:page-" + user).to(fetchUri("/page/1", "method=GET"));
            routes.from("direct:delayed-" + user).delay(1).syncDelayed().to("direct:page-" + user);
            routes.from("direct:bean-" + user)
                    .process(exchange -> exchange.getMessage()
                            .setBody(template.requestBody("direct:page-" + user, null, String.class)));
        });
        site.hangLogins();
        List<CompletableFuture<Exchange>> held = new ArrayList<>();
        held.addAll(send(3, "direct:page-" + user));
        held.addAll(send(3, "direct:delayed-" + user));
        held.addAll(send(3, "direct:bean-" + user));
        site.awaitHangingLogins(1);
        awaitWaiting(9);
        site.releaseLogins();

        for (var exchange : held) {
            assertThat(text(exchange)).contains("user=" + user);
        }
        assertThat(site.loginsAttempted(user)).isOne();
    }

    @Test
    void aCallerWithATimeLimitGoesOnWithoutTheHeldExchange() throws Exception {
        loginRoute();
        TimeLimit limit = new TimeLimit();
        context.getRegistry().bind("limit-" + user, Policy.class, limit);
        routes(routes ->
                routes.from("direct:limited-" + user).policy("limit-" + user).to(fetchUri("/page/1", "method=GET")));
        site.hangLogins();

        for (int n = 0; n < 3; n++) {
            assertThat(text(send("direct:limited-" + user, "fallback", Map.of())))
                    .isEqualTo("fallback");
        }
        awaitWaiting(3);
        site.releaseLogins();
        awaitEnds();

        assertThat(text(send("direct:limited-" + user, "fallback", Map.of()))).contains("user=" + user);
        for (Exchange left : limit.left()) {
            assertThat(text(left)).contains("user=" + user);
        }
        limit.threads.shutdownNow();
        assertThat(site.loginsAttempted(user)).isOne();
    }

    /** Does what Camel's circuit breakers do with a timeout: a copy goes on, its caller waits for it only so long. */
    private static final class TimeLimit implements Policy {

        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final Queue<Future<Exchange>> given = new ConcurrentLinkedQueue<>();

        @Override
        public void beforeWrap(Route route, NamedNode definition) {}

        @Override
        public Processor wrap(Route route, Processor steps) {
            return exchange -> {
                Exchange copy = exchange.copy();
                Future<Exchange> result = threads.submit(() -> {
                    steps.process(copy);
                    return copy;
                });
                try {
                    exchange.setIn(result.get(given.size() < 3 ? 100 : 30_000, TimeUnit.MILLISECONDS)
                            .getMessage());
                } catch (TimeoutException e) {
                    given.add(result);
                }
            };
        }

        /** Those whose callers have not waited, when they have ended. */
        List<Exchange> left() throws Exception {
            List<Exchange> ended = new ArrayList<>();
            for (Future<Exchange> exchange : given) {
                ended.add(exchange.get(30, TimeUnit.SECONDS));
            }
            return ended;
        }
    }
}
