/* SPDX-License-Identifier: Apache-2.0 */
/** Plain camel-http endpoints in sessions. Not for users. */
@NullMarked
package io.github.camelsessions.internal.wrap;

import org.jspecify.annotations.NullMarked;
