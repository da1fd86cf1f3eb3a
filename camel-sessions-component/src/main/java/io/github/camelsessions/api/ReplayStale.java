/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/**
 * Which requests are sent again when their answers, though accepted, are stale: they belong to a generation that was
 * renewed meanwhile. The constants are named as in the URI.
 */
public enum ReplayStale {
    /** GET, HEAD and OPTIONS. */
    safe,
    /** All methods. */
    all,
    /** None: a stale answer stands. */
    none
}
