/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the calls of one run of a block in one generation of their session: that of its first request. When another
 * request would be sent in a later one, the pin breaks, nothing is sent, and the block is to start again. Only while there
 * was no other than the first is nothing lost by sending that again alone: then the pin moves on with it.
 *
 * <p>Who is who it tells by identity alone. Thread-safe: one reference, which gates look at under their locks.
 */
public final class Pin {

    private enum State {
        FREE,
        PINNED,
        BROKEN,
        ENDED
    }

    /**
     * What is pinned. Immutable.
     *
     * @param only the one request of the block that was sent in the generation, null when there were others
     * @param now  of a broken pin the generation that a request would have been sent in
     */
    private record Hold(
            State state,
            @Nullable Generation generation,
            @Nullable Object only,
            @Nullable Generation now) {}

    private static final Hold FREE = new Hold(State.FREE, null, null, null);
    private static final Hold ENDED = new Hold(State.ENDED, null, null, null);

    private final @Nullable SessionKey session;
    private final @Nullable Object exclusive;
    private final AtomicReference<Hold> hold = new AtomicReference<>(FREE);
    private final int refusedBefore;
    private volatile int refused = Passage.UNKNOWN;
    private volatile @Nullable Exception answer;

    /**
     * @param session   whose calls are pinned, null for that of the first call
     * @param exclusive the passage by which the block has the session to itself, null when it has not
     */
    public Pin(@Nullable SessionKey session, @Nullable Object exclusive) {
        this(session, exclusive, Passage.UNKNOWN);
    }

    private Pin(@Nullable SessionKey session, @Nullable Object exclusive, int refusedBefore) {
        this.session = session;
        this.exclusive = exclusive;
        this.refusedBefore = refusedBefore;
    }

    /** The pin of the block's next run, after this one has broken. */
    public Pin again(@Nullable Object exclusiveNow) {
        return new Pin(session, exclusiveNow, refused == Passage.UNKNOWN ? refusedBefore : refused);
    }

    private Hold hold() {
        return Objects.requireNonNull(hold.get());
    }

    /**
     * Whether it has a say in calls of that session. One that pins the session of its first call has in all sessions of that
     * site: it is not to be changed either.
     */
    public boolean concerns(SessionKey called) {
        Hold now = hold();
        if (now.state == State.ENDED) {
            return false;
        }
        if (session != null) {
            return session.equals(called);
        }
        Generation pinned = now.generation;
        return pinned == null || pinned.session().site().equals(called.site());
    }

    /** Whose calls it pins, null for that of the first call. */
    public @Nullable SessionKey session() {
        return session;
    }

    /** By what the block has the session to itself, null when it has not. */
    public @Nullable Object exclusive() {
        return exclusive;
    }

    /** Whether a request of the block may be sent in a generation. If not, the pin is broken from now on. */
    boolean admits(Object passage, Generation to) {
        Hold before;
        Hold after;
        do {
            before = hold();
            after = after(before, passage, to);
        } while (after != before && !hold.compareAndSet(before, after));
        return after.state != State.BROKEN;
    }

    private static Hold after(Hold before, Object passage, Generation to) {
        if (before.state == State.BROKEN || before.state == State.ENDED) {
            return before;
        }
        if (before.generation == null || (before.generation != to && before.only == passage)) {
            return new Hold(State.PINNED, to, passage, null);
        }
        if (before.generation != to) {
            return new Hold(State.BROKEN, before.generation, null, to);
        }
        return before.only == null || before.only == passage ? before : new Hold(State.PINNED, to, null, null);
    }

    /** A request to that target was refused, and is left out now, so that the block starts again. */
    void leavesOut(int target) {
        refused = target;
    }

    /** Whether the request to that target was refused in an earlier run, and is now sent again. */
    boolean wasRefused(int target) {
        return target != Passage.UNKNOWN && target == refusedBefore;
    }

    /** The block itself has begun the session anew: its next request is pinned as if it were the first. */
    public void free() {
        hold.updateAndGet(now -> now.state == State.PINNED ? FREE : now);
    }

    /** The run of the block has ended: what copies of its exchange still send is no concern of it. */
    public void end() {
        hold.updateAndGet(now -> now.state == State.BROKEN ? now : ENDED);
    }

    /** Whether there is nothing more to be kept. */
    public boolean isEnded() {
        return hold().state == State.ENDED;
    }

    /** Whether the block is to start again. Stays so when the run has ended. */
    public boolean isBroken() {
        return hold().state == State.BROKEN;
    }

    /** Remembers the refusal that has led to the break. */
    public void brokenBy(Exception refusal) {
        answer = refusal;
    }

    /** The refusal that has led to the break, null when the session was begun anew for another reason. */
    public @Nullable Exception answer() {
        return answer;
    }

    /** Of a broken pin, the generation that its calls were in, and the one that the next would have been in. */
    public Generation[] generations() {
        Hold broken = hold();
        if (broken.generation == null || broken.now == null) {
            throw new IllegalStateException("the pin is not broken");
        }
        return new Generation[] {broken.generation, broken.now};
    }

    @Override
    public String toString() {
        return "Pin[" + (session == null ? "*" : session) + ", " + hold().state + "]";
    }
}
