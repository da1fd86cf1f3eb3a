/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.PoolStrategy;
import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.pool.Claim.State;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileRotation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cells of the table above {@link PoolGate}. */
class PoolGateTest {

    private final TestPools pools = new TestPools();
    private long arrivals;

    private PoolGate gate;
    private final List<Member> creating = new ArrayList<>();
    private final List<Member> closing = new ArrayList<>();
    private long wakeAt;

    private void act(PoolVerdict verdict) {
        creating.addAll(verdict.created);
        closing.addAll(verdict.closing);
        wakeAt = verdict.wakeAtMillis;
    }

    private Claim ask() {
        return ask(null);
    }

    private Claim ask(Long wanted) {
        Claim claim = new Claim(++arrivals, wanted, true, false, () -> {});
        act(gate.ask(claim));
        return claim;
    }

    private void logIn() {
        act(gate.created(creating.remove(0)));
    }

    private void logInFails(String why) {
        act(gate.notCreated(creating.remove(0), new IllegalStateException(why)));
    }

    private void close() {
        act(gate.closed(closing.remove(0)));
    }

    private void send(Claim claim) {
        send(claim, "g0 of " + claim.member);
    }

    private void send(Claim claim, String generation) {
        act(gate.sent(claim, generation.intern()));
    }

    private void done(Claim claim, Outcome outcome) {
        act(gate.done(claim, outcome, false, outcome == Outcome.EXPIRED ? new IllegalStateException("no") : null));
    }

    private void use(Claim claim, Outcome outcome) {
        send(claim);
        done(claim, outcome);
    }

    private static long number(Claim claim) {
        assertThat(claim.state).isEqualTo(State.SERVED);
        return claim.member.number;
    }

    private PoolStats stats() {
        return gate.stats();
    }

    @Test
    void theFirstExchangeWaitsForOneLogInAndIsGivenItsSession() {
        gate = pools.gate();
        Claim first = ask();
        assertThat(first.state).isEqualTo(State.WAITING);
        assertThat(creating).extracting(member -> member.key).containsExactly(new SessionKey("site", "shop-1"));

        logIn();
        assertThat(number(first)).isEqualTo(1);
        assertThat(stats().busy()).isEqualTo(1);
    }

    @Test
    void aPoolThatWasLeftRetiresNoSessionOfTheNextOneOfItsName() {
        gate = pools.maxAge(Duration.ofMinutes(10)).gate();
        Claim only = ask();
        logIn();
        use(only, Outcome.GOOD);
        assertThat(gate.onlyMembers()).containsExactly(new SessionKey("site", "shop-1"));

        gate.forget();
        pools.pass(Duration.ofMinutes(11));
        act(gate.wake());
        assertThat(closing).isEmpty();
        assertThat(stats().size()).isZero();
    }

    @Test
    void aPoolIsNotLeftWhileSomethingWouldBeLost() {
        gate = pools.gate();
        Claim waiting = ask();
        assertThat(gate.onlyMembers()).as("one waits").isNull();
        logIn();
        assertThat(gate.onlyMembers()).as("one is used").isNull();
        use(waiting, Outcome.BLOCKED);
        assertThat(gate.onlyMembers()).as("one is being closed").isNull();
        close();
        assertThat(gate.onlyMembers()).isEmpty();
        ask();
        logInFails("no");
        close();
        assertThat(gate.onlyMembers()).as("it backs off").isNull();
    }

    @Test
    void onlyOneLogInIsTriedUntilOneSucceeds() {
        gate = pools.logins(3).gate();
        for (int i = 0; i < 10; i++) {
            ask();
        }
        assertThat(creating).hasSize(1);
        logIn();
        assertThat(creating).hasSize(3);
    }

    @Test
    void noMoreSessionsAreCreatedThanWait() {
        gate = pools.logins(8).gate();
        ask();
        ask();
        logIn();
        assertThat(creating).hasSize(1);
    }

    @Test
    void thePoolDoesNotGrowBeyondItsSize() {
        gate = pools.size(2).gate();
        ask();
        ask();
        ask();
        logIn();
        logIn();
        assertThat(creating).isEmpty();
        assertThat(stats().waiting()).isEqualTo(1);
    }

