/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event has led to in a pool: to be acted on completely, after the pool's lock was let go. Filled under the lock,
 * read-only afterwards.
 */
final class PoolVerdict {

    static final long NEVER = Long.MAX_VALUE;

    /** They were given a session or refused one: their exchanges go on. A claim tells that by itself, too. */
    final List<Claim> settled = new ArrayList<>(1);

    /** To be logged in, which ends with {@link PoolGate#created} or {@link PoolGate#notCreated}. */
    final List<Member> created = new ArrayList<>(0);

    /** To be closed, which ends with {@link PoolGate#closed}. */
    final List<Member> closing = new ArrayList<>(0);

    /** Why no member is made for a while, null when that is not new. */
    @Nullable
    Throwable backOff;

    /** When {@link PoolGate#wake} is to be called, in epoch millis. */
    long wakeAtMillis = NEVER;
}
