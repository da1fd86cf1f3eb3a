/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.time.Duration;
import java.time.Instant;

/** How long a cookie may live: 400 days at most (RFC 6265bis, section 5.5). */
final class Lifetime {

    static final Duration LIMIT = Duration.ofDays(400);

    /** Stands for «the earliest representable date»: a cookie that expires then is expired already. */
    static final Instant PAST = Instant.EPOCH;

    private Lifetime() {}

    /** Returns the expiry-time, brought into the range from {@link #PAST} to the limit. */
    static Instant capped(Instant expiry, Instant now) {
        if (expiry.isBefore(PAST)) {
            return PAST;
        }
        Instant limit = now.plus(LIMIT);
        return expiry.isAfter(limit) ? limit : expiry;
    }
}
