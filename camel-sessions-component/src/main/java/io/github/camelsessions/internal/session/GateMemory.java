/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.Verdict.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a gate knows of those that wait or were refused, and of renewals; says who of them is sent again, and counts that.
 * Guarded by the lock of its gate.
 */
final class GateMemory {

    /**
     * How many refusals that nobody has judged, because a limit ended the generation, are an exchange's own: without an end to
     * that, a forbidden page would be sent for ever where each generation lasts for few requests.
     */
    private static final int UNJUDGED_REFUSALS = 3;

    final HeldCount held = new HeldCount();
    final Suspects suspects = new Suspects();
    final Evidence evidence;
    final Cooldown cooldown;

    // counts, as SessionStats explains them; late are the ends of attempts that came when they no longer counted
    long renewals;
    long attempts;
    long failures;
    long useless;
    long late;
    long checks;
    long checksExpired;
    long refused;
    long standing;
    long replays;
    long stale;
    long staleReplays;
    long blocked;
    long otherLogIns;
    long logOuts;
    long failedLogOuts;

    /** The latest renewal; its latest token is live exactly when RENEWING. */
    @Nullable
    RenewalAttempts renewal;

    /** What the site has asked for last, null when that is over. */
    @Nullable
    Pause pause;

    /** When the latest pause ends or ended, for people; null when there was none. */
    @Nullable
    Instant pausedUntil;

    /** How often in a row the site did not say how long, and the event of the latest time that counted. */
    private int blockedInRow;

    private long blockedAt;

    /** Whether a check is wanted or under way: its answer settles the doubt. */
    boolean checking;

    /** Until when doubts are settled without a check, because the latest one had no answer; null when it had one. */
    @Nullable
    Long uncheckedUntil;

    /** The blocks that want the session to themselves, null while there was none. */
    @Nullable
    ExclusiveLine exclusive;

    /** When the gate is to be asked again, null when somebody does that anyway. */
    @Nullable
    Long wakeAt;

    GateMemory(GateRules rules, Cooldown cooldown) {
        this.evidence = new Evidence(rules);
        this.cooldown = cooldown;
    }

    /**
     * How long a pause becomes whose length the site has left open: it doubles with each in a row. What was sent before the
     * latest of them began brings no news.
     */
    long backoff(Passage passage, long shortestMillis, long longestMillis, long event) {
        if (blockedInRow == 0 || passage.admittedAt > blockedAt) {
            blockedInRow++;
            blockedAt = event;
        }
        long length = shortestMillis;
        for (int i = 1; i < blockedInRow && length < longestMillis; i++) {
            length = Math.min(2 * length, longestMillis);
        }
        return length;
    }

    /** The site has answered one that was sent after it last left the length of a pause open: it has enough no more. */
    void answered(Passage accepted) {
        if (accepted.admittedAt > blockedAt) {
            blockedInRow = 0;
        }
    }

    /** Whether a block has the session to itself, or is to have it next. */
    boolean isExclusive() {
        return exclusive != null && !exclusive.isEmpty();
    }

    /** Whether nobody waits, or has the session to itself. */
    boolean isOver() {
        return held.now() == 0 && suspects.isEmpty() && !isExclusive();
    }

    /** The refusals were the exchanges' own; those that have replays left are sent again all the same. */
    Verdict own(Verdict verdict, List<Passage> judged) {
        return judging(verdict, judged, passage -> ++passage.stood < passage.maxReplays);
    }

    /** The refusals tell nothing of the exchanges: they are sent again, which does not count. */
    Verdict notOwn(Verdict verdict, List<Passage> judged) {
        return judging(verdict, judged, passage -> passage.maxReplays > 0);
    }

    /** A limit has ended the generation that refused them before anybody has judged that. */
    Verdict unjudged(Verdict verdict, List<Passage> judged) {
        return judging(
                verdict,
                judged,
                passage -> ++passage.unjudged < UNJUDGED_REFUSALS
                        ? passage.maxReplays > 0
                        : ++passage.stood < passage.maxReplays);
    }

    private Verdict judging(Verdict verdict, List<Passage> judged, Predicate<Passage> isSentAgain) {
        if (judged.isEmpty()) {
            return verdict;
        }
        List<Passage> own = new ArrayList<>();
        List<Passage> again = new ArrayList<>();
        for (Passage passage : judged) {
            (isSentAgain.test(passage) ? again : own).add(passage);
        }
        standing += own.size();
        replays += again.size();
        return verdict.judging(own, again);
    }

    /** What becomes of one whose refusal need not be judged. */
    Action sentAgain(Passage passage) {
        boolean again = passage.maxReplays > 0;
        replays += again ? 1 : 0;
        return again ? Action.ADMIT_AGAIN : Action.DELIVER;
    }

    Verdict stale(Passage accepted, boolean replayable) {
        stale++;
        if (!replayable || accepted.maxReplays == 0) {
            return Verdict.of(Action.DELIVER);
        }
        staleReplays++;
        return Verdict.of(Action.REPLAY_STALE);
    }
}
