/* SPDX-License-Identifier: Apache-2.0 */
/** What users name and everybody may import: exceptions, statistics, and the values of options. */
@NullMarked
package io.github.camelsessions.api;

import org.jspecify.annotations.NullMarked;
