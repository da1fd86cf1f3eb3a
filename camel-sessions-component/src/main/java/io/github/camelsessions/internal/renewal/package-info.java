/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Takes exchanges through the gates of their sessions: holds them without a thread, renews expired sessions by a priority
 * exchange, and sends requests again. Knows Camel, but not how a request is sent.
 */
@NullMarked
package io.github.camelsessions.internal.renewal;

import org.jspecify.annotations.NullMarked;
