/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static io.github.camelsessions.internal.session.TestSessions.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.session.TestSessions.Desk;
import io.github.camelsessions.internal.session.TestSessions.FakeClock;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A session as those use it that renew it: the gate behind its face, and the profile of each generation. */
class SessionRenewalTest {

    private static final Throwable WRONG = new IllegalStateException("wrong password");

    private final FakeClock clock = new FakeClock();
    private final Desk desk = new Desk();
    private final Session session = TestSessions.session(desk, clock);

    private Passage sent() {
        Passage passage = TestGates.passage();
        Verdict verdict = session.admit(passage, false, null);
        assertThat(verdict.action()).isEqualTo(Action.SEND);
        session.equip(verdict.generation(), null, null, false);
        return passage;
    }

    private RenewalToken renewing() {
        return session.renew(TestGates.passage(), null, null).renewal();
    }

    private void equip(RenewalToken token) {
        session.equip(token.pending(), token, null, false);
    }

    private static String profile(RenewalToken token) {
        return token.pending().profile().name();
    }

    private void renew() {
        RenewalToken token = renewing();
        equip(token);
        session.succeeded(token);
    }

    /** Nothing is given back twice, which the desk checks, and at most one is owned. */
    @AfterEach
    void theSessionOwnsOneProfileAtMostAndNoneInTheEnd() {
        assertThat(desk.inUse()).hasSizeLessThanOrEqualTo(1);
        session.stop();
        session.stop();
        assertThat(desk.inUse()).isEmpty();
    }

    @Test
    void clearOfASessionWhoseFirstRenewalFailedLetsOrdinaryExchangesInAgain() {
        session.failed(renewing(), false, WRONG);
        Passage ordinary = new Passage(false, false, 0) {};
        assertThat(session.admit(ordinary, false, null).action()).isEqualTo(Action.FAIL);

        assertThat(session.clear(null).release()).isTrue();

        assertThat(session.admit(ordinary, false, null).action()).isEqualTo(Action.SEND);
    }

    @Nested
    class Profiles {

        @Test
        void anOrdinaryGenerationTakesOneOnce() {
            Passage passage = sent();
            sent();
            assertThat(passage.generation().profile().name()).isEqualTo("p0");
            session.equip(passage.generation(), null, "other", false);
            assertThat(passage.generation().profile().name()).isEqualTo("p0");
            assertThat(desk.taken()).containsExactly("p0");
        }

        @Test
        void aRenewalTakesTheNextInExchange() {
            sent();
            RenewalToken token = renewing();
            assertThat(profile(token)).isEmpty();
            equip(token);
            assertThat(profile(token)).isEqualTo("p1");
            assertThat(desk.givenBack()).containsExactly("p0");
            session.succeeded(token);
            assertThat(sent().generation().profile().name()).isEqualTo("p1");
            assertThat(desk.inUse()).containsExactly("p1");
        }

        @Test
        void aRenewalTakesTheOneThatIsNamed() {
            sent();
            RenewalToken token = renewing();
            session.equip(token.pending(), token, "fixed", true);
            assertThat(profile(token)).isEqualTo("fixed");
            session.succeeded(token);
            session.clear(null);
            assertThat(sent().generation().profile().name()).as("named before").isEqualTo("fixed");
        }

        @Test
        void aRenewalKeepsTheOneThatTheSessionHas() {
            sent();
            RenewalToken token = renewing();
            session.equip(token.pending(), token, null, true);
            assertThat(profile(token)).isEqualTo("p0");
            session.succeeded(token);
            sent();
            assertThat(desk.taken()).containsExactly("p0");
            assertThat(desk.givenBack()).isEmpty();
        }

        @Test
        void aRenewalThatShallKeepItTakesTheNextWhenThereIsNone() {
            RenewalToken token = renewing();
            session.equip(token.pending(), token, null, true);
            assertThat(profile(token)).isEqualTo("p0");
        }

        @Test
        void aRenewalThatShallKeepItTakesTheOneNamedBeforeWhenItWasGivenBack() {
            session.equip(session.open(null).generation(), null, "fixed", false);
            session.clear(null);
            RenewalToken token = renewing();
            session.equip(token.pending(), token, null, true);
            assertThat(profile(token)).isEqualTo("fixed");
        }

        @Test
        void aRenewalTakesTheNextThoughOneWasNamedBefore() {
            session.equip(session.open(null).generation(), null, "fixed", false);
            renew();
            assertThat(session.current().profile().name()).isEqualTo("p0");
            session.clear(null);
            assertThat(sent().generation().profile().name()).isEqualTo("fixed");
        }

