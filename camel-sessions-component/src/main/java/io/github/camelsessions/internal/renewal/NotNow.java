/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells the answers by which a site asks to be left alone for a while: 429 (RFC 6585, section 4), and 503 with
 * {@code Retry-After} (RFC 9110, section 15.6.4). A 503 without is a failure like others. Stateless.
 */
public final class NotNow {

    static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private NotNow() {}

    /**
     * For how long the site asks to be left alone.
     *
     * @return null when it does not ask for that; zero when it does not say how long, or names a time that is past
     */
    public static @Nullable Duration asked(Reply reply) {
        int status = reply.status();
        if (status != TOO_MANY_REQUESTS && status != UNAVAILABLE) {
            return null;
        }
        Duration asked = RetryAfter.after(reply.header(TransientFailures.RETRY_AFTER), Instant.now());
        return asked == null && status == TOO_MANY_REQUESTS ? Duration.ZERO : asked;
    }
}
