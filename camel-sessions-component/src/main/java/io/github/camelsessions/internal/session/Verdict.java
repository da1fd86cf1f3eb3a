/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the gate decides on an event: what the exchange that brought it does, and what others do now. The others are
 * acted on by the caller, after the gate's lock was let go.
 *
 * @param action     what this exchange does
 * @param generation for {@link Action#SEND}: the generation to send in
 * @param renewal    a renewal that the caller starts now, null for none
 * @param failure    for {@link Action#FAIL}: why
 * @param standing   others, whose refusals were judged to be their own answers
 * @param again      others, that ask for admission again
 * @param release    whether those that are held ask for admission again
 * @param emptied    whether the session is closed, and no answer is awaited any more
 * @param check      whether a check is to be sent now: {@link Session#check}
 * @param wakeAfter  in how many millis {@link Session#wake} is to be called, 0 for never
 */
public record Verdict(
        Action action,
        @Nullable Generation generation,
        @Nullable RenewalToken renewal,
        @Nullable GateFailure failure,
        List<Passage> standing,
        List<Passage> again,
        boolean release,
        boolean emptied,
        boolean check,
        long wakeAfter) {

    /** What an exchange does next. */
    public enum Action {
        /** Sends its request in the generation. */
        SEND,
        /**
         * Waits for its turn: until a verdict says {@link #release}, or until {@link Session#holding} says no after it
         * was put with those that wait.
         */
        HOLD,
        /**
         * Waits for the gate to judge its refusal, and keeps that answer until then; some later verdict, perhaps given to
         * another thread before this one is read, has it among {@link #standing} or {@link #again}.
         */
        PARK,
        /** Asks for admission again. */
        ADMIT_AGAIN,
        /** Asks for admission again, but keeps the answer it has, which stands if the replay fails. */
        REPLAY_STALE,
        /** Is given the answer it has. */
        DELIVER,
        /** Goes on without renewing: what it saw was renewed since. */
        SKIP,
        /** Ends with an exception. */
        FAIL,
        /** Looks the session up again: this one is closed. */
        LOOK_UP,
        /** Nothing: the event came from no exchange that waits. */
        NOTHING
    }

    static Verdict of(Action action) {
        return new Verdict(action, null, null, null, List.of(), List.of(), false, false, false, 0);
    }

    static Verdict send(Generation generation) {
        return new Verdict(Action.SEND, generation, null, null, List.of(), List.of(), false, false, false, 0);
    }

    /** The same for others, but the one who brought the event ends with an exception. */
    Verdict failing(GateFailure why) {
        return new Verdict(Action.FAIL, null, renewal, why, standing, again, release, emptied, check, wakeAfter);
    }

    /** The same, with a renewal to start. */
    Verdict starting(@Nullable RenewalToken started) {
        return new Verdict(action, generation, started, failure, standing, again, release, emptied, check, wakeAfter);
    }

    /** The same, with others that were judged. */
    Verdict judging(List<Passage> own, List<Passage> others) {
        return new Verdict(
                action,
                generation,
                renewal,
                failure,
                plus(standing, own),
                plus(again, others),
                release,
                emptied,
                check,
                wakeAfter);
    }

    /** The same for the one who brought the event: it is told by the action, not as one of the others. */
    Verdict apart(Passage passage) {
        if (standing.contains(passage)) {
            return new Verdict(
                    Action.DELIVER,
                    generation,
                    renewal,
                    failure,
                    without(standing, passage),
                    again,
                    release,
                    emptied,
                    check,
                    wakeAfter);
        }
        if (again.contains(passage)) {
            return new Verdict(
                    Action.ADMIT_AGAIN,
                    generation,
                    renewal,
                    failure,
                    standing,
                    without(again, passage),
                    release,
                    emptied,
                    check,
                    wakeAfter);
        }
        return this;
    }

    Verdict releasing() {
        return new Verdict(action, generation, renewal, failure, standing, again, true, emptied, check, wakeAfter);
    }

    Verdict emptying() {
        return new Verdict(action, generation, renewal, failure, standing, again, release, true, check, wakeAfter);
    }

    Verdict checking() {
        return new Verdict(action, generation, renewal, failure, standing, again, release, emptied, true, wakeAfter);
    }

    Verdict waking(long millis) {
        return new Verdict(action, generation, renewal, failure, standing, again, release, emptied, check, millis);
    }

    private static List<Passage> without(List<Passage> some, Passage one) {
        return some.stream().filter(other -> other != one).toList();
    }

    private static List<Passage> plus(List<Passage> some, List<Passage> more) {
        return some.isEmpty()
                ? more
                : Stream.concat(some.stream(), more.stream()).toList();
    }
}
