/* SPDX-License-Identifier: Apache-2.0 */
/** The block that renews a session: what a renewal does between its beginning and its end. Not for users. */
@NullMarked
package io.github.camelsessions.internal.block;

import org.jspecify.annotations.NullMarked;
