/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.COOLDOWN;
import static io.github.camelsessions.internal.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.GenerationState.Origin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of the rule; {@link SuspicionTest} shows what becomes of whom. */
class EvidenceTest {

    private final Evidence evidence = new Evidence(rules().build());
    private GenerationState current = new GenerationState(TestGates.generation(0), Origin.NEW, 0);
    private final List<Passage> suspects = new ArrayList<>();
    private long now;

    private Passage refuse(int target) {
        Passage passage = rules().passage(target);
        passage.sentIn = current;
        passage.refusals++;
        evidence.refused(passage, current, current);
        suspects.add(passage);
        return passage;
    }

    private Passage refuse(Passage again) {
        again.sentIn = current;
        again.refusals++;
        evidence.refused(again, current, current);
        return again;
    }

    private Passage run(int length) {
        Passage last = refuse(Passage.UNKNOWN);
        for (int i = 1; i < length; i++) {
            last = refuse(Passage.UNKNOWN);
        }
        return last;
    }

    private void accept(Passage passage) {
        passage.sentIn = current;
        current.accepted = true;
        evidence.accepted(passage, current);
    }

    private void accept(int target) {
        accept(rules().passage(target));
    }

    /** A log-in because of refusals fills the next generation. */
    private void renew() {
        evidence.givesUp(current, now);
        evidence.begins(true);
        install(Origin.REFUSAL);
    }

    private void renewFor(Origin why) {
        evidence.begins(false);
        install(why);
    }

    private void install(Origin why) {
        current = new GenerationState(TestGates.generation(0), why, now);
        current.begin(true, now);
        evidence.installed(now);
        suspects.clear();
    }

    private boolean isEnded() {
        return evidence.isEnded(current, suspects, now);
    }

    /** How many refusals in a row are the end from here on. */
    private int needed() {
        for (int length = 1; length < 1_000; length++) {
            refuse(Passage.UNKNOWN);
            if (isEnded()) {
                return length;
            }
        }
        throw new AssertionError("nothing is the end");
    }

