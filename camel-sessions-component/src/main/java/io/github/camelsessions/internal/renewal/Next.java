/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What is next for an exchange. Immutable.
 *
 * @param verdict what the gate has said, null when there is nothing to do for this thread
 * @param ticket  what the exchange waits with if it is parked, null when it cannot be
 * @param done    without a verdict: whether the exchange has its answer; if not, it is no longer this thread's
 */
record Next(@Nullable Verdict verdict, @Nullable Ticket ticket, boolean done) {

    /** The exchange has its answer. */
    static final Next DONE = new Next(null, null, true);

    /** The exchange waits, or another thread has gone on with it already. */
    static final Next ELSEWHERE = new Next(null, null, false);

    static Next on(Verdict verdict) {
        return new Next(verdict, null, false);
    }

    /** The same for a verdict by which the exchange may be another thread's already. */
    static Next on(Verdict verdict, Ticket given) {
        return new Next(verdict, given, false);
    }
}