        @Test
        void allAttemptsOfARenewalShareOne() {
            sent();
            RenewalToken first = renewing();
            equip(first);
            RenewalToken second = session.failed(first, true, WRONG).renewal();
            equip(second);
            assertThat(profile(second)).isEqualTo(profile(first)).isEqualTo("p1");
            session.succeeded(second);
            assertThat(desk.taken()).containsExactly("p0", "p1");
        }

        @Test
        void aNamedOneIsSharedToo() {
            RenewalToken first = renewing();
            session.equip(first.pending(), first, "fixed", false);
            RenewalToken second = session.failed(first, true, WRONG).renewal();
            session.equip(second.pending(), second, "fixed", false);
            assertThat(desk.taken()).containsExactly("fixed");
        }

        @Test
        void anAttemptAfterOneWhoseProfileWasPutAsideTakesTheNext() {
            sent();
            RenewalToken first = renewing();
            equip(first);
            desk.putAside("p1");
            RenewalToken second = session.lost(first, true, WRONG).renewal();
            equip(second);
            assertThat(profile(second)).isEqualTo("p2");
            session.succeeded(second);
            assertThat(desk.givenBack()).containsExactly("p0", "p1");
        }

        @Test
        void oneThatWasNamedOrIsKeptIsSharedThoughItWasPutAside() {
            RenewalToken first = renewing();
            session.equip(first.pending(), first, "fixed", false);
            desk.putAside("fixed");
            RenewalToken second = session.failed(first, true, WRONG).renewal();
            session.equip(second.pending(), second, "fixed", false);
            RenewalToken third = session.failed(second, true, WRONG).renewal();
            session.equip(third.pending(), third, null, true);
            assertThat(desk.taken()).containsExactly("fixed");
            assertThat(third.pending().isProfileRotated()).isFalse();
        }

        @Test
        void aGenerationTellsWhetherItsProfileMayBeExchanged() {
            assertThat(sent().generation().isProfileRotated()).isTrue();
            session.clear(null);
            Generation cleared = session.open(null).generation();
            assertThat(cleared.isProfileRotated()).isFalse();
            session.equip(cleared, null, "fixed", false);
            assertThat(cleared.isProfileRotated()).isFalse();
        }

        @Test
        void theGenerationAfterALostOneTakesTheNext() {
            Passage lost = sent();
            session.lost(lost, true);
            RenewalToken token = session.admit(lost, false, null).renewal();
            equip(token);
            assertThat(profile(token)).isEqualTo("p1");
        }

        @Test
        void theRequestsOfALostAttemptAreAborted() {
            RenewalToken token = renewing();
            boolean[] aborted = new boolean[1];
            token.enter(() -> aborted[0] = true);
            session.lost(token, false, WRONG);
            assertThat(aborted[0]).isTrue();
            session.endCooldown();
        }

        @Test
        void theRenewalAfterAFailedOneTakesTheNextAgain() {
            sent();
            RenewalToken failed = renewing();
            equip(failed);
            session.failed(failed, false, WRONG);
            assertThat(desk.inUse()).containsExactly("p1");
            session.endCooldown();
            RenewalToken next = renewing();
            equip(next);
            assertThat(profile(next)).isEqualTo("p2");
            assertThat(desk.givenBack()).containsExactly("p0", "p1");
        }

        @Test
        void aRenewalThatShallKeepItKeepsThatOfAFailedOne() {
            RenewalToken failed = renewing();
            equip(failed);
            session.failed(failed, false, WRONG);
            session.endCooldown();
            RenewalToken next = renewing();
            session.equip(next.pending(), next, null, true);
            assertThat(profile(next)).isEqualTo("p0");
        }

        @Test
        void aClearAfterAFailedRenewalGivesBackWhatThatTook() {
            sent();
            RenewalToken failed = renewing();
            equip(failed);
            session.failed(failed, false, WRONG);
            session.clear(null);
            assertThat(desk.givenBack()).containsExactly("p0", "p1");
            assertThat(sent().generation().profile().name()).isEqualTo("p2");
        }

        @Test
        void aClearOfAnUnusedSessionGivesBackWhatAFailedRenewalTook() {
            RenewalToken failed = renewing();
            equip(failed);
            session.failed(failed, false, WRONG);
            assertThat(Admission.clear(session)).isTrue();
            assertThat(desk.inUse()).isEmpty();
            assertThat(Admission.clear(session)).isFalse();
        }

        @Test
        void aClearDuringARenewalGivesNothingBack() {
            sent();
            RenewalToken token = renewing();
            equip(token);
            session.clear(null);
            session.clear(token);
            assertThat(Admission.clear(session)).as("during a renewal").isFalse();
            assertThat(desk.inUse()).containsExactly("p1");
        }