    @Test
    void aReadySessionIsUsedBeforeThePoolGrows() {
        gate = pools.gate();
        Claim first = ask();
        logIn();
        use(first, Outcome.GOOD);
        assertThat(number(ask())).isEqualTo(1);
        assertThat(creating).isEmpty();
    }

    @Test
    void whoeverWaitsIsGivenTheSessionThatIsReadyFirst() {
        gate = pools.size(1).gate();
        Claim first = ask();
        logIn();
        Claim second = ask();
        Claim third = ask();
        use(first, Outcome.GOOD);
        assertThat(number(second)).isEqualTo(1);
        assertThat(third.state).isEqualTo(State.WAITING);
        use(second, Outcome.GOOD);
        assertThat(number(third)).isEqualTo(1);
    }

    @Test
    void withoutLogInTheFirstUseCreatesASession() {
        gate = pools.logsIn(false).size(2).gate();
        assertThat(number(ask())).isEqualTo(1);
        assertThat(number(ask())).isEqualTo(2);
        assertThat(ask().state).isEqualTo(State.WAITING);
        assertThat(creating).isEmpty();
    }

    @Test
    void aSessionIsRetiredWhenItsUsesAreSpentAndRoomIsThereWhenItIsClosed() {
        gate = pools.maxUses(2).size(1).gate();
        Claim first = ask();
        logIn();
        use(first, Outcome.GOOD);
        use(ask(), Outcome.GOOD);
        assertThat(closing).hasSize(1);
        assertThat(stats().retired()).isEqualTo(java.util.Map.of("maxUses", 1L));

        Claim next = ask();
        assertThat(creating).isEmpty(); // a site with seats has none before the log-out
        close();
        logIn();
        assertThat(number(next)).isEqualTo(2);
    }

    @Test
    void usesAreReservedSoThatNoneIsGivenTwice() {
        gate = pools.maxUses(2).maxConcurrent(0).size(1).gate();
        Claim first = ask();
        logIn();
        Claim second = ask();
        Claim third = ask();
        assertThat(number(first)).isEqualTo(number(second));
        assertThat(third.state).isEqualTo(State.WAITING);
        done(second, Outcome.NEUTRAL); // it was never sent
        assertThat(number(third)).isEqualTo(1);
    }

    @Test
    void followedRedirectsAreUsesToo() {
        gate = pools.maxUses(3).gate();
        Claim first = ask();
        logIn();
        send(first);
        act(gate.sentAgain(first));
        act(gate.sentAgain(first));
        done(first, Outcome.GOOD);
        assertThat(closing).hasSize(1);
    }

    @Test
    void theUsesOfARenewedSessionStartAnew() {
        gate = pools.maxUses(2).gate();
        Claim first = ask();
        logIn();
        send(first, "g0");
        done(first, Outcome.GOOD);
        Claim second = ask();
        send(second, "g0");
        send(second, "g1"); // refused as expired, renewed, sent again
        done(second, Outcome.GOOD);
        assertThat(closing).isEmpty();
        assertThat(number(ask())).isEqualTo(1);
    }

    @Test
    void anOldSessionIsRetiredThoughNobodyAsks() {
        gate = pools.maxAge(Duration.ofMinutes(50)).gate();
        Claim first = ask();
        logIn();
        use(first, Outcome.GOOD);
        assertThat(wakeAt)
                .isEqualTo(pools.monotonicMillis() + Duration.ofMinutes(50).toMillis());
        pools.pass(Duration.ofMinutes(50));
        act(gate.wake());
        assertThat(closing).hasSize(1);
        assertThat(stats().retired()).containsEntry("maxAge", 1L);
    }

    @Test
    void anOldSessionInUseIsClosedWhenItsExchangeEnds() {
        gate = pools.maxAge(Duration.ofMinutes(1)).gate();
        Claim first = ask();
        logIn();
        send(first);
        pools.pass(Duration.ofMinutes(1));
        act(gate.wake());
        assertThat(closing).isEmpty();
        assertThat(stats().busy()).isEqualTo(1);
        done(first, Outcome.GOOD);
        assertThat(closing).hasSize(1);
        close();
        assertThat(stats()).extracting(PoolStats::busy, PoolStats::closing).containsExactly(0, 0);
    }

