/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoundTest {

    @Test
    void theBoundItselfHolds() {
        assertThat(Bound.atLeast(0.97).holds(0.97)).isTrue();
        assertThat(Bound.atMost(1.05).holds(1.05)).isTrue();
    }

    @Test
    void beyondItNothingHolds() {
        assertThat(Bound.atLeast(0.97).holds(0.9699)).isFalse();
        assertThat(Bound.atMost(1.05).holds(1.0501)).isFalse();
        assertThat(Bound.atMost(1.05).holds(Double.NaN)).isFalse();
    }

    @Test
    void itIsWrittenAsAComparison() {
        assertThat(List.of(Bound.atLeast(0.97), Bound.atMost(150))).hasToString("[>= 0.970, <= 150]");
    }
}