        @Test
        void anEvictedSessionGivesBackWhatAFailedRenewalTook() {
            RenewalToken failed = renewing();
            equip(failed);
            session.failed(failed, false, WRONG);
            session.endCooldown();
            assertThat(session.close()).isTrue();
            assertThat(desk.inUse()).isEmpty();
        }

        @Test
        void aStopDuringARenewalGivesBackWhatThatTook() {
            sent();
            RenewalToken token = renewing();
            equip(token);
            session.stop();
            assertThat(desk.inUse()).isEmpty();
        }

        @Test
        void anUnknownNameChangesNothing() {
            sent();
            RenewalToken token = renewing();
            assertThatThrownBy(() -> session.equip(token.pending(), token, "unknown", false))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(desk.inUse()).containsExactly("p0");
            equip(token);
            assertThat(profile(token)).isEqualTo("p1");
            session.clear(token);
        }

        @Test
        void aRenewalWithoutRequestsLeavesItToTheFirstExchange() {
            sent();
            session.succeeded(renewing());
            assertThat(sent().generation().profile().name()).isEqualTo("p1");
            assertThat(desk.givenBack()).containsExactly("p0");
        }

        @Test
        void theGenerationAfterALimitTakesTheNextInExchange() {
            Passage plain = TestGates.rules().renews(false).passage();
            sent();
            session.expire();
            Generation next = session.admit(plain, false, null).generation();
            assertThat(next.profile().name()).isEmpty();
            session.equip(next, null, null, false);
            assertThat(next.profile().name()).isEqualTo("p1");
            assertThat(desk.givenBack()).containsExactly("p0");
        }

        @Test
        void anExchangeThatIsLateForItsGenerationDoesNotTakeItFromALaterOne() {
            Passage late = TestGates.passage();
            session.admit(late, false, null);
            RenewalToken token = renewing();
            equip(token);
            session.equip(late.generation(), null, "other", false);
            assertThat(late.generation().profile()).isSameAs(token.pending().profile());
            assertThat(desk.inUse()).containsExactly("p0");
        }

        @Test
        void anExchangeThatIsLateForAClearedSessionLeavesNothingBehind() {
            Passage late = TestGates.passage();
            session.admit(late, false, null);
            session.clear(null);
            session.equip(late.generation(), null, null, false);
            assertThat(late.generation().profile().name()).isEqualTo("p0");
            sent();
            assertThat(desk.givenBack()).containsExactly("p0");
            assertThat(desk.inUse()).containsExactly("p1");
        }

        @Test
        void anExchangeThatIsLateForAStoppedSessionHasAnIdentityAndLeavesNothingBehind() {
            Passage late = TestGates.passage();
            session.admit(late, false, null);
            session.stop();
            session.equip(late.generation(), null, null, false);
            assertThat(late.generation().profile().name()).isEqualTo("p0");
            assertThat(desk.inUse()).isEmpty();
        }

        @Test
        void aRevokedAttemptThatIsLateDoesNotTakeItFromTheNextRenewal() {
            RenewalToken late = renewing();
            session.failed(late, false, WRONG);
            session.endCooldown();
            RenewalToken next = renewing();
            equip(next);
            equip(late);
            assertThat(profile(late)).isEqualTo(profile(next)).isEqualTo("p0");
            RenewalToken again = session.failed(next, true, WRONG).renewal();
            assertThat(again).as("a trial has one attempt").isNull();
            session.endCooldown();
        }

        @Test
        void theOwnerOfARenewalThatSucceededIsAnOrdinaryExchange() {
            RenewalToken token = renewing();
            equip(token);
            session.succeeded(token);
            session.clear(null);
            session.equip(session.open(token).generation(), token, null, true);
            assertThat(session.current().profile().name()).isEqualTo("p1");
        }
    }

    @Nested
    class Face {

