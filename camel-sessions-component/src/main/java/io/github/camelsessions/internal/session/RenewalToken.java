/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Marks the priority exchange of one renewal attempt. Compared by identity: whoever holds the object passes the gate,
 * and a copy that outlives the attempt holds an object that means nothing any more.
 *
 * <p>Thread-safe. Its lock is a leaf; nothing is called out while it is held.
 */
public final class RenewalToken {

    /** What the token is worth; it changes once. */
    public enum State {
        /** The attempt is under way: passes the gate and fills the pending generation. */
        LIVE,
        /** The attempt succeeded: its exchange is an ordinary one from now on. */
        ENDED,
        /** The attempt failed or timed out: no operation on the session is allowed, so that a late log-in harms nobody. */
        REVOKED
    }

    /** Guarded by the lock of the gate. */
    final GenerationState pending;

    /** Whether it waits for the last ordinary request to end, and is not told so far. Guarded by the lock of the gate. */
    boolean drains;

    private volatile @Nullable Passage initiator; // null when it has ended: an idle session keeps no exchange
    private final RenewalToken first;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Runnable> aborts = new LinkedHashSet<>(); // guarded by lock
    private volatile State state = State.LIVE; // written under lock
    private volatile boolean carried;

    /**
     * @param first the first attempt of the same renewal, null for the first itself
     */
    RenewalToken(GenerationState pending, Passage initiator, @Nullable RenewalToken first) {
        this.pending = pending;
        this.initiator = initiator;
        this.first = first == null ? this : first;
    }

    /** The session that is renewed. */
    public SessionKey session() {
        return pending.generation.session();
    }

    /** The generation that the attempt fills. It becomes the session's own when the attempt succeeds. */
    public Generation pending() {
        return pending.generation;
    }

    /** What the token is worth now. */
    public State state() {
        return state;
    }

    /**
     * The passage whose event began the renewal; of one that began because nothing was left to wait for, the passage that
     * was suspected first. The same for all attempts of a renewal; null when this one has ended.
     */
    public @Nullable Passage initiator() {
        return initiator;
    }

    /** The first attempt of the same renewal: the same object for all its attempts. */
    public RenewalToken first() {
        return first;
    }

    /** Somebody makes the attempt, and sees to it that it has an end. */
    public void carry() {
        carried = true;
    }

    /** An error keeps whoever makes the attempt from going on: the gate gives it up when it is mended. Needs no memory. */
    public void lose() {
        carried = false;
    }

    /** Whether somebody makes the attempt. */
    public boolean isCarried() {
        return carried;
    }

    /**
     * A request is about to be sent with this token.
     *
     * @param abort ends the request; it is run when the token is revoked while the request is under way. It must not wait
     *              for anybody; what it throws is dropped
     * @return false when the token is no longer live: nothing is remembered
     */
    public boolean enter(Runnable abort) {
        lock.lock();
        try {
            return state == State.LIVE && aborts.add(abort);
        } finally {
            lock.unlock();
        }
    }

    /** A request that had entered has ended. Nothing happens when it had not entered, or was aborted. */
    public void leave(Runnable abort) {
        lock.lock();
        try {
            aborts.remove(abort);
        } finally {
            lock.unlock();
        }
    }

    void end(State newState) {
        lock.lock();
        try {
            state = newState;
            initiator = null;
        } finally {
            lock.unlock();
        }
    }

    /** Aborts and forgets all requests that have entered. Never called under the lock of the gate. */
    void abort() {
        for (Runnable abort : takeAborts()) {
            try {
                abort.run();
            } catch (RuntimeException | Error e) {
                // the others must be aborted all the same, and the verdict reach those that wait for it
            }
        }
    }

    private List<Runnable> takeAborts() {
        lock.lock();
        try {
            List<Runnable> taken = List.copyOf(aborts);
            aborts.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "renewal of " + pending.generation + " (" + state + ")";
    }
}
