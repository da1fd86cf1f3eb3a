/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The one-time codes of a user: RFC 6238 with SHA-1, six digits and 30 seconds. Immutable. */
final class OneTimeCodes {

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int PERIOD = 30;

    private final byte[] secret;

    /** @throws IllegalArgumentException when the secret is none in base32 (RFC 4648, section 6) */
    OneTimeCodes(String base32) {
        String plain = base32.replace(" ", "").replace("=", "");
        secret = new byte[plain.length() * 5 / 8];
        int bits = 0;
        for (int i = 0, read = 0; i < plain.length(); i++) {
            int value = BASE32.indexOf(plain.charAt(i));
            if (value < 0) {
                throw new IllegalArgumentException(
                        "expiring site: the secret of one-time codes needs base32 (A to Z, 2 to 7)");
            }
            bits = bits << 5 | value;
            read += 5;
            if (read / 8 > (read - 5) / 8) {
                secret[read / 8 - 1] = (byte) (bits >> read % 8);
            }
        }
        if (secret.length == 0) {
            throw new IllegalArgumentException("expiring site: the secret of one-time codes is empty");
        }
    }

    /** Whether it is the code of now, or the one before or after it: clocks differ, and requests take time. */
    boolean accepts(String code, Instant now) {
        long step = now.getEpochSecond() / PERIOD;
        return code != null
                && Arrays.asList(code(step - 1), code(step), code(step + 1)).contains(code);
    }

    private String code(long step) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            byte[] hash =
                    mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            int number = ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 0xF) & Integer.MAX_VALUE;
            return "%06d".formatted(number % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("expiring site: no HMAC-SHA-1", e);
        }
    }
}
