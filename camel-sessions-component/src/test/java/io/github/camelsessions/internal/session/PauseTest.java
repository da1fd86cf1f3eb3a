/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PauseTest {

    private final Pause pause = Pause.of(1_000, 500);

    @ParameterizedTest
    @CsvSource({
        "1000, 0, false",
        "1499, 0, false",
        "1500, 0, true",
        "1500, 1, false",
        "1999, 1, false",
        "2000, 1, true",
        "2000, 2, false",
        "2500, 2, true"
    })
    void afterItOneMayBeOnTheWireAndOneMoreForEachFurtherPause(long now, int inFlight, boolean allows) {
        assertThat(pause.allows(inFlight, now)).isEqualTo(allows);
    }

    @ParameterizedTest
    @CsvSource({"0, 1500", "1, 2000", "7, 5000"})
    void itTellsWhenOneMoreMay(int inFlight, long next) {
        assertThat(pause.next(inFlight)).isEqualTo(next);
        assertThat(pause.allows(inFlight, next - 1)).isFalse();
        assertThat(pause.allows(inFlight, next)).isTrue();
    }

    @Test
    void itIsOverWhenSixteenMay() {
        assertThat(pause.isOver(1_499)).isFalse();
        assertThat(pause.isOver(1_500 + 16 * 500 - 1)).isFalse();
        assertThat(pause.isOver(1_500 + 16 * 500)).isTrue();
    }

    @Test
    void ofTwoTheOneCountsThatEndsLater() {
        Pause later = Pause.of(1_400, 200);
        assertThat(pause.later(later)).isSameAs(later);
        assertThat(later.later(pause)).isSameAs(later);
        assertThat(pause.later(Pause.of(1_499, 1))).isSameAs(pause);
    }

    @Test
    void oneOfNoTimeIsOver() {
        Pause none = Pause.of(1_000, 0);
        assertThat(none.allows(0, 1_000)).isTrue();
        assertThat(none.isOver(1_016)).isTrue();
    }
}
