/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a gate stands at one moment, and what it has counted since the session was created. Immutable.
 *
 * @param state           ACTIVE, RENEWING, FAILED or CLOSED
 * @param generation      the number of the current generation
 * @param uses            requests of the current generation, each hop of a redirect counted, without those of its renewal
 * @param usesInAll       the same of all generations
 * @param inFlight        requests whose answers are awaited
 * @param held            exchanges that wait now
 * @param suspects        exchanges whose refusals wait to be judged now
 * @param failuresInRow   renewals that failed in a row
 * @param retryAt         when a cool-down ends or ended, null without one
 * @param renewals        renewals that succeeded
 * @param attempts        attempts to renew, each a log-in
 * @param failures        renewals that failed, and worthless log-ins
 * @param useless         renewals that helped none of the exchanges that they were made for
 * @param checks          requests to the page that tells whether the session lives
 * @param checksExpired   those of them that found that it had ended
 * @param late            ends of attempts that came when they no longer counted
 * @param refused         answers that matched the expiry rules
 * @param standing        refusals that were judged to be the exchange's own answer
 * @param replays         exchanges sent again because they were refused
 * @param stale           answers accepted after the session was renewed
 * @param staleReplays    exchanges sent again because of that
 * @param logIns          log-ins that succeeded, as far as known
 * @param logOuts         log-outs that succeeded
 * @param failedLogOuts   log-outs that failed
 * @param heldInAll       how many times an exchange had to wait
 * @param longestHold     the longest wait that has ended
 * @param reconnects      requests sent once more, because a kept connection had been closed
 * @param blocked         answers by which the site asked to be left alone for a while
 * @param pausedUntil     when the latest pause that it asked for ends or ended, null when there was none
 */
record GateStats(
        String state,
        long generation,
        long uses,
        long usesInAll,
        int inFlight,
        int held,
        int suspects,
        int failuresInRow,
        @Nullable Instant retryAt,
        long renewals,
        long attempts,
        long failures,
        long useless,
        long checks,
        long checksExpired,
        long late,
        long refused,
        long standing,
        long replays,
        long stale,
        long staleReplays,
        long logIns,
        long logOuts,
        long failedLogOuts,
        long heldInAll,
        Duration longestHold,
        long reconnects,
        long blocked,
        @Nullable Instant pausedUntil) {

    static GateStats of(RenewalGate.State state, GenerationState current, InFlight inFlight, GateMemory memory) {
        Tally tally = memory.tally;
        return new GateStats(
                state.name(),
                current.generation.number(),
                current.uses,
                inFlight.uses(),
                inFlight.count(),
                memory.waiting.now(),
                memory.suspects.size(),
                memory.cooldown.failures(),
                memory.cooldown.retryAt(),
                tally.renewals,
                tally.attempts,
                tally.failures,
                tally.useless,
                tally.checks,
                tally.checksExpired,
                tally.late,
                tally.refused,
                tally.standing,
                tally.replays,
                tally.stale,
                tally.staleReplays,
                tally.renewals + tally.otherLogIns,
                tally.logOuts,
                tally.failedLogOuts,
                memory.waiting.inAll(),
                memory.waiting.longest(),
                inFlight.reconnects(),
                tally.blocked,
                memory.pausedUntil);
    }
}