    @Test
    void failuresRetireASessionAndGoodAnswersMakeUpForThem() {
        gate = pools.maxErrorScore(3, 0.5).gate();
        use(firstSession(), Outcome.BAD);
        use(ask(), Outcome.BAD);
        use(ask(), Outcome.GOOD);
        use(ask(), Outcome.GOOD);
        assertThat(gate.score(1)).isEqualTo(1.0);
        use(ask(), Outcome.BAD);
        assertThat(closing).isEmpty();
        use(ask(), Outcome.BAD);
        assertThat(closing).hasSize(1);
        assertThat(stats().retired()).containsEntry("errorScore", 1L);
    }

    private Claim firstSession() {
        Claim first = ask();
        logIn();
        return first;
    }

    @Test
    void marksCountAsAnswersDo() {
        gate = pools.maxErrorScore(2, 0.5).gate();
        use(firstSession(), Outcome.GOOD);
        act(gate.mark(1, false));
        act(gate.mark(1, true));
        assertThat(gate.score(1)).isEqualTo(0.5);
        act(gate.mark(1, false));
        assertThat(closing).isEmpty();
        act(gate.mark(1, false));
        assertThat(closing).hasSize(1);
        assertThat(gate.mark(17, true)).isNull();
    }

    @Test
    void aBlockedSessionIsRetiredAndTheExchangeAsksForAnother() {
        gate = pools.gate();
        Claim first = firstSession();
        send(first);
        act(gate.done(first, Outcome.BLOCKED, true, null));
        assertThat(closing).hasSize(1);
        Claim second = ask();
        logIn();
        assertThat(number(second)).isEqualTo(2);
        assertThat(stats()).extracting(PoolStats::blocked, PoolStats::replayed).containsExactly(1L, 1L);
    }

    @Test
    void aRetiredSessionIsGivenToNobodyAndWhoWaitsForItWaitsForAny() {
        gate = pools.gate();
        Claim first = firstSession();
        Claim wants = ask(1L);
        assertThat(wants.state).isEqualTo(State.WAITING);
        assertThat(creating).isEmpty(); // it wants that one
        act(gate.retire(1));
        assertThat(wants.state).isEqualTo(State.WAITING);
        assertThat(creating).hasSize(1);
        logIn();
        assertThat(number(wants)).isEqualTo(2);
        use(first, Outcome.GOOD);
        assertThat(closing).hasSize(1);
    }

    @Test
    void aSessionRetiredDuringItsLogInIsClosedAfterIt() {
        gate = pools.gate();
        Claim first = ask();
        act(gate.retire(1));
        logIn();
        assertThat(closing).hasSize(1);
        assertThat(first.state).isEqualTo(State.WAITING);
        logIn();
        assertThat(number(first)).isEqualTo(2);
    }

    @Test
    void whoNamesASessionIsGivenThatOneInTheOrderOfArrival() {
        gate = pools.size(1).gate();
        Claim first = firstSession();
        Claim any = ask();
        Claim wants = ask(1L);
        Claim late = ask();
        use(first, Outcome.GOOD);
        use(any, Outcome.GOOD);
        assertThat(number(wants)).isEqualTo(1);
        assertThat(late.state).isEqualTo(State.WAITING);
    }

    @Test
    void whoNamesAReadySessionIsGivenThatOne() {
        gate = pools.strategy(PoolStrategy.untilFailure).gate();
        Claim first = ask();
        Claim second = ask();
        logIn();
        logIn();
        use(first, Outcome.GOOD);
        use(second, Outcome.GOOD);
        assertThat(number(ask(2L))).isEqualTo(2);
    }

    @Test
    void whoNamesAnUnknownSessionIsGivenAny() {
        gate = pools.gate();
        use(firstSession(), Outcome.GOOD);
        assertThat(number(ask(99L))).isEqualTo(1);
    }

    @Test
    void aSessionRestsBetweenTwoUsesAndThePoolWakesForWhoWaits() {
        gate = pools.size(1)
                .minDelay(Duration.ofSeconds(1))
                .maxAge(Duration.ZERO)
                .gate();
        use(firstSession(), Outcome.GOOD);
        Claim next = ask();
        assertThat(next.state).isEqualTo(State.WAITING);
        assertThat(wakeAt).isEqualTo(pools.monotonicMillis() + 1000);
        pools.pass(Duration.ofMillis(999));
        act(gate.wake());
        assertThat(next.state).isEqualTo(State.WAITING);
        pools.pass(Duration.ofMillis(1));
        act(gate.wake());
        assertThat(number(next)).isEqualTo(1);
    }

