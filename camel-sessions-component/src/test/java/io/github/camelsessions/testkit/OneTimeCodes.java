/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import io.github.camelsessions.profile.Totp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The one-time codes of a user (RFC 6238), of which each is taken once. Thread-safe. */
final class OneTimeCodes {

    private final Totp totp;
    private final Set<Instant> taken = new HashSet<>(); // by the end of their period; guarded by this

    /** @throws IllegalArgumentException when the secret is neither base32 nor an otpauth URI */
    OneTimeCodes(String secret) {
        try {
            totp = Totp.parse(secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expiring site: the secret of one-time codes " + e.getMessage());
        }
    }

    /** Whether it is the code of now, or the one before or after it: clocks differ, and requests take time. */
    synchronized boolean accepts(String code, Instant now) {
        Instant end = totp.periodEnd(now);
        Duration period = Duration.between(end, totp.periodEnd(end));
        return List.of(end.minus(period), end, end.plus(period)).stream()
                .filter(periodEnd -> totp.code(periodEnd.minusMillis(1)).equals(code))
                .anyMatch(taken::add);
    }
}