    @Test
    void atFirstOneRefusalIsTheEnd() {
        assertThat(needed()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3", "10, 11"})
    void itTakesOneMoreThanTheLongestRunThatWasOutlived(int outlived, int needed) {
        evidence.outlived(run(outlived), now);
        accept(Passage.UNKNOWN);
        evidence.outlived(run(1), now);
        accept(Passage.UNKNOWN);
        assertThat(needed()).isEqualTo(needed);
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "3, 5", "4, 6", "10, 14"})
    void aRunThatLedToALogInInVainCountsAsAThirdLongerAndAsFourAtLeast(int run, int needed) {
        run(run);
        renew();
        assertThat(needed()).as("while it has helped nobody").isEqualTo(needed);
        suspects.clear();
        renewFor(Origin.ASKED);
        assertThat(needed())
                .as("that log-in is no longer in doubt, and the one before was not given up")
                .isEqualTo(1);
    }

    @Test
    void aLogInInVainThatIsGivenUpIsRemembered() {
        run(10);
        renew();
        run(14);
        renew();
        renewFor(Origin.LIMIT);
        assertThat(needed()).as("1 + 1.3 x 10").isEqualTo(14);
    }

    @Test
    void aLogInThatHelpsHalvesWhatIsRemembered() {
        evidence.outlived(run(8), now);
        accept(Passage.UNKNOWN);
        Passage refused = run(9);
        renew();
        accept(refused);
        assertThat(needed()).isEqualTo(5);
    }

    @Test
    void onlyTheFirstThatItHelpsDoes() {
        evidence.outlived(run(8), now);
        accept(Passage.UNKNOWN);
        Passage one = refuse(Passage.UNKNOWN);
        Passage other = run(8);
        renew();
        accept(one);
        accept(other);
        assertThat(needed()).isEqualTo(5);
    }

    @Test
    void whatIsRememberedIsForgottenAfterTheCooldown() {
        evidence.outlived(run(8), now);
        accept(Passage.UNKNOWN);
        now += COOLDOWN.toMillis() - 1;
        refuse(Passage.UNKNOWN);
        assertThat(isEnded()).isFalse();
        now++;
        assertThat(isEnded()).isTrue();
    }

    @Test
    void whatIsRememberedAfterwardsIsNotLongerForIt() {
        evidence.outlived(run(8), now);
        accept(Passage.UNKNOWN);
        now += COOLDOWN.toMillis();
        evidence.outlived(run(1), now);
        accept(Passage.UNKNOWN);
        assertThat(needed()).isEqualTo(2);
    }

    @Test
    void eachLogInInVainInARowDoublesTheTime() {
        run(1);
        renew();
        run(5);
        renew();
        now += COOLDOWN.toMillis();
        refuse(Passage.UNKNOWN);
        assertThat(isEnded()).isFalse();
        now += COOLDOWN.toMillis();
        assertThat(isEnded()).isTrue();
    }

    @Test
    void aTargetThatWasAcceptedIsTheEndWhateverTheRun() {
        evidence.outlived(run(8), now);
        accept(7);
        refuse(7);
        assertThat(isEnded()).isTrue();
    }

    @Test
    void aTargetThatALiveSessionRefusedIsForbiddenUntilRunsAreForgotten() {
        Passage forbidden = refuse(7);
        assertThat(evidence.isForbidden(forbidden, now)).isFalse();
        evidence.outlived(forbidden, now);
        assertThat(evidence.isForbidden(forbidden, now)).isTrue();
        assertThat(evidence.isForbidden(rules().passage(8), now)).isFalse();
        now += COOLDOWN.toMillis();
        assertThat(evidence.isForbidden(forbidden, now)).isFalse();
    }

    @Test
    void oneThatIsAcceptedAfterwardsIsNeither() {
        Passage passage = refuse(7);
        evidence.outlived(passage, now);
        evidence.outlived(run(8), now);
        accept(passage);
        suspects.clear();
        assertThat(evidence.isForbidden(passage, now)).isFalse();
        refuse(7);
        assertThat(isEnded()).isFalse();
    }

    @Test
    void ofAnUnknownTargetNothingIsRemembered() {
        Passage refused = refuse(Passage.UNKNOWN);
        evidence.outlived(refused, now);
        assertThat(evidence.isForbidden(refused, now)).isFalse();
        evidence.outlived(run(8), now);
        accept(Passage.UNKNOWN);
        suspects.clear();
        refuse(Passage.UNKNOWN);
        assertThat(isEnded()).isFalse();
    }

    @Test
    void anOlderGenerationAddsNothingToTheRun() {
        GenerationState old = current;
        renew();
        Passage late = rules().passage();
        late.sentIn = old;
        for (int i = 0; i < 10; i++) {
            evidence.refused(late, old, current);
        }
        assertThat(isEnded()).isFalse();
        run(3);
        late.sentIn = old;
        evidence.accepted(late, current);
        run(1);
        assertThat(isEnded()).as("nor does what it accepts end that").isFalse();
        run(1);
        assertThat(isEnded()).isTrue();
    }

    private void fruitless(int... targets) {
        for (int target : targets) {
            renewFor(Origin.ASKED);
            refuse(target);
        }
    }

    @Test
    void threeFruitlessGenerationsAreNoEndBeforeRunsAreForgotten() {
        evidence.configure(rules().renewalAttempts(10).build());
        run(1);
        renew();
        fruitless(1, 2);
        assertThat(isEnded()).isTrue();
        fruitless(2);
        assertThat(evidence.fruitless()).isEqualTo(3);
        run(100);
        assertThat(isEnded()).isFalse();
        now += COOLDOWN.toMillis();
        assertThat(isEnded()).isTrue();
    }

    @Test
    void aGenerationIsFruitlessOnceAndOnlyIfALogInHasFilledIt() {
        run(3);
        assertThat(evidence.fruitless()).isZero();
        renewFor(Origin.ASKED);
        assertThat(evidence.fruitless()).as("unseen").isZero();
        run(3);
        assertThat(evidence.fruitless()).isEqualTo(1);
        accept(Passage.UNKNOWN);
        assertThat(evidence.fruitless()).isZero();
        run(3);
        assertThat(evidence.fruitless()).as("it has accepted something").isZero();
    }

    @Test
    void logInsAreWorthlessWhenThreeTargetsWereRefusedAndNoneWasEverAccepted() {
        fruitless(1, 2, 2);
        assertThat(evidence.isWorthless(false)).isFalse();
        assertThat(evidence.isWorthless(true)).as("a check is proof enough").isTrue();
        refuse(3);
        assertThat(evidence.isWorthless(false)).isTrue();
    }

    @Test
    void worthlessOnesAreAnEndAtOnceThatNoLogInFollows() {
        renew();
        fruitless(1, 2, 3);
        assertThat(isEnded()).isTrue();
    }

    @Test
    void orWhenOneOfThemWasAccepted() {
        refuse(Passage.UNKNOWN);
        accept(1);
        fruitless(2, 3, 4);
        assertThat(evidence.isWorthless(false)).isFalse();
        refuse(1);
        assertThat(evidence.isWorthless(false)).isTrue();
    }

    @Test
    void orWithAsManyLogInsAsThereAreAttempts() {
        evidence.configure(rules().renewalAttempts(4).build());
        fruitless(1, 2, 3);
        assertThat(evidence.isWorthless(true)).isFalse();
        fruitless(3);
        assertThat(evidence.isWorthless(true)).isTrue();
    }

    @Test
    void whatIsAcceptedMakesTargetsOfFruitlessGenerationsForgotten() {
        fruitless(1, 2, 3);
        accept(4);
        fruitless(1, 1, 1);
        assertThat(evidence.isWorthless(false)).isFalse();
        assertThat(evidence.isWorthless(true)).isTrue();
    }
}
