/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LimitedExecutorTest {

    private static final SessionKey SESSION = new SessionKey("", "1");

    private final List<String> running = new ArrayList<>();
    private final Map<String, Runnable> leaving = new HashMap<>();

    private void enter(LimitedExecutor lanes, String... sessions) {
        for (String session : sessions) {
            lanes.enter(new SessionKey(session.substring(0, 1), session), leave -> {
                running.add(session);
                leaving.put(session, leave);
            });
        }
    }

    @Test
    void laneIsFreeAfterARestartWhenNoThreadWasToBeHad() {
        AtomicBoolean stopped = new AtomicBoolean(true);
        LimitedExecutor lanes = new LimitedExecutor(
                action -> {
                    if (stopped.get()) {
                        throw new RejectedExecutionException();
                    }
                    action.run();
                },
                1,
                e -> {});
        AtomicInteger runs = new AtomicInteger();

        lanes.enter(SESSION, leave -> runs.incrementAndGet());
        stopped.set(false);
        lanes.enter(SESSION, leave -> runs.incrementAndGet());

        assertThat(runs).hasValue(1);
    }

    @Test
    void hangingLogInsOfOneSiteDoNotKeepTheFirstOfAnotherWaiting() {
        LimitedExecutor lanes = new LimitedExecutor(Runnable::run, 2, e -> {});
        enter(lanes, "a1", "a2", "a3", "b1", "b2");

        assertThat(running).containsExactly("a1", "a2", "b1");
    }

    @Test
    void neverMoreThanTwiceAsManyRun() {
        LimitedExecutor lanes = new LimitedExecutor(Runnable::run, 2, e -> {});
        enter(lanes, "a1", "a2", "b1", "c1", "d1", "e1");

        assertThat(running).containsExactly("a1", "a2", "b1", "c1");
        leaving.get("b1").run();
        assertThat(running).endsWith("d1");
    }

    @Test
    void aFreeLaneGoesToTheSiteThatHasTheFewest() {
        LimitedExecutor lanes = new LimitedExecutor(Runnable::run, 2, e -> {});
        enter(lanes, "a1", "a2", "a3", "a4", "b1", "b2", "b3");
        assertThat(running).containsExactly("a1", "a2", "b1");

        leaving.get("a1").run();
        assertThat(running).hasSize(3); // b1 was one beyond the limit
        leaving.get("a2").run();
        assertThat(running).endsWith("a3"); // a has none
        leaving.get("b1").run();
        assertThat(running).endsWith("b2");
    }

    @Test
    void whoeverWaitsIsServedAsSoonAsThereAreMoreLimitedExecutor() {
        LimitedExecutor lanes = new LimitedExecutor(Runnable::run, 1, e -> {});
        enter(lanes, "a1", "a2", "a3");
        assertThat(running).containsExactly("a1");
        assertThat(lanes.isInLine(new SessionKey("a", "a3"))).isTrue();

        lanes.setLanes(3);

        assertThat(running).containsExactly("a1", "a2", "a3");
        assertThat(lanes.isInLine(new SessionKey("a", "a3"))).isFalse();
    }
}
