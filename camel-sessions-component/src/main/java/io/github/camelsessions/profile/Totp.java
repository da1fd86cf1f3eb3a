/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The one-time codes of an account's second factor: RFC 6238 on RFC 4226, as authenticator apps show them.
 *
 * <p>Immutable. Neither its text nor its errors show the secret.
 */
public final class Totp {

    /** Under this key an account has its secret. */
    public static final String ACCOUNT_KEY = "totp";

    private static final String URI = "otpauth:";
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int LONGEST = 4096;
    private static final long LONGEST_PERIOD = 86_400;

    private final byte[] secret;
    private final String algorithm;
    private final int digits;
    private final long period;

    private Totp(byte[] secret, String algorithm, int digits, long period) {
        this.secret = secret;
        this.algorithm = algorithm;
        this.digits = digits;
        this.period = period;
    }

    /**
     * Reads a secret as sites show it beside the code to be scanned, or what is in that code.
     *
     * @param secretOrOtpauthUri in base32 (RFC 4648, section 6), in either case, with or without spaces, dashes and padding:
     *     six digits, 30 seconds, SHA-1; or {@code otpauth://totp/...} with {@code secret}, and with {@code digits} (6 to
     *     8), {@code period} (seconds) and {@code algorithm} (SHA1, SHA256, SHA512) where they differ
     * @throws IllegalArgumentException when it is neither; the message says why and shows nothing of it
     */
    public static Totp parse(String secretOrOtpauthUri) {
        String given = secretOrOtpauthUri.strip();
        if (given.length() > LONGEST) {
            throw new IllegalArgumentException("has more than " + LONGEST + " characters");
        }
        return given.regionMatches(true, 0, URI, 0, URI.length())
                ? parseUri(given)
                : new Totp(base32(given), "SHA1", 6, 30);
    }

    private static Totp parseUri(String uri) {
        if (!uri.regionMatches(true, URI.length(), "//totp/", 0, "//totp/".length())
                && !uri.regionMatches(true, URI.length(), "//totp?", 0, "//totp?".length())) {
            throw new IllegalArgumentException("is an otpauth URI of another kind than otpauth://totp/...");
        }
        Map<String, String> parameters = parameters(uri);
        String secret = parameters.get("secret");
        if (secret == null || secret.isEmpty()) {
            throw new IllegalArgumentException("is an otpauth URI without secret=");
        }
        return new Totp(
                base32(secret),
                algorithm(parameters.getOrDefault("algorithm", "SHA1")),
                (int) number("digits", parameters.getOrDefault("digits", "6"), 6, 8),
                number("period", parameters.getOrDefault("period", "30"), 1, LONGEST_PERIOD));
    }

    private static Map<String, String> parameters(String uri) {
        int fragment = uri.indexOf('#');
        String whole = fragment < 0 ? uri : uri.substring(0, fragment);
        int mark = whole.indexOf('?');
        Map<String, String> parameters = new HashMap<>();
        for (String parameter :
                mark < 0 ? new String[0] : whole.substring(mark + 1).split("&")) {
            int sign = parameter.indexOf('=');
            String name = (sign < 0 ? parameter : parameter.substring(0, sign)).toLowerCase(Locale.ROOT);
            if (parameters.put(name, sign < 0 ? "" : decoded(parameter.substring(sign + 1))) != null) {
                throw new IllegalArgumentException("is an otpauth URI that says one thing twice");
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8).strip();
        } catch (IllegalArgumentException e) {
            // without its cause, which shows what it could not decode
            throw new IllegalArgumentException("is an otpauth URI with a % that begins no escape");
        }
    }

    private static String algorithm(String name) {
        String plain = name.toUpperCase(Locale.ROOT).replace("-", "").replace("HMAC", "");
        return switch (plain) {
            case "SHA1", "SHA256", "SHA512" -> plain;
            default ->
                throw new IllegalArgumentException(
                        "is an otpauth URI whose algorithm= is none of SHA1, SHA256 and SHA512");
        };
    }

    private static long number(String name, String text, long least, long most) {
        long number = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "is an otpauth URI whose " + name + "= is no number from " + least + " to " + most);
        }
        return number;
    }

    private static byte[] base32(String text) {
        String plain = text.replaceAll("[\\s-]+", "").replaceAll("=+$", "").toUpperCase(Locale.ROOT);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        int bits = 0;
        int count = 0;
        for (int i = 0; i < plain.length(); i++) {
            int value = BASE32.indexOf(plain.charAt(i));
            if (value < 0) {
                throw new IllegalArgumentException("is no secret in base32: character " + (i + 1)
                        + " (spaces and dashes not counted) is neither a letter nor one of the digits 2 to 7");
            }
            bits = (bits << 5 | value) & 0xFFF;
            count += 5;
            if (count >= 8) {
                count -= 8;
                octets.write(bits >> count);
            }
        }
        // of 8 characters at the end 1, 3 and 6 make no whole octets
        if (octets.size() == 0 || count >= 5) {
            throw new IllegalArgumentException(
                    "is no secret in base32: " + plain.length() + " characters make no octets");
        }
        return octets.toByteArray();
    }

    /** The code at a time, with its leading zeros. */
    public String code(Instant time) {
        byte[] hash = hash(Math.floorDiv(time.getEpochSecond(), period));
        int offset = hash[hash.length - 1] & 0xF;
        int truncated = ByteBuffer.wrap(hash).getInt(offset) & 0x7FFF_FFFF; // RFC 4226, section 5.3
        int modulus = 1;
        for (int i = 0; i < digits; i++) {
            modulus *= 10;
        }
        String code = Integer.toString(truncated % modulus);
        return "0".repeat(digits - code.length()) + code;
    }

    /** When the code of a time is followed by the next one. */
    public Instant periodEnd(Instant time) {
        return Instant.ofEpochSecond((Math.floorDiv(time.getEpochSecond(), period) + 1) * period);
    }

    private byte[] hash(long step) {
        try {
            Mac mac = Mac.getInstance("Hmac" + algorithm);
            mac.init(new SecretKeySpec(secret, "RAW"));
            return mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Hmac" + algorithm + " is not there", e); // each JVM has it
        }
    }

    /** Algorithm, digits and period, never the secret. */
    @Override
    public String toString() {
        return "Totp(" + algorithm + ", " + digits + " digits, " + period + " s)";
    }
}
