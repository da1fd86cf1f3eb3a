/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.Generation;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Marks the exchange of one log-out: its requests go in the generation that ends, past the gate. Compared by identity.
 * Thread-safe.
 */
final class LogOut {

    private final Generation generation;
    private final Set<Runnable> aborts = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    LogOut(Generation generation) {
        this.generation = generation;
    }

    /** What is logged out. */
    Generation generation() {
        return generation;
    }

    SessionKey session() {
        return generation.session();
    }

    /** Completes, never with a failure, when the log-out has ended or its time is up. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * A request is about to be sent for the log-out.
     *
     * @param abort ends the request; it is run when the log-out ends before the request does
     * @return false when it has ended already: nothing is remembered
     */
    boolean enter(Runnable abort) {
        aborts.add(abort);
        if (ended.isDone()) { // looked at after it was added, as end() does the other way round
            aborts.remove(abort);
            return false;
        }
        return true;
    }

    void leave(Runnable abort) {
        aborts.remove(abort);
    }

    /**
     * Ends it, and whatever is still under way for it.
     *
     * @return whether it had not ended before
     */
    boolean end() {
        boolean first = ended.complete(null);
        if (first) {
            aborts.forEach(Runnable::run);
        }
        return first;
    }

    @Override
    public String toString() {
        return "log-out of " + generation;
    }
}
