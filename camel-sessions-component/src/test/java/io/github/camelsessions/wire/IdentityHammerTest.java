/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.SessionsComponent;
import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.wire.Ledger.Client;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty sessions with ten client profiles and four proxies on 32 threads, sent by redirects from host to host at random.
 * Sites and proxies look at each request and at the connection it came on.
 */
@Tag("long")
class IdentityHammerTest {

    private static final int SESSIONS = 50;
    private static final int PROFILES = 10;
    private static final int PROXIES = 4;
    private static final int THREADS = 32;
    private static final int REQUESTS = 60; // of each thread

    private final long seed = Long.getLong("hammer.seed", System.nanoTime());

    @TempDir
    private Path folder;

    @Test
    void eachRequestIsItsSessionsOwnAndNoConnectionHasTwoProfiles() throws Exception {
        hammer(Isolation.profile, session -> "profile " + session % PROFILES);
    }

    @Test
    void withIsolationOfSessionsNoConnectionHasTwoSessions() throws Exception {
        hammer(Isolation.session, session -> "session " + session);
    }

    private void hammer(Isolation isolation, IntFunction<String> identities) throws Exception {
        System.out.println("hammer.seed=" + seed); // -Dhammer.seed= sends the same requests again
        Ledger ledger = new Ledger(seed, IdentityHammerTest::client, identities);
        LoopbackTls tls = new LoopbackTls(folder);
        List<HammerProxy> proxies = new ArrayList<>();
        DefaultCamelContext context = new DefaultCamelContext();
        try (HammerSite plain = new HammerSite(List.of("a", "b"), null, null, ledger);
                HammerSite secure = new HammerSite(List.of("c", "d"), tls.server(), null, ledger);
                HammerSite older = new HammerSite(List.of("e"), tls.server(), "TLSv1.2", ledger)) {
            for (int proxy = 0; proxy < PROXIES; proxy++) {
                proxies.add(proxy(proxy, isSecure(proxy) ? tls.server() : null, ledger));
            }
            start(context, proxies, tls, isolation);
            ProducerTemplate template = context.createProducerTemplate();
            enter(template, ledger);
            int before = ledger.requests.get();
            send(template, ledger);

            assertThat(ledger.wrong().stream().limit(20))
                    .as("of %s wrong, seed %s", ledger.wrong().size(), seed)
                    .isEmpty();
            int requests = ledger.requests.get() - before;
            assertThat(requests).as("some were redirected").isGreaterThan(THREADS * REQUESTS);
            assertThat(ledger.requestsOfAgents).as("all profiles took part").hasSize(PROFILES);
            int connections = proxies.stream().mapToInt(WireServer::connections).sum();
            System.out.println(requests + " requests on " + connections + " connections");
            assertThat(connections).as("connections are used again").isLessThan(requests / 2);
            assertThat(proxies)
                    .as("credentials go out unasked")
                    .allSatisfy(proxy -> assertThat(proxy.challenges()).isZero());
        } finally {
            context.stop();
            for (HammerProxy proxy : proxies) {
                proxy.close();
            }
        }
    }

    /** Each session learns to know each origin, one after the other, so that it has the profile of its number. */
    private static void enter(ProducerTemplate template, Ledger ledger) {
        for (int session = 0; session < SESSIONS; session++) {
            for (String origin : ledger.origins()) {
                text(fetch(template, "GET", origin + "/enter/" + session, session));
            }
        }
    }

    private void send(ProducerTemplate template, Ledger ledger) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            AtomicInteger numbers = new AtomicInteger();
            List<Future<Void>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                Callable<Void> work = () -> {
                    for (int n = 0; n < REQUESTS; n++) {
                        send(template, ledger, random, numbers.incrementAndGet());
                    }
                    return null;
                };
                ends.add(threads.submit(work));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void send(ProducerTemplate template, Ledger ledger, Random random, int number) {
        int session = random.nextInt(SESSIONS);
        String origin = ledger.origins().get(random.nextInt(ledger.origins().size()));
        String method = random.nextBoolean() ? "GET" : "POST";

        Exchange exchange = fetch(template, method, origin + "/page/" + session + "/" + number + "/0", session);

        ledger.expect(session, "answer", text(exchange), session + " " + number);
        ledger.expect(
                session,
                "profile",
                exchange.getMessage().getHeader(SessionsConstants.USED_PROFILE),
                "profile" + session % PROFILES);
    }

    private static Exchange fetch(ProducerTemplate template, String method, String url, int session) {
        return template.request("sessions:fetch", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.ID, "s" + session);
            exchange.getMessage().setHeader(Exchange.HTTP_URI, url);
            exchange.getMessage().setHeader(Exchange.HTTP_METHOD, method);
            exchange.getMessage().setBody(method.equals("POST") ? HammerSite.bodyOf(session, method) : null);
        });
    }

    private static String text(Exchange exchange) {
        if (exchange.getException() != null) {
            throw new CamelExecutionException("the exchange failed", exchange, exchange.getException());
        }
        return exchange.getMessage().getBody(String.class);
    }

    private static void start(
            DefaultCamelContext context, List<HammerProxy> proxies, LoopbackTls tls, Isolation isolation)
            throws Exception {
        StringBuilder profiles = new StringBuilder();
        for (int profile = 0; profile < PROFILES; profile++) {
            int proxy = profile % PROXIES;
            profiles.append("- {name: profile%d, userAgent: agent%d, proxy: {url: '%s://127.0.0.1:%d'%s}}%n"
                    .formatted(
                            profile,
                            profile,
                            isSecure(proxy) ? "https" : "http",
                            proxies.get(proxy).port(),
                            isOpen(proxy) ? "" : ", username: user%1$d, password: secret%1$d".formatted(profile)));
        }
        context.disableJMX();
        context.getRegistry().bind("profiles", profiles.toString());
        context.getRegistry().bind("tls", tls.client());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        component.getConfiguration().setHttp(Map.of("sslContextParameters", "#tls"));
        component.getConfiguration().setIsolation(isolation);
        context.start();
    }

    private static HammerProxy proxy(int number, SSLContext tls, Ledger ledger) throws Exception {
        Map<String, String> users = new HashMap<>();
        if (!isOpen(number)) {
            IntStream.range(0, PROFILES)
                    .filter(profile -> profile % PROXIES == number)
                    .forEach(profile -> {
                        String credentials = "user" + profile + ":secret" + profile;
                        users.put(
                                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)),
                                "user" + profile);
                    });
        }
        return new HammerProxy("proxy" + number, tls, users, ledger);
    }

    private static Client client(int session) {
        int profile = session % PROFILES;
        int proxy = profile % PROXIES;
        return new Client("agent" + profile, "proxy" + proxy, isOpen(proxy) ? null : "user" + profile);
    }

    /** Whether a proxy is spoken to in TLS. */
    private static boolean isSecure(int proxy) {
        return proxy == 1;
    }

    /** Whether a proxy takes everybody, without credentials. */
    private static boolean isOpen(int proxy) {
        return proxy == 3;
    }
}
