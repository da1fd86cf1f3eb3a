/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pool of sessions looks like at one moment, and what it has counted since it was made. Immutable.
 *
 * @param site         the pool's site, empty for the default site
 * @param name         the pool's name
 * @param size         sessions that are usable or being created
 * @param ready        sessions that can be given to an exchange now
 * @param busy         sessions that exchanges use now, those already retired included
 * @param creating     sessions whose log-in is under way
 * @param closing      sessions that are retired and not closed yet
 * @param warm         usable sessions that nobody uses
 * @param waiting      exchanges that wait for a session
 * @param created      sessions that became usable
 * @param uses         requests sent in its sessions, replays and followed redirects included, those of log-ins not
 * @param retired      sessions that were retired, by cause: maxUses, maxAge, errorScore, blocked, expired, asked
 * @param blocked      answers by which the site blocked a session
 * @param replayed     exchanges sent again in another session
 * @param loginsFailed log-ins of new sessions that failed, and renewals
 * @param longestWait  the longest wait that has ended
 * @param retryAt      until when no session is created after failed log-ins, null when that is not so
 */
public record PoolStats(
        String site,
        String name,
        int size,
        int ready,
        int busy,
        int creating,
        int closing,
        int warm,
        int waiting,
        long created,
        long uses,
        Map<String, Long> retired,
        long blocked,
        long replayed,
        long loginsFailed,
        Duration longestWait,
        @Nullable Instant retryAt) {

    /** All sessions that were retired. */
    public long retiredInAll() {
        return retired.values().stream().mapToLong(Long::longValue).sum();
    }
}
