/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import static io.github.camelsessions.session.TestGates.COOLDOWN;
import static io.github.camelsessions.session.TestGates.START;
import static io.github.camelsessions.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.session.GateFailure.Kind;
import io.github.camelsessions.session.TestGates.Rules;
import io.github.camelsessions.session.Verdict.Action;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RenewalGateTest {

    private static final Throwable WRONG = new IllegalStateException("wrong password");

    private final TestGates.Clock clock = new TestGates.Clock();
    private Rules wishes;
    private RenewalGate gate = gate(rules());
    private RuntimeException noGeneration;

    private RenewalGate gate(Rules rules) {
        wishes = rules;
        gate = TestGates.gate(rules.build(), clock, number -> {
            if (noGeneration != null) {
                throw noGeneration;
            }
            return TestGates.generation(number);
        });
        return gate;
    }

    /** An exchange with the wishes of the latest rules. */
    private Passage passage() {
        return wishes.passage();
    }

    // ---- what the tests tell the gate

    private Verdict arrive(Passage passage) {
        return gate.admit(passage, false, null);
    }

    private Verdict resume(Passage passage) {
        return gate.admit(passage, true, null);
    }

    private Passage sent() {
        Passage passage = passage();
        assertThat(arrive(passage).action()).isEqualTo(Action.SEND);
        return passage;
    }

    private Passage held() {
        Passage passage = passage();
        assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
        return passage;
    }

    private void resend(Passage passage) {
        assertThat(resume(passage).action()).isEqualTo(Action.SEND);
    }

    /** Refuses an exchange for the first time, which starts a renewal. */
    private RenewalToken refuse(Passage passage) {
        Verdict verdict = gate.refused(passage);
        assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
        assertThat(verdict.renewal()).isNotNull();
        return verdict.renewal();
    }

    /** An exchange is refused and waits for the renewal that this starts. */
    private RenewalToken refuseAndHold(Passage passage) {
        RenewalToken token = refuse(passage);
        assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
        return token;
    }

    private void accept(Passage passage) {
        assertThat(gate.accepted(passage, true).action()).isEqualTo(Action.DELIVER);
    }

    /** -> RENEWING(0, t). */
    private RenewalToken renewing() {
        return gate.renew(passage(), null, null).renewal();
    }

    /** -> FAILED(0, wrong password, in 30 s). */
    private void failed() {
        gate.failed(renewing(), false, WRONG);
    }

    /** One whole renewal after a refusal that helps nobody: the passage is refused again, and stands. */
    private void renewInVain(Passage forbidden) {
        gate.succeeded(refuseAndHold(forbidden));
        resend(forbidden);
        assertThat(gate.refused(forbidden).action()).isEqualTo(Action.DELIVER);
    }

    private Generation current() {
        return gate.open(null).generation();
    }

    private String state() {
        return gate.stats().state();
    }

    private static void assertFails(Verdict verdict, Kind kind) {
        assertThat(verdict.action()).isEqualTo(Action.FAIL);
        assertThat(verdict.failure().kind()).isEqualTo(kind);
    }

    @Nested
    class Admission {

        @Test
        void anActiveSessionSendsInItsGeneration() {
            Passage passage = passage();
            Verdict verdict = arrive(passage);
            assertThat(verdict.action()).isEqualTo(Action.SEND);
            assertThat(verdict.generation()).isSameAs(current()).isSameAs(passage.generation());
            assertThat(verdict.renewal()).isNull();
            assertThat(gate.stats().uses()).isEqualTo(1);
            assertThat(gate.stats().inFlight()).isEqualTo(1);
        }

        @Test
        void butNotBehindNewcomersWhoStoodBehindThem() {
            RenewalToken token = renewing();
            Passage first = held();
            gate.succeeded(token);
            Passage newcomer = held();
            resend(first);
            sent(); // else the line would never end with more callers than are resumed at once
            resend(newcomer);
        }

        @Test
        void aNewcomerStandsBehindThoseThatAreStillHeld() {
            RenewalToken token = renewing();
            Passage first = held();
            gate.succeeded(token);
            Passage newcomer = held();
            assertThat(gate.holding(passage())).isFalse();
            resend(first);
            resend(newcomer);
            assertThat(gate.stats().held()).isZero();
        }

        @Test
        void anExchangeIsHeldWhileAnotherRenews() {
            renewing();
            held();
            assertThat(gate.holding(passage())).isTrue();
            assertThat(gate.stats().held()).isEqualTo(1);
        }

        @Test
        void aReleasedExchangeIsHeldAgainWhenTheNextRenewalHasBegun() {
            RenewalToken token = renewing();
            Passage passage = held();
            assertThat(gate.stats().heldInAll()).isEqualTo(1);
            gate.succeeded(token);
            renewing();
            assertThat(resume(passage).action()).isEqualTo(Action.HOLD);
            assertThat(gate.stats().held()).isEqualTo(1);
            assertThat(gate.stats().heldInAll()).isEqualTo(1);
        }

        @Test
        void oneTooManyIsNotHeld() {
            gate(rules().maxHeld(2));
            renewing();
            held();
            held();
            Verdict verdict = arrive(passage());
            assertFails(verdict, Kind.FULL);
            assertThat(verdict.failure().held()).isEqualTo(2);
            assertThat(verdict.failure().retryAt()).isNull();
        }

        @Test
        void whoeverStartsARenewalMayWaitThoughNoMoreMay() {
            gate(rules().maxHeld(1));
            Passage initiator = sent();
            refuse(initiator);
            held();
            assertThat(arrive(initiator).action()).isEqualTo(Action.HOLD);
            assertFails(arrive(passage()), Kind.FULL);
        }

        @Test
        void whoeverReachesALimitMayWaitThoughNoMoreMay() {
            gate(rules().maxHeld(0).maxUses(1));
            accept(sent());
            assertThat(arrive(passage()).renewal()).isNotNull();
            assertThat(gate.stats().held()).isEqualTo(1);
        }

        @Test
        void aReleasedExchangeKeepsItsPlaceThoughNoMoreMayWait() {
            gate(rules().maxHeld(1));
            Passage initiator = sent();
            RenewalToken token = refuse(initiator);
            Passage held = held();
            arrive(initiator);
            gate.succeeded(token);
            renewing();
            assertThat(resume(held).action()).isEqualTo(Action.HOLD);
            assertThat(gate.stats().held()).isEqualTo(2);
        }

        @Test
        void aFailedSessionFailsExchangesUntilItsCooldownIsOver() {
            failed();
            clock.advance(COOLDOWN.minusMillis(1));
            Verdict verdict = arrive(passage());
            assertFails(verdict, Kind.RENEWAL_FAILED);
            assertThat(verdict.failure().retryAt()).isEqualTo(START.plus(COOLDOWN));
            assertThat(verdict.failure().cause()).isSameAs(WRONG);
            assertThat(verdict.failure().session()).isEqualTo(TestGates.KEY);
            assertThat(verdict.failure().generation()).isZero();
        }

        @Test
        void afterItsCooldownAFailedSessionTriesOneAttempt() {
            failed();
            clock.advance(COOLDOWN);
            Verdict verdict = arrive(passage());
            assertThat(verdict.action()).isEqualTo(Action.HOLD);
            RenewalToken trial = verdict.renewal();
            assertThat(trial.pending().number()).isEqualTo(1);
            assertThat(gate.failed(trial, true, WRONG).renewal()).isNull();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void afterItsCooldownASessionThatCannotRenewIsUsedAsItIs() {
            gate(rules().renews(false));
            failed();
            assertFails(arrive(passage()), Kind.RENEWAL_FAILED);
            clock.advance(COOLDOWN);
            sent();
            assertThat(current().number()).isZero();
        }

        @Test
        void aClosedSessionIsLookedUpAgain() {
            assertThat(gate.close()).isTrue();
            assertThat(arrive(passage()).action()).isEqualTo(Action.LOOK_UP);
            assertThat(gate.renew(passage(), null, null).action()).isEqualTo(Action.LOOK_UP);
            assertThat(gate.clear(null).action()).isEqualTo(Action.LOOK_UP);
            assertThat(gate.open(null).action()).isEqualTo(Action.LOOK_UP);
        }

        @Test
        void anAnswerThatIsNotAwaitedIsABug() {
            Passage passage = sent();
            accept(passage);
            assertThatThrownBy(() -> gate.accepted(passage, true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("session 'portal/anna': an answer was reported that is not awaited");
            assertThatThrownBy(() -> gate.refused(passage())).isInstanceOf(IllegalStateException.class);
            assertThat(gate.stats().inFlight()).isZero();
        }
    }

    @Nested
    class Limits {

        @Test
        void theExchangeAfterTheLastUseRenewsAndIsHeld() {
            gate(rules().maxUses(2));
            accept(sent());
            accept(sent());
            Verdict verdict = arrive(passage());
            assertThat(verdict.action()).isEqualTo(Action.HOLD);
            assertThat(verdict.renewal()).isNotNull();
        }

        @Test
        void furtherRequestsOfAnExchangeAreUsesTooAndThoseOfTheRenewalAreNot() {
            gate(rules().maxUses(3));
            gate.sentAgain(passage());
            Passage redirected = sent();
            gate.sentAgain(redirected);
            assertThat(gate.stats().uses()).isEqualTo(2);
            accept(redirected);
            RenewalToken token = renewing();
            Passage logIn = passage();
            gate.admit(logIn, false, token);
            gate.sentAgain(logIn);
            gate.accepted(logIn, true);
            gate.succeeded(token);
            assertThat(gate.stats().uses()).isZero();
            gate.sentAgain(sent());
            sent();
            assertThat(gate.stats().uses()).isEqualTo(3);
            assertThat(gate.stats().usesInAll()).isEqualTo(5);
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void aRenewalThatTakesMoreRequestsThanMaxUsesServesAsManyExchanges() {
            gate(rules().maxUses(1));
            RenewalToken token = renewing();
            gate.admit(passage(), false, token);
            gate.admit(passage(), false, token);
            gate.succeeded(token);
            sent();
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void aSessionThatCannotRenewStartsAfreshAtItsLimit() {
            gate(rules().renews(false).maxUses(1));
            Passage late = sent();
            Passage second = sent();
            assertThat(second.generation().number()).isEqualTo(1);
            assertThat(gate.accepted(late, true).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void anOldSessionIsRenewed() {
            gate(rules().maxAge(Duration.ofMinutes(10)));
            clock.advance(Duration.ofMinutes(9));
            accept(sent());
            clock.advance(Duration.ofMinutes(1));
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void theAgeCountsFromTheEndOfTheRenewal() {
            gate(rules().maxAge(Duration.ofMinutes(10)));
            RenewalToken token = renewing();
            clock.advance(Duration.ofMinutes(5));
            gate.succeeded(token);
            clock.advance(Duration.ofMinutes(9));
            sent();
        }

        @Test
        void anIdleSessionIsRenewedAndEachUseStartsTheIdleTimeAnew() {
            gate(rules().maxIdle(Duration.ofMinutes(10)));
            clock.advance(Duration.ofMinutes(9));
            accept(sent());
            clock.advance(Duration.ofMinutes(9));
            accept(sent());
            clock.advance(Duration.ofMinutes(10));
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void anEmptySessionRenewsBeforeItsFirstRequest() {
            gate(rules().renewFirst());
            Passage passage = passage();
            Verdict verdict = arrive(passage);
            assertThat(verdict.action()).isEqualTo(Action.HOLD);
            gate.succeeded(verdict.renewal());
            resend(passage);
            gate.clear(null);
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void aSessionWithCookiesFromElsewhereDoesNotRenewFirst() {
            gate(rules().renewFirst());
            current().jar().receive(CookieTarget.of(URI.create("https://portal.example/")), "sid=1");
            sent();
        }

        @Test
        void anEmptySessionThatCannotRenewSendsAtOnce() {
            gate(rules().renewFirst().renews(false));
            sent();
        }

        @Test
        void aLimitThatIsReachedInACooldownFailsTheExchange() {
            gate(rules().maxUses(1));
            failed();
            gate.clear(null);
            accept(sent());
            assertFails(arrive(passage()), Kind.RENEWAL_FAILED);
            assertThat(state()).isEqualTo("FAILED");
            clock.advance(COOLDOWN);
            assertThat(arrive(passage()).renewal()).isNotNull();
        }
    }

    @Nested
    class Tokens {

        @Test
        void theHolderOfTheTokenPassesIntoThePendingGeneration() {
            RenewalToken token = renewing();
            Verdict verdict = gate.admit(passage(), false, token);
            assertThat(verdict.action()).isEqualTo(Action.SEND);
            assertThat(verdict.generation()).isSameAs(token.pending()).isNotSameAs(current());
            assertThat(gate.open(token).generation()).isSameAs(token.pending());
            assertThat(token.session()).isEqualTo(TestGates.KEY);
        }

        @Test
        void theAnswersOfARenewalAreNoEvidence() {
            Passage passage = sent();
            RenewalToken token = refuseAndHold(passage);
            Passage refused = passage();
            gate.admit(refused, false, token);
            Passage slow = passage();
            gate.admit(slow, false, token);
            assertThat(gate.refused(refused).action()).isEqualTo(Action.DELIVER);
            gate.succeeded(token);
            assertThat(gate.accepted(slow, true).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.stats().refused()).isEqualTo(1);
            // nothing was accepted but by the log-in: the repeat refusal stands
            resend(passage);
            assertThat(gate.refused(passage).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void aRequestOfTheRenewalThatOutlivesItIsCountedInFlight() {
            RenewalToken token = renewing();
            Passage slow = passage();
            gate.admit(slow, false, token);
            gate.succeeded(token);
            assertThat(gate.close()).isFalse();
            gate.unanswered(slow);
            assertThat(gate.stats().inFlight()).isZero();
            assertThat(gate.close()).isTrue();
        }

        @Test
        void afterItsSuccessTheHolderIsAnOrdinaryExchange() {
            RenewalToken old = renewing();
            gate.succeeded(old);
            assertThat(gate.admit(passage(), false, old).generation()).isSameAs(current());
            RenewalToken next = renewing();
            assertThat(gate.admit(passage(), false, old).action()).isEqualTo(Action.HOLD);
            gate.clear(old);
            gate.succeeded(next);
            assertThat(current()).isSameAs(next.pending());
        }

        @Test
        void theHolderOfARevokedTokenFailsWhateverItDoes() {
            RenewalToken zombie = renewing();
            gate.failed(zombie, false, WRONG);
            gate.endCooldown();
            gate.succeeded(renewing());
            Generation before = current();
            assertFails(gate.admit(passage(), false, zombie), Kind.REVOKED);
            assertFails(gate.renew(passage(), null, zombie), Kind.REVOKED);
            assertFails(gate.clear(zombie), Kind.REVOKED);
            assertFails(gate.open(zombie), Kind.REVOKED);
            gate.close();
            assertFails(gate.admit(passage(), false, zombie), Kind.REVOKED);
            assertThat(before.number()).isEqualTo(1);
        }

        @Test
        void aNestedRenewalOfTheSameSessionJoins() {
            RenewalToken token = renewing();
            Verdict verdict = gate.renew(passage(), null, token);
            assertThat(verdict.action()).isEqualTo(Action.SEND);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.generation()).isSameAs(token.pending());
        }
    }

    @Nested
    class Refusals {

        @Test
        void theFirstStartsARenewalAndTheExchangeIsSentAgain() {
            Passage passage = sent();
            RenewalToken token = refuseAndHold(passage);
            assertThat(token.pending().number()).isEqualTo(1);
            Verdict end = gate.succeeded(token);
            assertThat(end.release()).isTrue();
            resend(passage);
            assertThat(passage.generation()).isSameAs(token.pending());
            accept(passage);
            assertThat(gate.stats().renewals()).isEqualTo(1);
            assertThat(gate.stats().replays()).isEqualTo(1);
        }

        @Test
        void manyAtOnceStartOneRenewal() {
            Passage first = sent();
            Passage second = sent();
            RenewalToken token = refuseAndHold(first);
            Verdict verdict = gate.refused(second);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(arrive(second).action()).isEqualTo(Action.HOLD);
            gate.succeeded(token);
            assertThat(gate.stats().attempts()).isEqualTo(1);
        }

        @Test
        void oneOfAnOlderGenerationIsSentAgainWithoutARenewal() {
            Passage late = sent();
            gate.succeeded(renewing());
            Verdict verdict = gate.refused(late);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(arrive(late).generation()).isSameAs(current());
        }

        @Test
        void oneInAFailedSessionFailsAsAnArrivalDoes() {
            Passage late = sent();
            failed();
            assertThat(gate.refused(late).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertFails(arrive(late), Kind.RENEWAL_FAILED);
        }

        @Test
        void oneOfASessionThatCannotRenewIsTheAnswer() {
            gate(rules().renews(false));
            Verdict verdict = gate.refused(sent());
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.renewal()).isNull();
        }

        @Test
        void oneOfASessionThatCannotRenewIsSentAgainWhenSomebodyRenewedIt() {
            gate(rules().renews(false));
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.refused(late).action()).isEqualTo(Action.ADMIT_AGAIN);
        }

        @Test
        void withoutReplaysTheAnswerIsDeliveredAndTheSessionRenewedForOthers() {
            gate(rules().maxReplays(0));
            Passage late = sent();
            Verdict verdict = gate.refused(sent());
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(gate.refused(late).action()).isEqualTo(Action.DELIVER);
            gate.succeeded(verdict.renewal());
            // after a renewal that has helped nobody yet it takes two
            Passage one = sent();
            Passage two = sent();
            assertThat(gate.refused(one).action()).isEqualTo(Action.PARK);
            Verdict second = gate.refused(two);
            assertThat(second.action()).isEqualTo(Action.DELIVER);
            assertThat(second.standing()).containsExactly(one);
            assertThat(second.renewal()).isNotNull();
        }

        @Test
        void inACooldownThatOutlivedAClearTheSessionFailsAgain() {
            failed();
            gate.clear(null);
            Passage passage = sent();
            Passage other = sent();
            Verdict verdict = gate.refused(passage);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(state()).isEqualTo("FAILED");
            assertFails(arrive(passage), Kind.RENEWAL_FAILED);
            accept(other);
            assertThat(gate.stats().failuresInRow()).isEqualTo(1);
        }
    }

    @Nested
    class Suspicion {

        /** Refused once, renewed for, sent again: the next refusal makes it a suspect. */
        private Passage replayed() {
            Passage passage = sent();
            gate.succeeded(refuseAndHold(passage));
            resend(passage);
            return passage;
        }

        @Test
        void aRepeatRefusalDoesNotRenewAlone() {
            Passage suspect = replayed();
            sent();
            Verdict verdict = gate.refused(suspect);
            assertThat(verdict.action()).isEqualTo(Action.PARK);
            assertThat(verdict.renewal()).isNull();
            assertThat(gate.stats().suspects()).isEqualTo(1);
        }

        @Test
        void itsAnswerStandsWhenARequestAdmittedLaterIsAccepted() {
            Passage suspect = replayed();
            Passage before = sent();
            gate.refused(suspect);
            Passage after = sent();
            assertThat(gate.accepted(before, true).standing()).isEmpty();
            Verdict verdict = gate.accepted(after, true);
            assertThat(verdict.standing()).containsExactly(suspect);
            assertThat(verdict.again()).isEmpty();
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.stats().suspects()).isZero();
            assertThat(gate.stats().standing()).isEqualTo(1);
        }

        @Test
        void onlyThoseThatWereRefusedBeforeTheAdmissionStand() {
            Passage one = replayed();
            Passage two = sent();
            two.refusals = 1;
            gate.refused(one);
            Passage between = sent();
            gate.refused(two);
            assertThat(gate.accepted(between, true).standing()).containsExactly(one);
            assertThat(gate.stats().suspects()).isZero(); // quiet now: the other is sent again after a renewal
            assertThat(state()).isEqualTo("RENEWING");
        }

        @Test
        void itIsSentAgainWhenAnotherIsRefusedForTheFirstTime() {
            Passage suspect = replayed();
            Passage proof = sent();
            proof.refusals = 1;
            Passage other = sent();
            accept(proof);
            gate.refused(suspect);
            Verdict verdict = gate.refused(other);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(verdict.again()).containsExactly(suspect);
            assertThat(suspect.stood).isZero();
            assertThat(gate.stats().replays()).isEqualTo(3);
        }

        @Test
        void quietRenewsWhenTheGenerationHadAcceptedSomething() {
            Passage suspect = replayed();
            accept(sent());
            Verdict verdict = gate.refused(suspect);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.again()).isEmpty();
            assertThat(verdict.renewal()).isNotNull();
        }

        @Test
        void quietLetsTheAnswerStandWhenNothingWasAccepted() {
            Passage suspect = replayed();
            Passage other = sent();
            gate.refused(suspect);
            Verdict verdict = gate.unanswered(other);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.standing()).containsExactly(suspect);
            assertThat(verdict.renewal()).isNull();
        }

        @Test
        void itIsNotQuietWhileOthersWaitForTheirTurn() {
            Passage suspect = sent();
            RenewalToken token = refuseAndHold(suspect);
            Passage held = held();
            gate.succeeded(token);
            resend(suspect);
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
            assertThat(gate.left(held).standing()).containsExactly(suspect);
        }

        @Test
        void whoeverIsTurnedAwayMakesItQuietToo() {
            Passage suspect = sent();
            RenewalToken token = refuseAndHold(suspect);
            Passage asker = passage();
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.HOLD);
            gate.succeeded(token);
            resend(suspect);
            gate.refused(suspect);
            Verdict verdict = gate.renew(asker, null, null);
            assertThat(verdict.action()).isEqualTo(Action.SKIP);
            assertThat(verdict.standing()).containsExactly(suspect);
        }

        @Test
        void whoeverGaveUpWaitingIsNotJudged() {
            Passage suspect = replayed();
            Passage other = sent();
            gate.refused(suspect);
            assertThat(gate.left(suspect).standing()).isEmpty();
            assertThat(gate.accepted(other, true).standing()).isEmpty();
            assertThat(gate.stats().suspects()).isZero();
        }

        @Test
        void anAnswerStandsOnlyAfterAsManyJudgementsAsThereAreReplays() {
            gate(rules().maxReplays(2));
            Passage suspect = replayed();
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(arrive(suspect).action()).isEqualTo(Action.SEND);
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void afterARenewalThatHelpedNobodyAFirstRefusalIsParkedToo() {
            renewInVain(sent());
            accept(sent());
            Passage inFlight = sent();
            Passage first = sent();
            assertThat(gate.refused(first).action()).isEqualTo(Action.PARK);
            assertThat(gate.accepted(inFlight, true).again()).containsExactly(first);
            assertThat(state()).isEqualTo("RENEWING");
            assertThat(gate.stats().useless()).isEqualTo(1);
        }

        @Test
        void aSecondFirstRefusalConfirms() {
            renewInVain(sent());
            accept(sent());
            Passage one = sent();
            Passage two = sent();
            sent();
            gate.refused(one);
            Verdict verdict = gate.refused(two);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(verdict.again()).containsExactly(one);
        }

        @Test
        void aFirstRefusalThatLeftConfirmsNothing() {
            renewInVain(sent());
            accept(sent());
            Passage one = sent();
            Passage two = sent();
            sent();
            gate.refused(one);
            gate.left(one);
            assertThat(gate.refused(two).action()).isEqualTo(Action.PARK);
        }

        @Test
        void afterARenewalThatHelpedOneFirstRefusalIsEnough() {
            Passage helped = sent();
            gate.succeeded(refuseAndHold(helped));
            resend(helped);
            accept(helped);
            refuse(sent());
        }

        @Test
        void afterThreeUselessRenewalsQuietDoesNotRenew() {
            renewInVain(sent());
            for (int useless = 1; useless <= 3; useless++) {
                accept(sent());
                renewInVain(sent());
                assertThat(gate.stats().useless()).isEqualTo(useless);
            }
            accept(sent());
            assertThat(gate.refused(sent()).action()).isEqualTo(Action.DELIVER);
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.stats().attempts()).isEqualTo(4);
        }

        @Test
        void evenThenTheNextExchangeFindsOutThatTheSessionHasExpired() {
            afterThreeUselessRenewalsQuietDoesNotRenew();
            Passage second = sent();
            RenewalToken token = refuseAndHold(second);
            gate.succeeded(token);
            resend(second);
            accept(second);
            // that one was useful: the row of useless ones is over
            refuse(sent());
        }

        @Test
        void evenThenAnAcceptedExchangeShowsThatItHasNot() {
            afterThreeUselessRenewalsQuietDoesNotRenew();
            accept(sent());
            assertThat(gate.refused(sent()).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void whoeverMakesItQuietIsToldApartFromTheOthers() {
            Passage one = sent();
            Passage two = sent();
            gate.succeeded(refuse(one));
            gate.refused(two);
            arrive(one);
            arrive(two);
            assertThat(gate.refused(one).action()).isEqualTo(Action.PARK);
            Verdict verdict = gate.refused(two);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.standing()).containsExactly(one);
        }

        @Test
        void aRenewalIsUselessWhenItsGenerationWasAliveAsItRefusedTheExchangeAgain() {
            Passage suspect = replayed();
            gate.refused(suspect);
            accept(sent());
            assertThat(gate.refused(sent()).renewal()).isNotNull();
            assertThat(gate.stats().useless()).isEqualTo(1);
        }

        @Test
        void itIsUselessTooWhenALaterAcceptanceRefutedTheSuspect() {
            Passage suspect = replayed();
            Passage slow = sent();
            gate.refused(suspect);
            Passage refused = sent();
            accept(sent());
            assertThat(gate.refused(refused).action()).isEqualTo(Action.PARK);
            gate.unanswered(slow);
            assertThat(state()).isEqualTo("RENEWING");
            assertThat(gate.stats().useless()).isEqualTo(1);
        }

        @Test
        void aRefutedFirstRefusalConfirmsNothingAndTellsNothingOfTheRenewal() {
            Passage gone = sent();
            gate.succeeded(refuseAndHold(gone));
            gate.left(gone);
            Passage slow = sent();
            gate.refused(sent());
            accept(sent());
            assertThat(gate.refused(sent()).action()).isEqualTo(Action.PARK);
            gate.unanswered(slow);
            assertThat(state()).isEqualTo("RENEWING");
            assertThat(gate.stats().useless()).isZero();
        }

        @Test
        void aFirstRefusalThatStoodTellsNothingOfTheRenewal() {
            Passage gone = sent();
            gate.succeeded(refuseAndHold(gone));
            gate.left(gone);
            assertThat(gate.refused(sent()).action()).isEqualTo(Action.DELIVER);
            accept(sent());
            assertThat(gate.refused(sent()).renewal()).isNotNull();
            assertThat(gate.stats().useless()).isZero();
        }

        @Test
        void aRenewalIsNotUselessBecauseANewcomerWasQuicker() {
            Passage slow = sent();
            RenewalToken token = refuseAndHold(slow);
            Passage quick = held();
            gate.succeeded(token);
            resend(slow);
            resend(quick);
            accept(quick);
            assertThat(gate.refused(slow).renewal()).isNotNull();
            assertThat(gate.stats().useless()).isZero();
        }

        /** An exchange that two generations have refused, about to be sent again in the third; others wait beside it. */
        private Passage refusedTwice() {
            Passage passage = sent();
            RenewalToken token = refuseAndHold(passage);
            Passage quick = held();
            gate.succeeded(token);
            resend(passage);
            resend(quick);
            accept(quick);
            Verdict verdict = gate.refused(passage);
            assertThat(verdict.renewal()).isNotNull();
            assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
            gate.succeeded(verdict.renewal());
            return passage;
        }

        @Test
        void whomTwoGenerationsHaveRefusedIsSentAloneByTheThird() {
            Passage probe = refusedTwice();
            resend(probe);
            Passage other = held();
            assertThat(gate.holding(passage())).isTrue();
            Verdict verdict = gate.accepted(probe, true);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.release()).isTrue();
            assertThat(gate.holding(passage())).isFalse();
            resend(other);
            assertThat(gate.stats().useless()).isZero();
        }

        @Test
        void itsThirdRefusalStandsWhateverOthersAreAnswered() {
            Passage probe = refusedTwice();
            resend(probe);
            Verdict verdict = gate.refused(probe);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            accept(sent());
            assertThat(gate.stats().attempts()).isEqualTo(2);
        }

        @Test
        void theOthersGoOnWhenItGetsNoAnswer() {
            Passage probe = refusedTwice();
            resend(probe);
            Passage other = held();
            assertThat(gate.unanswered(probe).release()).isTrue();
            resend(other);
        }

        @Test
        void itIsNotSentAloneWhenOthersWereSentBefore() {
            Passage late = refusedTwice();
            resend(passage()); // one that was held before, too
            resend(late);
            assertThat(gate.holding(passage())).isFalse();
        }

        @Test
        void aForbiddenPageBesideGoodOnesSoonRenewsNoMore() {
            for (int call = 0; call < 50; call++) {
                Passage forbidden = sent();
                boolean ended = false;
                while (!ended) {
                    Passage good = passage();
                    boolean goodIsSent = arrive(good).action() == Action.SEND;
                    Verdict verdict = gate.refused(forbidden);
                    ended = verdict.action() == Action.DELIVER;
                    if (!goodIsSent) {
                        resend(good);
                    }
                    Verdict quiet = gate.accepted(good, true);
                    ended |= quiet.standing().contains(forbidden);
                    if (!ended) {
                        RenewalToken token = verdict.renewal() != null ? verdict.renewal() : quiet.renewal();
                        assertThat(arrive(forbidden).action()).isEqualTo(Action.HOLD);
                        gate.succeeded(token);
                        resend(forbidden);
                    }
                }
            }
            assertThat(gate.stats().attempts()).isLessThan(10);
        }
    }

    @Nested
    class Barrenness {

        /** Each of the exchanges is refused, and refused again after the renewal that this starts. */
        private void refuseEverything(int exchanges) {
            for (int i = 0; i < exchanges; i++) {
                renewInVain(sent());
            }
        }

        @Test
        void afterThreeRenewalsWithoutAnAcceptedRequestTheSessionHasFailed() {
            refuseEverything(3);
            Passage passage = sent();
            Verdict verdict = gate.refused(passage);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            Verdict failing = arrive(passage);
            assertFails(failing, Kind.RENEWAL_FAILED);
            assertThat(failing.failure().cause())
                    .hasMessage(
                            "after each of 3 renewals in a row every request was refused, though the log-in succeeded");
            assertThat(failing.failure().retryAt()).isEqualTo(START.plus(COOLDOWN));
            assertThat(gate.stats().attempts()).isEqualTo(3);
        }

        @Test
        void thenOneTrialDecidesAndItsCooldownIsTwiceAsLong() {
            refuseEverything(3);
            gate.refused(sent());
            clock.advance(COOLDOWN);
            Passage passage = passage();
            gate.succeeded(arrive(passage).renewal());
            resend(passage);
            gate.refused(passage);
            arrive(passage);
            assertThat(gate.stats().failuresInRow()).isEqualTo(2);
            assertThat(gate.stats().retryAt()).isEqualTo(START.plus(COOLDOWN.multipliedBy(3)));
        }

        @Test
        void anAcceptedRequestEndsTheRow() {
            refuseEverything(3);
            accept(sent());
            Passage passage = sent();
            assertThat(gate.refused(passage).renewal()).isNotNull();
            assertThat(state()).isEqualTo("RENEWING");
        }

        @Test
        void anAcceptedRequestAfterTheTrialEndsTheRowOfFailures() {
            refuseEverything(3);
            gate.refused(sent());
            clock.advance(COOLDOWN);
            Passage passage = passage();
            gate.succeeded(arrive(passage).renewal());
            assertThat(gate.stats().failuresInRow()).isEqualTo(1);
            resend(passage);
            accept(passage);
            assertThat(gate.stats().failuresInRow()).isZero();
        }

        @Test
        void attemptsThatFailCountTogetherWithRenewalsThatWereBarren() {
            refuseEverything(2);
            RenewalToken token = refuse(sent());
            assertThat(gate.failed(token, true, WRONG).renewal()).isNull();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void renewalsByLimitsCountToo() {
            gate(rules().maxUses(1).renewalAttempts(2));
            List<Passage> late = new ArrayList<>();
            Verdict verdict = Verdict.of(Action.NOTHING);
            for (int i = 0; i < 3; i++) {
                Passage passage = passage();
                verdict = arrive(passage);
                if (verdict.renewal() != null) {
                    gate.succeeded(verdict.renewal());
                    resend(passage);
                }
                late.add(passage);
            }
            late.forEach(gate::refused);
            assertFails(arrive(passage()), Kind.RENEWAL_FAILED);
        }

        @Test
        void itIsNotDecidedWhileAnAnswerIsUnderWay() {
            gate(rules().renewalAttempts(1));
            gate.succeeded(refuse(sent()));
            Passage slow = sent();
            Passage one = sent();
            Passage two = sent();
            assertThat(gate.refused(one).action()).isEqualTo(Action.PARK);
            assertThat(gate.refused(two).action()).isEqualTo(Action.PARK);
            Verdict verdict = gate.accepted(slow, true);
            assertThat(verdict.again()).containsExactly(one, two);
            assertThat(state()).isEqualTo("RENEWING");
        }

        @Test
        void theLastAnswerDecidesIt() {
            gate(rules().renewalAttempts(1));
            gate.succeeded(refuse(sent()));
            Passage slow = sent();
            Passage one = sent();
            gate.refused(one);
            Verdict verdict = gate.refused(slow);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.again()).containsExactly(one);
            assertThat(state()).isEqualTo("FAILED");
        }
    }

    @Nested
    class Losses {

        private RenewalToken renewalOf(Verdict verdict) {
            assertThat(verdict.action()).isEqualTo(Action.HOLD);
            return verdict.renewal();
        }

        @Test
        void oneOfTheCurrentGenerationIsSentInTheNext() {
            Passage lost = sent();
            Verdict verdict = gate.lost(lost, true);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(gate.stats().inFlight()).isZero();
            RenewalToken token = renewalOf(arrive(lost));
            gate.succeeded(token);
            resend(lost);
            assertThat(lost.generation()).isSameAs(token.pending());
            assertThat(gate.stats().refused()).isZero();
        }

        @Test
        void manyOfOneGenerationRenewOnce() {
            List<Passage> lost = List.of(sent(), sent(), sent());
            lost.forEach(passage -> gate.lost(passage, true));
            RenewalToken token = renewalOf(arrive(lost.get(0)));
            assertThat(arrive(lost.get(1)).renewal()).isNull();
            gate.succeeded(token);
            resend(lost.get(0));
            resend(lost.get(1));
            assertThat(arrive(lost.get(2)).action()).as("late").isEqualTo(Action.SEND);
            assertThat(gate.stats().attempts()).isEqualTo(1);
        }

        @Test
        void whereTheSessionCannotRenewTheNextGenerationBegins() {
            gate(rules().renews(false));
            Passage lost = sent();
            Passage other = sent();
            gate.lost(lost, true);
            Verdict again = arrive(lost);
            assertThat(again.action()).isEqualTo(Action.SEND);
            assertThat(again.generation().number()).isEqualTo(1);
            gate.lost(other, true);
            assertThat(arrive(other).generation()).isSameAs(again.generation());
        }

        @Test
        void oneThatCannotBeSentAgainIsDeliveredAndTheSessionRenewedForOthers() {
            Passage lost = sent();
            assertThat(gate.lost(lost, false).action()).isEqualTo(Action.DELIVER);
            renewalOf(arrive(passage()));
        }

        @Test
        void oneOfAnEarlierGenerationHasTheSessionRenewedNoMore() {
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.lost(late, true).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(arrive(late).generation()).isSameAs(current());
        }

        @Test
        void oneDuringARenewalWaitsForIt() {
            Passage lost = sent();
            Passage stale = sent();
            RenewalToken token = refuseAndHold(sent());
            gate.lost(lost, true);
            assertThat(arrive(lost).renewal()).isNull();
            gate.succeeded(token);
            resend(lost);
            assertThat(gate.accepted(stale, true).action())
                    .as("the server has ended that generation, and no limit")
                    .isEqualTo(Action.REPLAY_STALE);
        }

        @Test
        void oneOfARenewalIsDeliveredAndTellsNothingOfTheSession() {
            RenewalToken token = renewing();
            Passage priority = passage();
            gate.admit(priority, false, token);
            assertThat(gate.lost(priority, true).action()).isEqualTo(Action.DELIVER);
            gate.succeeded(token);
            sent();
        }

        @Test
        void oneAfterAFailedRenewalFailsWithItAndIsRenewedAfterwards() {
            Passage lost = sent();
            failed();
            assertThat(gate.lost(lost, true).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertFails(arrive(lost), Kind.RENEWAL_FAILED);
            clock.advance(COOLDOWN);
            renewalOf(arrive(passage()));
        }

        @Test
        void afterAFailedRenewalThoseThatCannotRenewGetTheNextGeneration() {
            Passage lost = sent();
            failed();
            gate.lost(lost, true);
            clock.advance(COOLDOWN);
            wishes = rules().renews(false);
            assertThat(arrive(passage()).generation().number()).isEqualTo(1);
        }

        @Test
        void theAnswersOfThatGenerationStand() {
            Passage lost = sent();
            Passage slow = sent();
            gate.lost(lost, true);
            gate.succeeded(renewalOf(arrive(lost)));
            accept(slow);
        }

        @Test
        void suspectsAreAdmittedAgain() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            Passage lost = sent();
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
            Verdict verdict = gate.lost(lost, true);
            assertThat(verdict.again()).containsExactly(suspect);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(gate.stats().suspects()).isZero();
        }

        @Test
        void theOthersGoOnWhenItWasSentAlone() {
            Passage probe = sent();
            gate.succeeded(refuseAndHold(probe));
            resend(probe);
            sent();
            gate.refused(probe);
            gate.succeeded(renewing());
            Passage alone = probe;
            assertThat(arrive(alone).action()).isEqualTo(Action.SEND);
            Passage other = passage();
            Verdict held = arrive(other);
            Verdict verdict = gate.lost(alone, true);
            assertThat(verdict.release()).isEqualTo(held.action() == Action.HOLD);
            renewalOf(resumeOrArrive(other, held));
        }

        private Verdict resumeOrArrive(Passage other, Verdict held) {
            return held.action() == Action.HOLD ? resume(other) : arrive(passage());
        }

        @Test
        void inAFrozenSessionItWaits() {
            Passage lost = sent();
            gate.freeze(true);
            gate.lost(lost, true);
            assertThat(arrive(lost).action()).isEqualTo(Action.HOLD);
            gate.freeze(false);
            assertThat(resume(lost).renewal()).isNotNull();
        }

        @Test
        void inAClosedSessionItLooksTheSessionUp() {
            Passage lost = sent();
            gate.stop();
            assertThat(gate.lost(lost, true).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(arrive(lost).action()).isEqualTo(Action.LOOK_UP);
        }

        @Test
        void itIsReportedOnceForEachSend() {
            Passage lost = sent();
            gate.lost(lost, true);
            assertThatThrownBy(() -> gate.lost(lost, true)).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void theLastOneLetsARenewalBeginThatWaitsForIt() {
            Passage lost = sent();
            RenewalToken token = renewing();
            assertThat(gate.drained(token)).isFalse();
            assertThat(gate.lost(lost, true).renewal()).isSameAs(token);
        }

        @Test
        void anAttemptThatTheSiteHasSeenNothingOfDoesNotCount() {
            gate(rules().renewalAttempts(1));
            RenewalToken token = renewing();
            for (int i = 0; i < 5; i++) {
                Passage login = passage();
                gate.admit(login, false, token);
                gate.lost(login, true);
                RenewalToken next = gate.lost(token, true, WRONG).renewal();
                assertThat(token.state()).isEqualTo(RenewalToken.State.REVOKED);
                assertThat(next.first()).isSameAs(token.first());
                token = next;
            }
            assertThat(gate.failed(token, true, WRONG).renewal()).isNull();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void anAttemptThatTheSiteHasAnsweredCounts() {
            gate(rules().renewalAttempts(1));
            RenewalToken token = renewing();
            Passage login = passage();
            gate.admit(login, false, token);
            gate.accepted(login, false);
            assertThat(gate.lost(token, true, WRONG).renewal()).isNull();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void anAttemptThatWasLostAfterARedirectOfTheSiteCounts() {
            gate(rules().renewalAttempts(1));
            RenewalToken token = renewing();
            Passage login = passage();
            gate.admit(login, false, token);
            gate.lost(login, false);
            assertThat(gate.lost(token, true, WRONG).renewal()).isNull();
        }

        @Test
        void aLostAttemptWithoutAnotherFailsTheRenewal() {
            gate(rules());
            assertThat(gate.lost(renewing(), false, WRONG).renewal()).isNull();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void theEndOfALostAttemptThatIsOverIsDropped() {
            RenewalToken token = renewing();
            gate.succeeded(token);
            Verdict late = gate.lost(token, true, WRONG);
            assertThat(late.action()).isEqualTo(Action.NOTHING);
            assertThat(late.release()).isFalse();
            assertThat(gate.stats().late()).isEqualTo(1);
        }
    }

    @Nested
    class StaleAnswers {

        @Test
        void oneAcceptedAfterTheRenewalIsReplayed() {
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.accepted(late, true).action()).isEqualTo(Action.REPLAY_STALE);
            assertThat(gate.stats().stale()).isEqualTo(1);
            assertThat(gate.stats().staleReplays()).isEqualTo(1);
        }

        @Test
        void oneThatMayNotBeSentAgainIsDelivered() {
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.accepted(late, false).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.stats().stale()).isEqualTo(1);
            assertThat(gate.stats().staleReplays()).isZero();
        }

        @Test
        void oneOfAGenerationThatALimitEndedStands() {
            gate(rules().maxUses(1));
            Passage late = sent();
            gate.succeeded(arrive(passage()).renewal());
            gate.succeeded(renewing());
            assertThat(gate.accepted(late, true).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.stats().stale()).isZero();
        }

        @Test
        void oneThatComesDuringTheNextRenewalOrAfterAFailureIsDelivered() {
            Passage during = sent();
            Passage failed = sent();
            gate.succeeded(renewing());
            RenewalToken token = renewing();
            assertThat(gate.accepted(during, true).action()).isEqualTo(Action.DELIVER);
            gate.failed(token, false, WRONG);
            assertThat(gate.accepted(failed, true).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void withoutReplaysItIsDelivered() {
            gate(rules().maxReplays(0));
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.accepted(late, true).action()).isEqualTo(Action.DELIVER);
        }

        @Test
        void theAnswersOfTheCurrentGenerationAreDeliveredDuringARenewalAndAfterItsFailure() {
            Passage during = sent();
            Passage after = sent();
            RenewalToken token = renewing();
            accept(during);
            gate.failed(token, false, WRONG);
            accept(after);
            assertThat(gate.stats().failuresInRow()).isEqualTo(1);
        }
    }

    @Nested
    class Renewals {

        @Test
        void theAskerIsThePriorityExchange() {
            Generation before = current();
            Verdict verdict = gate.renew(passage(), before, null);
            assertThat(verdict.action()).isEqualTo(Action.SEND);
            assertThat(verdict.generation()).isSameAs(verdict.renewal().pending());
            assertThat(state()).isEqualTo("RENEWING");
            assertThat(current()).isSameAs(before);
        }

        @Test
        void whatWasRenewedSinceIsSkipped() {
            Generation before = current();
            RenewalToken token = renewing();
            gate.succeeded(token);
            assertThat(gate.renew(passage(), before, null).action()).isEqualTo(Action.SKIP);
            renewing();
            assertThat(gate.renew(passage(), before, null).action()).isEqualTo(Action.SKIP);
        }

        @Test
        void aGenerationOfTheSameNumberFromAnEvictedSessionIsAnother() {
            assertThat(gate.renew(passage(), TestGates.generation(0), null).action())
                    .isEqualTo(Action.SKIP);
        }

        @Test
        void whoeverAsksDuringARenewalWaitsAndSkips() {
            Generation before = current();
            RenewalToken token = renewing();
            Passage observer = passage();
            Passage operator = passage();
            assertThat(gate.renew(observer, before, null).action()).isEqualTo(Action.HOLD);
            assertThat(gate.renew(operator, null, null).action()).isEqualTo(Action.HOLD);
            gate.succeeded(token);
            assertThat(gate.renew(observer, before, null).action()).isEqualTo(Action.SKIP);
            assertThat(gate.renew(operator, null, null).action()).isEqualTo(Action.SKIP);
            assertThat(gate.stats().held()).isZero();
        }

        @Test
        void whoeverAsksDuringARenewalFailsWithIt() {
            gate(rules().cooldown(Duration.ZERO, Duration.ZERO));
            RenewalToken token = renewing();
            Passage asker = passage();
            gate.renew(asker, null, null);
            gate.failed(token, false, WRONG);
            assertFails(gate.renew(asker, null, null), Kind.RENEWAL_FAILED);
            assertThat(gate.renew(passage(), null, null).renewal()).isNotNull();
        }

        @Test
        void theHeldFailWithTheRenewalThoughItsCooldownIsOverWhenTheirTurnComes() {
            gate(rules().cooldown(Duration.ofSeconds(1), Duration.ofSeconds(1)));
            RenewalToken token = renewing();
            Passage held = held();
            assertThat(gate.failed(token, false, WRONG).release()).isTrue();
            clock.advance(Duration.ofSeconds(2));
            Verdict verdict = resume(held);
            assertFails(verdict, Kind.RENEWAL_FAILED);
            assertThat(verdict.failure().cause()).isSameAs(WRONG);
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void oneTooManyMayNotWaitForARenewal() {
            gate(rules().maxHeld(0));
            renewing();
            assertFails(gate.renew(passage(), null, null), Kind.FULL);
        }

        @Test
        void whoeverAsksKeepsItsPlaceThoughNoMoreMayWait() {
            gate(rules().maxHeld(1));
            Passage initiator = sent();
            RenewalToken token = refuse(initiator);
            Passage asker = passage();
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.HOLD);
            arrive(initiator);
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.HOLD);
            gate.succeeded(token);
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.SKIP);
        }

        @Test
        void aCooldownFailsAnExplicitRenewalToo() {
            failed();
            assertFails(gate.renew(passage(), null, null), Kind.RENEWAL_FAILED);
            gate.clear(null);
            assertFails(gate.renew(passage(), null, null), Kind.RENEWAL_FAILED);
            clock.advance(COOLDOWN);
            assertThat(gate.renew(passage(), null, null).renewal()).isNotNull();
        }

        @Test
        void suspectsAreSentAgainAfterIt() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            sent();
            gate.refused(suspect);
            assertThat(gate.renew(passage(), null, null).again()).containsExactly(suspect);
        }

        @Test
        void aSuccessInstallsItsGenerationOnce() {
            RenewalToken token = renewing();
            assertThat(gate.succeeded(token).release()).isTrue();
            assertThat(token.state()).isEqualTo(RenewalToken.State.ENDED);
            assertThat(current()).isSameAs(token.pending());
            assertThat(gate.succeeded(token).release()).isFalse();
            assertThat(gate.failed(token, true, WRONG).release()).isFalse();
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.stats().late()).isEqualTo(2);
        }

        @Test
        void aTransientFailureIsTriedAgainWithAJarOfItsOwn() {
            RenewalToken first = renewing();
            Passage held = held();
            Verdict verdict = gate.failed(first, true, WRONG);
            RenewalToken second = verdict.renewal();
            assertThat(verdict.release()).isFalse();
            assertThat(second.pending()).isNotSameAs(first.pending());
            assertThat(second.pending().jar()).isNotSameAs(first.pending().jar());
            assertFails(gate.admit(passage(), false, first), Kind.REVOKED);
            gate.succeeded(second);
            resend(held);
            assertThat(held.generation()).isSameAs(second.pending());
        }

        @Test
        void thereAreAsManyAttemptsAsTheRulesSay() {
            RenewalToken first = renewing();
            RenewalToken second = gate.failed(first, true, WRONG).renewal();
            RenewalToken third = gate.failed(second, true, WRONG).renewal();
            Verdict verdict = gate.failed(third, true, WRONG);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(gate.stats().attempts()).isEqualTo(3);
            assertThat(gate.stats().failures()).isEqualTo(1);
        }

        @Test
        void aLateSuccessAfterATimeoutIsDropped() {
            RenewalToken token = renewing();
            gate.failed(token, false, new IllegalStateException("timeout"));
            assertThat(gate.succeeded(token).release()).isFalse();
            assertThat(state()).isEqualTo("FAILED");
            assertThat(current().number()).isZero();
        }

        @Test
        void aSuccessOfAnEarlierAttemptIsDropped() {
            RenewalToken first = renewing();
            RenewalToken second = gate.failed(first, true, WRONG).renewal();
            gate.succeeded(first);
            assertThat(state()).isEqualTo("RENEWING");
            gate.succeeded(second);
            assertThat(current()).isSameAs(second.pending());
        }

        @Test
        void whenNoGenerationIsToBeHadTheRenewalHasFailed() {
            Passage passage = sent();
            noGeneration = new IllegalStateException("no profile is available");
            Verdict verdict = gate.refused(passage);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(arrive(passage).failure().cause()).isSameAs(noGeneration);
            clock.advance(COOLDOWN);
            Verdict asked = gate.renew(passage(), null, null);
            assertFails(asked, Kind.RENEWAL_FAILED);
            assertThat(asked.failure().cause()).isSameAs(noGeneration);
            clock.advance(COOLDOWN.multipliedBy(2));
            noGeneration = null;
            assertThat(gate.renew(passage(), null, null).renewal()).isNotNull();
        }

        @Test
        void whenNoGenerationIsToBeHadForTheNextAttemptTheHeldAreReleased() {
            RenewalToken token = renewing();
            noGeneration = new IllegalStateException("no profile is available");
            Verdict verdict = gate.failed(token, true, WRONG);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void whoeverGivesUpWaitingDoesNotEndTheRenewal() {
            RenewalToken token = renewing();
            Passage passage = held();
            clock.advance(Duration.ofSeconds(7));
            assertThat(gate.left(passage).action()).isEqualTo(Action.NOTHING);
            assertThat(gate.left(passage).action()).isEqualTo(Action.NOTHING);
            assertThat(gate.stats().held()).isZero();
            assertThat(gate.stats().longestHold()).isEqualTo(Duration.ofSeconds(7));
            assertThat(gate.succeeded(token).release()).isTrue();
        }
    }

    @Nested
    class CoolingDown {

        @Test
        void itDoublesWithEachFailureInARowUpToItsLongest() {
            gate(rules().cooldown(Duration.ofSeconds(30), Duration.ofSeconds(100)));
            for (int seconds : new int[] {30, 60, 100, 100}) {
                failed();
                assertThat(gate.stats().retryAt()).isEqualTo(clock.instant().plusSeconds(seconds));
                clock.advance(Duration.ofSeconds(seconds));
            }
            gate.succeeded(renewing());
            assertThat(gate.stats().retryAt()).isNull();
            failed();
            assertThat(gate.stats().retryAt()).isEqualTo(clock.instant().plusSeconds(30));
        }

        @Test
        void itIsNeverLongerThanTheLongest() {
            gate(rules().cooldown(Duration.ofSeconds(30), Duration.ofSeconds(10)));
            failed();
            assertThat(gate.stats().retryAt()).isEqualTo(START.plusSeconds(10));
        }

        @Test
        void itSurvivesAClear() {
            failed();
            assertThat(gate.clear(null).release()).isTrue();
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(current().number()).isEqualTo(1);
            sent();
            assertThat(gate.stats().retryAt()).isEqualTo(START.plus(COOLDOWN));
            assertThat(gate.stats().failuresInRow()).isEqualTo(1);
        }

        @Test
        void whatIsAcceptedAfterAClearDoesNotEndTheRowOfFailures() {
            failed();
            gate.clear(null);
            accept(sent());
            assertThat(gate.stats().failuresInRow()).isEqualTo(1);
            clock.advance(COOLDOWN);
            // the renewal after a failure gets one attempt, whatever the state
            assertThat(gate.failed(refuse(sent()), true, WRONG).renewal()).isNull();
        }

        @Test
        void theTrialAfterwardsIsForTheSameReasonAsTheRenewalThatFailed() {
            gate.failed(refuse(sent()), false, WRONG);
            clock.advance(COOLDOWN);
            Passage trial = passage();
            gate.succeeded(arrive(trial).renewal());
            resend(trial);
            sent();
            assertThat(gate.refused(trial).action())
                    .as("a renewal after a refusal has to prove its worth")
                    .isEqualTo(Action.PARK);
        }

        @Test
        void theOperatorEndsIt() {
            failed();
            gate.endCooldown();
            assertThat(gate.stats().failuresInRow()).isZero();
            assertThat(arrive(passage()).renewal()).isNotNull();
        }
    }

    @Nested
    class Operators {

        @Test
        void aClearStartsTheNextGenerationAndSendsSuspectsAgain() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            Passage late = sent();
            gate.refused(suspect);
            Verdict verdict = gate.clear(null);
            assertThat(verdict.again()).containsExactly(suspect);
            assertThat(verdict.renewal()).isNull();
            assertThat(verdict.release()).isTrue();
            assertThat(current().number()).isEqualTo(2);
            assertThat(gate.refused(late).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.stats().inFlight()).isZero();
        }

        @Test
        void aClearDuringARenewalDoesNothingButForItsOwner() {
            RenewalToken token = renewing();
            CookieTarget origin = CookieTarget.of(URI.create("https://portal.example/"));
            token.pending().jar().receive(origin, "sid=1");
            assertThat(gate.clear(null).action()).isEqualTo(Action.NOTHING);
            assertThat(token.pending().jar().size()).isEqualTo(1);
            assertThat(current().number()).isZero();
            gate.clear(token);
            assertThat(token.pending().jar().size()).isZero();
            assertThat(state()).isEqualTo("RENEWING");
        }

        @Test
        void onlyASessionThatNobodyNeedsIsClosed() {
            Passage passage = sent();
            assertThat(gate.close()).as("in flight").isFalse();
            RenewalToken token = refuseAndHold(passage);
            assertThat(gate.close()).as("renewing").isFalse();
            gate.succeeded(token);
            assertThat(gate.close()).as("held").isFalse();
            resend(passage);
            Passage other = sent();
            gate.refused(passage);
            gate.clear(null);
            assertThat(gate.close()).as("in flight in an old generation").isFalse();
            gate.unanswered(other);
            failed();
            assertThat(gate.close()).as("cooling down").isFalse();
            clock.advance(COOLDOWN);
            assertThat(gate.close()).isTrue();
            assertThat(gate.close()).isTrue();
            assertThat(state()).isEqualTo("CLOSED");
        }

        @Test
        void aStopRevokesTheRenewalAndReleasesTheHeld() {
            RenewalToken token = renewing();
            Passage held = held();
            assertThat(gate.stop().release()).isTrue();
            assertFails(gate.admit(passage(), false, token), Kind.REVOKED);
            assertThat(gate.holding(passage())).isFalse();
            assertThat(resume(held).action()).isEqualTo(Action.LOOK_UP);
            assertThat(gate.stats().held()).isZero();
            gate.succeeded(token);
            assertThat(state()).isEqualTo("CLOSED");
        }

        @Test
        void theLastAnswerOfAClosedGateSaysSo() {
            Passage one = sent();
            Passage other = sent();
            assertThat(gate.stop().emptied()).isFalse();
            assertThat(gate.isEmpty()).isFalse();
            assertThat(gate.unanswered(one).emptied()).isFalse();
            assertThat(gate.accepted(other, true).emptied()).isTrue();
            assertThat(gate.isEmpty()).isTrue();
        }

        @Test
        void anIdleGateIsEmptyWhenItIsStopped() {
            assertThat(gate.unanswered(sent()).emptied()).as("open").isFalse();
            assertThat(gate.stop().emptied()).isTrue();
        }

        @Test
        void aSuccessfulRenewalIsALogInThatIsLoggedOutOnce() {
            gate.succeeded(renewing());
            Generation filled = gate.latest();
            gate.stop();
            assertThat(gate.latest()).isSameAs(filled);
            assertThat(filled.takeLogOut()).isTrue();
            gate.loggedOut(true);
            gate.loggedOut(false);
            assertThat(gate.stats().logIns()).isOne();
            assertThat(gate.stats().logOuts()).isOne();
            assertThat(gate.stats().failedLogOuts()).isOne();
        }

        @Test
        void aStopGivesSuspectsBack() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            Passage late = sent();
            gate.refused(suspect);
            assertThat(gate.stop().again()).containsExactly(suspect);
            assertThat(gate.refused(late).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(arrive(late).action()).isEqualTo(Action.LOOK_UP);
        }
    }

    @Nested
    class Expiry {

        @Test
        void theNextExchangeThatCanRenewDoes() {
            gate.expire();
            Verdict verdict = arrive(passage());
            assertThat(verdict.action()).isEqualTo(Action.HOLD);
            assertThat(verdict.renewal()).isNotNull();
            gate.succeeded(verdict.renewal());
            assertThat(current()).isSameAs(verdict.renewal().pending());
        }

        @Test
        void theNextExchangeThatCannotRenewStartsAfresh() {
            wishes.renews(false);
            Generation before = current();
            gate.expire();
            Passage passage = sent();
            assertThat(passage.generation().number()).isEqualTo(1);
            assertThat(passage.generation()).isNotSameAs(before).isSameAs(sent().generation());
            assertThat(gate.stats().attempts()).isZero();
        }

        @Test
        void itCountsForOneGenerationOnly() {
            gate.expire();
            Passage passage = passage();
            gate.succeeded(arrive(passage).renewal());
            resend(passage);
            sent();
            assertThat(gate.stats().attempts()).isEqualTo(1);
        }

        @Test
        void theAnswersOfTheExpiredGenerationStand() {
            Passage before = sent();
            Passage after = sent();
            gate.expire();
            accept(before);
            gate.succeeded(arrive(passage()).renewal());
            accept(after);
            assertThat(gate.stats().stale()).isZero();
        }

        @Test
        void theyStandHoweverItsSuccessorCame() {
            Passage late = sent();
            gate.expire();
            gate.succeeded(renewing());
            accept(late);
            assertThat(gate.stats().stale()).isZero();
        }

        @Test
        void aRefusalOfItRenewsAsEver() {
            Passage refused = sent();
            gate.expire();
            refuse(refused);
        }

        @Test
        void itDoesNothingDuringARenewal() {
            RenewalToken token = renewing();
            Passage held = held();
            gate.expire();
            gate.succeeded(token);
            resend(held);
            sent();
            assertThat(state()).isEqualTo("ACTIVE");
        }

        @Test
        void aRenewalThatFailsAfterItLeavesTheGenerationAsItWas() {
            wishes.renews(false);
            RenewalToken token = renewing();
            gate.expire();
            gate.failed(token, false, WRONG);
            clock.advance(COOLDOWN);
            assertThat(sent().generation().number()).isZero();
        }

        @Test
        void aFailedSessionStaysInItsCooldownAndItsGenerationIsOverAfterwards() {
            wishes.renews(false);
            failed();
            gate.expire();
            assertFails(arrive(passage()), Kind.RENEWAL_FAILED);
            assertThat(state()).isEqualTo("FAILED");
            clock.advance(COOLDOWN);
            assertThat(sent().generation().number()).isEqualTo(1);
        }

        @Test
        void inACooldownThatOutlivedAClearTheSessionFailsAgain() {
            failed();
            gate.clear(null);
            gate.expire();
            assertFails(arrive(passage()), Kind.RENEWAL_FAILED);
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void aClearMakesItForgotten() {
            gate.expire();
            gate.clear(null);
            sent();
            assertThat(state()).isEqualTo("ACTIVE");
        }

        @Test
        void aClosedSessionStaysClosed() {
            gate.close();
            gate.expire();
            assertThat(state()).isEqualTo("CLOSED");
            assertThat(arrive(passage()).action()).isEqualTo(Action.LOOK_UP);
        }
    }

    @Nested
    class Freezing {

        @Test
        void whoeverAsksIsHeldUntilItIsUnfrozen() {
            assertThat(gate.freeze(true).release()).isFalse();
            Passage passage = held();
            assertThat(gate.holding(passage())).isTrue();
            assertThat(gate.freeze(false).release()).isTrue();
            assertThat(gate.holding(passage())).isFalse();
            resend(passage);
        }

        @Test
        void aRefusalBeginsNoRenewal() {
            Passage passage = sent();
            gate.freeze(true);
            Verdict verdict = gate.refused(passage);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.renewal()).isNull();
            assertThat(arrive(passage).action()).isEqualTo(Action.HOLD);
            assertThat(gate.stats().attempts()).isZero();
        }

        @Test
        void neitherDoesALimitNorWhoAsksForOne() {
            gate.expire();
            gate.freeze(true);
            assertThat(arrive(passage()).renewal()).isNull();
            Passage asker = passage();
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.HOLD);
            gate.freeze(false);
            assertThat(gate.renew(asker, null, null).renewal()).isNotNull();
        }

        @Test
        void theRenewalUnderWayGoesOnAndTheOthersAreHeldAfterIt() {
            RenewalToken token = renewing();
            Passage passage = held();
            gate.freeze(true);
            assertThat(gate.admit(passage(), false, token).action()).isEqualTo(Action.SEND);
            gate.succeeded(token);
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(resume(passage).action()).isEqualTo(Action.HOLD);
            gate.freeze(false);
            resend(passage);
            assertThat(passage.generation()).isSameAs(token.pending());
        }

        @Test
        void unfreezingDuringARenewalReleasesNobody() {
            renewing();
            gate.freeze(true);
            held();
            assertThat(gate.freeze(false).release()).isFalse();
            assertThat(gate.holding(passage())).isTrue();
        }

        @Test
        void afterAFailedRenewalTheyAreHeldTooAndFailAfterwards() {
            failed();
            gate.freeze(true);
            Passage passage = held();
            assertThat(gate.freeze(false).release()).isTrue();
            assertFails(resume(passage), Kind.RENEWAL_FAILED);
        }

        @Test
        void suspectsAreNotJudgedMeanwhile() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            Passage other = sent();
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
            gate.freeze(true);
            assertThat(gate.unanswered(other).standing()).isEmpty();
            assertThat(gate.freeze(false).standing()).containsExactly(suspect);
        }

        @Test
        void aFrozenSessionIsNotEvicted() {
            gate.freeze(true);
            assertThat(gate.close()).isFalse();
            gate.freeze(false);
            assertThat(gate.close()).isTrue();
        }
    }

    @Nested
    class Draining {

        @Test
        void nothingIsWaitedForWhenNothingIsOnTheWire() {
            RenewalToken token = renewing();
            assertThat(gate.drained(token)).isTrue();
            assertThat(gate.drained(token)).isTrue();
        }

        @Test
        void theEventThatEndsTheLastRequestStartsTheRenewalOnce() {
            Passage one = sent();
            Passage two = sent();
            Passage three = sent();
            RenewalToken token = refuseAndHold(sent());
            assertThat(gate.drained(token)).isFalse();
            assertThat(gate.accepted(one, true).renewal()).isNull();
            assertThat(gate.refused(two).renewal()).isNull();
            assertThat(arrive(two).renewal()).isNull();
            Verdict last = gate.unanswered(three);
            assertThat(last.action()).isEqualTo(Action.DELIVER);
            assertThat(last.renewal()).isSameAs(token);
            assertThat(arrive(passage()).renewal()).isNull();
            assertThat(gate.drained(token)).isTrue();
        }

        @Test
        void whateverTheLastAnswerIsItStartsTheRenewal() {
            Passage accepted = sent();
            RenewalToken first = renewing();
            assertThat(gate.drained(first)).isFalse();
            assertThat(gate.accepted(accepted, true).renewal()).isSameAs(first);
            gate.succeeded(first);
            Passage refused = sent();
            RenewalToken second = renewing();
            assertThat(gate.drained(second)).isFalse();
            Verdict verdict = gate.refused(refused);
            assertThat(verdict.renewal()).isSameAs(second);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
        }

        @Test
        void thoseOfOlderGenerationsAreWaitedForToo() {
            Passage old = sent();
            gate.clear(null);
            RenewalToken token = renewing();
            assertThat(gate.drained(token)).isFalse();
            assertThat(gate.accepted(old, false).renewal()).isSameAs(token);
        }

        @Test
        void thoseOfTheRenewalItselfAreNot() {
            RenewalToken first = renewing();
            Passage slow = passage();
            gate.admit(slow, false, first);
            RenewalToken second = gate.failed(first, true, WRONG).renewal();
            assertThat(gate.drained(second)).isTrue();
            Passage step = passage();
            gate.admit(step, false, second);
            assertThat(gate.drained(second)).isTrue();
            assertThat(gate.unanswered(slow).renewal()).isNull();
            assertThat(gate.accepted(step, true).renewal()).isNull();
        }

        @Test
        void aRequestOfARenewalEndsNoWait() {
            Passage ordinary = sent();
            RenewalToken token = renewing();
            Passage step = passage();
            gate.admit(step, false, token);
            assertThat(gate.drained(token)).isFalse();
            assertThat(gate.accepted(step, true).renewal()).isNull();
            assertThat(gate.accepted(ordinary, true).renewal()).isSameAs(token);
        }

        @Test
        void anAttemptThatHasEndedWaitsForNothing() {
            Passage ordinary = sent();
            RenewalToken token = renewing();
            assertThat(gate.drained(token)).isFalse();
            gate.failed(token, false, WRONG);
            assertThat(gate.unanswered(ordinary).renewal()).isNull();
            assertThat(gate.drained(token)).isFalse();
        }

        @Test
        void theNextAttemptDoesNotWaitUnlessItAsksTo() {
            Passage ordinary = sent();
            RenewalToken first = renewing();
            gate.drained(first);
            RenewalToken second = gate.failed(first, true, WRONG).renewal();
            assertThat(gate.unanswered(ordinary).renewal()).isNull();
            assertThat(gate.drained(second)).isTrue();
        }

        @Test
        void aSuccessEndsTheWaitThoughTheWireIsNotEmpty() {
            Passage ordinary = sent();
            RenewalToken token = renewing();
            gate.drained(token);
            gate.succeeded(token);
            assertThat(gate.drained(token)).isFalse();
            RenewalToken next = renewing();
            assertThat(gate.unanswered(ordinary).renewal()).isNull();
            assertThat(gate.drained(next)).isTrue();
        }

        @Test
        void aStopEndsTheWait() {
            Passage ordinary = sent();
            RenewalToken token = renewing();
            gate.drained(token);
            gate.stop();
            assertThat(gate.drained(token)).isFalse();
            assertThat(gate.unanswered(ordinary).renewal()).isNull();
        }
    }

    /** Exchanges of different routes with different wishes use one session. */
    @Nested
    class Wishes {

        private final Passage plain = rules().renews(false).passage();

        @Test
        void onlyAnExchangeThatCanRenewDoesSoWhenItIsRefused() {
            assertThat(arrive(plain).action()).isEqualTo(Action.SEND);
            Passage renewing = sent();
            assertThat(gate.refused(plain).action()).isEqualTo(Action.DELIVER);
            assertThat(state()).isEqualTo("ACTIVE");
            refuse(renewing);
        }

        @Test
        void onlyAnExchangeThatCanRenewIsSuspected() {
            Passage suspect = sent();
            gate.succeeded(refuseAndHold(suspect));
            resend(suspect);
            arrive(plain);
            assertThat(gate.refused(suspect).action()).isEqualTo(Action.PARK);
            Verdict verdict = gate.refused(plain);
            assertThat(verdict.action()).isEqualTo(Action.DELIVER);
            assertThat(verdict.standing()).containsExactly(suspect);
            assertThat(gate.stats().suspects()).isZero();
        }

        @Test
        void atALimitEachDoesWhatItCan() {
            gate(rules().maxUses(1));
            accept(sent());
            assertThat(arrive(plain).generation().number()).isEqualTo(1);
            assertThat(arrive(passage()).renewal()).isNotNull();
        }

        @Test
        void whoCannotRenewWaitsForTheRenewalOfAnother() {
            RenewalToken token = refuseAndHold(sent());
            assertThat(arrive(plain).action()).isEqualTo(Action.HOLD);
            gate.succeeded(token);
            resend(plain);
            assertThat(plain.generation()).isSameAs(token.pending());
        }

        @Test
        void onlyWhoWantsToRenewsAnEmptySessionFirst() {
            Passage eager = rules().renewFirst().passage();
            assertThat(arrive(rules().renewFirst().renews(false).passage()).action())
                    .isEqualTo(Action.SEND);
            gate.clear(null);
            assertThat(arrive(eager).renewal()).isNotNull();
        }

        @Test
        void whoDoesNotMindFillsAnEmptySessionForTheEager() {
            sent();
            assertThat(arrive(rules().renewFirst().passage()).action()).isEqualTo(Action.SEND);
        }

        @Test
        void afterACooldownWhoCannotRenewUsesTheSessionAndTheNextRenewsIt() {
            failed();
            assertFails(arrive(plain), Kind.RENEWAL_FAILED);
            clock.advance(COOLDOWN);
            assertThat(arrive(plain).action()).isEqualTo(Action.SEND);
            assertThat(state()).isEqualTo("ACTIVE");
            Verdict trial = gate.refused(sent());
            assertThat(trial.renewal()).isNotNull();
            assertThat(gate.failed(trial.renewal(), true, WRONG).renewal())
                    .as("a trial has one attempt")
                    .isNull();
        }

        @Test
        void eachHasItsOwnReplays() {
            Passage once = sent();
            Passage never = rules().maxReplays(0).passage();
            arrive(never);
            Passage thrice = rules().maxReplays(3).passage();
            arrive(thrice);
            RenewalToken token = refuse(once);
            assertThat(gate.refused(never).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.refused(thrice).action()).isEqualTo(Action.ADMIT_AGAIN);
            gate.succeeded(token);
            resend(once);
            resend(thrice);
            assertThat(gate.refused(once).action()).isEqualTo(Action.PARK);
            Verdict verdict = gate.refused(thrice);
            assertThat(verdict.action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(verdict.standing()).containsExactly(once);
            for (int refusals = 1; refusals <= 2; refusals++) {
                resend(thrice);
                assertThat(gate.refused(thrice).action()).isEqualTo(refusals < 2 ? Action.ADMIT_AGAIN : Action.DELIVER);
            }
        }

        @Test
        void suspectsThatAreSentAgainGoTheirOwnWays() {
            Passage once = sent();
            Passage never = rules().maxReplays(0).passage();
            arrive(never);
            gate.succeeded(refuse(once));
            resend(once);
            resend(never);
            sent();
            gate.refused(once);
            gate.refused(never);
            Verdict verdict = gate.clear(null);
            assertThat(verdict.again()).containsExactly(once);
            assertThat(verdict.standing()).containsExactly(never);
        }

        @Test
        void aStaleAnswerIsReplayedForThoseThatMayBe() {
            Passage never = rules().maxReplays(0).passage();
            arrive(never);
            Passage once = sent();
            arrive(plain);
            gate.succeeded(renewing());
            assertThat(gate.accepted(never, true).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.accepted(once, true).action()).isEqualTo(Action.REPLAY_STALE);
            assertThat(gate.accepted(plain, true).action()).isEqualTo(Action.REPLAY_STALE);
        }
    }

    @Nested
    class Initiators {

        @Test
        void itIsTheOneThatWasRefusedFirst() {
            Passage refused = sent();
            sent();
            RenewalToken token = refuse(refused);
            assertThat(token.initiator()).isSameAs(refused);
            assertThat(token.first()).isSameAs(token);
        }

        @Test
        void itIsTheOneThatCameUponALimit() {
            gate.expire();
            Passage passage = passage();
            assertThat(arrive(passage).renewal().initiator()).isSameAs(passage);
        }

        @Test
        void itIsTheOneThatAsked() {
            Passage asker = passage();
            assertThat(gate.renew(asker, null, null).renewal().initiator()).isSameAs(asker);
        }

        @Test
        void isForgottenWhenTheRenewalHasSucceeded() {
            RenewalToken token = gate.renew(passage(), null, null).renewal();

            gate.succeeded(token);

            assertThat(token.initiator()).isNull();
        }

        @Test
        void isForgottenWhenTheRenewalHasFailed() {
            RenewalToken token = gate.renew(passage(), null, null).renewal();

            gate.failed(token, false, new IllegalStateException("wrong password"));

            assertThat(token.initiator()).isNull();
        }

        @Test
        void itIsTheOneThatTriesAfterACooldown() {
            failed();
            clock.advance(COOLDOWN);
            Passage trial = passage();
            assertThat(arrive(trial).renewal().initiator()).isSameAs(trial);
        }

        @Test
        void inQuietItIsTheFirstSuspect() {
            Passage one = sent();
            Passage two = sent();
            gate.succeeded(refuse(one));
            gate.refused(two);
            resend(two);
            resend(one);
            Passage last = sent();
            accept(sent());
            gate.refused(two);
            gate.refused(one);
            assertThat(gate.unanswered(last).renewal().initiator()).isSameAs(two);
        }

        @Test
        void theNextAttemptsKeepIt() {
            Passage refused = sent();
            RenewalToken first = refuse(refused);
            RenewalToken second = gate.failed(first, true, WRONG).renewal();
            assertThat(second.initiator()).isSameAs(refused);
            RenewalToken third = gate.failed(second, true, WRONG).renewal();
            assertThat(third.initiator()).isSameAs(refused);
            assertThat(List.of(second, third))
                    .allSatisfy(token -> assertThat(token.first()).isSameAs(first));
            assertThat(gate.latestAttempt()).isSameAs(third);
        }

        @Test
        void anotherRenewalHasAnotherFirstAttempt() {
            assertThat(gate.latestAttempt()).isNull();
            RenewalToken one = renewing();
            gate.succeeded(one);
            RenewalToken two = renewing();
            assertThat(two.first()).isSameAs(two).isNotSameAs(one);
        }
    }

    @Nested
    class Configuration {

        private final GateRules one = rules().maxUses(1).build();
        private final GateRules other = rules().maxUses(2).build();
        private final RenewalGate fresh = new RenewalGate(TestGates.KEY, clock, TestGates::generation, null);

        @Test
        void theFirstRulesHold() {
            assertThat(fresh.configure(one, "here")).isNull();
            assertThat(fresh.configure(other, "there")).isEqualTo("here");
            assertThat(fresh.configure(other, "there")).isEqualTo("here");
            fresh.admit(passage(), false, null);
            assertThat(fresh.admit(passage(), false, null).renewal()).isNotNull();
        }

        @Test
        void equalRulesHoldWhoeverBringsThem() {
            assertThat(fresh.configure(one, "here")).isNull();
            assertThat(fresh.configure(rules().maxUses(1).build(), "there")).isNull();
        }

        @Test
        void rulesEqualToTheDefaultAreSetToo() {
            assertThat(fresh.configure(GateRules.DEFAULT, "here")).isNull();
            assertThat(fresh.configure(one, "there")).isEqualTo("here");
        }

        @Test
        void untilThenTheDefaultHolds() {
            assertThat(GateRules.DEFAULT)
                    .isEqualTo(new GateRules(
                            0,
                            Duration.ZERO,
                            Duration.ZERO,
                            1_000,
                            3,
                            Duration.ofSeconds(30),
                            Duration.ofMinutes(30),
                            false));
            fresh.failed(fresh.renew(passage(), null, null).renewal(), false, WRONG);
            assertThat(fresh.stats().retryAt()).isEqualTo(START.plusSeconds(30));
        }

        @Test
        void theyTellTheLengthOfTheCooldown() {
            fresh.configure(
                    rules().cooldown(Duration.ofSeconds(5), Duration.ofSeconds(5))
                            .build(),
                    "here");
            fresh.failed(fresh.renew(passage(), null, null).renewal(), false, WRONG);
            assertThat(fresh.stats().retryAt()).isEqualTo(START.plusSeconds(5));
        }

        @Test
        void theyTellTheNumberOfAttempts() {
            fresh.configure(rules().renewalAttempts(1).build(), "here");
            RenewalToken only = fresh.renew(passage(), null, null).renewal();
            assertThat(fresh.failed(only, true, WRONG).renewal()).isNull();
        }
    }
}
