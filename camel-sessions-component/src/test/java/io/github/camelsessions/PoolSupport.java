/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.PoolStats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A context with a log-in route and a site for pools, one for each test. After each test nothing is left. */
abstract class PoolSupport {

    final PoolSite site = new PoolSite();
    final DefaultCamelContext context = new DefaultCamelContext();
    final ExecutorService threads = Executors.newCachedThreadPool();
    ProducerTemplate template;
    private int routes;
    private final Map<String, AsyncProducer> producers = new java.util.concurrent.ConcurrentHashMap<>();

    @BeforeEach
    void startContext() throws Exception {
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + site.url("/login"));
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void nothingIsLeft() {
        site.releasePages();
        try {
            await(() -> assertThat(sessions().pools()).allSatisfy(pool -> {
                assertThat(pool.waiting()).as("waiting").isZero();
                assertThat(pool.busy()).as("busy").isZero();
                assertThat(pool.creating()).as("creating").isZero();
            }));
            await(() -> assertThat(sessions().engine().traffic().waiting()).isZero());
            await(() -> assertThat(context.getInflightRepository().size()).isZero());
        } finally {
            context.stop();
            threads.shutdownNow();
            site.close();
        }
    }

    static void await(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(assertion);
    }

    Sessions sessions() {
        return Sessions.get(context);
    }

    PoolStats pool(String name) {
        return sessions().pool(name).orElseThrow();
    }

    void awaitBusy(String pool, int count) {
        await(() -> assertThat(sessions().pool(pool))
                .hasValueSatisfying(stats -> assertThat(stats.busy()).isEqualTo(count)));
        await(() -> assertThat(site.atWork()).isEqualTo(count));
    }

    void awaitClosed(String pool) {
        await(() -> assertThat(pool(pool).closing()).isZero());
    }

    String uri(String path, String options) {
        return "sessions:fetch/" + site.url(path) + "?renewalUri=direct:login&" + options;
    }

    Exchange exchange(Object body, Map<String, ?> headers) {
        Exchange made = new DefaultExchange(context, ExchangePattern.InOut);
        made.getMessage().setBody(body);
        headers.forEach(made.getMessage()::setHeader);
        return made;
    }

    Exchange send(String uri, Object body, Map<String, ?> headers) {
        return template.send(uri, exchange(body, headers));
    }

    Exchange fetch(String path, String options) {
        return send(uri(path, options), null, Map.of());
    }

    void route(String from, org.apache.camel.Processor step, String... to) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                var route = from(from).routeId(from).process(step);
                for (String uri : to) {
                    route.to(uri);
                }
            }
        });
    }

    void stopProducersOf(String routeId) throws Exception {
        context.getRoute(routeId).filter("*").forEach(processor -> ServiceHelper.stopService(processor));
    }

    CompletableFuture<Exchange> start(String path, String options) {
        return start(uri(path, options), null, Map.of());
    }

    /** Sends on a thread of its own, which is free again when the exchange waits. */
    CompletableFuture<Exchange> start(String uri, Object body, Map<String, ?> headers) {
        AsyncProducer producer = producers.computeIfAbsent(uri, this::producer);
        Exchange made = exchange(body, headers);
        CompletableFuture<Exchange> result = new CompletableFuture<>();
        threads.execute(() -> producer.process(made, doneSync -> result.complete(made)));
        return result;
    }

    private synchronized AsyncProducer producer(String uri) {
        try {
            String from = uri;
            if (!uri.startsWith("direct:")) {
                from = "direct:start" + routes++;
                route(from, exchange -> {}, uri);
            }
            AsyncProducer producer = context.getEndpoint(from).createAsyncProducer();
            producer.start();
            return producer;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static List<CompletableFuture<Exchange>> start(int count, IntFunction<CompletableFuture<Exchange>> sending) {
        return IntStream.range(0, count).mapToObj(sending).toList();
    }

    static Exchange get(CompletableFuture<Exchange> sending) throws Exception {
        return sending.get(30, TimeUnit.SECONDS);
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
}
