/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** Which requests share connections and TLS sessions. The constants are named as in the URI. */
public enum Isolation {
    /** Those of sessions with equal client profiles; sessions without a profile are one identity too. */
    profile,
    /** Those of one session, as long as it has the same client profile. */
    session
}
