/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieLimits;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GenerationTest {

    private final Generation generation = new Generation(
            new SessionKey("", "anna"), 0, new CookieJar(host -> host, InstantSource.system(), CookieLimits.DEFAULT));

    @Test
    void aVariableIsSetReadAndRemoved() {
        generation.setVariable("a", 1);
        generation.setVariable("b", 2);
        generation.setVariable("a", 3);

        assertThat(generation.variables()).containsEntry("a", 3).containsEntry("b", 2);
        assertThat(generation.isFilled()).isTrue();
        generation.setVariable("a", null);
        generation.setVariable("b", null);
        assertThat(generation.variables()).isEmpty();
        assertThat(generation.isFilled()).isFalse();
    }

    @Test
    void whatWasReadDoesNotChange() {
        generation.setVariable("a", 1);
        var before = generation.variables();
        generation.setVariable("a", 2);

        assertThat(before).containsEntry("a", 1);
        assertThatThrownBy(() -> before.put("a", 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void noVariableOfManyThreadsIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = IntStream.range(0, 4)
                .<Future<?>>mapToObj(thread -> threads.submit(
                        () -> IntStream.range(0, 100).forEach(i -> generation.setVariable(thread + "-" + i, i))))
                .toList();
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();

        assertThat(generation.variables()).hasSize(400);
    }

    @Test
    void aLogOutIsTakenOnce() {
        generation.loggedIn();

        assertThat(generation.isLoggedIn()).isTrue();
        assertThat(generation.takeLogOut()).isTrue();
        assertThat(generation.takeLogOut()).isFalse();
        generation.loggedIn();
        assertThat(generation.isLoggedIn()).as("there is no way back").isFalse();
    }

    @Test
    void whatWasFilledByHandIsLoggedOutAndWhatIsEmptyIsNot() {
        assertThat(generation.takeLogOut()).isFalse();
        generation.setVariable("token", "x");

        assertThat(generation.takeLogOut()).isTrue();
        assertThat(generation.takeLogOut()).isFalse();
    }
}
