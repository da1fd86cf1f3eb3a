/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.LoopbackSite;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a call tells of its requests, and how it ends before its time. The pool has one connection. */
class SessionCallTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();

    private final LoopbackSite site = new LoopbackSite();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private SessionHttpClient client;

    @BeforeAll
    static void startContext() {
        CONTEXT.disableJMX();
        CONTEXT.start();
    }

    @AfterAll
    static void stopContext() {
        CONTEXT.stop();
    }

    @BeforeEach
    void start() throws Exception {
        site.page("/slow", http -> {
            arrived.countDown();
            await(release);
            LoopbackSite.answer(http, 200, "slow");
        });
        site.page("/half", http -> {
            http.sendResponseHeaders(200, 1000);
            http.getResponseBody().write("half".getBytes(StandardCharsets.UTF_8));
            http.getResponseBody().flush();
            arrived.countDown();
            await(release);
        });
        client = new SessionHttpClient(CONTEXT, Map.of("maxTotalConnections", 1, "connectionsPerRoute", 1));
        client.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        client.stop();
        site.close();
        threads.shutdownNow();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Exchange send(String page, SessionCall call) throws Exception {
        return send(new DefaultExchange(CONTEXT), page, call);
    }

    private Exchange send(Exchange exchange, String page, SessionCall call) throws Exception {
        client.sending(URI.create(site.url() + page), HttpMethods.GET).send(exchange, call);
        return exchange;
    }

    @Test
    void aCallTellsTheStatusOfTheFinalResponse() throws Exception {
        SessionCall followed = TestCalls.newCall();
        send("/redirect?to=/echo", followed);
        assertThat(followed.status()).isEqualTo(200);
        assertThat(followed.finalUri()).hasPath("/echo");

        SessionCall refused = TestCalls.newCall();
        assertThatThrownBy(() -> send("/status/418", refused)).isInstanceOf(HttpOperationFailedException.class);
        assertThat(refused.status()).isEqualTo(418);

        SessionCall unanswered = TestCalls.newCall();
        site.close();
        assertThatThrownBy(() -> send("/echo", unanswered)).isInstanceOf(IOException.class);
        assertThat(unanswered.status()).isZero();
        assertThat(unanswered.finalUri()).isNull();
    }

    @Test
    void eachFollowedRedirectIsAFurtherRequest() throws Exception {
        AtomicInteger further = new AtomicInteger();

        send("/echo", TestCalls.newCall().onFurtherRequest(further::incrementAndGet));
        assertThat(further).hasValue(0);
        send("/redirect?to=/redirect?to=/echo", TestCalls.newCall().onFurtherRequest(further::incrementAndGet));
        assertThat(further).hasValue(2);
    }

    @Test
    void aFurtherRequestThatIsRefusedEndsTheCallAndFreesItsConnection() throws Exception {
        SessionCall limited = TestCalls.newCall().onFurtherRequest(() -> {
            throw new IllegalStateException("no more");
        });

        assertThatThrownBy(() -> send("/redirect?to=/echo", limited)).hasMessage("no more");

        assertThat(site.requests()).hasSize(1);
        assertThat(send("/echo", TestCalls.newCall()).getMessage().getBody(String.class))
                .startsWith("GET /echo");
    }

    @Test
    void theIdempotencyHeaderIsSetUnlessTheMessageHasIt() throws Exception {
        Exchange without = send("/echo", TestCalls.newCall().idempotency("Idempotency-Key", "made"));
        assertThat(without.getMessage().getBody(String.class)).contains("Idempotency-key: made\n");

        Exchange with = new DefaultExchange(CONTEXT);
        with.getMessage().setHeader("idempotency-key", "own");
        send(with, "/echo", TestCalls.newCall().idempotency("Idempotency-Key", "made"));
        assertThat(with.getMessage().getBody(String.class))
                .contains("Idempotency-key: own\n")
                .doesNotContain("made");
    }

    @Test
    void anAbortedRequestThatWaitsForItsResponseEnds() throws Exception {
        SessionCall call = TestCalls.newCall();
        Future<?> sent = sendElsewhere("/slow", call);
        arrived.await();

        call.abort();

        assertThatAborted(sent);
        assertThat(call.status()).isZero();
        assertTheConnectionIsFree();
    }

    @Test
    void anAbortedRequestWhoseResponseIsReadEnds() throws Exception {
        SessionCall call = TestCalls.newCall();
        Future<?> sent = sendElsewhere("/half", call);
        arrived.await();

        call.abort();

        assertThatAborted(sent);
        assertTheConnectionIsFree();
    }

    @Test
    void anAbortedRequestThatWaitsForAConnectionEnds() throws Exception {
        Future<?> first = sendElsewhere("/slow", TestCalls.newCall());
        arrived.await();
        SessionCall call = TestCalls.newCall();
        Thread[] sender = new Thread[1];
        CountDownLatch started = new CountDownLatch(1);
        Future<?> second = threads.submit(() -> {
            sender[0] = Thread.currentThread();
            started.countDown();
            return send("/echo", call);
        });
        started.await();
        Awaitility.await().until(() -> sender[0].getState() == Thread.State.TIMED_WAITING);

        call.abort();

        assertThatAborted(second);
        release.countDown();
        first.get(10, TimeUnit.SECONDS);
        assertTheConnectionIsFree();
    }

    @Test
    void aCallThatWasAbortedBeforeIsNeverSent() throws Exception {
        SessionCall call = TestCalls.newCall();
        call.abort();

        assertThatThrownBy(() -> send("/echo", call)).isInstanceOf(InterruptedIOException.class);

        assertThat(site.requests()).isEmpty();
        assertTheConnectionIsFree();
    }

    @Test
    void aCallThatIsDoneIsNotHurtByAnAbort() throws Exception {
        SessionCall call = TestCalls.newCall();
        Exchange done = send("/echo", call);

        call.abort();

        assertThat(done.getMessage().getBody(String.class)).startsWith("GET /echo");
        assertTheConnectionIsFree();
    }

    @Test
    void atWhateverMomentItIsAbortedACallEndsInOneOfTwoWays() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        for (int i = 0; i < 300; i++) {
            SessionCall call = TestCalls.newCall();
            Future<?> aborted = threads.submit(() -> {
                both.await();
                call.abort();
                return null;
            });
            both.await();
            ThrowingCallable send = () -> send("/redirect?to=/echo", call);
            try {
                send.call();
            } catch (Throwable e) {
                assertThat(e).isInstanceOf(InterruptedIOException.class);
            }
            aborted.get();
        }
        assertTheConnectionIsFree();
    }

    private Future<?> sendElsewhere(String page, SessionCall call) {
        return threads.submit(() -> send(page, call));
    }

    private static void assertThatAborted(Future<?> sent) {
        assertThatThrownBy(() -> sent.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedIOException.class);
    }

    private void assertTheConnectionIsFree() throws Exception {
        Future<Exchange> next = threads.submit(() -> send("/echo", TestCalls.newCall()));
        assertThat(next.get(10, TimeUnit.SECONDS).getMessage().getBody(String.class))
                .startsWith("GET /echo");
    }
}
