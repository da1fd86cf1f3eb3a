/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestGates.COOLDOWN;
import static io.github.camelsessions.internal.session.TestGates.START;
import static io.github.camelsessions.internal.session.TestGates.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.internal.session.GateFailure.Kind;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What no cell of {@link RenewalGateTableTest} tells: what several events lead to. */
class RenewalGateTest extends GateTestSupport {

    @Nested
    class Admission {

        @Test
        void anActiveSessionSendsInItsGeneration() {
            Passage passage = passage();
            Verdict verdict = arrive(passage);
            assertThat(verdict.action()).isEqualTo(Action.SEND);
            assertThat(verdict.generation()).isSameAs(current()).isSameAs(passage.generation());
            assertThat(verdict.renewal()).isNull();
            assertThat(gate.stats().generationUses()).isEqualTo(1);
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
            assertThat(verdict.failure().situation().held()).isEqualTo(2);
            assertThat(verdict.failure().situation().retryAt()).isNull();
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
            assertThat(verdict.failure().situation().retryAt()).isEqualTo(START.plus(COOLDOWN));
            assertThat(verdict.failure().cause()).isSameAs(WRONG);
            assertThat(verdict.failure().situation().session()).isEqualTo(TestGates.KEY);
            assertThat(verdict.failure().situation().generation()).isZero();
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
            assertThat(gate.stats().generationUses()).isEqualTo(2);
            accept(redirected);
            RenewalToken token = renewing();
            Passage logIn = passage();
            gate.admit(logIn, false, token);
            gate.sentAgain(logIn);
            gate.accepted(logIn, true);
            gate.succeeded(token);
            assertThat(gate.stats().generationUses()).isZero();
            gate.sentAgain(sent());
            sent();
            assertThat(gate.stats().generationUses()).isEqualTo(3);
            assertThat(gate.stats().uses()).isEqualTo(5);
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
        void oneOfASessionThatCannotRenewIsSentAgainWhenSomebodyRenewedIt() {
            gate(rules().renews(false));
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.refused(late).action()).isEqualTo(Action.ADMIT_AGAIN);
            assertThat(gate.stats().replays()).isEqualTo(1);
        }

        @Test
        void whoIsNotSentAgainKeepsTheRefusalOfTheGenerationBefore() {
            wishes.maxReplays(0);
            Passage late = sent();
            gate.succeeded(renewing());
            assertThat(gate.refused(late).action()).isEqualTo(Action.DELIVER);
            assertThat(gate.stats().replays()).isZero();
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

        private Verdict resumeOrArrive(Passage other, Verdict held) {
            return held.action() == Action.HOLD ? resume(other) : arrive(passage());
        }

        @Test
        void inAFrozenSessionItWaits() {
            Passage lost = sent();
            gate.freeze();
            gate.lost(lost, true);
            assertThat(arrive(lost).action()).isEqualTo(Action.HOLD);
            gate.unfreeze();
            assertThat(resume(lost).renewal()).isNotNull();
        }

        @Test
        void itIsReportedOnceForEachSend() {
            Passage lost = sent();
            gate.lost(lost, true);
            assertThatThrownBy(() -> gate.lost(lost, true)).isInstanceOf(IllegalStateException.class);
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
            assertThat(gate.memory().cooldown.failures()).isEqualTo(1);
        }
    }

    @Nested
    class Renewals {

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
        void aSuccessInstallsItsGenerationOnce() {
            RenewalToken token = renewing();
            assertThat(gate.succeeded(token).release()).isTrue();
            assertThat(token.state()).isEqualTo(RenewalToken.State.ENDED);
            assertThat(current()).isSameAs(token.pending());
            assertThat(gate.succeeded(token).release()).isFalse();
            assertThat(gate.failed(token, true, WRONG).release()).isFalse();
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(gate.memory().late).isEqualTo(2);
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
            assertThat(gate.memory().cooldown.failures()).isEqualTo(1);
        }

        @Test
        void whatIsAcceptedAfterAClearDoesNotEndTheRowOfFailures() {
            failed();
            gate.clear(null);
            accept(sent());
            assertThat(gate.memory().cooldown.failures()).isEqualTo(1);
            clock.advance(COOLDOWN);
            // the renewal after a failure gets one attempt, whatever the state
            assertThat(gate.failed(refuse(sent()), true, WRONG).renewal()).isNull();
        }

        @Test
        void theOperatorEndsIt() {
            failed();
            gate.endCooldown();
            assertThat(gate.memory().cooldown.failures()).isZero();
            assertThat(arrive(passage()).renewal()).isNotNull();
        }
    }

    /** Exchanges that wait while no renewal is tried, instead of failing. */
    @Nested
    class Enduring {

