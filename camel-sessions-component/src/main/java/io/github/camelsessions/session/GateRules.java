/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Duration;

/**
 * The rules that belong to a session and hold for whoever uses it. Immutable.
 *
 * @param maxUses          how many requests one generation may send, 0 for any number
 * @param maxAge           how old a generation may become, zero for any age
 * @param maxIdle          how long a generation may stay unused, zero for any time
 * @param maxHeld          how many exchanges may wait at once
 * @param renewalAttempts  how many transient failures, useless or barren renewals in a row are tolerated
 * @param cooldown         how long after a failed renewal none is tried; doubles with each failure in a row
 * @param cooldownMax      what the cool-down grows to at most
 */
public record GateRules(
        long maxUses,
        Duration maxAge,
        Duration maxIdle,
        int maxHeld,
        int renewalAttempts,
        Duration cooldown,
        Duration cooldownMax) {

    /** No limits. They hold until the session is configured. */
    public static final GateRules DEFAULT =
            new GateRules(0, Duration.ZERO, Duration.ZERO, 10_000, 3, Duration.ofSeconds(30), Duration.ofMinutes(30));
}
