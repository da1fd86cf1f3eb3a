/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Exchanges that wait, without a thread, and the lines of those that go on. Knows sessions by name alone, and nothing of what
 * is waited for.
 */
@NullMarked
package io.github.camelsessions.internal.hold;

import org.jspecify.annotations.NullMarked;
