/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a session stood when something happened to it. Immutable.
 *
 * @param session    its name; that of a pool, when it was to be one of that pool
 * @param generation its generation, 0 for a pool
 * @param held       how many exchanges it held; for a pool, how many waited for a session
 * @param retryAt    when a renewal is tried again, or until when the site wants to be left alone; null when time changes
 *                   nothing
 */
public record SessionSituation(
        SessionKey session,
        long generation,
        int held,
        @Nullable Instant retryAt) implements Serializable {}
