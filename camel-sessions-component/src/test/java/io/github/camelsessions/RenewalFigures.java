/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.renewal.RenewalListener;
import io.github.camelsessions.renewal.RenewalRules;
import io.github.camelsessions.renewal.SessionTraffic;
import io.github.camelsessions.session.SessionKey;
import io.github.camelsessions.session.SessionStats;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * What a renewal costs: the time until the last of 10 000 held exchanges goes on, the memory of one that is held, and the
 * requests that are refused in vain. Site and routes share the process, so that times are upper bounds. Takes about a
 * minute:
 *
 * <pre>
 * mvn -q -pl camel-sessions-component test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.camelsessions.RenewalFigures
 * </pre>
 */
public final class RenewalFigures {

    private static final int HELD = 10_000;
    private static final int ROUNDS = 5;
    private static final int REQUESTS = 2_000;
    private static final int LIMIT = 100;

    private final CamelContext context = new DefaultCamelContext();
    private final ExpiringSite site;

    private RenewalFigures(ExpiringSite site) {
        this.site = site;
    }

    public static void main(String[] args) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d processors%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
        try (ExpiringSite site = ExpiringSite.builder().user("anna", "secret").start()) {
            new RenewalFigures(site).run(RenewalFigures::held);
        }
        for (int concurrency : new int[] {1, 16, 64}) {
            try (ExpiringSite site = ExpiringSite.builder()
                    .user("anna", "secret")
                    .expiresAfterUses(LIMIT)
                    .start()) {
                new RenewalFigures(site).run(figures -> figures.refused(concurrency));
            }
        }
    }

    private interface Figures {
        void print(RenewalFigures figures) throws Exception;
    }

    private void run(Figures printed) throws Exception {
        try (context) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:login")
                            .setBody(constant(Map.of("user", "anna", "password", "secret")))
                            .to("sessions:fetch/" + site.url("/login") + "?method=POST");
                    from("direct:page").to(page());
                }
            });
            context.start();
            printed.print(this);
        }
    }

    private String page() {
        return "sessions:fetch/" + site.url("/page/1")
                + "?sessionId=anna&renewalUri=direct:login&renewalTimeout=5m&holdTimeout=10m";
    }

    // ---- held

    private void held() throws Exception {
        Endpoint endpoint = context.getEndpoint(page());
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        SessionTraffic traffic = Sessions.get(context).traffic();
        long[] renewed = new long[1];
        traffic.addListener(new RenewalListener() {
            @Override
            public void renewed(SessionKey session) {
                renewed[0] = System.nanoTime();
            }

            @Override
            public void failed(SessionKey session, RenewalRules rules, Instant retryAt) {
                throw new IllegalStateException("the log-in failed");
            }

            @Override
            public void cooldownEnded(SessionKey session) {}
        });
        System.out.printf(Locale.ROOT, "%n%d held exchanges of one session, %d rounds%n", HELD, ROUNDS);
        for (int round = 0; round < ROUNDS; round++) {
            site.expireNow();
            Sessions.get(context).expire("anna");
            site.hangLogins();
            List<Exchange> exchanges = new ArrayList<>();
            for (int n = 0; n < HELD; n++) {
                Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
                exchange.getMessage().setBody(null);
                exchanges.add(exchange);
            }
            long before = usedMemory();
            CountDownLatch done = new CountDownLatch(HELD);
            exchanges.forEach(exchange -> producer.process(exchange, sync -> done.countDown()));
            site.awaitHangingLogins(1);
            long held = usedMemory();
            site.releaseLogins();
            while (traffic.waiting() > 0) {
                Thread.onSpinWait();
            }
            long released = System.nanoTime();
            done.await();
            long ended = System.nanoTime();
            exchanges.forEach(RenewalFigures::check);
            System.out.printf(
                    Locale.ROOT,
                    "  from the renewal's end: last released after %d ms, last answered after %d ms; memory of each"
                            + " beyond its exchange %.2f kB%n",
                    (released - renewed[0]) / 1_000_000,
                    (ended - renewed[0]) / 1_000_000,
                    (held - before) / 1000.0 / HELD);
        }
        System.out.printf(Locale.ROOT, "  the same requests without a renewal, 16 at once: %d ms%n", plain(16, HELD));
        producer.stop();
    }

    private long plain(int concurrency, int requests) throws Exception {
        long start = System.nanoTime();
        fetch(concurrency, requests);
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static long usedMemory() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- refused

    private void refused(int concurrency) throws Exception {
        fetch(concurrency, REQUESTS);
        SessionStats stats = Sessions.get(context).stats("anna").orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "%nsite's limit %d, %d requests at concurrency %d%n  %d renewals, %d refused (%.1f for each renewal),"
                        + " %d replayed, %d stale, 0 lost%n",
                LIMIT,
                REQUESTS,
                concurrency,
                stats.renewals(),
                site.refused(),
                (double) site.refused() / stats.renewals(),
                stats.replays(),
                stats.stale());
    }

    private void fetch(int concurrency, int requests) throws Exception {
        ProducerTemplate template = context.createProducerTemplate();
        ExecutorService threads = Executors.newFixedThreadPool(concurrency);
        try {
            List<Future<Exchange>> sent = new ArrayList<>();
            for (int n = 0; n < requests; n++) {
                sent.add(threads.submit(() -> template.request("direct:page", exchange -> {})));
            }
            for (Future<Exchange> exchange : sent) {
                check(exchange.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void check(Exchange exchange) {
        if (exchange.getException() != null
                || !exchange.getMessage().getBody(String.class).startsWith("path=/page/1\n")) {
            throw new IllegalStateException("no page", exchange.getException());
        }
    }
}
