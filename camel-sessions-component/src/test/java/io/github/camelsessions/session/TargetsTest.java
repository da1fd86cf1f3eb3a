/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import static org.assertj.core.api.Assertions.assertThat;

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
        IntStream.rangeClosed(1, 20).forEach(target -> targets.mark(target, Targets.FORBIDDEN));
        assertThat(IntStream.rangeClosed(1, 20).filter(target -> targets.marks(target) == Targets.FORBIDDEN))
                .hasSizeGreaterThan(15);
    }
}
