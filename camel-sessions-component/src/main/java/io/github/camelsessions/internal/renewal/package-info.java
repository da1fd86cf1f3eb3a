/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Takes exchanges through the gates of their sessions: has them held, renews expired sessions by a priority exchange, and
 * sends requests again. Knows Camel, but not how a request is sent. From the bottom up: rules and what is known of answers,
 * GateKeeper, exchanges and what is sent for sessions, SessionTraffic.
 */
@NullMarked
package io.github.camelsessions.internal.renewal;

import org.jspecify.annotations.NullMarked;
