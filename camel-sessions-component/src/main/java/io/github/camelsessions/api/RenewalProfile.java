/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/** Which client profile a renewed session has. The constants are named as the option's values are. */
public enum RenewalProfile {
    /** The next one of the rotation. */
    next,
    /** The one that it had. */
    same
}
