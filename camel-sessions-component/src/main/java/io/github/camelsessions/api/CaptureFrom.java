/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** From which answers values become variables of a session. */
public enum CaptureFrom {
    /** Those of log-ins. */
    logIn,
    /** All. */
    all
}
