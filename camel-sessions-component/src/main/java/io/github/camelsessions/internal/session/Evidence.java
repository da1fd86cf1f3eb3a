/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the end of a session from forbidden pages. A refusal alone says nothing: it comes of either. The rule:
 *
 * <p>The session counts as ended when more requests in a row are refused than ever were while it lived. At first one is
 * enough. A run of refusals was none of an end when the session accepts a request that was sent after it, and when the
 * log-in that it led to helped none of those that were refused: that counts as a third longer than it was, and as four at
 * least. A log-in that helps halves what is remembered; after the cool-down, doubled for each log-in in vain in a row, it is
 * forgotten. What a target did before tells more: one that was accepted and is refused now is the end, whatever the run; one
 * that was refused while the session lived, and never accepted, is forbidden, as long as runs are remembered. While a
 * generation has accepted nothing, its first few refusals of other targets are their own at once.
 *
 * <p>Three generations in a row that were filled by log-ins and accepted nothing tell that these are in vain: then only time
 * starts the next one. When there were as many as renewals have attempts, and at least three targets were refused in them,
 * of which one was accepted before or none ever was, the log-ins are worthless, which counts as a failure.
 *
 * <p>Guarded by the lock of its gate.
 */
final class Evidence {

    private static final double LONGER = 1.3;
    private static final double AT_LEAST = 4;
    private static final double KEPT = 0.5;
    private static final int TARGETS_OF_WORTHLESS = 3;
    private static final int FRUITLESS = 3;
    private static final int AFRESH = 16;
    private static final int[] NO_TARGETS = {};

    private GateRules rules;
    private int run; // refusals in a row, of the current generation
    private double longest; // the longest run that was no end, as it is remembered
    private int cause; // the run that the current generation comes of, 0 for none
    private int inVain; // log-ins in a row that did not help
    private boolean remembers;
    private long forgetsAt;
    private int unasked; // ends in a row that only checks told of, while nobody was refused
    private long nextUnasked;
    private int fruitless; // generations in a row that were filled by log-ins, refused and accepted nothing
    private boolean acceptedEver;
    private boolean acceptedBefore; // one of the targets refused by fruitless generations
    private int[] refusedByFruitless = NO_TARGETS;
    private @Nullable Targets targets; // from the first answer on: 72 bytes in a session that was renewed ahead

    Evidence(GateRules rules) {
        this.rules = rules;
    }

    void configure(GateRules rules) {
        this.rules = rules;
    }

    // ---- what happens

    /** Nothing was in doubt before, so nothing was remembered. */
    void beginsWith(GenerationState current) {
        acceptedEver = current.accepted;
    }

    /** A generation has refused a request, perhaps when it is no longer the current one. */
    void refused(Passage passage, GenerationState by, GenerationState current) {
        if (by == current) {
            passage.run = ++run;
        }
        if (by.isFilledByLogIn() && !by.accepted) {
            fruitless += by.fruitless ? 0 : 1;
            by.fruitless = true;
            acceptedBefore |= (known(passage) & Targets.ACCEPTED) != 0;
            refusedByFruitless = with(refusedByFruitless, passage.target());
        }
    }

    /** As many different targets as are needed. */
    private static int[] with(int[] some, int target) {
        if (some.length == TARGETS_OF_WORTHLESS || IntStream.of(some).anyMatch(other -> other == target)) {
            return some;
        }
        int[] more = Arrays.copyOf(some, some.length + 1);
        more[some.length] = target;
        return more;
    }

    /** A generation has accepted a request; the current one if it is that of the passage. */
    void accepted(Passage passage, GenerationState current) {
        acceptedEver = true;
        fruitless = 0;
        acceptedBefore = false;
        refusedByFruitless = NO_TARGETS;
        mark(passage, Targets.ACCEPTED);
        if (passage.sentIn != current) {
            return;
        }
        run = 0;
        if (passage.wasRefused() && isInVain(current)) {
            current.helped = true;
            longest *= KEPT;
            inVain = 0;
        }
    }

    /** The session lived when it refused this one. */
    void outlived(Passage suspect, long nowMillis) {
        mark(suspect, Targets.FORBIDDEN);
        remember(suspect.run, nowMillis);
    }

