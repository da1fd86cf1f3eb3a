/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.PooledExchangeFactory;
import org.apache.camel.spi.ExchangeFactoryManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Twenty sessions on sixteen threads. The site gives each client a cookie that names the session and the user agent of
 * the request, sends it through redirects at random, and notes each request whose cookie is another's.
 */
class IsolationTest {

    private static final int SESSIONS = 20;
    private static final int THREADS = 16;
    private static final int REQUESTS = 40; // of each thread

    @TempDir
    private Path folder;

    private final Queue<String> mixed = new ConcurrentLinkedQueue<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noCookieAndNoProfileReachesAnotherSession(boolean pooled) throws Exception {
        run(pooled, false);

        assertThat(seen.stream().map(sid -> sid.replaceAll("-.*", "")))
                .as("all sessions took part, each with one profile")
                .doesNotHaveDuplicates()
                .hasSize(SESSIONS);
    }

    @Test
    void noCookieAndNoProfileReachesAnotherSessionWhileSessionsAreCleared() throws Exception {
        run(false, true);

        assertThat(seen.stream().map(sid -> sid.replaceAll("-.*", "")).distinct())
                .hasSize(SESSIONS);
    }

    private void run(boolean pooled, boolean clear) throws Exception {
        String profiles = IntStream.range(0, SESSIONS)
                .mapToObj(i -> "- {name: profile" + i + ", userAgent: agent" + i + "}\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("profiles.yaml"), profiles);
        DefaultCamelContext context = new DefaultCamelContext();
        try (LoopbackSite site = new LoopbackSite()) {
            site.page("/page", this::page);
            context.disableJMX();
            if (pooled) {
                PooledExchangeFactory factory = new PooledExchangeFactory();
                factory.setStatisticsEnabled(true);
                context.getCamelContextExtension().setExchangeFactory(factory);
            }
            SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
            component.setProfiles("file:" + file);
            Queue<String> wrong = new ConcurrentLinkedQueue<>();
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    Sessions sessions = Sessions.get(getContext());
                    for (int thread = 0; thread < THREADS; thread++) {
                        from("timer:thread" + thread + "?delay=-1&repeatCount=" + REQUESTS)
                                .process(exchange -> prepare(exchange, sessions, clear))
                                .choice()
                                .when(exchange -> ThreadLocalRandom.current().nextBoolean())
                                .setHeader(SessionsConstants.ID, exchangeProperty("session"))
                                .setHeader(Exchange.HTTP_URI, simple(site.url() + "/page?${exchangeProperty.session}"))
                                .to("sessions:fetch")
                                .removeHeader(SessionsConstants.ID)
                                .otherwise()
                                .toD("sessions:fetch?sessionId=${exchangeProperty.session}&httpUri=RAW(" + site.url()
                                        + "/page?${exchangeProperty.session})")
                                .end()
                                .process(exchange -> {
                                    String own = exchange.getProperty("session", String.class);
                                    String body = exchange.getMessage().getBody(String.class);
                                    if (!own.equals(body)
                                            || !own.equals(
                                                    exchange.getMessage().getHeader(SessionsConstants.USED_ID))) {
                                        wrong.add(own + " got " + body);
                                    }
                                });
                    }
                }
            });
            NotifyBuilder all =
                    new NotifyBuilder(context).whenDone(THREADS * REQUESTS).create();

            context.start();

            assertThat(all.matches(60, TimeUnit.SECONDS)).isTrue();
            assertThat(mixed).isEmpty();
            assertThat(wrong).isEmpty();
            assertThat(site.requests()).as("some went through redirects").hasSizeGreaterThan(THREADS * REQUESTS);
            if (pooled) {
                ExchangeFactoryManager exchanges =
                        context.getCamelContextExtension().getExchangeFactoryManager();
                assertThat(exchanges.getStatistics().getAcquiredCounter())
                        .as("exchanges taken from the pool")
                        .isPositive();
            }
        } finally {
            context.stop();
        }
    }

    private static void prepare(Exchange exchange, Sessions sessions, boolean clear) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String session = "s" + random.nextInt(SESSIONS);
        exchange.setProperty("session", session);
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, random.nextBoolean() ? "GET" : "POST");
        if (clear && random.nextInt(10) == 0) {
            sessions.session("s" + random.nextInt(SESSIONS)).clear();
        }
    }

    private void page(HttpExchange http) throws IOException {
        String session = http.getRequestURI().getQuery();
        String own = session + "-" + http.getRequestHeaders().getFirst("User-Agent");
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        if (cookie == null) {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + own);
            seen.add(own);
        } else if (!cookie.equals("sid=" + own)) {
            mixed.add(own + " sent " + cookie);
        }
        if (ThreadLocalRandom.current().nextInt(3) == 0) {
            http.getResponseHeaders().add("Location", "/page?" + session);
            LoopbackSite.answer(http, 302, "");
        } else {
            LoopbackSite.answer(http, 200, session);
        }
    }
}
