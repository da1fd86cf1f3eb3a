/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.renewal.SiteRate.Due;
import io.github.camelsessions.internal.renewal.SiteRate.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When requests of a site may be sent, and in which order, by a clock of the test's. */
class SiteRateTest {

    private static final Place NOBODY = null;
    private static final Duration NEVER = null;

    private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos(); // a clock that will turn over
    private long arrivals;

    private SiteRate rate(double perSecond) {
        return new SiteRate(() -> now, perSecond);
    }

    private Place place(SiteRate rate, String session) {
        Place place = unentered(session);
        rate.enter(place);
        return place;
    }

    private Place unentered(String session) {
        return new Place(new SessionKey("portal", session), arrivals++, () -> {});
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    /** Who is called next, after as much time as that takes; it takes the turn. */
    private Place next(SiteRate rate) {
        Due due = rate.due();
        while (due.called() == null) {
            pass(due.after());
            due = rate.due();
        }
        rate.begin(due.called());
        return due.called();
    }

    private List<Place> next(SiteRate rate, int count) {
        return Stream.generate(() -> next(rate)).limit(count).toList();
    }

    @Test
    void theFirstGoesAtOnceAndTheNextAfterAnInterval() {
        SiteRate rate = rate(20);
        assertThat(rate.take()).isPositive();
        assertThat(rate.take()).isZero();
        pass(Duration.ofMillis(50).minusNanos(1));
        assertThat(rate.take()).isZero();
        pass(Duration.ofNanos(1));
        assertThat(rate.take()).isPositive();
    }

    @Test
    void whatWasNotSentInTimeIsNotMadeUpFor() {
        SiteRate rate = rate(20);
        rate.take();
        pass(Duration.ofHours(1));
        assertThat(rate.take()).isPositive();
        assertThat(rate.take()).isZero();
    }

    @Test
    void aRateOfZeroIsNone() {
        SiteRate rate = rate(0);
        assertThat(IntStream.range(0, 100).mapToLong(i -> rate.take())).allMatch(turn -> turn > 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3, 20, 1000})
    void thoseThatWaitGoEvenlySpaced(double perSecond) {
        SiteRate rate = rate(perSecond);
        long began = now;
        rate.take();
        IntStream.range(0, 100).forEach(i -> place(rate, "anna"));
        next(rate, 100);
        assertThat(Duration.ofNanos(now - began).toNanos() / 1e9).isBetween(100 / perSecond, 100 / perSecond + 1e-6);
        assertThat(rate.waiting()).isZero();
        assertThat(rate.due()).isEqualTo(new Due(NOBODY, NEVER));
    }

    @Test
    void whoWaitsIsAheadOfWhoeverComes() {
        SiteRate rate = rate(20);
        rate.take();
        Place waiting = place(rate, "anna");
        pass(Duration.ofSeconds(1));
        assertThat(rate.take()).isZero();
        assertThat(next(rate)).isSameAs(waiting);
    }

    @Test
    void aSessionWithTenThousandDoesNotDelayAnotherWithOne() {
        SiteRate rate = rate(20);
        IntStream.range(0, 10_000).forEach(i -> place(rate, "anna"));
        next(rate, 10);
        Place ben = place(rate, "ben");
        assertThat(next(rate, 2)).contains(ben);
    }

    @Test
    void theTurnGoesRoundTheSessionsAndWithinOneByArrival() {
        SiteRate rate = rate(20);
        Place late = unentered("anna");
        List<Place> anna = List.of(place(rate, "anna"), place(rate, "anna"));
        List<Place> ben = List.of(place(rate, "ben"), place(rate, "ben"), place(rate, "ben"));
        Place carl = place(rate, "carl");
        rate.enter(late); // it came first, and has waited for something else
        assertThat(next(rate, 7))
                .containsExactly(late, ben.get(0), carl, anna.get(0), ben.get(1), anna.get(1), ben.get(2));
    }

    @Test
    void oneAtATimeIsCalled() {
        SiteRate rate = rate(20);
        Place first = place(rate, "anna");
        Place second = place(rate, "ben");
        assertThat(rate.due().called()).isSameAs(first);
        pass(Duration.ofSeconds(1));
        assertThat(rate.due()).isEqualTo(new Due(NOBODY, NEVER));
        rate.begin(first);
        assertThat(rate.due().after()).isEqualTo(Duration.ofMillis(50)); // from the time that it began
        pass(Duration.ofMillis(50));
        assertThat(rate.due().called()).isSameAs(second);
    }

    @Test
    void whoLeavesIsNotCalled() {
        SiteRate rate = rate(20);
        rate.take();
        Place first = place(rate, "anna");
        Place second = place(rate, "anna");
        assertThat(rate.leave(first)).isFalse();
        assertThat(rate.waiting(new SessionKey("portal", "anna"))).isEqualTo(1);
        assertThat(next(rate)).isSameAs(second);
        assertThat(rate.leave(second)).isFalse();
        assertThat(rate.waiting()).isZero();
        pass(Duration.ofMillis(50));
        assertThat(rate.take()).isPositive();
    }

    @Test
    void theTurnOfOneThatLeavesWhenCalledIsTheNextOnes() {
        SiteRate rate = rate(20);
        Place first = place(rate, "anna");
        Place second = place(rate, "ben");
        assertThat(rate.due().called()).isSameAs(first);
        assertThat(rate.leave(first)).isTrue();
        assertThat(rate.due().called()).isSameAs(second);
    }

    @Test
    void requestsThatGoAtOnceDelayTheOthers() {
        SiteRate rate = rate(20);
        rate.take();
        place(rate, "anna");
        IntStream.range(0, 4).forEach(i -> rate.count());
        assertThat(rate.due().after()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aTurnThatWasNotUsedIsTheNextOnes() {
        SiteRate rate = rate(20);
        long turn = rate.take();
        Place waiting = place(rate, "ben");
        assertThat(rate.due().called()).isNull();
        rate.giveBack(turn);
        assertThat(rate.due().called()).isSameAs(waiting);
    }

    @Test
    void aTurnThatWasNotUsedIsLostWhenARequestWasSentSince() {
        SiteRate rate = rate(20);
        long turn = rate.take();
        pass(Duration.ofMillis(50));
        rate.take();
        rate.giveBack(turn);
        assertThat(rate.take()).isZero();
    }

    @Test
    void aHigherRateHoldsAtOnceForThoseThatWait() {
        SiteRate rate = rate(0.1);
        rate.take();
        rate.count();
        place(rate, "anna");
        assertThat(rate.due().after()).isEqualTo(Duration.ofSeconds(20));
        rate.setPerSecond(10);
        assertThat(rate.perSecond()).isEqualTo(10);
        assertThat(rate.due().after()).isEqualTo(Duration.ofMillis(200)); // the two that went before still count
    }

    @Test
    void aLowerRateHoldsAtOnceToo() {
        SiteRate rate = rate(10);
        rate.take();
        place(rate, "anna");
        rate.setPerSecond(1);
        assertThat(rate.due().after()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void withoutARateAllThatWaitGo() {
        SiteRate rate = rate(0.1);
        rate.take();
        List<Place> waiting =
                Stream.generate(() -> place(rate, "anna")).limit(3).toList();
        rate.setPerSecond(0);
        long began = now;
        assertThat(next(rate, 3)).isEqualTo(waiting);
        assertThat(now).isEqualTo(began);
    }

    @Test
    void itAsksForOneWakeUpAndForAnEarlierOneWhenTheRateIsRaised() {
        SiteRate rate = rate(1);
        rate.take();
        place(rate, "anna");
        assertThat(rate.due().after()).isEqualTo(Duration.ofSeconds(1));
        place(rate, "anna");
        assertThat(rate.due().after()).isNull();
        rate.count();
        assertThat(rate.due().after()).isNull(); // it will be asked too early, and say when
        rate.setPerSecond(10);
        assertThat(rate.due().after()).isEqualTo(Duration.ofMillis(200));
        pass(Duration.ofMillis(200));
        assertThat(rate.due().called()).isNotNull();
    }

    @RepeatedTest(50)
    void noTimeSeesMoreThanTheRateAndOne(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        double perSecond = 1 + random.nextInt(100);
        SiteRate rate = rate(perSecond);
        long began = now;
        List<Long> sent = new ArrayList<>();
        List<Place> waiting = new ArrayList<>();
        Place called = null;
        long turn = 0;
        for (int step = 0; step < 2_000; step++) {
            pass(Duration.ofNanos((long) (random.nextDouble() * random.nextInt(3) * 1e9 / perSecond)));
            switch (random.nextInt(6)) {
                case 0, 1 -> waiting.add(place(rate, "s" + random.nextInt(5)));
                case 2 -> {
                    if (rate.take() > 0) {
                        sent.add(now - began);
                    }
                }
                case 3 -> {
                    if (!waiting.isEmpty()) {
                        Place leaving = waiting.remove(random.nextInt(waiting.size()));
                        called = rate.leave(leaving) ? null : called;
                    }
                }
                case 4 -> {
                    turn = rate.take();
                    if (turn > 0) {
                        rate.giveBack(turn);
                    }
                }
                default -> {
                    if (called != null) {
                        rate.begin(called);
                        waiting.remove(called);
                        sent.add(now - began);
                        called = null;
                    }
                }
            }
            Place next = rate.due().called();
            called = next == null ? called : next;
        }
        assertThat(sent).hasSizeGreaterThan(100);
        for (int first = 0; first < sent.size(); first++) {
            for (int last = first; last < sent.size(); last++) {
                double seconds = (sent.get(last) - sent.get(first)) / 1e9;
                assertThat(last - first + 1.0).isLessThanOrEqualTo(perSecond * seconds + 1 + 1e-6);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 0.00001, Double.NaN, Double.POSITIVE_INFINITY})
    void whatIsNoRateIsRefused(double perSecond) {
        assertThatThrownBy(() -> new RateRule(perSecond, "here"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxRequestsPerSecond=" + perSecond
                        + ": must be at least 0.0001, such as 20 or 0.5, or 0 for any number");
    }
}
