/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes one {@code Set-Cookie} field apart (RFC 6265bis, section 5.6). Used once, by one thread. */
final class SetCookieParser {

    /** Octets of name and value together. */
    static final int MAX_PAIR_LENGTH = 4096;

    /** Octets of one attribute's value; a longer attribute is ignored, the cookie is not. */
    static final int MAX_ATTRIBUTE_LENGTH = 1024;

    private final Instant now;

    private @Nullable String domain;
    private @Nullable String path;
    private @Nullable Instant expires;
    private @Nullable Instant maxAge;
    private boolean secure;
    private boolean httpOnly;
    private SameSite sameSite = SameSite.DEFAULT;

    SetCookieParser(Instant now) {
        this.now = now;
    }

    @Nullable
    SetCookie parse(String field) {
        if (Text.firstForbidden(field) >= 0) {
            return null;
        }
        int length = field.length();
        int semicolon = field.indexOf(';');
        int pairEnd = semicolon < 0 ? length : semicolon;
        int equals = equalsSign(field, 0, pairEnd);
        String name = equals < 0 ? "" : Text.trimmed(field, 0, equals);
        String value = Text.trimmed(field, equals + 1, pairEnd);
        int pairLength = name.length() + value.length();
        if (pairLength == 0 || pairLength > MAX_PAIR_LENGTH) {
            return null;
        }
        int start = pairEnd + 1;
        while (start < length) {
            int next = field.indexOf(';', start);
            int end = next < 0 ? length : next;
            attribute(field, start, end);
            start = end + 1;
        }
        return new SetCookie(name, value, domain, path, maxAge != null ? maxAge : expires, secure, httpOnly, sameSite);
    }

    private void attribute(String field, int start, int end) {
        int equals = equalsSign(field, start, end);
        String name = Text.trimmed(field, start, equals < 0 ? end : equals);
        String value = equals < 0 ? "" : Text.trimmed(field, equals + 1, end);
        if (value.length() > MAX_ATTRIBUTE_LENGTH) {
            return;
        }
        // ASCII case is all that can differ: no octet above 0x7F folds to an ASCII letter
        if (name.equalsIgnoreCase("Path")) {
            path = value;
        } else if (name.equalsIgnoreCase("Domain")) {
            domain = value;
        } else if (name.equalsIgnoreCase("Expires")) {
            Instant date = CookieDate.parse(value);
            if (date != null) {
                expires = Lifetime.capped(date, now);
            }
        } else if (name.equalsIgnoreCase("Max-Age")) {
            Instant expiry = maxAge(value);
            if (expiry != null) {
                maxAge = expiry;
            }
        } else if (name.equalsIgnoreCase("Secure")) {
            secure = true;
        } else if (name.equalsIgnoreCase("HttpOnly")) {
            httpOnly = true;
        } else if (name.equalsIgnoreCase("SameSite")) {
            sameSite = SameSite.of(value);
        }
    }

    /** Reads delta-seconds of any length (section 5.6.2); null when it is none. */
    private @Nullable Instant maxAge(String value) {
        boolean negative = value.startsWith("-");
        int start = negative ? 1 : 0;
        if (value.length() == start) {
            return null;
        }
        long limit = Lifetime.LIMIT.toSeconds();
        long seconds = 0;
        for (int i = start; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            seconds = Math.min(limit, seconds * 10 + (c - '0'));
        }
        return negative || seconds == 0 ? Lifetime.PAST : now.plusSeconds(seconds);
    }

    private static int equalsSign(String field, int start, int end) {
        int at = field.indexOf('=', start);
        return at < end ? at : -1;
    }
}
