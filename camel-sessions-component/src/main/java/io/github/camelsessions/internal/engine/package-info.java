/* SPDX-License-Identifier: Apache-2.0 */
/** What the sessions of a Camel context are made of, wired, and the way in of each request. Not for users. */
@NullMarked
package io.github.camelsessions.internal.engine;

import org.jspecify.annotations.NullMarked;
