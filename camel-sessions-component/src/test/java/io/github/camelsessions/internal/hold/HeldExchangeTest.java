/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HeldExchangeTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SessionTraffic traffic =
            new SessionTraffic(context, new SessionRegistry(host -> host, SessionClock.system(), 100));
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() {
        context.start();
        traffic.start();
    }

    @AfterEach
    void stop() {
        traffic.stop();
        context.stop();
    }

    @Test
    void whoTellsTooLateOfTheEndOfOneWaitDoesNotEndTheNext() throws Exception {
        Waiting exchange = new Waiting();
        assertThat(exchange.waitFor(new AtomicBoolean(true))).isEqualTo(End.RESUMED); // it saw that by itself
        AtomicBoolean come = new AtomicBoolean();
        assertThat(exchange.waitFor(come)).as("it waits").isNull();

        exchange.tell(); // of the first wait
        assertThat(ends.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(traffic.waiting()).isEqualTo(1);

        come.set(true);
        exchange.tell();
        assertThat(ends.take()).isEqualTo(End.RESUMED);
        assertThat(traffic.waiting()).isZero();
    }

    private final class Waiting extends HeldExchange {

        Waiting() {
            super(traffic.held(), null, "", new DefaultExchange(context), done -> {}, Duration.ofHours(1));
        }

        @Nullable
        End waitFor(AtomicBoolean come) {
            return await(come::get, false);
        }

        void tell() {
            resume();
        }

        @Override
        protected void leave() {}

        @Override
        protected boolean goOn(End end) {
            ends.add(end);
            return true;
        }
    }
}
