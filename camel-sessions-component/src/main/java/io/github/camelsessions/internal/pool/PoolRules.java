/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.PoolStrategy;
import io.github.camelsessions.internal.session.GateRules;
import java.time.Duration;
import org.apache.camel.http.base.HttpHelper;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a pool of sessions. Immutable.
 *
 * @param size                how many sessions there may be
 * @param strategy            which of the ready sessions is given
 * @param maxUses             how many requests a session sends before it is retired, 0 for any number
 * @param maxAge              how old a session becomes before it is retired, zero for any age
 * @param maxErrorScore       the score of failures that retires a session
 * @param errorScoreDecrement what an answer that is no failure takes off the score
 * @param blockedStatuses     the statuses that mean that the site has blocked the session, null for none
 * @param maxConcurrent       how many exchanges use one session at once, 0 for any number
 * @param minDelay            the time between the starts of two uses of one session
 * @param logins              how many sessions are created at once
 * @param warm                how many sessions are kept ready beyond those in use
 * @param logsIn              whether a session is created by a log-in; else by its first use
 * @param gate                how many exchanges may wait, and the cool-down after a failed log-in
 */
public record PoolRules(
        int size,
        PoolStrategy strategy,
        long maxUses,
        Duration maxAge,
        double maxErrorScore,
        double errorScoreDecrement,
        @Nullable String blockedStatuses,
        int maxConcurrent,
        Duration minDelay,
        int logins,
        int warm,
        boolean logsIn,
        GateRules gate) {

    /** Whether an answer of that status means that the site has blocked the session. */
    boolean blocks(int status) {
        return blockedStatuses != null && HttpHelper.isStatusCodeOk(status, blockedStatuses);
    }
}
