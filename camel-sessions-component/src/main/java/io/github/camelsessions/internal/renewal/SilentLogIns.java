/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.hold.SessionThreads;
import io.github.camelsessions.internal.session.RenewalToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts of renewals that have sent nothing yet. One that sends nothing for long may wait for a thread that waits for room
 * in the hold which the attempt is to empty, as when both go through one {@code seda} queue. Then those threads are let go.
 * Thread-safe.
 */
final class SilentLogIns {

    private static final Logger LOG = LoggerFactory.getLogger(SilentLogIns.class);

    private final HeldTickets tickets;
    private final SessionThreads threads;
    private final Set<RenewalToken> silent = ConcurrentHashMap.newKeySet();

    SilentLogIns(HeldTickets tickets, SessionThreads threads) {
        this.tickets = tickets;
        this.threads = threads;
    }

    /** An attempt begins. */
    void begins(RenewalToken attempt, Duration renewalTimeout) {
        silent.add(attempt);
        Duration patience = renewalTimeout.dividedBy(3); // as long again is left for the log-in, and more
        threads.runLater(() -> beSuspicious(attempt, patience), patience);
    }

    private void beSuspicious(RenewalToken attempt, Duration patience) {
        if (!silent.contains(attempt)) {
            return;
        }
        List<String> waiting = tickets.letThreadsGo(attempt);
        if (!silent.contains(attempt)) { // looked at after it was put there, as over() does the other way round
            tickets.stalledNoMore(attempt);
        }
        if (!waiting.isEmpty()) {
            LOG.warn(
                    "session '{}': its log-in has sent nothing for {} ms, while these threads waited for room in a hold: {}."
                            + " It may need one of them, so they were let go; until it ends, more are held than maxHeld"
                            + " allows. Let the log-in route share no threads with routes that fetch, such as the"
                            + " consumers of a seda queue or the pool of a threads step, or raise maxHeld.",
                    attempt.session(),
                    patience.toMillis(),
                    waiting.stream().distinct().limit(10).toList());
        }
    }

    /** An attempt has got as far as to send a request. */
    void heardOf(RenewalToken attempt) {
        silent.remove(attempt);
    }

    /** An attempt is over. */
    void over(RenewalToken attempt) {
        silent.remove(attempt);
        tickets.stalledNoMore(attempt);
    }

    void clear() {
        silent.clear();
    }
}
