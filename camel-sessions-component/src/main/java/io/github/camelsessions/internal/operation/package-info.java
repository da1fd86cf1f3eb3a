/* SPDX-License-Identifier: Apache-2.0 */
/** What each operation of an endpoint does. Not for users. */
@NullMarked
package io.github.camelsessions.internal.operation;

import org.jspecify.annotations.NullMarked;
