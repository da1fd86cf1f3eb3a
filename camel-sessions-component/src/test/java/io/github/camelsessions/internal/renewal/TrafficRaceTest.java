/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.session.GateRules;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Interleavings that no load brings about surely. A session asks its clock after each decision, when the lock of its gate
 * was let go and the thread has not yet acted on it: the clock of these tests does there what another thread would do.
 */
@Tag("long")
@Timeout(30)
class TrafficRaceTest {

    private static final SessionKey SESSION = new SessionKey("", "1");
    private static final SessionKey OTHER = new SessionKey("", "2");
    private static final Duration LONG = Duration.ofHours(1);

    private final HookedClock clock = new HookedClock();
    private final SessionRegistry registry = new SessionRegistry(host -> host, clock, 100);
    private final CountDownLatch release = new CountDownLatch(1);
    private DefaultCamelContext context;
    private SessionTraffic traffic;
    private volatile IntSupplier logIn = () -> 1;
    private Duration drainTimeout = Duration.ZERO;
    private Duration renewalTimeout = LONG;

    @BeforeEach
    void start() throws Exception {
        context = new DefaultCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login").process(exchange -> {
                    if (logIn.getAsInt() == 0) {
                        throw new java.io.IOException("no answer");
                    }
                });
            }
        });
        context.start();
        traffic = new SessionTraffic(context, registry);
        traffic.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        traffic.stop();
        context.stop();
    }

    @Test
    void suspectThatIsSentAgainBeforeItIsParkedEndsOnce() throws Exception {
        Sent first = startUnprovenGeneration();
        Sent suspect = new Sent(LONG, false, () -> 401, () -> 200);
        clock.afterNext(
                2,
                () -> { // admitted, refused
                    traffic.state().clear(SESSION, null);
                    suspect.awaitEnd();
                });

        suspect.send();

        assertThat(suspect.ends).hasValue(1);
        assertThat(suspect.exchange.getException()).isNull();
        release.countDown();
        first.awaitEnd();
    }

    @Test
    void suspectThatIsParkedWhileAllStopsEndsOnceWithItsAnswer() throws Exception {
        startUnprovenGeneration();
        Sent suspect = new Sent(LONG, false, () -> 401);
        clock.afterNext(2, traffic::stop);

        suspect.send();

        suspect.awaitEnd();
        assertThat(suspect.ends).hasValue(1);
        assertThat(suspect.exchange.getException()).isInstanceOf(SessionExpiredException.class);
    }

    @Test
    void transactedSuspectThatIsParkedWhileAllStopsEndsOnItsThread() throws Exception {
        startUnprovenGeneration();
        Sent suspect = new Sent(LONG, true, () -> 401);
        clock.afterNext(2, traffic::stop);

        assertThat(suspect.send()).isTrue();

        assertThat(suspect.ends).hasValue(1);
    }

    @Test
    void suspectKeepsItsAnswerWhenItsHoldTimeoutIsOver() throws Exception {
        startUnprovenGeneration();
        Sent suspect = new Sent(Duration.ofMillis(1), false, () -> 401);

        suspect.send();

        suspect.awaitEnd();
        assertThat(suspect.exchange.getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(traffic.waiting()).isZero();
    }

    @Test
    void exchangeThatIsHeldWhileAllStopsEndsOnce() throws Exception {
        Sent held = new Sent(LONG, false, () -> 200);
        traffic.state().freeze(SESSION);
        clock.afterNext(1, traffic::stop);

        held.send();

        held.awaitEnd();
        assertThat(held.ends).hasValue(1);
        assertThat(traffic.waiting()).isZero();
    }

    @Test
    void transactedExchangeThatIsHeldWhileAllStopsEndsOnItsThread() throws Exception {
        Sent held = new Sent(LONG, true, () -> 200);
        traffic.state().freeze(SESSION);
        clock.afterNext(1, traffic::stop);

        assertThat(held.send()).isTrue();

        assertThat(held.ends).hasValue(1);
    }

    @Test
    void renewalThatWaitsForRequestsUnderWayEndsWhenAllStops() throws Exception {
        drainTimeout = LONG;
        CountDownLatch sending = new CountDownLatch(1);
        Sent underWay = new Sent(LONG, false, () -> answerWhenReleased(sending, 200));
        new Thread(underWay::send).start();
        sending.await();
        Sent renewal = new Sent(LONG, false, () -> 200);
        assertThat(renewal.renew()).isFalse();

        traffic.stop();

        renewal.awaitEnd();
        assertThat(renewal.exchange.getException()).isInstanceOf(SessionRenewalException.class);
    }

    @Test
    void transactedRenewalThatWaitsForRequestsUnderWayEndsWhenAllStops() throws Exception {
        drainTimeout = LONG;
        CountDownLatch sending = new CountDownLatch(1);
        Sent underWay = new Sent(LONG, false, () -> answerWhenReleased(sending, 200));
        new Thread(underWay::send).start();
        sending.await();
        Sent renewal = new Sent(LONG, true, () -> 200);
        clock.afterNext(1, () -> new Thread(traffic::stop).start());

        assertThat(renewal.renew()).isTrue();

        assertThat(renewal.exchange.getException()).isInstanceOf(SessionRenewalException.class);
    }

    @Test
    void renewalEndsInTimeWhenItsTimeIsUpBetweenTwoAttempts() throws Exception {
        renewalTimeout = Duration.ofSeconds(1);
        AtomicInteger attempts = new AtomicInteger();
        logIn = () -> {
            if (attempts.incrementAndGet() == 1) {
                // then: the attempt is reported as failed
                clock.afterNext(1, () -> {
                    clock.awaitTimeOut();
                });
                return 0;
            }
            return answerWhenReleased(new CountDownLatch(1), 1);
        };
        Sent held = new Sent(LONG, false, () -> 401, () -> 200);

        held.send();

        held.awaitEnd();
        assertThat(held.exchange.getException()).isInstanceOf(SessionRenewalException.class);
    }

    @Test
    void renewalThatAnotherOneWaitsForStandsInNoLine() throws Exception {
        CountDownLatch inLine = new CountDownLatch(1);
        Sent renewing = startRenewalThatNeedsAnotherSession(inLine);
        Sent ofTheOther = new Sent(OTHER, LONG, false, () -> 401, () -> 200);
        ofTheOther.send();

        inLine.countDown();

        ofTheOther.awaitEnd();
        renewing.awaitEnd();
        assertThat(ofTheOther.exchange.getException()).isNull();
    }

    @Test
    void renewalThatAnotherOneAlreadyWaitsForStandsInNoLine() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        registry.session(OTHER);
        Sent renewing = startRenewalThatNeedsAnotherSession(begun);
        Sent ofTheOther = new Sent(OTHER, LONG, false, () -> 401, () -> 200);
        clock.afterNext(
                2,
                () -> { // admitted, refused
                    begun.countDown();
                    awaitWaiting(2);
                });

        ofTheOther.send();

        ofTheOther.awaitEnd();
        renewing.awaitEnd();
        assertThat(ofTheOther.exchange.getException()).isNull();
    }

    @Test
    void exchangeMadeInsideARenewalBelongsToItAlsoAfterItWasHeld() throws Exception {
        traffic.state().freeze(OTHER);
        Sent inside = new Sent(OTHER, LONG, false, () -> 200);
        logIn = () -> {
            inside.send(); // as a ProducerTemplate in a bean does, on the thread of the log-in
            traffic.state().unfreeze(OTHER);
            inside.awaitEnd();
            return 1;
        };
        Sent outside = new Sent(LONG, false, () -> 401, () -> 200);

        outside.send();

        outside.awaitEnd();
        assertThat(RenewalScope.token(inside.exchange, SESSION)).isNotNull();
        assertThat(RenewalScope.token(outside.exchange, SESSION)).isNull();
    }

    @Test
    void ofManyThatAreLetGoOneAtATimeFewAskInVain() {
        int many = 5_000;
        clock.stand();
        Session session = roomySession();
        session.pause(Duration.ofHours(1));
        List<Sent> held = Stream.generate(() -> new Sent(Duration.ofHours(2), false, () -> 200))
                .limit(many)
                .toList();
        held.forEach(Sent::send);
        long before = clock.decisions();
        long begun = System.nanoTime();

        clock.forward(Duration.ofHours(1)); // and stands there: one at a time
        traffic.gates().act(session, session.wake());

        held.forEach(Sent::awaitEnd);
        long asked = clock.decisions() - before;
        System.out.printf(
                "%d held, one at a time: %d decisions of the gate, %d ms%n",
                many, asked, (System.nanoTime() - begun) / 1_000_000);
        assertThat(asked).isLessThan(10L * many);
        assertThat(traffic.waiting()).isZero();
    }

    @Test
    void noReleaseIsLostWhileASessionIsHeldAndReleasedAgainAndAgain() throws Exception {
        int many = 2_000;
        clock.stand();
        Session session = roomySession();
        session.pause(Duration.ofHours(1));
        List<Sent> held = Stream.generate(() -> new Sent(Duration.ofHours(2), false, () -> 200))
                .limit(many)
                .toList();
        held.subList(0, many / 2).forEach(Sent::send);
        clock.forward(Duration.ofHours(1));
        traffic.gates().act(session, session.wake());
        Thread sender = new Thread(() -> held.subList(many / 2, many).forEach(Sent::send));
        sender.start();
        while (held.stream().anyMatch(sent -> sent.ends.get() == 0) && traffic.waiting() > 0) {
            traffic.state().freeze(SESSION);
            traffic.state().unfreeze(SESSION);
        }

        held.forEach(Sent::awaitEnd);
        assertThat(held).allMatch(sent -> sent.ends.get() == 1 && sent.exchange.getException() == null);
    }

    /** One that holds more exchanges than it may by default, so that no thread of these tests waits. */
    private Session roomySession() {
        GateRules rules = GateRules.DEFAULT;
        Session session = registry.session(SESSION);
        session.configure(
                new GateRules(
                        rules.maxUses(),
                        rules.maxAge(),
                        rules.maxIdle(),
                        10_000,
                        rules.renewalAttempts(),
                        rules.cooldown(),
                        rules.cooldownMax(),
                        rules.checks()),
                "test");
        return session;
    }

    /** The renewal takes the only lane, and waits for the other session as soon as it may. */
    private Sent startRenewalThatNeedsAnotherSession(CountDownLatch mayWait) throws InterruptedException {
        traffic.setRenewalConcurrency(1);
        CountDownLatch inLane = new CountDownLatch(1);
        logIn = () -> {
            logIn = () -> 1;
            inLane.countDown();
            await(mayWait);
            Sent ofTheOther = new Sent(OTHER, LONG, false, () -> 200);
            ofTheOther.send();
            ofTheOther.awaitEnd();
            return 1;
        };
        Sent renewing = new Sent(LONG, false, () -> 401, () -> 200);
        renewing.send();
        inLane.await();
        return renewing;
    }

    private void awaitWaiting(int exchanges) {
        while (traffic.waiting() < exchanges) {
            Thread.onSpinWait();
        }
    }

    /** Renews the session after a refusal, by an exchange whose replay is under way until {@link #release}. */
    /**
     * A generation that lives though its log-in has helped nobody: one refusal does not end it. Returns a request whose answer
     * is still awaited, so that the next one that is refused waits for it.
     */
    private Sent startUnprovenGeneration() throws InterruptedException {
        Sent forbidden = new Sent(LONG, false, () -> 401, () -> 401);
        forbidden.send();
        forbidden.awaitEnd();
        Sent good = new Sent(LONG, false, () -> 200);
        good.send();
        good.awaitEnd();
        CountDownLatch onTheWire = new CountDownLatch(1);
        Sent last = new Sent(LONG, false, () -> answerWhenReleased(onTheWire, 200));
        new Thread(last::send).start();
        onTheWire.await();
        return last;
    }

    private int answerWhenReleased(CountDownLatch begun, int answer) {
        begun.countDown();
        await(release);
        return answer;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs something when a thread has asked for the time that often. */
    private static final class HookedClock implements SessionClock {

        private final ThreadLocal<@Nullable Deque<Runnable>> hooks = new ThreadLocal<>();
        private final CompletableFuture<Thread> timingOut = new CompletableFuture<>();
        private final AtomicLong decisions = new AtomicLong();
        private volatile long standsAt; // 0 when it goes

        /** How often gates have decided on what an exchange brought. */
        long decisions() {
            return decisions.get();
        }

        /** What lasts does so until {@link #forward}. */
        void stand() {
            standsAt = SessionClock.system().monotonicMillis();
        }

        void forward(Duration time) {
            standsAt += time.toMillis();
        }

        /** On this thread, after its next decisions, that many. */
        void afterNext(int decisions, Runnable action) {
            Deque<Runnable> next = new ArrayDeque<>();
            for (int i = 1; i < decisions; i++) {
                next.add(() -> {});
            }
            next.add(action);
            hooks.set(next);
        }

        /** Until the time-out of a renewal has come and gone. */
        void awaitTimeOut() {
            Thread thread = timingOut.orTimeout(20, TimeUnit.SECONDS).join();
            while (Stream.of(thread.getStackTrace()).anyMatch(frame -> isTimeOut(frame.getMethodName()))) {
                Thread.onSpinWait();
            }
        }

        private static boolean isTimeOut(String method) {
            return method.equals("timeOut");
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }

        @Override
        public long millis() {
            if (isAfterDecision()) {
                decisions.incrementAndGet();
                hook();
            }
            return SessionClock.system().millis();
        }

        @Override
        public long monotonicMillis() {
            long standing = standsAt;
            return standing == 0 ? SessionClock.system().monotonicMillis() : standing;
        }

        /** A session notes its use when its gate has decided and let its lock go; the gate itself asks under its lock. */
        private static boolean isAfterDecision() {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getMethodName().equals("touch")));
        }

        private void hook() {
            if (StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> isTimeOut(frame.getMethodName())))) {
                timingOut.complete(Thread.currentThread());
            }
            Deque<Runnable> mine = hooks.get();
            Runnable next = mine == null ? null : mine.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    /** An exchange whose requests get the given statuses, one after the other. */
    private final class Sent extends TestRequest {

        final Exchange exchange = new DefaultExchange(context);
        final AtomicInteger ends = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Deque<IntSupplier> answers;

        Sent(Duration holdTimeout, boolean transacted, IntSupplier... answers) {
            this(SESSION, holdTimeout, transacted, answers);
        }

        Sent(SessionKey session, Duration holdTimeout, boolean transacted, IntSupplier... answers) {
            super(session, drainTimeout, renewalTimeout, holdTimeout);
            this.answers = new ArrayDeque<>(Arrays.asList(answers));
            exchange.getExchangeExtension().setTransacted(transacted);
        }

        boolean send() {
            return traffic.send(this, exchange, this::end, this);
        }

        boolean renew() {
            return traffic.renewBy(this, exchange, this::end, this);
        }

        private void end(boolean sync) {
            ends.incrementAndGet();
            ended.countDown();
        }

        void awaitEnd() {
            TrafficRaceTest.await(ended);
        }

        @Override
        int status() {
            return answers.remove().getAsInt();
        }
    }
}
