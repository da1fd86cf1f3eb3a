/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

/**
 * Marks the priority exchange of one renewal attempt. Compared by identity: whoever holds the object passes the gate,
 * and a copy that outlives the attempt holds an object that means nothing any more. Thread-safe.
 */
final class RenewalToken {

    enum State {
        /** The attempt is under way: passes the gate and fills the pending generation. */
        LIVE,
        /** The attempt succeeded: its exchange is an ordinary one from now on. */
        ENDED,
        /** The attempt failed or timed out: no operation on the session is allowed, so that a late log-in harms nobody. */
        REVOKED
    }

    /** Guarded by the lock of the gate. */
    final Life life;

    private volatile State state = State.LIVE;

    RenewalToken(Life life) {
        this.life = life;
    }

    /** The session that is renewed. */
    SessionKey session() {
        return life.generation.session();
    }

    /** The generation that the attempt fills. It becomes the session's own when the attempt succeeds. */
    Generation pending() {
        return life.generation;
    }

    State state() {
        return state;
    }

    void end(State newState) {
        state = newState;
    }

    @Override
    public String toString() {
        return "renewal of " + life.generation + " (" + state + ")";
    }
}
