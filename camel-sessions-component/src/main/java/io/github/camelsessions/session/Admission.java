/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right of one exchange to use a session, from the decision to send until the exchange is done. While it is open the
 * session is not evicted. Thread-safe.
 */
public final class Admission implements AutoCloseable {

    private final Session session;
    private final Passage passage;
    private final Generation generation;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Admission(Session session, Passage passage, Generation generation) {
        this.session = session;
        this.passage = passage;
        this.generation = generation;
    }

    /** The generation that was current at admission; it stays this exchange's own, whatever happens to the session. */
    public Generation generation() {
        return generation;
    }

    /** Ends the use of the session. A second call does nothing. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            session.accepted(passage, false);
        }
    }
}