    @Test
    void whoWaitsForARestingSessionIsNotOvertaken() {
        gate = pools.size(1).minDelay(Duration.ofSeconds(1)).gate();
        use(firstSession(), Outcome.GOOD);
        Claim first = ask();
        pools.pass(Duration.ofSeconds(1));
        Claim second = ask();
        assertThat(number(first)).isEqualTo(1);
        assertThat(second.state).isEqualTo(State.WAITING);
    }

    @Test
    void spareSessionsAreCreatedBeyondThoseInUse() {
        gate = pools.warm(2).gate();
        act(gate.wake());
        assertThat(creating).hasSize(1);
        logIn();
        logIn();
        assertThat(creating).isEmpty();
        assertThat(stats().warm()).isEqualTo(2);
        ask();
        assertThat(creating).hasSize(1);
    }

    @Test
    void aFailedLogInFailsWhoWaitsAndNoneIsTriedForTheCooldown() {
        gate = pools.gate();
        Claim first = ask();
        logInFails("wrong password");
        assertThat(first.state).isEqualTo(State.REFUSED);
        assertThat(first.refusal.cause()).hasMessage("wrong password");
        assertThat(first.refusal.until()).isEqualTo(Instant.ofEpochMilli(pools.now() + 30_000));

        assertThat(ask().state).isEqualTo(State.REFUSED);
        assertThat(creating).isEmpty();
        assertThat(closing).hasSize(1);
        assertThat(stats().loginsFailed()).isEqualTo(1);
    }

    @Test
    void aWallClockThatIsSetEndsNoCooldownAndMakesNoSessionOld() {
        gate = pools.maxAge(Duration.ofMinutes(50)).logins(1).gate();
        ask();
        logInFails("wrong password");
        pools.setWallClock(Duration.ofDays(1));
        assertThat(ask().state).isEqualTo(State.REFUSED);
        assertThat(stats().retryAt()).isEqualTo(pools.instant(30_000));

        pools.setWallClock(Duration.ofDays(-2));
        pools.pass(Duration.ofSeconds(30));
        Claim first = ask();
        logIn();
        long served = number(first);
        pools.setWallClock(Duration.ofDays(3));
        use(first, Outcome.GOOD);
        assertThat(number(ask())).isEqualTo(served);
    }

    @Test
    void afterTheCooldownOneLogInIsTriedAndEachFailureDoublesIt() {
        gate = pools.logins(4).gate();
        ask();
        logInFails("1");
        pools.pass(Duration.ofSeconds(30));
        ask();
        ask();
        assertThat(creating).hasSize(1);
        logInFails("2");
        pools.pass(Duration.ofSeconds(59));
        assertThat(ask().state).isEqualTo(State.REFUSED);
        pools.pass(Duration.ofSeconds(1));
        ask();
        ask();
        ask();
        assertThat(creating).hasSize(1);
        logIn();
        assertThat(creating).hasSize(2);
        assertThat(stats().retryAt()).isNull();
    }

    @Test
    void whereAllProfilesAreAsideALogInIsTriedWhenTheFirstIsFree() {
        gate = pools.gate();
        ProfileRotation rotation = new ProfileRotation(() -> Instant.ofEpochMilli(pools.now()), pools::now);
        ClientProfile profile = new ClientProfile("a", null, null, Map.of(), Map.of());
        rotation.configure(ProfileOrder.sequential, Duration.ofSeconds(8));
        rotation.replace(List.of(profile));
        rotation.putAside(profile, new IOException("gone"));
        Claim first = ask();
        act(gate.notCreated(creating.remove(0), catchThrowable(() -> rotation.next(ClientProfile.NONE))));

        assertThat(first.refusal.until()).isBetween(pools.instant(8_000), pools.instant(8_001));
        pools.pass(Duration.ofMillis(8_001));
        ask();
        assertThat(creating).hasSize(1);
        logInFails("wrong password");
        assertThat(stats().retryAt()).isEqualTo(pools.instant(30_000));
    }

    @Test
    void logInsThatFailAtOnceCountOnce() {
        gate = pools.logins(4).gate();
        for (int i = 0; i < 5; i++) {
            ask();
        }
        logIn();
        assertThat(creating).hasSize(4);
        while (!creating.isEmpty()) {
            logInFails("locked");
        }
        assertThat(stats().retryAt()).isEqualTo(Instant.ofEpochMilli(pools.now() + 30_000));
    }

