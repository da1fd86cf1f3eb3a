/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Duration;

/**
 * The rules of one session that its gate keeps to. Immutable.
 *
 * @param renews           whether an expired session can renew itself; without it only an explicit renewal does
 * @param renewFirst       whether an empty session renews before its first request
 * @param maxUses          how many requests one generation may send, 0 for any number
 * @param maxAge           how old a generation may become, zero for any age
 * @param maxIdle          how long a generation may stay unused, zero for any time
 * @param maxHeld          how many exchanges may wait at once
 * @param maxReplays       how many refusals of one exchange may be judged its own before the last one stands
 * @param renewalAttempts  how many transient failures, useless or barren renewals in a row are tolerated
 * @param cooldown         how long after a failed renewal none is tried; doubles with each failure in a row
 * @param cooldownMax      what the cool-down grows to at most
 */
record GateRules(
        boolean renews,
        boolean renewFirst,
        long maxUses,
        Duration maxAge,
        Duration maxIdle,
        int maxHeld,
        int maxReplays,
        int renewalAttempts,
        Duration cooldown,
        Duration cooldownMax) {

    /** No renewal, no limits. */
    static final GateRules WITHOUT_RENEWAL = new GateRules(
            false, false, 0, Duration.ZERO, Duration.ZERO, Integer.MAX_VALUE, 0, 1, Duration.ZERO, Duration.ZERO);
}
