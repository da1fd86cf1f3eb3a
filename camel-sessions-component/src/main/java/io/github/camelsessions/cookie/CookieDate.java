/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dates servers write into {@code Expires}, however odd, by the token algorithm of RFC 6265bis, section 5.1.1;
 * and writes the usual form.
 */
final class CookieDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

    private static final int UNSET = -1;

    private int hour = UNSET;
    private int minute = UNSET;
    private int second = UNSET;
    private int day = UNSET;
    private int month = UNSET;
    private int year = UNSET;

    private CookieDate() {}

    /** Returns the instant a cookie-date means, or null when it means none. */
    static @Nullable Instant parse(String cookieDate) {
        CookieDate date = new CookieDate();
        int at = 0;
        int length = cookieDate.length();
        while (at < length) {
            int start = at;
            while (at < length && !isDelimiter(cookieDate.charAt(at))) {
                at++;
            }
            if (at > start) {
                date.take(cookieDate, start, at);
            }
            at++;
        }
        return date.toInstant();
    }

    /** Writes {@code Fri, 07 Aug 2027 08:04:19 GMT}. */
    static String format(Instant instant) {
        return FORMAT.format(instant);
    }

    /** Gives a date-token to the first part of the date that still lacks a value and can read it. */
    private void take(String text, int start, int end) {
        if (takeTime(text, start, end)) {
            return;
        }
        int digits = digitsFrom(text, start, end);
        if (day == UNSET && digits >= 1 && digits <= 2) {
            day = number(text, start, start + digits);
        } else if (month == UNSET && monthAt(text, start, end) != UNSET) {
            month = monthAt(text, start, end);
        } else if (year == UNSET && digits >= 2 && digits <= 4) {
            year = number(text, start, start + digits);
        }
    }

    private boolean takeTime(String text, int start, int end) {
        if (hour != UNSET) {
            return false;
        }
        int[] fields = new int[3];
        int at = start;
        for (int i = 0; i < fields.length; i++) {
            int digits = digitsFrom(text, at, end);
            if (digits < 1 || digits > 2) {
                return false;
            }
            fields[i] = number(text, at, at + digits);
            at += digits;
            if (i < fields.length - 1) {
                if (at == end || text.charAt(at) != ':') {
                    return false;
                }
                at++;
            }
        }
        hour = fields[0];
        minute = fields[1];
        second = fields[2];
        return true;
    }

    private @Nullable Instant toInstant() {
        if (hour == UNSET || day == UNSET || month == UNSET || year == UNSET) {
            return null;
        }
        int fullYear = year;
        if (year < 70) {
            fullYear += 2000;
        } else if (year < 100) {
            fullYear += 1900;
        }
        if (fullYear < 1601 || hour > 23 || minute > 59 || second > 59) {
            return null;
        }
        if (!YearMonth.of(fullYear, month).isValidDay(day)) {
            return null;
        }
        return LocalDateTime.of(fullYear, month, day, hour, minute, second).toInstant(ZoneOffset.UTC);
    }

    private static int monthAt(String text, int start, int end) {
        if (end - start < 3) {
            return UNSET;
        }
        for (int i = 0; i < MONTHS.length(); i += 3) {
            if (text.regionMatches(true, start, MONTHS, i, 3)) {
                return i / 3 + 1;
            }
        }
        return UNSET;
    }

    private static int digitsFrom(String text, int start, int end) {
        int at = start;
        while (at < end && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private static int number(String text, int start, int end) {
        return Integer.parseInt(text, start, end, 10);
    }

    private static boolean isDelimiter(char c) {
        return c == '\t'
                || (c >= 0x20 && c <= 0x2F)
                || (c >= 0x3B && c <= 0x40)
                || (c >= 0x5B && c <= 0x60)
                || (c >= 0x7B && c <= 0x7E);
    }
}
