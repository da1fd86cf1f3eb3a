/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the gate decides on an event: what the exchange that brought it does, and what others do now. The others are
 * acted on by the caller, after the gate's lock was let go. Filled under the lock, read-only afterwards.
 */
public final class Verdict {

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
         * Waits for the gate to judge its refusal, and keeps that answer until then, or to have the session to itself; some later verdict, perhaps given to
         * another thread before this one is read, has it among {@link #standing} or {@link #again}.
         */
        PARK,
        /** Asks for admission again. */
        ADMIT_AGAIN,
        /** Asks for admission again, but keeps the answer it has, which stands if the replay fails. */
        REPLAY_STALE,
        /** Is given the answer it has. */
        DELIVER,
        /**
         * Nothing is sent or renewed. One that asked for a renewal, or for the session to itself, goes on: it has what it
         * asked for. A call of a block is left out: the block is to start again.
         */
        SKIP,
        /** Ends with an exception. */
        FAIL,
        /** Looks the session up again: this one is closed. */
        LOOK_UP,
        /** Nothing: the event came from no exchange that waits. */
        NOTHING
    }

    private Action action;
    private @Nullable Generation generation;
    private @Nullable RenewalToken renewal;
    private @Nullable GateFailure failure;
    private List<Passage> standing = List.of();
    private List<Passage> again = List.of();
    private boolean release;
    private boolean emptied;
    private boolean check;
    private long wakeAfter;

    private Verdict(Action action) {
        this.action = action;
    }

    static Verdict of(Action action) {
        return new Verdict(action);
    }

    static Verdict send(Generation generation) {
        Verdict verdict = new Verdict(Action.SEND);
        verdict.generation = generation;
        return verdict;
    }

    /** The same for others, but the one who brought the event ends with an exception. */
    Verdict failing(GateFailure why) {
        action = Action.FAIL;
        generation = null;
        failure = why;
        return this;
    }

    Verdict starting(@Nullable RenewalToken started) {
        renewal = started;
        return this;
    }

    Verdict judging(List<Passage> own, List<Passage> others) {
        standing = plus(standing, own);
        again = plus(again, others);
        return this;
    }

    /** The same for the one who brought the event: it is told by the action, not as one of the others. */
    Verdict apart(Passage passage) {
        if (standing.contains(passage)) {
            action = Action.DELIVER;
            standing = without(standing, passage);
        } else if (again.contains(passage)) {
            action = Action.ADMIT_AGAIN;
            again = without(again, passage);
        }
        return this;
    }

    Verdict releasing() {
        release = true;
        return this;
    }

    Verdict emptying() {
        emptied = true;
        return this;
    }

    Verdict checking() {
        check = true;
        return this;
    }

    Verdict waking(long afterMillis) {
        wakeAfter = afterMillis;
        return this;
    }

    private static List<Passage> without(List<Passage> some, Passage one) {
        return some.stream().filter(other -> other != one).toList();
    }

    private static List<Passage> plus(List<Passage> some, List<Passage> more) {
        return some.isEmpty()
                ? more
                : Stream.concat(some.stream(), more.stream()).toList();
    }

    /** What this exchange does. */
    public Action action() {
        return action;
    }

    /** For {@link Action#SEND}: the generation to send in. */
    public @Nullable Generation generation() {
        return generation;
    }

    /** A renewal that the caller starts now, null for none. */
    public @Nullable RenewalToken renewal() {
        return renewal;
    }

    /** For {@link Action#FAIL}: why. */
    public @Nullable GateFailure failure() {
        return failure;
    }

    /** Others, whose refusals were judged to be their own answers. */
    public List<Passage> standing() {
        return standing;
    }

    /** Others, that ask for admission again. */
    public List<Passage> again() {
        return again;
    }

    /** Whether those that are held ask for admission again. */
    public boolean release() {
        return release;
    }

    /** Whether the session is closed, and no answer is awaited any more. */
    public boolean emptied() {
        return emptied;
    }

    /** Whether a check is to be sent now: {@link Session#check}. */
    public boolean check() {
        return check;
    }

    /** In how many millis {@link Session#wake} is to be called, 0 for never. */
    public long wakeAfter() {
        return wakeAfter;
    }
}
