/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Pools of sessions: which session of a pool an exchange is sent in, when a session is retired, and when a new one is made.
 * The decisions ({@link io.github.camelsessions.internal.pool.PoolGate}) know neither Camel nor HTTP.
 */
@NullMarked
package io.github.camelsessions.internal.pool;

import org.jspecify.annotations.NullMarked;
