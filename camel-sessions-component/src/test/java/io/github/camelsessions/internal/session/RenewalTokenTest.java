/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestSessions.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.Verdict.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the requests of a renewal when its token is revoked. */
class RenewalTokenTest {

    private static final Throwable WRONG = new IllegalStateException("wrong password");

    private final Session session = session();
    private final AtomicInteger aborted = new AtomicInteger();
    private final Runnable abort = aborted::incrementAndGet;

    private static Session session() {
        return TestSessions.session(new TestSessions.Desk(), SessionClock.system());
    }

    private RenewalToken renewing() {
        return session.renew(TestGates.passage(), null, null).renewal();
    }

    @Test
    void aFailureAbortsWhatWasSentWithIt() {
        RenewalToken token = renewing();
        AtomicInteger other = new AtomicInteger();
        assertThat(token.enter(abort)).isTrue();
        assertThat(token.enter(other::incrementAndGet)).isTrue();
        session.failed(token, false, WRONG);
        assertThat(aborted).hasValue(1);
        assertThat(other).hasValue(1);
    }

    @Test
    void aFailureOfOneAttemptAbortsItsRequestsAndNotThoseOfTheNext() {
        RenewalToken first = renewing();
        first.enter(abort);
        RenewalToken second = session.failed(first, true, WRONG).renewal();
        assertThat(aborted).hasValue(1);
        second.enter(abort);
        session.failed(first, true, WRONG);
        assertThat(aborted).hasValue(1);
        session.stop();
        assertThat(aborted).hasValue(2);
    }

    @Test
    void eachRequestIsAbortedOnce() {
        RenewalToken token = renewing();
        token.enter(abort);
        session.failed(token, false, WRONG);
        session.failed(token, false, WRONG);
        session.stop();
        assertThat(aborted).hasValue(1);
    }

    @Test
    void aRequestThatHasEndedIsNotAborted() {
        RenewalToken token = renewing();
        token.leave(abort);
        token.enter(abort);
        token.leave(abort);
        session.failed(token, false, WRONG);
        token.leave(abort);
        assertThat(aborted).hasValue(0);
    }

    @Test
    void nothingIsSentWithATokenThatIsNotLive() {
        RenewalToken failed = renewing();
        session.failed(failed, false, WRONG);
        assertThat(failed.enter(abort)).isFalse();
        session.endCooldown();
        RenewalToken ended = renewing();
        session.succeeded(ended);
        assertThat(ended.enter(abort)).isFalse();
        session.stop();
        assertThat(aborted).hasValue(0);
    }

    @Test
    void itShowsTheGenerationAndWhatItIsWorth() {
        RenewalToken token = renewing();
        assertThat(token).hasToString("renewal of anna#1 (LIVE)");
        assertThat(token.session()).isEqualTo(key("anna"));
    }

    @Test
    void aSuccessAbortsNothing() {
        RenewalToken token = renewing();
        token.enter(abort);
        session.succeeded(token);
        session.failed(token, false, WRONG);
        session.stop();
        assertThat(aborted).hasValue(0);
    }

    @Test
    void anAbortThatFailsKeepsNeitherTheOthersNorTheVerdict() {
        RenewalToken token = renewing();
        token.enter(() -> {
            throw new IllegalStateException("connection is gone");
        });
        token.enter(abort);
        assertThat(session.failed(token, false, WRONG).release()).isTrue();
        assertThat(aborted).hasValue(1);
    }

    @Test
    @Timeout(30)
    void anAbortMayReportTheEndOfItsRequestFromAnotherThread() throws InterruptedException {
        RenewalToken token = renewing();
        Passage request = TestGates.passage();
        session.admit(request, false, token);
        CountDownLatch reported = new CountDownLatch(1);
        AtomicBoolean inTime = new AtomicBoolean();
        token.enter(() -> {
            Thread thread = new Thread(() -> {
                session.unanswered(request);
                token.leave(abort);
                reported.countDown();
            });
            thread.start();
            try {
                thread.join(10_000);
                inTime.set(!thread.isAlive());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        session.failed(token, false, WRONG);
        reported.await();
        assertThat(inTime).as("no lock is held while requests are aborted").isTrue();
        assertThat(session.stats().inFlight()).isZero();
    }

    @Test
    @Timeout(60)
    void aRequestThatEntersWhileTheTokenEndsIsRefusedOrAborted() throws Exception {
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            Session fresh = session();
            RenewalToken token = fresh.renew(TestGates.passage(), null, null).renewal();
            CyclicBarrier start = new CyclicBarrier(3);
            List<AtomicInteger> abortsOfEntered = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            AtomicInteger refusals = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                AtomicInteger aborts = new AtomicInteger();
                abortsOfEntered.add(aborts);
                threads.add(new Thread(() -> {
                    await(start);
                    if (!token.enter(aborts::incrementAndGet)) {
                        refusals.incrementAndGet();
                        aborts.addAndGet(10);
                    }
                }));
            }
            boolean stops = round % 2 == 0;
            threads.add(new Thread(() -> {
                await(start);
                Verdict verdict = stops ? fresh.stop() : fresh.failed(token, false, WRONG);
                assertThat(verdict.action()).isEqualTo(Action.NOTHING);
            }));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(abortsOfEntered).allMatch(aborts -> aborts.get() == 1 || aborts.get() == 10);
            refused += refusals.get();
        }
        System.out.println("tokens: " + refused + " of 4000 requests were refused, the others aborted");
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
