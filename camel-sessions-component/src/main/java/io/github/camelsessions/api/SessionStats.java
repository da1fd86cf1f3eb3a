/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a session looks like at one moment, and what it has counted since it was created. Immutable; holds no cookie
 * value.
 *
 * @param key            the session
 * @param number         its place among all sessions that were ever created, from 0
 * @param state          ACTIVE, RENEWING, FAILED (its last renewal failed) or CLOSED
 * @param generation     how many times it was renewed or cleared
 * @param cookies        how many cookies its jar holds
 * @param profile        the name of its client profile, empty when it has none
 * @param uses           how many requests were sent in it, replays and followed redirects included, those of renewals not
 * @param generationUses how many of these in the current generation
 * @param inFlight       how many exchanges use it now
 * @param held           how many exchanges wait now
 * @param heldInAll      how many times an exchange had to wait
 * @param longestHold    the longest wait that has ended
 * @param renewals       renewals that succeeded
 * @param failures       renewals that failed
 * @param attempts       attempts to renew, each a log-in
 * @param useless        renewals that helped none of the exchanges that they were made for
 * @param checks         requests to checkUri
 * @param checksExpired  those of them that found that the session had ended
 * @param refused        answers that matched the expiry rules
 * @param standing       refusals that were judged to be the exchange's own answer
 * @param replays        exchanges sent again because they were refused
 * @param stale          answers accepted after the session was renewed
 * @param staleReplays   exchanges sent again because of that
 * @param logIns         log-ins that succeeded; one that no renewal made is counted when it is logged out
 * @param logOuts        log-outs that succeeded, or found that the site had ended the session itself
 * @param failedLogOuts  log-outs that failed
 * @param reconnects     requests sent once more, because the server had closed the kept connection they went out on
 * @param blocked        answers by which the site asked to be left alone for a while
 * @param pausedUntil    when the latest pause ends or ended, asked for by such an answer to this session or to another one of
 *                       its account; null without one
 * @param retryAt        when a cool-down ends or ended, null without one
 * @param created        when it was created
 * @param lastUsed       when an exchange was last admitted or done, or cookies were added
 */
public record SessionStats(
        SessionKey key,
        long number,
        String state,
        long generation,
        int cookies,
        String profile,
        long uses,
        long generationUses,
        int inFlight,
        int held,
        long heldInAll,
        Duration longestHold,
        long renewals,
        long failures,
        long attempts,
        long useless,
        long checks,
        long checksExpired,
        long refused,
        long standing,
        long replays,
        long stale,
        long staleReplays,
        long logIns,
        long logOuts,
        long failedLogOuts,
        long reconnects,
        long blocked,
        @Nullable Instant pausedUntil,
        @Nullable Instant retryAt,
        Instant created,
        Instant lastUsed) {}
