/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

/** How the use of a session ended. */
enum Outcome {
    /** The site answered. */
    GOOD,
    /** An I/O error, or the server says that it has failed. */
    BAD,
    /** The site refuses the session. */
    BLOCKED,
    /** The session has expired and could not be renewed. */
    EXPIRED,
    /** It tells nothing of the session. */
    NEUTRAL
}
