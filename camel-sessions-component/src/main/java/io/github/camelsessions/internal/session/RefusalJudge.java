/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.internal.session.GateState.Phase;
import io.github.camelsessions.internal.session.GenerationState.Origin;
import io.github.camelsessions.internal.session.Verdict.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges refusals for a {@link RenewalGate}, by its {@link Evidence}: which tell that the session has ended, so that it is
 * renewed, and which are an exchange's own answer. Guarded by the lock of its gate.
 */
final class RefusalJudge {

    private final GateState state;

    RefusalJudge(GateState state) {
        this.state = state;
    }

    Verdict refused(Passage passage, GenerationState of) {
        passage.refusals++;
        passage.refusedAt = state.inFlight.event();
        GateMemory memory = state.memory();
        memory.refused++;
        boolean judged = of == state.current && state.is(Phase.ACTIVE) && !state.frozen;
        if (judged && passage.renews && memory.evidence.isForbidden(passage, state.now())) {
            return memory.own(Verdict.of(Action.DELIVER), List.of(passage));
        }
        if (passage.renews) {
            memory.evidence.refused(passage, of, state.current);
        }
        if (!judged) {
            return isEndedByLimit(of)
                    ? memory.unjudged(Verdict.of(Action.DELIVER), List.of(passage))
                    : Verdict.of(memory.sentAgain(passage));
        }
        if (!passage.renews) {
            return Verdict.of(Action.DELIVER);
        }
        if (passage.alone && !of.accepted && !state.isChecked() && isOwn(passage, memory.evidence)) {
            return memory.own(Verdict.of(Action.DELIVER), List.of(passage));
        }
        memory.suspects.park(passage, state.now());
        return Verdict.of(Action.PARK);
    }

    /** Whether a refusal by a generation that has accepted nothing yet is the exchange's own. */
    private boolean isOwn(Passage passage, Evidence evidence) {
        boolean inVain = passage.refusals > 1;
        if (inVain) {
            evidence.refusedInVain(passage);
        }
        return inVain || !evidence.isEndedAfresh(passage, state.now());
    }

    /** Whether a limit has ended this generation, or is about to. */
    private boolean isEndedByLimit(GenerationState of) {
        RenewalAttempts latest = state.memory().renewal;
        boolean ending =
                of == state.current && state.is(Phase.RENEWING) && latest != null && latest.reason == Origin.LIMIT;
        return of.endedByLimit || ending;
    }

    /** The current generation has accepted a request: those that it had refused before that was sent are forbidden. */
    Verdict accepted(Passage passage) {
        GateMemory memory = state.remembered();
        if (memory == null) {
            return Verdict.of(Action.DELIVER);
        }
        if (state.is(Phase.ACTIVE) && state.current.renewed()) {
            memory.cooldown.endRow();
        }
        long now = state.now();
        List<Passage> outlived = memory.suspects.takeRefusedBefore(passage.admittedAt, now);
        outlived.forEach(suspect -> memory.evidence.outlived(suspect, now));
        return memory.own(Verdict.of(Action.DELIVER), outlived);
    }

    /** Judges those whose refusals are parked, as far as there is anything to tell of them. */
    Verdict judge(Verdict verdict) {
        GateMemory memory = state.remembered();
        if (memory == null || memory.suspects.isEmpty() || !state.is(Phase.ACTIVE) || state.frozen) {
            return verdict;
        }
        long now = state.now();
        boolean ended = memory.evidence.isEnded(state.current, memory.suspects.all(), now);
        // whoever a block keeps from the session tells nothing
        boolean quiet = (memory.held.now() == 0 || memory.isExclusive()) && now >= state.current.worthWaitingUntil();
        if (state.isChecked()) {
            if (memory.checking || !(ended || quiet || memory.suspects.isAnyLate(now))) {
                return verdict;
            }
            memory.checking = true;
            return verdict.checking();
        }
        if (ended) {
            return renewUnasked(Origin.REFUSAL, memory.suspects.first(), false, verdict)
                    .releasing();
        }
        List<Passage> late = memory.suspects.takeLate(now);
        // the next request of the first one's caller, if there is any, tells more
        return memory.own(verdict, late.isEmpty() && quiet ? memory.suspects.takeFirst(now) : late);
    }

    /**
     * Renews without being asked to, unless that must wait or log-ins are worthless: then -> FAILED.
     *
     * @param certain whether it is certain that the session has ended
     */
    Verdict renewUnasked(Origin why, Passage initiator, boolean certain, Verdict verdict) {
        Verdict begun = verdict.starting(begin(why, initiator, certain));
        Verdict judged = why == Origin.LIMIT ? suspectsOfEnded(begun) : suspectsAgain(begun);
        return state.is(Phase.FAILED) ? judged.releasing() : judged;
    }

    private @Nullable RenewalToken begin(Origin why, Passage initiator, boolean certain) {
        GateMemory all = state.memory();
        if (state.is(Phase.ACTIVE) && why == Origin.REFUSAL) {
            all.useless += all.evidence.isInVain(state.current) ? 1 : 0;
            all.evidence.givesUp(state.current, state.now());
        }
        if (state.isCooling()) {
            state.phase = Phase.FAILED;
            return null;
        }
        if (state.is(Phase.ACTIVE) && all.evidence.isWorthless(certain)) {
            state.enterFailed(
                    new IllegalStateException("after each of " + all.evidence.fruitless()
                            + (certain
                                    ? " log-ins in a row the check said that the session had ended, though the log-ins"
                                            + " succeeded; see whether checkUri and validWhen fit"
                                    : " log-ins in a row every request was refused, though the log-ins succeeded")),
                    0);
            return null;
        }
        initiator.initiator = true;
        return state.begin(why, initiator);
    }

    /** What the suspects wait for has come. */
    Verdict suspectsAgain(Verdict verdict) {
        GateMemory memory = state.remembered();
        return memory == null ? verdict : memory.notOwn(verdict, memory.suspects.drain(state.now()));
    }

    /** A limit has ended the generation before their refusals were judged. */
    Verdict suspectsOfEnded(Verdict verdict) {
        GateMemory memory = state.remembered();
        return memory == null ? verdict : memory.unjudged(verdict, memory.suspects.drain(state.now()));
    }
}
