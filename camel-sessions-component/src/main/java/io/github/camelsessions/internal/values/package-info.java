/* SPDX-License-Identifier: Apache-2.0 */
/** Values of sessions in routes: variables and functions of Simple. Not for users. */
@NullMarked
package io.github.camelsessions.internal.values;

import org.jspecify.annotations.NullMarked;
