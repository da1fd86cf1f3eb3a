/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.renewal.TransientFailures.TransientException;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.profile.Totp;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.RuntimeCamelException;

/**
 * The one-time codes of a context's accounts, each for one log-in: sites take a code once (RFC 6238, section 5.2), and a
 * second log-in in the same period would be refused for good. Thread-safe.
 */
public final class OneTimeCodes {

    private final ConcurrentHashMap<String, Given> latest = new ConcurrentHashMap<>(); // by secret

    private record Given(Instant until, WeakReference<Generation> logIn) {

        boolean isOver(Instant now) {
            return !now.isBefore(until);
        }
    }

    /**
     * The code of this period.
     *
     * @param secret of the account, as the profile has it
     * @param logIn  the generation that it fills, which may ask again
     * @throws IllegalArgumentException when that is no secret
     * @throws RuntimeCamelException when another log-in has had the code; a renewal tries again when the next period begins
     */
    public String code(String secret, Generation logIn, Instant now) {
        Totp totp = Totp.parse(secret);
        latest.values().removeIf(given -> given.isOver(now));
        Given given = latest.compute(
                secret,
                (key, before) -> before == null || before.isOver(now)
                        ? new Given(totp.periodEnd(now), new WeakReference<>(logIn))
                        : before);
        if (given.logIn.get() != logIn) {
            throw taken(Duration.between(now, given.until));
        }
        return totp.code(now);
    }

    private static RuntimeCamelException taken(Duration left) {
        long seconds = left.plusMillis(999).toSeconds();
        String message =
                "the one-time code of this period was sent by another log-in with the same account, and sites take"
                        + " each once; the next one comes in " + seconds + " s";
        return new RuntimeCamelException(message, new TransientException(message, Long.toString(seconds)));
    }
}
