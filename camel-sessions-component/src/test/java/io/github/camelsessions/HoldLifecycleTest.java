/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Routes and contexts that are stopped while their exchanges are held. */
class HoldLifecycleTest {

    @RegisterExtension
    static final ExpiringSite site =
            ExpiringSite.builder().user("anna", "secret").start();

    private static final int HELD = 5;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private ProducerTemplate template;

    @BeforeEach
    void startContext() throws Exception {
        context.getShutdownStrategy().setTimeout(1);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login")
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:fetch/" + site.url("/login") + "?method=POST");
            }
        });
        context.addRoutes(route("a"));
        context.addRoutes(route("b"));
        context.start();
        template = context.createProducerTemplate();
    }

    private RouteBuilder route(String id) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("seda:" + id + "?pollTimeout=50")
                        .routeId(id)
                        .process(exchange -> exchange.getExchangeExtension()
                                .addOnCompletion(new SynchronizationAdapter() {
                                    @Override
                                    public void onFailure(Exchange exchange) {
                                        failed.add(id);
                                        failures.add(exchange.getException());
                                    }
                                }))
                        .to("sessions:fetch/" + site.url("/page/1")
                                + "?method=GET&sessionId=anna&renewalUri=direct:login")
                        .process(exchange -> answered.add(id));
            }
        };
    }

    @AfterEach
    void stopContext() {
        context.stop();
    }

    private int waiting() {
        return Sessions.get(context).engine().traffic().waiting();
    }

    private void hold(String... routes) throws InterruptedException {
        site.hangLogins();
        for (String route : routes) {
            for (int n = 0; n < HELD; n++) {
                template.sendBody("seda:" + route, n);
            }
        }
        site.awaitHangingLogins(1);
        await().until(this::waiting, now -> now == HELD * routes.length);
    }

    private void assertEnded(int ofRouteA, int ofRouteB) {
        await().until(this::waiting, now -> now == 0);
        await().until(() -> answered.size() + failed.size() == ofRouteA + ofRouteB);
    }

    @Test
    void aStoppedRouteFailsItsOwnHeldExchangesOnly() throws Exception {
        hold("a", "b");

        context.getRouteController().stopRoute("a", 100, TimeUnit.MILLISECONDS);

        assertThat(failed).hasSize(HELD).containsOnly("a");
        assertThat(failures)
                .hasSize(HELD)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(SessionHoldException.class)
                        .hasMessageContaining("session 'anna': held until its route or the context was stopped"));
        assertThat(waiting()).isEqualTo(HELD);
        assertThat(answered).isEmpty();

        site.releaseLogins();
        assertEnded(HELD, HELD);
        assertThat(answered).hasSize(HELD).containsOnly("b");
        assertThat(site.loginsAttempted()).isOne();
    }

    @Test
    void aReplacedRouteFailsItsOwnHeldExchangesAndItsSuccessorGoesOn() throws Exception {
        hold("a", "b");

        context.addRoutes(route("a"));
        assertThat(failed).hasSize(HELD).containsOnly("a");
        assertThat(waiting()).isEqualTo(HELD);

        template.sendBody("seda:a", "to the new route");
        await().until(this::waiting, now -> now == HELD + 1);
        site.releaseLogins();

        assertEnded(HELD, HELD + 1);
        assertThat(answered).hasSize(HELD + 1).contains("a", "b");
        assertThat(site.loginsAttempted()).isOne();
    }

    @Test
    void aRouteThatIsStoppedInPeaceWaitsForItsHeldExchanges() throws Exception {
        hold("a");
        CompletableFuture<Void> stopped =
                shutDown(() -> context.getRouteController().stopRoute("a", 30, TimeUnit.SECONDS));

        site.releaseLogins();

        stopped.get(30, TimeUnit.SECONDS);
        assertThat(answered).hasSize(HELD);
        assertThat(failed).isEmpty();
    }

    @Test
    void theContextWaitsForHeldExchangesWhenItStops() throws Exception {
        context.getShutdownStrategy().setTimeout(30);
        hold("a", "b");
        CompletableFuture<Void> stopped = shutDown(context::stop);
        assertThat(waiting()).isEqualTo(2 * HELD);

        site.releaseLogins();

        stopped.get(30, TimeUnit.SECONDS);
        assertThat(answered).hasSize(2 * HELD);
        assertThat(failed).isEmpty();
    }

    @Test
    void theShutdownTimeoutFailsHeldExchangesClearly() throws Exception {
        hold("a", "b");

        context.stop();

        assertThat(answered).isEmpty();
        assertThat(failures)
                .hasSize(2 * HELD)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(SessionHoldException.class)
                        .hasMessageContaining("held until its route or the context was stopped"));
        assertThat(waiting()).isZero();
        // the log-in was aborted, and ends on a thread of its own
        await().atMost(Duration.ofSeconds(10))
                .until(() -> context.getInflightRepository().size() == 0 && threadsOfContext() == 0);
    }

    @Test
    void aContextHoldsAgainAfterARestart() throws Exception {
        hold("a");
        site.releaseLogins();
        assertEnded(HELD, 0);
        context.stop();
        site.reset();
        answered.clear();

        context.start();
        template = context.createProducerTemplate();
        hold("a");
        site.releaseLogins();

        assertEnded(HELD, 0);
        assertThat(answered).hasSize(HELD);
    }

    private long threadsOfContext() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("(" + context.getName() + ")"))
                .count();
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Runs the action on another thread, and returns when that waits in Camel's shutdown strategy. */
    private static CompletableFuture<Void> shutDown(Action action) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                action.run();
                result.complete(null);
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        await().until(() -> Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("DefaultShutdownStrategy")));
        return result;
    }
}
