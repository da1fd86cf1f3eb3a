/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.time.Duration;

/**
 * The rules that belong to a session and hold for whoever uses it. Immutable.
 *
 * @param maxUses          how many requests one generation may send after its renewal, 0 for any number
 * @param maxAge           how old a generation may become, zero for any age
 * @param maxIdle          how long a generation may stay unused, zero for any time
 * @param maxHeld          how many exchanges may wait at once without a thread
 * @param renewalAttempts  how many transient failures in a row, and how many worthless log-ins in a row, are tolerated
 * @param cooldown         how long after a failed renewal none is tried; doubles with each failure in a row
 * @param cooldownMax      what the cool-down grows to at most
 * @param checks           whether a request can tell if the session lives: then doubt is settled by one
 */
public record GateRules(
        long maxUses,
        Duration maxAge,
        Duration maxIdle,
        int maxHeld,
        int renewalAttempts,
        Duration cooldown,
        Duration cooldownMax,
        boolean checks) {

    /** How long a suspect waits for evidence, and how long a renewed generation is tried by one exchange at a time. */
    static final long PATIENCE_MILLIS = 1000;

    /** No limits. They hold until the session is configured. */
    public static final GateRules DEFAULT = new GateRules(
            0, Duration.ZERO, Duration.ZERO, 1_000, 3, Duration.ofSeconds(30), Duration.ofMinutes(30), false);

    /** The cool-down, doubled so many times, at most the longest. */
    public Duration doubled(int times) {
        Duration length = cooldown;
        for (int i = 0; i < times && length.compareTo(cooldownMax) < 0; i++) {
            length = length.multipliedBy(2);
        }
        return length.compareTo(cooldownMax) > 0 ? cooldownMax : length;
    }
}