        Enduring() {
            gate(rules().endures(true));
            failed();
        }

        @Test
        void theyAreReleasedAtTheEndOfTheCooldownAndOneRenews() {
            Passage one = passage();
            assertThat(arrive(one).wakeAfter()).isEqualTo(COOLDOWN.toMillis());
            Passage two = held();
            assertThat(gate.holding(one)).isTrue();
            assertThat(gate.wake().release()).as("too early").isFalse();
            clock.advance(COOLDOWN);
            assertThat(gate.wake().release()).isTrue();
            assertThat(gate.holding(one)).isFalse();
            RenewalToken trial = resume(one).renewal();
            assertThat(resume(two).renewal()).isNull();
            Verdict failed = gate.failed(trial, true, WRONG);
            assertThat(failed.release()).isTrue();
            assertThat(failed.wakeAfter()).isEqualTo(2 * COOLDOWN.toMillis());
            assertThat(resume(one).action()).isEqualTo(Action.HOLD);
        }

        @Test
        void theOperatorWhoEndsTheCooldownReleasesThem() {
            Passage one = held();
            assertThat(gate.endCooldown().release()).isTrue();
            assertThat(gate.holding(one)).isFalse();
            assertThat(resume(one).renewal()).isNotNull();
        }

        @Test
        void thoseThatDoNotFailAsEver() {
            held();
            Passage other = rules().passage();
            assertFails(arrive(other), Kind.RENEWAL_FAILED);
            assertThat(gate.holding(other)).isFalse();
        }

        @Test
        void whoComesUponALimitInACooldownEnduresIt() {
            gate.clear(null);
            gate.expire();
            held();
            assertThat(state()).isEqualTo("FAILED");
        }

        @Test
        void asManyMayAsMayWait() {
            gate(rules().endures(true).maxHeld(1));
            failed();
            held();
            assertFails(arrive(passage()), Kind.FULL);
        }
    }

    /** The site has asked to be left alone for a while. */
    @Nested
    class Pauses {

        private static final long LENGTH = 5_000;

        private final Passage blocked = sent();

        Pauses() {
            assertThat(gate.blocked(blocked, Duration.ofMillis(LENGTH)).action())
                    .isEqualTo(Action.ADMIT_AGAIN);
        }

        private Verdict wakeAfter(long millis) {
            clock.advanceMillis(millis);
            return gate.wake();
        }

        @Test
        void everybodyWaitsUntilItsEndTheOneThatWasToldToo() {
            assertThat(arrive(blocked).wakeAfter()).isEqualTo(LENGTH);
            Passage other = held();
            assertThat(gate.pauseLeft()).isPositive();
            assertThat(gate.isFrozen()).isFalse();
            assertThat(gate.holding(other)).isTrue();
            assertThat(wakeAfter(LENGTH - 1).release()).isFalse();
            assertThat(wakeAfter(1).release()).isTrue();
            assertThat(gate.pauseLeft()).isZero();
            assertThat(gate.holding(other)).isFalse();
            resend(blocked);
        }

        @Test
        void afterItOneIsSentAtATimeAndOneMoreForEachFurtherPause() {
            arrive(blocked);
            Passage two = held();
            Passage three = held();
            wakeAfter(LENGTH);
            Verdict first = resume(blocked);
            assertThat(first.action()).isEqualTo(Action.SEND);
            assertThat(first.wakeAfter()).as("for the others").isEqualTo(LENGTH);
            assertThat(resume(two).action()).isEqualTo(Action.HOLD);
            assertThat(wakeAfter(LENGTH).release()).isTrue();
            resend(two);
            assertThat(resume(three).action()).isEqualTo(Action.HOLD);
            assertThat(gate.accepted(two, true).release())
                    .as("the answer of one lets another go")
                    .isTrue();
            resend(three);
        }

        @Test
        void itEndsInACooldownThatOutlivedAClearToo() {
            failed();
            gate.clear(null);
            Passage held = held();
            assertThat(wakeAfter(LENGTH).release()).isTrue();
            resend(held);
        }

        @Test
        void whoIsToldAgainWaitsAgain() {
            clock.advanceMillis(LENGTH);
            resend(blocked);
            gate.blocked(blocked, Duration.ofMillis(2 * LENGTH));
            assertThat(arrive(blocked).wakeAfter()).isEqualTo(2 * LENGTH);
        }

        @Test
        void ofTwoPausesTheOneCountsThatEndsLater() {
            gate.pause(Duration.ofMillis(1));
            assertThat(arrive(blocked).wakeAfter()).isEqualTo(LENGTH);
            gate.pause(Duration.ofMillis(3 * LENGTH));
            assertThat(wakeAfter(LENGTH).wakeAfter()).isEqualTo(2 * LENGTH);
        }

