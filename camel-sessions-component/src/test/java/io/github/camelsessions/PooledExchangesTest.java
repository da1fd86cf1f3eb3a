/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.engine.PooledExchangeFactory;
import org.apache.camel.impl.engine.PooledProcessorExchangeFactory;
import org.apache.camel.spi.ExchangeFactoryManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pooled exchange is given to the next message as soon as it is done: nobody may touch it after that. */
@Tag("long")
class PooledExchangesTest extends RenewingContextTest {

    private static final int MESSAGES = 2_000;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Set<Integer> ended = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ends = new AtomicInteger();
    private CountDownLatch left;

    @BeforeEach
    void nothingYet() {
        ended.clear();
        left = new CountDownLatch(MESSAGES);
    }

    @Override
    void configure(CamelContext context) {
        PooledExchangeFactory factory = new PooledExchangeFactory();
        factory.setStatisticsEnabled(true);
        context.getCamelContextExtension().setExchangeFactory(factory);
        context.getCamelContextExtension().setProcessorExchangeFactory(new PooledProcessorExchangeFactory());
    }

    private void pages(RouteBuilder routes, String consumer) {
        routes.from(consumer)
                .process(this::begin)
                .toD("sessions:fetch/" + site.url("/page/") + "${exchangeProperty.number}?method=GET&sessionId=" + user
                        + "&renewalUri=" + login())
                .process(this::end);
    }

    private void begin(Exchange exchange) {
        Integer number = exchange.getMessage().getBody(Integer.class);
        if (number == null) {
            number = exchange.getProperty(Exchange.TIMER_COUNTER, Long.class).intValue() - 1;
        }
        if (exchange.getException() != null
                || exchange.getProperty("number") != null
                || exchange.getMessage().getHeader(SessionsConstants.REPLAYS) != null) {
            wrong.add(number + " began as " + exchange.getMessage().getHeaders() + exchange.getException());
        }
        exchange.setProperty("number", number);
        exchange.getMessage().setBody(null);
        exchange.getMessage().setHeader(ExpiringSite.USER_HEADER, user);
    }

    private void end(Exchange exchange) {
        int number = exchange.getProperty("number", int.class);
        String text = exchange.getMessage().getBody(String.class);
        if (!text.startsWith("path=/page/" + number + "\n") || !ended.add(number)) {
            wrong.add(number + " ended as " + text);
        }
        if (ends.incrementAndGet() % 100 == 0) { // after an answer, so that no renewal is in vain
            site.expireNow(user);
        }
        left.countDown();
    }

    private void assertAllWell() throws InterruptedException {
        assertThat(left.await(3, TimeUnit.MINUTES))
                .as("all have ended, but %s", left)
                .isTrue();
        assertThat(wrong).isEmpty();
        assertThat(ended).hasSize(MESSAGES);
        assertThat(stats().heldInAll()).isPositive();
    }

    @Test
    void noExchangeOfSedaIsTouchedAfterItsEnd() throws Exception {
        loginRoute();
        routes(routes -> pages(routes, "seda:pooled?concurrentConsumers=8&size=" + MESSAGES));
        for (int n = 0; n < MESSAGES; n++) {
            template.sendBody("seda:pooled", n);
        }
        assertAllWell();
    }

    @Test
    void noExchangeOfATimerIsTouchedAfterItsEnd() throws Exception {
        loginRoute();
        routes(routes -> pages(routes, "timer:pooled?period=1&delay=0&includeMetadata=true&repeatCount=" + MESSAGES));
        assertAllWell();
        ExchangeFactoryManager pools = context.getCamelContextExtension().getExchangeFactoryManager();
        assertThat(pools.getStatistics().getAcquiredCounter())
                .as("exchanges from the pool")
                .isPositive();
    }
}