        @Test
        void itTellsWhatTheGateHasCounted() {
            session.configure(TestGates.rules().build(), "here");
            Passage refused = sent();
            Passage late = sent();
            RenewalToken token = session.refused(refused).renewal();
            session.admit(refused, false, null);
            assertThat(session.holding(new Passage(true, false, 1) {})).isTrue();
            assertThat(session.drained(token)).isFalse();
            SessionStats renewing = session.stats();
            assertThat(renewing.state()).isEqualTo("RENEWING");
            assertThat(renewing.held()).isEqualTo(1);
            assertThat(renewing.heldInAll()).isEqualTo(1);
            assertThat(renewing.attempts()).isEqualTo(1);
            assertThat(renewing.refused()).isEqualTo(1);
            assertThat(renewing.replays()).isEqualTo(1);
            assertThat(renewing.inFlight()).isEqualTo(1);
            clock.tick();
            equip(token);
            assertThat(session.succeeded(token).release()).isTrue();
            session.accepted(late, true);
            session.admit(refused, true, null);
            session.sentAgain(refused);
            SessionStats after = session.stats();
            assertThat(after.state()).isEqualTo("ACTIVE");
            assertThat(after.renewals()).isEqualTo(1);
            assertThat(after.generation()).isEqualTo(1);
            assertThat(after.generationUses()).isEqualTo(2);
            assertThat(after.uses()).isEqualTo(4);
            assertThat(after.longestHold()).isEqualTo(Duration.ofMillis(1));
            assertThat(after.stale()).isEqualTo(1);
            assertThat(after.staleReplays()).isEqualTo(1);
            session.refused(refused);
            assertThat(session.stats().standing()).isEqualTo(1);
        }

        @Test
        void itTellsOfFailures() {
            session.configure(TestGates.rules().build(), "here");
            session.failed(renewing(), false, WRONG);
            SessionStats stats = session.stats();
            assertThat(stats.state()).isEqualTo("FAILED");
            assertThat(stats.failures()).isEqualTo(1);
            assertThat(stats.retryAt()).isEqualTo(START.plus(TestGates.COOLDOWN));
            session.endCooldown();
            assertThat(session.stats().retryAt()).isNull();
            assertThat(session.stats().useless()).isZero();
        }

        @Test
        void itHandsOnWhatTheGateDecides() {
            Passage unanswered = sent();
            assertThat(session.unanswered(unanswered).action()).isEqualTo(Action.DELIVER);
            Passage accepted = sent();
            assertThat(session.holding(new Passage(true, false, 1) {})).isFalse();
            RenewalToken token = renewing();
            assertThat(session.drained(token)).isFalse();
            assertThat(session.accepted(accepted, true).renewal()).isSameAs(token);
            assertThat(session.drained(token)).isTrue();
            Passage held = TestGates.passage();
            session.admit(held, false, null);
            assertThat(session.left(held).action()).isEqualTo(Action.NOTHING);
            assertThat(session.succeeded(token).release()).isTrue();
            assertThat(session.clear(null).release()).isTrue();
        }

        @Test
        void theFirstRulesHold() {
            GateRules rules = TestGates.rules().maxUses(1).build();
            assertThat(session.configure(rules, "here")).isNull();
            assertThat(session.configure(GateRules.DEFAULT, "there")).isEqualTo("here");
        }

        @Test
        void eachEventOfAnExchangeIsAUse() {
            Passage one = TestGates.passage();
            Passage two = TestGates.passage();
            RenewalToken[] token = new RenewalToken[1];
            Runnable[] events = {
                () -> session.admit(one, false, null),
                () -> session.admit(two, false, null),
                () -> session.sentAgain(one),
                () -> session.accepted(one, true),
                () -> session.unanswered(two),
                () -> session.open(null),
                () -> session.admit(one, false, null),
                () -> token[0] = session.refused(one).renewal(),
                () -> session.admit(one, false, null),
                () -> session.left(one),
                () -> session.succeeded(token[0]),
                () -> token[0] = session.renew(two, null, null).renewal(),
                () -> session.failed(token[0], false, WRONG)
            };
            for (int i = 0; i < events.length; i++) {
                clock.tick();
                events[i].run();
                assertThat(session.lastUsed()).as("event %d", i).isEqualTo(START.toEpochMilli() + i + 1);
            }
            clock.tick();
            session.clear(null);
            session.expire();
            session.endCooldown();
            session.holding(new Passage(true, false, 1) {});
            session.stats();
            assertThat(session.lastUsed()).isEqualTo(START.toEpochMilli() + events.length);
        }

        @Test
        void aGenerationThatARenewalFilledWithoutRequestsIsShown() {
            RenewalToken token = renewing();
            token.pending().jar().receive(TestSessions.SITE, "sid=1");
            session.succeeded(token);
            assertThat(session.current()).isSameAs(token.pending());
            assertThat(session.stats().cookies()).isEqualTo(1);
            assertThat(session.stats().profile()).isEmpty();
        }

        @Test
        void itWasRenewedOnceOneHasSucceeded() {
            RenewalToken token = renewing();
            session.failed(token, false, WRONG);
            session.succeeded(token);
            assertThat(session.isRenewed()).isFalse();
            session.endCooldown();
            session.succeeded(renewing());
            assertThat(session.isRenewed()).isTrue();
            session.clear(null);
            assertThat(session.isRenewed()).isTrue();
        }
    }
}
