/* SPDX-License-Identifier: Apache-2.0 */
/** Example: two users of a portal with form log-in, each in a session of its own. */
@NullMarked
package io.github.camelsessions.examples.portal;

import org.jspecify.annotations.NullMarked;
