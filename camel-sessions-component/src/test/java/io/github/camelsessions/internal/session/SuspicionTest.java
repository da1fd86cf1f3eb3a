/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.COOLDOWN;
import static io.github.camelsessions.internal.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a gate tells the end of a session from forbidden pages; {@link EvidenceTest} has the figures of the rule. */
class SuspicionTest extends GateTestSupport {

    private static final int PAGE = 7;

    private Passage sent(int target) {
        Passage passage = wishes.passage(target);
        assertThat(arrive(passage).action()).isEqualTo(Action.SEND);
        return passage;
    }

    /** -> ACTIVE(n) by a refusal whose exchange is gone: until that helps somebody, five refusals in a row are the end. */
    private void doubt() {
        gate.succeeded(refuse(sent()));
        accept(sent());
        clock.advance(Duration.ofSeconds(1));
    }

    private void park(Passage passage) {
        Verdict verdict = gate.refused(passage);
        assertThat(verdict.action()).isEqualTo(Action.PARK);
        assertThat(verdict.renewal()).isNull();
    }

    private List<Passage> parked(int count) {
        List<Passage> parked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Passage passage = sent();
            parked.add(passage);
        }
        parked.forEach(this::park);
        return parked;
    }

    @Nested
    class Runs {

        @Test
        void asManyRefusalsInARowAsItTakesAreTheEndAndAllAreSentAgain() {
            doubt();
            Passage fifth = sent();
            List<Passage> four = parked(4);
            Verdict verdict = gate.refused(fifth);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.again()).containsExactlyElementsOf(four);
            assertThat(verdict.renewal().initiator())
                    .as("the one refused first")
                    .isSameAs(four.get(0));
            assertThat(four).allMatch(passage -> passage.stood == 0);
            assertThat(gate.stats().replays()).isEqualTo(1 + 5);
            assertThat(gate.stats().useless())
                    .as("the log-in before helped nobody")
                    .isEqualTo(1);
        }

        @Test
        void anAcceptanceBetweenThemBeginsTheRunAnew() {
            doubt();
            Passage fifth = sent();
            Passage slow = sent();
            Passage accepted = sent();
            parked(4);
            accept(accepted);
            park(fifth);
            gate.unanswered(slow);
            assertThat(state()).isEqualTo("ACTIVE");
        }

        @Test
        void whoCannotRenewIsNoneOfThem() {
            doubt();
            Passage plain = rules().renews(false).passage();
            arrive(plain);
            sent();
            parked(4);
            assertThat(gate.refused(plain).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.memory().suspects.size()).isEqualTo(4);
            assertThat(state()).isEqualTo("ACTIVE");
        }

        @Test
        void afterALogInThatHelpedOneIsEnoughAgain() {
            Passage helped = sent();
            gate.succeeded(refuseAndHold(helped));
            resend(helped);
            accept(helped);
            sent();
            refuse(sent());
            assertThat(gate.stats().useless()).isZero();
        }

        @Test
        void afterTheCooldownOneIsEnoughAgain() {
            doubt();
            clock.advance(COOLDOWN);
            sent();
            refuse(sent());
        }

        @Test
        void eachLogInInVainDoublesTheTimeUntilThen() {
            doubt();
            Passage fifth = sent();
            parked(4);
            gate.succeeded(gate.refused(fifth).renewal());
            accept(sent());
            clock.advance(COOLDOWN);
            sent();
            gate.left(parked(1).get(0));
            clock.advance(COOLDOWN);
            refuse(sent());
        }

        @Test
        void aLogInForALimitHasNothingToProve() {
            gate.expire();
            Passage passage = passage();
            gate.succeeded(arrive(passage).renewal());
            resend(passage);
            sent();
            refuse(sent());
        }

        @Test
        void aRenewalThatSomebodyAskedForSendsTheSuspectsAgainWhichProvesNothing() {
            doubt();
            Passage slow = sent();
            Passage suspect = parked(1).get(0);
            Verdict verdict = gate.renew(passage(), null, null);
            assertThat(verdict.again()).containsExactly(suspect);
            gate.unanswered(slow);
            gate.succeeded(verdict.renewal());
            sent();
            refuse(sent());
        }
    }

    @Nested
    class Outlived {

        @Test
        void aRefusalStandsWhenOneThatWasSentAfterItIsAccepted() {
            doubt();
            Passage before = sent();
            Passage suspect = parked(1).get(0);
            Passage after = sent();
            assertThat(gate.accepted(before, true).standing()).isEmpty();
            Verdict verdict = gate.accepted(after, true);
            assertThat(verdict.standing()).containsExactly(suspect);
            assertThat(verdict.again()).isEmpty();
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.memory().suspects.size()).isZero();
            assertThat(gate.stats().standing()).isEqualTo(1);
        }

        @Test
        void onlyThoseStandThatWereRefusedBeforeItWasSent() {
            doubt();
            Passage slow = sent();
            Passage one = sent();
            Passage two = sent();
            park(one);
            Passage between = sent();
            park(two);
            assertThat(gate.accepted(between, true).standing()).containsExactly(one);
            assertThat(gate.unanswered(slow).standing()).containsExactly(two);
        }

        @Test
        void whoeverGaveUpWaitingIsNotJudged() {
            doubt();
            sent();
            Passage suspect = parked(1).get(0);
            gate.left(suspect);
            assertThat(gate.accepted(sent(), true).standing()).isEmpty();
            assertThat(gate.memory().suspects.size()).isZero();
        }

        @Test
        void anAnswerStandsOnlyAfterAsManyJudgementsAsThereAreReplays() {
            doubt();
            Passage never = rules().maxReplays(0).passage();
            arrive(never);
            Passage twice = rules().maxReplays(2).passage();
            arrive(twice);
            sent();
            park(never);
            park(twice);
            Verdict verdict = gate.accepted(sent(), true);
            assertThat(verdict.standing()).containsExactly(never);
            assertThat(verdict.again()).containsExactly(twice);
            assertThat(arrive(twice).action()).isEqualTo(Action.SEND);
            park(twice);
            assertThat(gate.accepted(sent(), true).standing()).containsExactly(twice);
        }

        @Test
        void whoIsNotSentAgainKeepsTheRefusalOfAnEndedSession() {
            doubt();
            Passage never = rules().maxReplays(0).passage();
            arrive(never);
            Passage once = sent();
            sent();
            park(once);
            park(never);
            Verdict verdict = gate.clear(null);
            assertThat(verdict.again()).containsExactly(once);
            assertThat(verdict.standing()).containsExactly(never);
        }
    }

    @Nested
    class Known {

        @Test
        void aTargetThatALiveSessionRefusedIsDeliveredAtOnceUntilThatIsForgotten() {
            doubt();
            park(sentBesideAnother());
            accept(sent());
            sent();
            assertThat(gate.refused(sent(PAGE)).action()).isEqualTo(Action.DELIVER);
            clock.advance(COOLDOWN);
            sent();
            refuse(sent(PAGE));
        }

        private Passage sentBesideAnother() {
            sent();
            return sent(PAGE);
        }

        @Test
        void itsReplaysAreUsedUpAllTheSame() {
            doubt();
            park(sentBesideAnother());
            accept(sent());
            Passage twice = rules().maxReplays(2).passage(PAGE);
            arrive(twice);
            assertThat(gate.refused(twice).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(arrive(twice).action()).isEqualTo(Action.SEND);
            assertThat(gate.refused(twice).action()).isEqualTo(Action.DELIVER);
            assertThat(state()).isEqualTo("ACTIVE");
        }

        @Test
        void aTargetThatWasAcceptedAndIsRefusedNowIsTheEnd() {
            doubt();
            accept(sent(PAGE));
            sent();
            Passage other = sent();
            Passage accepted = sent(PAGE);
            park(other);
            Verdict verdict = gate.refused(accepted);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(verdict.again()).containsExactly(other);
        }

        @Test
        void aTargetThatWasBothIsLikeAnyOther() {
            doubt();
            park(sentBesideAnother());
            accept(sent());
            accept(sent(PAGE));
            park(sentBesideAnother());
        }
    }

    @Nested
    class Quiet {

        @Test
        void theFirstIsDeliveredAndTheNextRequestOfItsCallerTellsOfTheOthers() {
            doubt();
            Passage last = sent();
            List<Passage> two = parked(2);
            Verdict verdict = gate.unanswered(last);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.standing()).containsExactly(two.get(0));
            assertThat(gate.accepted(sent(), true).standing()).containsExactly(two.get(1));
        }

        @Test
        void whoeverMakesItQuietIsToldApartFromTheOthers() {
            doubt();
            assertThat(gate.refused(sent()).action()).isEqualTo(Action.DELIVER);
            Passage twice = rules().maxReplays(2).passage();
            arrive(twice);
            Verdict verdict = gate.refused(twice);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.again()).isEmpty();
        }

        @Test
        void itIsNotQuietWhileOthersWaitForTheirTurn() {
            doubt();
            Passage suspect = sent();
            gate.pause(Duration.ofMillis(1));
            Passage held = held();
            park(suspect);
            assertThat(gate.left(held).standing()).containsExactly(suspect);
        }

        @Test
        void norWhileAnAnswerIsAwaitedThatIsYoungerThanASecond() {
            doubt();
            clock.advance(Duration.ofMillis(500));
            Passage slow = sent();
            clock.advance(Duration.ofMillis(500));
            Passage suspect = sent();
            Passage younger = sent();
            park(suspect);
            gate.unanswered(younger);
            assertThat(gate.memory().suspects.size())
                    .as("the slow one is young enough")
                    .isEqualTo(1);
            clock.advance(Duration.ofMillis(500));
            assertThat(gate.wake().standing()).containsExactly(suspect);
            accept(slow);
        }

        @Test
        void inAFrozenSessionNobodyIsJudged() {
            doubt();
            Passage last = sent();
            Passage suspect = parked(1).get(0);
            gate.freeze();
            assertThat(gate.unanswered(last).standing()).isEmpty();
            assertThat(gate.unfreeze().standing()).containsExactly(suspect);
        }
    }

    @Nested
    class Patience {

        @Test
        void whoHasBeenSuspectedForASecondIsDelivered() {
            doubt();
            Passage one = sent();
            Passage two = sent();
            Verdict first = gate.refused(one);
            assertThat(first.wakeAfter()).isEqualTo(1_000);
            clock.advance(Duration.ofMillis(400));
            sent(); // it is not quiet when the time of the first is over
            assertThat(gate.refused(two).wakeAfter()).as("it is woken before").isZero();
            clock.advance(Duration.ofMillis(599));
            assertThat(gate.wake().standing()).isEmpty();
            clock.advance(Duration.ofMillis(1));
            Verdict late = gate.wake();
            assertThat(late.standing()).containsExactly(one);
            assertThat(late.wakeAfter()).isEqualTo(400);
            clock.advance(Duration.ofMillis(400));
            assertThat(gate.wake().standing()).containsExactly(two);
        }

        @Test
        void allAreDeliveredWhoseTimeIsOverThoughItIsQuietToo() {
            doubt();
            sent();
            List<Passage> parked = parked(3);
            clock.advance(Duration.ofSeconds(1));
            Verdict verdict = gate.wake();
            assertThat(verdict.standing()).containsExactlyElementsOf(parked);
            assertThat(verdict.wakeAfter()).isZero();
        }

        @Test
        void whoWasSuspectedBeforeHasLessTime() {
            doubt();
            sent();
            Passage suspect = parked(1).get(0);
            clock.advance(Duration.ofMillis(700));
            assertThat(gate.clear(null).again()).containsExactly(suspect);
            doubt();
            gate.wake();
            assertThat(arrive(suspect).action()).isEqualTo(Action.SEND);
            sent();
            assertThat(gate.refused(suspect).wakeAfter()).isEqualTo(300);
            clock.advance(Duration.ofMillis(300));
            assertThat(gate.wake().standing()).containsExactly(suspect);
            assertThat(suspect.suspectedMillis).isEqualTo(1_000);
        }
    }

    /** A log-in after refusals has just filled the generation. */
    @Nested
    class TriedByOne {

        private void renewed() {
            gate.succeeded(refuse(sent()));
        }

        @Test
        void oneIsSentAtATimeUntilSomethingIsAccepted() {
            renewed();
            Passage one = sent();
            Passage two = held();
            Passage three = held();
            assertThat(gate.holding(two)).isTrue();
            Verdict verdict = gate.accepted(one, true);
            assertThat(verdict.release()).isTrue();
            assertThat(gate.holding(two)).isFalse();
            resend(two);
            resend(three);
        }

        @Test
        void whatIsRefusedThenStandsAndTheNextIsSent() {
            renewed();
            Passage forbidden = sent(PAGE);
            Passage next = held();
            Verdict verdict = gate.refused(forbidden);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.release()).isTrue();
            resend(next);
            assertThat(gate.holding(passage())).isTrue();
            accept(next);
            sent();
            assertThat(gate.stats().attempts()).isEqualTo(1);
        }

        @Test
        void whoIsRefusedBeforeAndAfterALogInIsForbiddenFromThenOn() {
            Passage twice = rules().maxReplays(2).passage(PAGE);
            arrive(twice);
            gate.succeeded(refuse(twice));
            resend(twice);
            assertThat(gate.refused(twice).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(state()).isEqualTo("ACTIVE");
            accept(sent());
            sent();
            assertThat(gate.refused(sent(PAGE)).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void whoeverAsksForWhatWasAcceptedBeforeIsSuspectedInstead() {
            doubt();
            accept(sent(PAGE));
            gate.succeeded(gate.refused(sent(PAGE)).renewal());
            assertThat(gate.refused(sent(PAGE)).action()).isNotEqualTo(Action.DELIVER);
        }

        @Test
        void theNextIsSentWhenOneGetsNoAnswer() {
            renewed();
            Passage one = sent();
            Passage next = held();
            assertThat(gate.unanswered(one).release()).isTrue();
            resend(next);
        }

        @Test
        void afterASecondAllAreSentThoughTheOneHasNoAnswer() {
            renewed();
            Passage slow = sent();
            Passage next = passage();
            assertThat(arrive(next).wakeAfter()).isEqualTo(1_000);
            clock.advance(Duration.ofSeconds(1));
            assertThat(gate.wake().release()).isTrue();
            resend(next);
            sent();
            assertThat(gate.refused(slow).action()).as("it was the only one").isEqualTo(Action.DELIVER);
        }

        @Test
        void nobodyTriesWhatWasFilledForALimitOrBecauseSomebodyAsked() {
            gate.succeeded(renewing());
            sent();
            sent();
            gate.expire();
            Passage passage = passage();
            gate.succeeded(arrive(passage).renewal());
            resend(passage);
            sent();
        }
    }

    /** Log-ins that succeed, and after which all is refused. */
    @Nested
    class Fruitless {

        /** For each target a generation that a log-in has filled, and that refuses it. */
        private void fruitless(int... targets) {
            for (int target : targets) {
                gate.succeeded(renewing());
                sent();
                Verdict verdict = gate.refused(sent(target));
                if (verdict.renewal() != null) {
                    gate.succeeded(verdict.renewal());
                }
            }
        }

        private Verdict refusal() {
            gate.clear(null);
            clock.advance(Duration.ofHours(1)); // what is known of runs is forgotten
            sent();
            return gate.refused(sent());
        }

        @Test
        void afterThreeGenerationsInARowOnlyTimeStartsTheNextLogIn() {
            gate(rules().renewalAttempts(10));
            fruitless(1, 2, 3);
            gate.clear(null);
            sent();
            for (int refusals = 0; refusals < 20; refusals++) {
                Passage refused = sent();
                park(refused);
                gate.left(refused);
            }
            assertThat(refusal().renewal()).isNotNull();
        }

        @Test
        void asManyAsThereAreAttemptsThatRefusedThreePagesAreWorthless() {
            fruitless(1, 2, 3);
            assertThat(state()).isEqualTo("FAILED");
            Verdict failing = arrive(passage());
            assertFails(failing, Kind.RENEWAL_FAILED);
            assertThat(failing.failure().cause())
                    .hasMessage("after each of 3 log-ins in a row every request was refused, though the log-ins"
                            + " succeeded");
            assertThat(failing.failure().situation().retryAt())
                    .isEqualTo(clock.instant().plus(COOLDOWN));
            assertThat(gate.memory().cooldown.failures()).isEqualTo(1);
        }

        @Test
        void twoPagesDoNotTellThat() {
            fruitless(1, 2, 1, 2);
            assertThat(refusal().renewal()).isNotNull();
        }

        @Test
        void norDoPagesThatNoneWasEverAcceptedOfWhileOthersWere() {
            accept(sent(4));
            fruitless(1, 2, 3);
            assertThat(refusal().renewal()).isNotNull();
        }

        @Test
        void oneAcceptedRequestEndsTheRow() {
            fruitless(1, 2);
            gate.succeeded(renewing());
            accept(sent());
            fruitless(3);
            assertThat(refusal().renewal()).isNotNull();
        }

        @Test
        void theTrialAfterwardsIsOneAndItsCooldownTwiceAsLong() {
            fruitless(1, 2, 3);
            clock.advance(COOLDOWN);
            Passage trial = passage();
            gate.succeeded(arrive(trial).renewal());
            assertThat(gate.memory().cooldown.failures())
                    .as("the log-ins before succeeded too")
                    .isEqualTo(1);
            resend(trial);
            gate.refused(trial);
            assertThat(gate.memory().cooldown.failures()).isEqualTo(2);
            assertThat(gate.stats().retryAt()).isEqualTo(clock.instant().plus(COOLDOWN.multipliedBy(2)));
        }

        @Test
        void anAcceptedRequestAfterTheTrialEndsTheRowOfFailures() {
            fruitless(1, 2, 3);
            clock.advance(COOLDOWN);
            Passage trial = passage();
            gate.succeeded(arrive(trial).renewal());
            resend(trial);
            accept(trial);
            assertThat(gate.memory().cooldown.failures()).isZero();
        }
    }

    /** A request tells whether the session lives: what refusals tell only says when it is sent. */
    @Nested
    class Checks {

        Checks() {
            gate(rules().checks(true));
        }

        private Passage checkSent() {
            Passage check = passage();
            assertThat(gate.check(check).action()).isEqualTo(Action.SEND);
            return check;
        }

        @Test
        void aLiveSessionMeansThatTheRefusalStands() {
            Passage suspect = sent();
            Verdict doubt = gate.refused(suspect);
            assertThat(doubt.action()).isEqualTo(Action.PARK);
            assertThat(doubt.check()).isTrue();
            Verdict verdict = gate.checked(checkSent(), true);
            assertThat(verdict.standing()).containsExactly(suspect);
            assertThat(verdict.check()).isFalse();
            assertThat(gate.stats().attempts()).isZero();
            assertThat(gate.stats().checks()).isEqualTo(1);
            assertThat(gate.stats().checksExpired()).isZero();
            assertThat(gate.stats().refused()).isEqualTo(1);
        }

        @Test
        void anEndedOneIsRenewedAndTheSuspectsSentAgain() {
            Passage suspect = sent();
            gate.refused(suspect);
            Verdict verdict = gate.checked(checkSent(), false);
            assertThat(verdict.again()).containsExactly(suspect);
            assertThat(verdict.renewal().initiator()).isSameAs(suspect);
            assertThat(gate.stats().checksExpired()).isEqualTo(1);
        }

        @Test
        void endsThatOnlyChecksTellOfArePacedByTime() {
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            accept(sent()); // its pages are good
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            assertThat(gate.checked(checkSent(), false).renewal()).as("at once").isNull();

            clock.advance(COOLDOWN);
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            clock.advance(COOLDOWN);
            assertThat(gate.checked(checkSent(), false).renewal())
                    .as("the second time it takes twice as long")
                    .isNull();
            assertThat(gate.checked(checkSent(), true).renewal()).isNull();
            assertThat(gate.checked(checkSent(), false).renewal())
                    .as("the row has ended")
                    .isNotNull();
        }

        @Test
        void whoIsRefusedRenewsWhateverChecksHaveTold() {
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            accept(sent());
            gate.refused(sent());
            assertThat(gate.checked(checkSent(), false).renewal()).isNotNull();
        }

        @Test
        void aDoubtIsSettledByOneCheck() {
            Passage slow = sent();
            Passage two = sent();
            Passage one = sent();
            assertThat(gate.refused(one).check())
                    .as("the first refusal is enough to ask")
                    .isTrue();
            assertThat(gate.refused(two).check()).as("while it is asked for").isFalse();
            Passage check = checkSent();
            assertThat(gate.refused(slow).check()).as("while it is under way").isFalse();
            Verdict verdict = gate.checked(check, true);
            assertThat(verdict.standing()).containsExactly(one, two);
            assertThat(verdict.check())
                    .as("who was refused after it was sent needs another")
                    .isTrue();
            assertThat(gate.checked(checkSent(), true).standing()).containsExactly(slow);
        }

        @Test
        void nobodyIsWokenWhileItIsAskedFor() {
            assertThat(gate.refused(sent()).wakeAfter()).isZero();
            Passage check = checkSent();
            clock.advance(Duration.ofSeconds(20));
            sent();
            Verdict verdict = gate.refused(sent());
            assertThat(verdict.action()).isEqualTo(Action.PARK);
            assertThat(verdict.wakeAfter()).isZero();
            assertThat(gate.checked(check, true).standing()).hasSize(1);
        }

        @Test
        void oneWithoutAnAnswerLeavesTheDecisionToWhatRefusalsTell() {
            gate(rules().checks(true).maxReplays(0));
            doubtWithChecks();
            Passage one = sent();
            Passage two = sent();
            sent();
            gate.refused(one);
            clock.advance(Duration.ofMillis(500));
            gate.refused(two);
            clock.advance(Duration.ofMillis(500));
            assertThat(gate.wake().check()).isTrue();
            Verdict verdict = gate.checked(checkSent(), null);
            assertThat(verdict.standing()).as("its second is over").containsExactly(one);
            assertThat(verdict.check()).as("not soon again").isFalse();
        }

        /** As {@link #doubt}. */
        private void doubtWithChecks() {
            gate.refused(sent());
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            accept(sent());
            clock.advance(Duration.ofSeconds(1));
        }

        @Test
        void withoutAnAnswerARefusalThatIsEnoughRenews() {
            Passage suspect = sent();
            gate.refused(suspect);
            Verdict verdict = gate.checked(checkSent(), null);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(verdict.again()).containsExactly(suspect);
        }

        @Test
        void inAPauseNothingIsAsked() {
            Passage suspect = sent();
            gate.pause(Duration.ofMillis(20_000));
            assertThat(gate.refused(suspect).check()).isFalse();
            Verdict skipped = gate.check(passage());
            assertThat(skipped.action()).isEqualTo(Action.SKIP);
            assertThat(skipped.check()).isFalse();
        }

        @Test
        void whatTheGenerationBeforeIsToldTellsNothing() {
            Passage suspect = sent();
            gate.refused(suspect);
            Passage check = checkSent();
            gate.clear(null);
            assertThat(arrive(suspect).action()).isEqualTo(Action.SEND);
            assertThat(gate.refused(suspect).check()).isFalse();
            Verdict verdict = gate.checked(check, false);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.check()).isTrue();
            assertThat(gate.checked(checkSent(), true).standing()).containsExactly(suspect);
        }

        @Test
        void onceItIsRenewedNothingIsToBeAsked() {
            gate.refused(sent());
            RenewalToken token = renewing();
            assertThat(gate.check(passage()).action()).isEqualTo(Action.SKIP);
            gate.succeeded(token);
            assertThat(gate.refused(sent()).check()).isTrue();
        }

        @Test
        void whoTriesANewGenerationIsNotForbiddenForItsRefusal() {
            gate.refused(sent());
            gate.succeeded(gate.checked(checkSent(), false).renewal());
            Passage tries = sent();
            assertThat(gate.refused(tries).action()).isEqualTo(Action.PARK);
        }

        @Test
        void logInsThatDoNotHelpAreWorthlessWhateverWasRefused() {
            for (int i = 0; i < 3; i++) {
                gate.refused(sent(PAGE));
                clock.advance(COOLDOWN.multipliedBy(10));
                gate.succeeded(gate.checked(checkSent(), false).renewal());
            }
            gate.refused(sent(PAGE));
            Verdict verdict = gate.checked(checkSent(), false);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(state()).isEqualTo("FAILED");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void aForbiddenPageBesideGoodOnesCostsTwoLogInsAtMost(int every) {
        for (int call = 0; call < 200; call++) {
            Passage passage = passage();
            Verdict verdict = arrive(passage);
            while (verdict.action() != Action.DELIVER) {
                if (verdict.renewal() != null) {
                    gate.succeeded(verdict.renewal());
                }
                verdict = verdict.action() == Action.SEND
                        ? call % every == 0 ? gate.refused(passage) : gate.accepted(passage, true)
                        : verdict.action() == Action.HOLD ? resume(passage) : arrive(passage);
                if (verdict.renewal() != null && verdict.action() == Action.ADMIT_AGAIN) {
                    RenewalToken token = verdict.renewal();
                    verdict = arrive(passage);
                    gate.succeeded(token);
                }
            }
        }
        assertThat(gate.stats().attempts()).isBetween(1L, 2L);
        assertThat(gate.stats().standing()).isEqualTo(200 / every);
    }
}
