/* SPDX-License-Identifier: Apache-2.0 */

/** Text as people read it; knows the JDK only. */
@NullMarked
package io.github.camelsessions.internal.text;

import org.jspecify.annotations.NullMarked;
