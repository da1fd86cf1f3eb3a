/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ResumeLineTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SessionTraffic traffic =
            new SessionTraffic(context, new SessionRegistry(host -> host, SessionClock.system(), 100));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final LinkedBlockingQueue<Integer> began = new LinkedBlockingQueue<>();
    private final Queue<Runnable> timed = new ConcurrentLinkedQueue<>();
    private volatile int slots = 1;
    private final ResumeLine line = new ResumeLine(threads, this::time, () -> slots, e -> {});

    private void time(Runnable action, Duration delay) {
        timed.add(action);
    }

    @AfterEach
    void stop() {
        answer.countDown();
        threads.shutdownNow();
    }

    @Test
    void aRequestThatTakesLongGivesItsSlotToTheNext() throws Exception {
        add(1, 2, 3);
        assertThat(began.take()).isEqualTo(1);
        assertThat(line.waiting()).isEqualTo(2);

        look(10); // a second is not over
        assertThat(line.waiting()).isEqualTo(2);
        look(1);
        assertThat(began.take()).isEqualTo(2);
        assertThat(line.waiting()).isEqualTo(1);
        assertThat(began.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(timed).as("looks that are timed at once").hasSize(1);
            timed.remove().run();
        }
    }

    @Test
    void nobodyLooksWhenNoSlotIsTaken() throws Exception {
        add(1);
        assertThat(began.take()).isEqualTo(1);
        answer.countDown();
        awaitLook();
        assertThat(timed).isEmpty();

        add(2);
        assertThat(began.take()).isEqualTo(2);
        assertThat(timed).as("the next one is looked at again").hasSize(1);
    }

    private void awaitLook() {
        Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
            look(1);
            return timed.isEmpty();
        });
    }

    @Test
    void whoeverWaitsIsServedAsSoonAsThereAreMoreSlots() throws Exception {
        add(1, 2, 3);
        assertThat(began.take()).isEqualTo(1);

        slots = 3;
        line.serve();
        assertThat(List.of(began.take(), began.take())).containsExactlyInAnyOrder(2, 3);
    }

    private void add(int... numbers) {
        for (int number : numbers) {
            line.add(new Ticket(new Hanging(number), null, Duration.ofHours(1), null), End.RESUMED);
        }
    }

    /** An exchange whose request is answered when the test says so. */
    private final class Hanging extends HeldExchange {

        private final int number;

        Hanging(int number) {
            super(traffic.held(), null, "", new DefaultExchange(context), done -> {}, Duration.ofHours(1));
            this.number = number;
        }

        @Override
        protected void leave() {}

        @Override
        protected boolean goOn(End end) {
            began.add(number);
            Uninterruptibly.await(answer);
            return true;
        }
    }
}
