/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetsTest {

    private final Targets targets = new Targets();

    @Test
    void nothingIsKnownOfATargetUntilItIsMarked() {
        assertThat(IntStream.rangeClosed(1, 10_000).map(targets::marks)).containsOnly(0);
    }

    @Test
    void marksAddUp() {
        targets.mark(7, Targets.ACCEPTED);
        assertThat(targets.marks(7)).isEqualTo(Targets.ACCEPTED);
        targets.mark(7, Targets.FORBIDDEN);
        assertThat(targets.marks(7)).isEqualTo(Targets.ACCEPTED | Targets.FORBIDDEN);
        assertThat(targets.marks(8)).isZero();
        assertThat(targets.marks(-7)).isZero();
    }

    @Test
    void oneThatTakesThePlaceOfAnotherMakesThatUnknownAgain() {
        int many = 10_000;
        for (int target = 1; target <= many; target++) {
            targets.mark(target, Targets.ACCEPTED);
        }
        targets.mark(many, Targets.FORBIDDEN);
        assertThat(targets.marks(many)).isEqualTo(Targets.ACCEPTED | Targets.FORBIDDEN);
        assertThat(IntStream.rangeClosed(1, many).filter(target -> targets.marks(target) != 0))
                .as("as many as there are places")
                .hasSizeBetween(32, 64)
                .allMatch(target -> targets.marks(target) != Targets.FORBIDDEN);
    }

    @Test
    void targetsThatAreAlikeHavePlacesOfTheirOwn() {
        IntStream.rangeClosed(1, 32).forEach(target -> targets.mark(target, Targets.FORBIDDEN));
        assertThat(IntStream.rangeClosed(1, 32)).allMatch(target -> targets.marks(target) == Targets.FORBIDDEN);
    }

    @Test
    void halfATableOfTargetsIsKnownWithoutALoss() {
        for (int seed = 0; seed < 1_000; seed++) {
            var random = new Random(seed);
            var known = new Targets();
            int[] some = random.ints(32).toArray();
            IntStream.of(some).forEach(target -> known.mark(target, Targets.FORBIDDEN));
            assertThat(IntStream.of(some))
                    .as("of seed " + seed)
                    .allMatch(target -> known.marks(target) == Targets.FORBIDDEN);
        }
    }
}
