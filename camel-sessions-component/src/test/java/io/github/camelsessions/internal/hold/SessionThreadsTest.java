/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionThreadsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final SessionThreads threads = new SessionThreads(context, new Mender(context, Runnable::run, torn -> {}));

    @BeforeEach
    void start() {
        context.start();
        threads.start();
    }

    @AfterEach
    void stop() {
        threads.stop();
        context.stop();
    }

    @Test
    void theTimerGoesOnAfterAnError() throws Exception {
        CompletableFuture<String> later = new CompletableFuture<>();
        threads.schedule(
                () -> {
                    throw new NoClassDefFoundError("to be logged");
                },
                Duration.ZERO);
        threads.schedule(() -> later.complete(Thread.currentThread().getName()), Duration.ofMillis(1));

        assertThat(later.get(30, TimeUnit.SECONDS)).contains("SessionsTimer");
    }

    @Test
    void whatMayTakeItsTimeRunsBesideTheTimer() throws Exception {
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        CompletableFuture<String> thread = new CompletableFuture<>();
        threads.runLater(
                () -> {
                    own.complete(SessionThreads.isOwn());
                    thread.complete(Thread.currentThread().getName());
                },
                Duration.ZERO);

        assertThat(thread.get(30, TimeUnit.SECONDS)).contains("SessionsResume");
        assertThat(own.get(30, TimeUnit.SECONDS)).as("never waits for room").isTrue();
        assertThat(SessionThreads.isOwn()).isFalse();
    }
}