    @Test
    void whoWaitsGoesOnWaitingWhileThereIsASessionThoughALogInFailed() {
        gate = pools.gate();
        Claim first = firstSession();
        Claim second = ask();
        logInFails("no seat");
        assertThat(second.state).isEqualTo(State.WAITING);
        use(first, Outcome.GOOD);
        assertThat(number(second)).isEqualTo(1);
    }

    @Test
    void whoWaitsIsRefusedWhenTheLastSessionGoesDuringTheCooldown() {
        gate = pools.gate();
        Claim first = firstSession();
        Claim second = ask();
        logInFails("no seat");
        use(first, Outcome.BLOCKED);
        assertThat(second.state).isEqualTo(State.REFUSED);
    }

    @Test
    void anOperatorEndsTheCooldown() {
        gate = pools.gate();
        ask();
        logInFails("wrong password");
        act(gate.endCooldown());
        ask();
        assertThat(creating).hasSize(1);
    }

    @Test
    void newSessionsThatAreAllBlockedCountAsAFailedLogIn() {
        gate = pools.gate();
        for (int i = 0; i < 3; i++) {
            Claim claim = ask();
            logIn();
            use(claim, Outcome.BLOCKED);
        }
        Claim next = ask();
        assertThat(next.state).isEqualTo(State.REFUSED);
        assertThat(next.refusal.cause()).hasMessageContaining("blocked 3 new sessions in a row");

        pools.pass(Duration.ofSeconds(30));
        Claim trial = ask();
        logIn();
        use(trial, Outcome.BLOCKED);
        pools.pass(Duration.ofSeconds(59));
        assertThat(ask().state).isEqualTo(State.REFUSED);
        pools.pass(Duration.ofSeconds(1));
        Claim good = ask();
        logIn();
        use(good, Outcome.GOOD);
        use(ask(), Outcome.BLOCKED);
        assertThat(ask().state).isEqualTo(State.WAITING);
        assertThat(creating).hasSize(1);
    }

    @Test
    void goodAnswersOfAnOldSessionDoNotHideThatAllNewOnesAreBlocked() {
        gate = pools.gate();
        Claim old = firstSession();
        use(old, Outcome.GOOD);
        for (int i = 0; i < 3; i++) {
            old = ask();
            Claim claim = ask();
            logIn();
            use(claim, Outcome.BLOCKED);
            use(old, Outcome.GOOD);
        }
        old = ask();
        assertThat(number(old)).isEqualTo(1);
        assertThat(ask().state).isEqualTo(State.WAITING);
        assertThat(creating).isEmpty();
        assertThat(stats().retryAt()).isNotNull();
    }

    @Test
    void aGoodAnswerDoesNotEndTheCooldownOfAFailedLogIn() {
        gate = pools.gate();
        Claim old = firstSession();
        Claim other = ask();
        logIn();
        Claim blocked = ask();
        logIn();
        ask();
        logInFails("wrong password");
        use(blocked, Outcome.BLOCKED);
        use(other, Outcome.GOOD); // its first
        use(old, Outcome.GOOD);
        assertThat(stats().retryAt()).isNotNull();
    }

    @Test
    void whileThePoolBacksOffExpiredSessionsAreNotRenewed() {
        gate = pools.gate();
        Claim first = firstSession();
        assertThat(first.mayRenew).isTrue();
        Claim second = ask();
        logInFails("wrong password");
        pools.pass(Duration.ofSeconds(60)); // the cool-down is over, but no log-in has succeeded
        use(first, Outcome.GOOD);
        assertThat(number(second)).isEqualTo(1);
        assertThat(second.mayRenew).isFalse();
        Claim third = ask();
        while (third.state == State.WAITING) {
            logIn();
        }
        assertThat(third.mayRenew).isTrue();
    }