    /** Refused before the log-in, and by the generation that it has filled, as the first of all. */
    void refusedInVain(Passage passage) {
        mark(passage, Targets.FORBIDDEN);
    }

    /** A log-in is about to begin because of refusals. */
    void givesUp(GenerationState current, long nowMillis) {
        if (isInVain(current)) {
            inVain++;
            remember(Math.max(AT_LEAST, LONGER * cause), nowMillis);
        }
    }

    /** Whether the log-in that filled this generation was made for refused exchanges, and has helped none of them so far. */
    boolean isInVain(GenerationState current) {
        return current.isFilledByLogIn() && cause > 0 && !current.helped;
    }

    /** A renewal begins. */
    void begins(boolean becauseOfRefusals) {
        cause = becauseOfRefusals ? Math.max(run, 1) : 0;
    }

    /** The next generation is installed. */
    void installed(long nowMillis) {
        run = 0;
        if (cause > 0) {
            remember(0, nowMillis);
        }
    }

    private void remember(double length, long nowMillis) {
        if (isForgotten(nowMillis)) {
            longest = 0;
        }
        longest = Math.max(longest, length);
        remembers = true;
        forgetsAt = nowMillis
                + Math.max(rules.doubled(inVain).toMillis(), GateRules.PATIENCE_MILLIS << Math.min(inVain, 10));
    }

    private boolean isForgotten(long nowMillis) {
        return !remembers || nowMillis >= forgetsAt;
    }

    // ---- what it tells

    /** Whether the session has ended, as far as its refusals tell, of which some are still to be judged. */
    boolean isEnded(GenerationState current, Iterable<Passage> suspects, long nowMillis) {
        if (!current.accepted && fruitless >= FRUITLESS && !isForgotten(nowMillis)) {
            return isWorthless(false);
        }
        if (run >= needed(current, nowMillis)) {
            return true;
        }
        for (Passage suspect : suspects) {
            if (known(suspect) == Targets.ACCEPTED) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the refusal of a newcomer by a generation that has accepted nothing so far tells of an end, or is at least
     * worth a look: the first few are the pages' own, if they were never accepted.
     */
    boolean isEndedAfresh(Passage passage, long nowMillis) {
        if (fruitless >= FRUITLESS && !isForgotten(nowMillis)) {
            return isWorthless(false);
        }
        return run > AFRESH || known(passage) == Targets.ACCEPTED;
    }

    private long needed(GenerationState current, long nowMillis) {
        if (isForgotten(nowMillis)) {
            return 1;
        }
        double unproven = isInVain(current) ? Math.max(AT_LEAST, LONGER * cause) : 0;
        return 1 + (long) Math.max(longest, unproven);
    }

    /**
     * Whether an end that only a check tells of, while nobody was refused, is worth a log-in: from the second in a row
     * on they are paced by time, for who is refused tells of an end as well.
     */
    boolean mayEndUnasked(long nowMillis) {
        if (unasked > 1 && nowMillis < nextUnasked) {
            return false;
        }
        nextUnasked = nowMillis + rules.doubled(Math.max(0, unasked - 1)).toMillis();
        unasked++;
        return true;
    }

    /** A check has told that the session lives. */
    void isAlive() {
        unasked = 0;
    }

    /** Whether this target is known to be forbidden. */
    boolean isForbidden(Passage passage, long nowMillis) {
        return known(passage) == Targets.FORBIDDEN && !isForgotten(nowMillis);
    }

    /**
     * Whether log-ins succeed and help nobody.
     *
     * @param certain whether a check has told that the latest one did not help: then it takes no other proof
     */
    boolean isWorthless(boolean certain) {
        boolean seen = refusedByFruitless.length >= TARGETS_OF_WORTHLESS && (acceptedBefore || !acceptedEver);
        return fruitless >= rules.renewalAttempts() && (certain || seen);
    }

    /** How many generations in a row were filled by log-ins, refused and accepted nothing. */
    int fruitless() {
        return fruitless;
    }

    private int known(Passage passage) {
        return targets == null || passage.target() == Passage.UNKNOWN ? 0 : targets.marks(passage.target());
    }

    private void mark(Passage passage, int mark) {
        if (passage.target() != Passage.UNKNOWN) {
            targets = targets == null ? new Targets() : targets;
            targets.mark(passage.target(), mark);
        }
    }
}
