/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.session.SessionKey;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LanesTest {

    private static final SessionKey SESSION = new SessionKey("", "1");

    @Test
    void laneIsFreeAfterARestartWhenNoThreadWasToBeHad() {
        AtomicBoolean stopped = new AtomicBoolean(true);
        Lanes lanes = new Lanes(
                action -> {
                    if (stopped.get()) {
                        throw new RejectedExecutionException();
                    }
                    action.run();
                },
                1);
        AtomicInteger runs = new AtomicInteger();

        lanes.enter(SESSION, leave -> runs.incrementAndGet());
        stopped.set(false);
        lanes.enter(SESSION, leave -> runs.incrementAndGet());

        assertThat(runs).hasValue(1);
    }
}