        @Test
        void aRenewalGoesOn() {
            RenewalToken token = renewing();
            Passage step = passage();
            assertThat(gate.admit(step, false, token).action()).isEqualTo(Action.SEND);
            gate.accepted(step, true);
            Passage held = held();
            Verdict verdict = gate.succeeded(token);
            assertThat(gate.holding(held)).isTrue();
            assertThat(verdict.wakeAfter()).isEqualTo(LENGTH);
        }

        @Test
        void whoLooksIntoTheSessionDoesNotWait() {
            assertThat(gate.open(null).action()).isEqualTo(Action.SEND);
        }

        @Test
        void aClosedSessionIsNotPaused() {
            gate.stop();
            gate.pause(Duration.ofMillis(10 * LENGTH));
            clock.advanceMillis(LENGTH);
            assertThat(gate.pauseLeft()).isZero();
        }
    }

    @Nested
    class Operators {

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
    }

    @Nested
    class Expiry {

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
        void aClearMakesItForgotten() {
            gate.expire();
            gate.clear(null);
            sent();
            assertThat(state()).isEqualTo("ACTIVE");
        }
    }

    @Nested
    class Blocks {

        private Passage callOf(Pin pin) {
            Passage call = passage();
            call.bind(pin);
            return call;
        }

        @Test
        void theFirstCallMovesOnAsLongAsItIsTheOnlyOne() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin);
            accept(sent());
            assertThat(arrive(first).action()).isEqualTo(Action.SEND);
            gate.succeeded(refuse(first));
            resend(first);
            assertThat(pin.isBroken()).isFalse();
        }

