/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionKey;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a session waits when the site does not say how long it wants to be left alone. */
class BlockedInRowTest {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofMinutes(1);

    private final SetClock clock = new SetClock();
    private final Session session = new SessionRegistry(host -> host, clock, 10).session(new SessionKey("", "anna"));

    /** Stands still until it is set forward. */
    private static final class SetClock implements SessionClock {
        private long now = 1_000_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }

        @Override
        public long monotonicMillis() {
            return now;
        }
    }

    private Passage sent() {
        Passage passage = new Passage(false, false, 1) {};
        assertThat(session.admit(passage, true, null).action()).isEqualTo(Verdict.Action.SEND);
        return passage;
    }

    private long secondsAfterBlocked(Passage passage) {
        session.blocked(passage, FIRST, MOST);
        return session.pauseLeft().toSeconds();
    }

    private void passPause() {
        clock.now += session.pauseLeft().toMillis();
    }

    @Test
    void thePauseDoublesWithEachInARowUpToTheLongest() {
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThat(secondsAfterBlocked(sent())).isEqualTo(seconds);
            assertThat(session.stats().pausedUntil()).isEqualTo(clock.instant().plusSeconds(seconds));
            passPause();
        }
        assertThat(session.stats().blocked()).isEqualTo(8);
    }

    @Test
    void aGoodAnswerEndsTheRow() {
        secondsAfterBlocked(sent());
        passPause();
        session.accepted(sent(), false);
        assertThat(secondsAfterBlocked(sent())).isEqualTo(1);
    }

    @Test
    void aGoodAnswerToWhatWasSentBeforeDoesNot() {
        Passage before = sent();
        secondsAfterBlocked(sent());
        session.accepted(before, false);
        passPause();
        assertThat(secondsAfterBlocked(sent())).isEqualTo(2);
    }

    @Test
    void answersToRequestsThatWereUnderWayTogetherCountOnce() {
        Passage one = sent();
        Passage other = sent();
        assertThat(secondsAfterBlocked(one)).isEqualTo(1);
        assertThat(secondsAfterBlocked(other)).isEqualTo(1);
        passPause();
        assertThat(secondsAfterBlocked(sent())).isEqualTo(2);
    }

    @Test
    void aShorterPauseDoesNotEndALongerOne() {
        Passage other = sent();
        session.blocked(sent(), Duration.ofMinutes(5));
        Instant until = session.stats().pausedUntil();
        secondsAfterBlocked(other);
        assertThat(session.pauseLeft()).isEqualTo(Duration.ofMinutes(5));
        assertThat(session.stats().pausedUntil()).isEqualTo(until);
    }
}
