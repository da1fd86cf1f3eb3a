/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/**
 * What becomes of an exchange that has to wait while as many wait as {@code maxHeld} or {@code maxHeldTotal} allows. The
 * constants are named as the option's values are.
 */
public enum WhenFull {
    /** It keeps its thread waiting, so that a consumer takes no further message meanwhile. */
    wait,
    /** It ends with a {@link SessionHoldException}: for callers whose threads must never wait, such as event loops. */
    fail
}
