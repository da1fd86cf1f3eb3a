/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.api.SessionKey;

/**
 * The pool that an endpoint takes its sessions from. Immutable.
 *
 * @param key   the pool's site and name
 * @param rules the rules of the pool, unless it has others already
 * @param place where the pool is named, for messages
 */
public record PoolChoice(SessionKey key, PoolRules rules, String place) {}