    @Test
    void sessionsThatAreLoggedInLaterAreTriedOneAtATimeAfterAFailedLogIn() {
        gate = pools.logsIn(false).gate();
        Claim first = ask();
        Claim second = ask();
        send(first);
        done(first, Outcome.EXPIRED);
        assertThat(ask().state).isEqualTo(State.WAITING); // there is still the other one
        send(second);
        done(second, Outcome.EXPIRED);
        assertThat(ask().state).isEqualTo(State.REFUSED);

        pools.pass(Duration.ofSeconds(30));
        Claim trial = ask();
        Claim waits = ask();
        assertThat(trial.mayRenew).isTrue();
        assertThat(waits.state).isEqualTo(State.WAITING);
        use(trial, Outcome.GOOD);
        assertThat(waits.state).isEqualTo(State.SERVED);
        assertThat(ask().state).isEqualTo(State.SERVED);
    }

    @Test
    void anExpiredSessionThatNobodyTriedToRenewIsNoFailedLogIn() {
        gate = pools.logsIn(false).gate();
        Claim first = ask();
        send(first);
        act(gate.done(first, Outcome.EXPIRED, false, null));
        assertThat(stats().loginsFailed()).isZero();
        assertThat(ask().state).isEqualTo(State.SERVED);
    }

    @Test
    void aSessionThatCannotBeRenewedIsRetiredAndThePoolBacksOff() {
        gate = pools.gate();
        Claim first = firstSession();
        send(first);
        done(first, Outcome.EXPIRED);
        assertThat(stats().retired()).containsEntry("expired", 1L);
        assertThat(ask().state).isEqualTo(State.REFUSED);
    }

    @Test
    void notMoreWaitThanMay() {
        gate = pools.maxHeld(2).gate();
        ask();
        Claim second = ask();
        Claim third = ask();
        assertThat(third.state).isEqualTo(State.REFUSED);
        assertThat(third.refusal.full()).isTrue();
        act(gate.left(second));
        assertThat(second.state).isEqualTo(State.ENDED);
        assertThat(ask().state).isEqualTo(State.WAITING);
    }

    @Test
    void whoLeavesKeepsTheSessionThatItWasGivenMeanwhile() {
        gate = pools.gate();
        Claim first = ask();
        logIn();
        act(gate.left(first));
        assertThat(number(first)).isEqualTo(1);
    }

    @Test
    void noMoreExchangesUseASessionThanMay() {
        gate = pools.size(1).maxConcurrent(2).gate();
        Claim first = firstSession();
        Claim second = ask();
        Claim third = ask();
        assertThat(number(second)).isEqualTo(1);
        assertThat(third.state).isEqualTo(State.WAITING);
        use(first, Outcome.GOOD);
        assertThat(number(third)).isEqualTo(1);
    }

    @Test
    void theStrategiesChooseAmongReadySessions() {
        assertThat(chosen(PoolStrategy.roundRobin)).containsExactly(1L, 2L, 3L, 1L, 2L);
        assertThat(chosen(PoolStrategy.untilFailure)).containsExactly(1L, 1L, 1L, 1L, 1L);
        assertThat(chosen(PoolStrategy.random)).containsExactly(3L, 3L, 3L, 3L, 3L); // the source says: the last one
    }

    @Test
    void theLeastUsedIsTheOneWithTheFewestUses() {
        fill(PoolStrategy.leastUsed);
        use(ask(2L), Outcome.GOOD);
        use(ask(1L), Outcome.GOOD);
        use(ask(1L), Outcome.GOOD);
        List<Long> chosen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Claim claim = ask();
            chosen.add(number(claim));
            use(claim, Outcome.GOOD);
        }
        assertThat(chosen).containsExactly(3L, 2L, 3L, 1L, 2L);
    }

    private List<Long> chosen(PoolStrategy strategy) {
        fill(strategy);
        List<Long> chosen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Claim claim = ask();
            chosen.add(number(claim));
            use(claim, Outcome.GOOD);
        }
        return chosen;
    }

    /** Three sessions, ready in the order of their numbers, each used once. */
    private void fill(PoolStrategy strategy) {
        gate = pools.strategy(strategy).gate();
        List<Claim> claims = List.of(ask(), ask(), ask());
        logIn();
        logIn();
        logIn();
        claims.forEach(claim -> use(claim, Outcome.GOOD));
    }

    @Test
    void whoReportsOnASessionThatItWasNotGivenIsTold() {
        gate = pools.gate();
        Claim claim = ask();
        assertThatThrownBy(() -> gate.done(claim, Outcome.GOOD, false, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> gate.sent(claim, "g")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStoppedPoolCreatesNothing() {
        gate = pools.gate();
        gate.stop();
        ask();
        assertThat(creating).isEmpty();
    }
}