        @Test
        void aLaterCallBreaksThePinAndCountsAsNoUse() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin);
            arrive(first);
            accept(first);
            gate.succeeded(renewing());
            long uses = gate.stats().uses();
            assertThat(arrive(callOf(pin)).action()).isEqualTo(Action.SKIP);
            assertThat(pin.isBroken()).isTrue();
            assertThat(gate.stats().uses()).isEqualTo(uses);
            assertThat(gate.stats().inFlight()).isZero();
            pin.end();
            assertThat(pin.isBroken()).isTrue();
        }

        @Test
        void onceTheBlockHasEndedItsCopiesGoOnAsOthers() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin);
            arrive(first);
            accept(first);
            pin.end();
            gate.succeeded(renewing());
            assertThat(arrive(callOf(pin)).action()).isEqualTo(Action.SEND);
        }

        @Test
        void whatTheBlockItselfHasBegunAnewIsPinnedByTheNextCall() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin);
            arrive(first);
            accept(first);
            gate.succeeded(renewing());
            pin.free();
            Passage next = callOf(pin);
            assertThat(arrive(next).action()).isEqualTo(Action.SEND);
            accept(next);
            gate.succeeded(renewing());
            assertThat(arrive(callOf(pin)).action()).isEqualTo(Action.SKIP);
        }

        @Test
        void theRestOfACallThatTheSiteHasHadGoesWhereverTheSessionIs() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin);
            arrive(first);
            accept(first);
            gate.succeeded(renewing());
            Passage rest = callOf(pin);
            rest.loosen();
            assertThat(arrive(rest).action()).isEqualTo(Action.SEND);
        }

        private Passage callOf(Pin pin, int target) {
            Passage call = wishes.passage(target);
            call.bind(pin);
            return call;
        }

        private Pin secondCallIsRefused() {
            Pin pin = new Pin(null, null);
            Passage first = callOf(pin, 1);
            arrive(first);
            accept(first);
            Passage second = callOf(pin, 2);
            arrive(second);
            gate.succeeded(refuse(second));
            assertThat(arrive(second).action()).isEqualTo(Action.SKIP);
            return pin.again(null);
        }

        private void acceptCallOf(Pin pin, int target) {
            Passage call = callOf(pin, target);
            assertThat(resume(call).action()).isEqualTo(Action.SEND);
            accept(call);
        }

        @Test
        void aLogInHasHelpedWhenTheCallIsAcceptedForWhichTheBlockHasStartedAgain() {
            Pin again = secondCallIsRefused();
            acceptCallOf(again, 1);
            acceptCallOf(again, 2);
            assertThat(gate.refused(sent()).renewal()).isNotNull();
        }

        @Test
        void aLogInHasNotHelpedWhenOnlyTheCallsBeforeThatAreAccepted() {
            Pin again = secondCallIsRefused();
            acceptCallOf(again, 1);
            Passage refused = callOf(again, 2);
            arrive(refused);
            assertThat(gate.refused(refused).renewal()).isNull();
        }

        @Test
        void aBlockStartsAgainForTheCallThatWasRefusedLast() {
            Pin again = secondCallIsRefused();
            acceptCallOf(again, 1);
            gate.succeeded(renewing()); // by somebody else
            assertThat(arrive(callOf(again, 2)).action()).isEqualTo(Action.SKIP);
            assertThat(callOf(again.again(null), 2).wasRefused()).isTrue();
            assertThat(callOf(again.again(null), 1).wasRefused()).isFalse();
        }

        @Test
        void aBlockHasTheSessionWhenTheLastOfTheOthersHasItsAnswer() {
            Passage other = sent();
            Passage block = passage();
            assertThat(gate.enter(block).action()).isEqualTo(Action.PARK);
            Passage newcomer = held();
            assertThat(gate.accepted(other, true).again()).containsExactly(block);
            assertThat(gate.enter(block).action()).isEqualTo(Action.SKIP);
            assertThat(gate.holding(newcomer)).isTrue();
            Passage call = callOf(new Pin(null, block));
            assertThat(gate.holding(call)).isFalse();
            assertThat(arrive(call).action()).isEqualTo(Action.SEND);
            gate.accepted(call, true);
            assertThat(gate.left(block).release()).isTrue();
            resend(newcomer);
        }

        @Test
        void whenAllIsStoppedTheBlocksAreTold() {
            Passage first = passage();
            Passage second = passage();
            assertThat(gate.isExclusive()).isFalse();
            gate.enter(first);
            gate.enter(second);
            assertThat(gate.isExclusive()).isTrue();
            assertThat(gate.stop().again()).containsExactly(first, second);
            assertThat(gate.isExclusive()).isFalse();
            assertThat(gate.left(second).again()).isEmpty();
        }

        @Test
        void theNextBlockIsToldAloneAndTheOthersOnceThereIsNone() {
            Passage first = passage();
            Passage second = passage();
            Passage third = passage();
            gate.enter(first);
            gate.enter(first);
            gate.enter(second);
            gate.enter(third);
            Passage other = held();
            assertThat(gate.left(third).release()).isFalse();
            Verdict left = gate.left(first);
            assertThat(left.release()).isFalse();
            assertThat(left.again()).containsExactly(second);
            assertThat(gate.left(second).release()).isTrue();
            resend(other);
        }

        @Test
        void aBlockThatCouldNotSayThatItHasEndedIsFoundWhenTheGateIsMended() {
            Passage block = passage();
            gate.enter(block);
            Passage other = held();
            block.goes();
            gate.tear();
            assertThat(gate.mend().release()).isTrue();
            resend(other);
        }
    }

    @Nested
    class Freezing {

        @Test
        void whoeverAsksIsHeldUntilItIsUnfrozen() {
            assertThat(gate.isFrozen()).isFalse();
            assertThat(gate.freeze().release()).isFalse();
            assertThat(gate.isFrozen()).isTrue();
            Passage passage = held();
            assertThat(gate.holding(passage())).isTrue();
            assertThat(gate.unfreeze().release()).isTrue();
            assertThat(gate.holding(passage())).isFalse();
            resend(passage);
        }

        @Test
        void neitherDoesALimitNorWhoAsksForOne() {
            gate.expire();
            gate.freeze();
            assertThat(arrive(passage()).renewal()).isNull();
            Passage asker = passage();
            assertThat(gate.renew(asker, null, null).action()).isEqualTo(Action.HOLD);
            gate.unfreeze();
            assertThat(gate.renew(asker, null, null).renewal()).isNotNull();
        }

        @Test
        void theRenewalUnderWayGoesOnAndTheOthersAreHeldAfterIt() {
            RenewalToken token = renewing();
            Passage passage = held();
            gate.freeze();
            assertThat(gate.admit(passage(), false, token).action()).isEqualTo(Action.SEND);
            gate.succeeded(token);
            assertThat(state()).isEqualTo("ACTIVE");
            assertThat(resume(passage).action()).isEqualTo(Action.HOLD);
            gate.unfreeze();
            resend(passage);
            assertThat(passage.generation()).isSameAs(token.pending());
        }

        @Test
        void unfreezingDuringARenewalReleasesNobody() {
            renewing();
            gate.freeze();
            held();
            assertThat(gate.unfreeze().release()).isFalse();
            assertThat(gate.holding(passage())).isTrue();
        }

        @Test
        void afterAFailedRenewalTheyAreHeldTooAndFailAfterwards() {
            failed();
            gate.freeze();
            Passage passage = held();
            assertThat(gate.unfreeze().release()).isTrue();
            assertFails(resume(passage), Kind.RENEWAL_FAILED);
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
        private final RenewalGate fresh = new RenewalGate(TestGates.KEY, 0, clock, TestGates::generation, null);

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
