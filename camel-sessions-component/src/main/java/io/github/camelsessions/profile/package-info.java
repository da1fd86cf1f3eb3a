/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Client profiles: who a session appears to be (proxy, user agent, further headers, account), the files they are
 * written in, and the rotation that hands them to sessions.
 *
 * <p>Nothing here prints a secret: neither {@code toString()} nor an error message, nor the cause of one.
 */
@NullMarked
package io.github.camelsessions.profile;

import org.jspecify.annotations.NullMarked;
