/* SPDX-License-Identifier: Apache-2.0 */
/** HTTP sessions for Apache Camel: the {@code sessions} component and the {@code Sessions} facade. */
@NullMarked
package io.github.camelsessions;

import org.jspecify.annotations.NullMarked;
