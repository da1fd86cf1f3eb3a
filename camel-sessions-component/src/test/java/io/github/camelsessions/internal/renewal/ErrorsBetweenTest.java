/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An error at each of the places, one after the other, where a renewal asks the clock, has a thread go on or has something
 * timed: whoever waits has its end, long before its holdTimeout, and the session works.
 */
@Tag("long")
@Timeout(120)
class ErrorsBetweenTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final Countdown atClock = new Countdown();
    private final Countdown atThreads = new Countdown();
    private final Set<SessionKey> loggedIn = ConcurrentHashMap.newKeySet();
    private final SessionRegistry registry = new SessionRegistry(host -> host, new FaultyClock(), 1000);
    private DefaultCamelContext context;
    private SessionTraffic traffic;
    private volatile Runnable duringLogIn = () -> {};

    /** Throws an error once, when something is done for that many times. */
    private static final class Countdown {

        private final AtomicInteger left = new AtomicInteger();

        void set(int times) {
            left.set(times);
        }

        void pass() {
            if (left.get() > 0 && left.decrementAndGet() == 0) {
                throw new OutOfMemoryError("thrown by a test");
            }
        }

        boolean isOver() {
            return left.get() <= 0;
        }
    }

    private final class FaultyClock implements SessionClock {

        @Override
        public Instant instant() {
            atClock.pass();
            return SessionClock.system().instant();
        }

        @Override
        public long millis() {
            atClock.pass();
            return SessionClock.system().millis();
        }

        @Override
        public long monotonicMillis() {
            atClock.pass();
            return SessionClock.system().monotonicMillis();
        }
    }

    private final class FaultyThreads extends DefaultThreadPoolFactory {

        @Override
        public ExecutorService newCachedThreadPool(ThreadFactory threads) {
            return new ThreadPoolExecutor(0, 100, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), threads) {
                @Override
                public void execute(Runnable action) {
                    atThreads.pass();
                    super.execute(action);
                }
            };
        }

        @Override
        public ScheduledExecutorService newScheduledThreadPool(ThreadPoolProfile profile, ThreadFactory threads) {
            return new ScheduledThreadPoolExecutor(1, threads) {
                @Override
                public <V> ScheduledFuture<V> schedule(Callable<V> action, long delay, TimeUnit unit) {
                    atThreads.pass();
                    return super.schedule(action, delay, unit);
                }
            };
        }
    }

    @BeforeEach
    void start() throws Exception {
        context = new DefaultCamelContext();
        context.disableJMX();
        context.getExecutorServiceManager().setThreadPoolFactory(new FaultyThreads());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").process(exchange -> {
                    duringLogIn.run();
                    loggedIn.add(
                            new SessionKey("", exchange.getMessage().getHeader(SessionsConstants.ID, String.class)));
                });
            }
        });
        context.start();
        traffic = new SessionTraffic(context, registry);
        traffic.start();
    }

    @AfterEach
    void stop() {
        traffic.stop();
        context.stop();
    }

    @Test
    void anErrorOfTheClockInAnyDecisionLeavesNobodyBehind() throws Exception {
        assertThat(renewWithAnErrorAtEach(atClock, 50)).isGreaterThan(20);
    }

    @Test
    void anErrorWhereverAThreadOrATimerIsNeededLeavesNobodyBehind() throws Exception {
        assertThat(renewWithAnErrorAtEach(atThreads, 10)).isPositive();
    }

    /** Returns how many errors there were; how many of the places come to pass in time differs from run to run. */
    private int renewWithAnErrorAtEach(Countdown place, int places) throws Exception {
        int errors = 0;
        for (int number = 1; number <= places; number++) {
            SessionKey session = new SessionKey("", "s" + number);
            Sent first = new Sent(session);
            Sent held = new Sent(session);
            duringLogIn = held::sendOnce;
            place.set(number);

            first.sendOnce();
            awaitMended(first);
            held.sendOnce();
            awaitMended(held);

            errors += place.isOver() ? 1 : 0;
            place.set(0);
            awaitWorking(session, number);
            assertThat(first.ends).hasValue(1);
            assertThat(held.ends).hasValue(1);
        }
        return errors;
    }

    private void awaitMended(Sent exchange) {
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            traffic.gates().mender().mend();
            return exchange.ends.get() > 0;
        });
    }

    private void awaitWorking(SessionKey session, int number) {
        Awaitility.await("error " + number).atMost(30, TimeUnit.SECONDS).until(() -> {
            traffic.gates().mender().mend();
            traffic.state().endCooldown(session);
            Sent next = new Sent(session);
            next.sendOnce();
            awaitMended(next);
            return next.exchange.getException() == null;
        });
        Awaitility.await("error " + number).atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
            traffic.gates().mender().mend();
            SessionStats stats = registry.stats(session);
            assertThat(stats.state()).isEqualTo("ACTIVE");
            assertThat(stats.held() + stats.inFlight()).as("held and in flight").isZero();
            assertThat(traffic.waiting()).isZero();
        });
    }

    @Test
    void whoeverCannotBeCalledBackForWantOfMemoryIsCalledBackLater() throws Exception {
        SessionKey session = new SessionKey("", "callback");
        Sent first = new Sent(session);
        first.failsAtEnd.set(2);

        assertThat(first.sendOnce()).isFalse();
        awaitMended(first);

        assertThat(first.calls).hasValue(3);
        assertThat(first.ends).hasValue(1);
        assertThat(first.exchange.getException()).isNull();
    }

    @Test
    void anErrorOfACallbackThatIsNotAboutMemoryIsNotRepeated() {
        SessionKey session = new SessionKey("", "broken");
        traffic.state().freeze(session);
        Sent held = new Sent(session);
        held.error = new NoClassDefFoundError("thrown by a test");
        assertThat(held.sendOnce()).isFalse();

        traffic.state().unfreeze(session);
        awaitMended(held);
        traffic.gates().mender().mend();

        assertThat(held.calls).hasValue(1);
    }

    @Test
    void aTicketWhoseTimerIsLostHasItsTimeOutAllTheSame() {
        SessionKey session = new SessionKey("", "timer");
        traffic.state().freeze(session);
        Sent held = new Sent(session, Duration.ofMillis(1));
        assertThat(held.sendOnce()).isFalse();
        awaitMended(held);

        assertThat(held.exchange.getException()).isInstanceOf(SessionHoldException.class);
        assertThat(traffic.waiting()).isZero();
    }

    /** An exchange that is refused unless its session is logged in. */
    private final class Sent extends TestRequest implements AsyncCallback {

        final Exchange exchange = new DefaultExchange(context);
        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger ends = new AtomicInteger();
        final AtomicInteger failsAtEnd = new AtomicInteger();
        private final AtomicInteger begun = new AtomicInteger();
        private Error error;

        Sent(SessionKey session) {
            this(session, LONG);
        }

        Sent(SessionKey session, Duration holdTimeout) {
            super(session, Duration.ZERO, LONG, holdTimeout);
        }

        /** Returns whether it has ended. */
        boolean sendOnce() {
            try {
                return begun.getAndSet(1) == 0 && traffic.send(this, exchange, this, this);
            } catch (OutOfMemoryError e) { // before it began: it is its caller's
                exchange.setException(e);
                ends.incrementAndGet();
                return true;
            }
        }

        @Override
        public void done(boolean sync) {
            calls.incrementAndGet();
            if (failsAtEnd.get() > 0) {
                failsAtEnd.decrementAndGet();
                throw new OutOfMemoryError("thrown by a test");
            }
            assertThat(ends.incrementAndGet()).isEqualTo(1);
            if (error != null) {
                throw error;
            }
        }

        @Override
        int status() {
            return loggedIn.contains(session()) ? 200 : 401;
        }
    }
}
