/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** What becomes of exchanges while no renewal is tried after one that failed. The constants are named as the option's values are. */
public enum OnRenewalFailure {
    /** They end with a {@link SessionRenewalException}. */
    fail,
    /** They are held until the next attempt has succeeded, or their {@code holdTimeout} is over. */
    hold
}
