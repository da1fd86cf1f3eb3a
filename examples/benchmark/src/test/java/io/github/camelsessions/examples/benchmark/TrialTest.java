/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrialTest {

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Trial.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleOnes() {
        assertThat(Trial.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3);
    }
}
