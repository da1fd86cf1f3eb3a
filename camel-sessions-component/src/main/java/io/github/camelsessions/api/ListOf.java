/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** What the operation {@code list} lists. The constants are named as in the URI. */
public enum ListOf {
    /** One row for each session. */
    sessions,
    /** One row for each pool. */
    pools
}
