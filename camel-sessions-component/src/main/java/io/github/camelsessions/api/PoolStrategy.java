/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** Which of the ready sessions of a pool an exchange is given. The constants are named as in options. */
public enum PoolStrategy {
    /** Any of them. */
    random,
    /** The one whose number follows that of the session given last. */
    roundRobin,
    /** The one with the fewest uses. */
    leastUsed,
    /** The one that was there first, so that a session is used until it is retired. */
    untilFailure
}
