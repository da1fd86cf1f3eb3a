/* SPDX-License-Identifier: Apache-2.0 */

/** Text and URLs as people and sites write them; knows the JDK only. */
@NullMarked
package io.github.camelsessions.internal.text;

import org.jspecify.annotations.NullMarked;
