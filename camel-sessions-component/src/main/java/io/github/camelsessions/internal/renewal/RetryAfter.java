/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date in one of the three forms that
 * recipients have to accept (section 5.6.7). No locale and no time zone of the JVM takes part. Stateless.
 */
public final class RetryAfter {

    /** The most that is told: what goes beyond it is a mistake of a site, or meant to stop its clients for good. */
    private static final Duration MOST = Duration.ofDays(1);

    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private RetryAfter() {}

    /**
     * How long the server asks to wait.
     *
     * @param value the value of the header, null without one
     * @param now   the time at which the answer came
     * @return zero for a date that is past; null when the value is none of the forms, and so asks for nothing
     */
    public static @Nullable Duration after(@Nullable String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (text.isEmpty()) {
            return null;
        }
        if (isDigits(text, 0, text.length())) {
            return seconds(text);
        }
        Instant date = date(text, now);
        if (date == null) {
            return null;
        }
        return date.isAfter(now) ? atMost(Duration.between(now, date)) : Duration.ZERO;
    }

    private static Duration seconds(String digits) {
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            seconds = seconds * 10 + (digits.charAt(i) - '0');
            if (seconds >= MOST.toSeconds()) {
                return MOST;
            }
        }
        return Duration.ofSeconds(seconds);
    }

    private static Duration atMost(Duration time) {
        return time.compareTo(MOST) > 0 ? MOST : time;
    }

    private static @Nullable Instant date(String text, Instant now) {
        int comma = text.indexOf(',');
        try {
            if (comma == 3 && text.length() == 29) { // Sun, 06 Nov 1994 08:49:37 GMT
                return isGmt(text, 25) && has(text, ' ', 4, 7, 11, 16)
                        ? instant(number(text, 12, 16), month(text, 8), number(text, 5, 7), text, 17)
                        : null;
            }
            if (comma > 3 && text.length() == comma + 24) { // Sunday, 06-Nov-94 08:49:37 GMT
                return isGmt(text, comma + 20)
                                && has(text, ' ', comma + 1, comma + 11)
                                && has(text, '-', comma + 4, comma + 8)
                        ? recent(
                                number(text, comma + 9, comma + 11),
                                month(text, comma + 5),
                                number(text, comma + 2, comma + 4),
                                text,
                                comma + 12,
                                now)
                        : null;
            }
            if (comma < 0 && text.length() == 24 && has(text, ' ', 3, 7, 10, 19)) { // Sun Nov  6 08:49:37 1994
                int day = text.charAt(8) == ' ' ? number(text, 9, 10) : number(text, 8, 10);
                return instant(number(text, 20, 24), month(text, 4), day, text, 11);
            }
            return null;
        } catch (DateTimeException e) { // such as one on 31 February
            return null;
        }
    }

    /** A date with two digits for its year: one that seems more than 50 years ahead is past (RFC 9110, section 5.6.7). */
    private static Instant recent(int year, int month, int day, String text, int time, Instant now) {
        LocalDateTime limit = LocalDateTime.ofInstant(now, ZoneOffset.UTC).plusYears(50);
        int century = limit.getYear() / 100 * 100;
        int latest = century + year > limit.getYear() ? century - 100 + year : century + year;
        Instant date = instant(latest, month, day, text, time);
        return date.isAfter(limit.toInstant(ZoneOffset.UTC)) ? instant(latest - 100, month, day, text, time) : date;
    }

    private static Instant instant(int year, int month, int day, String text, int time) {
        if (!has(text, ':', time + 2, time + 5)) {
            throw new DateTimeException("no time of day");
        }
        int second = number(text, time + 6, time + 8);
        boolean leap = second == 60; // the grammar has it, java.time has not
        LocalDateTime date = LocalDateTime.of(
                year, month, day, number(text, time, time + 2), number(text, time + 3, time + 5), leap ? 59 : second);
        return date.plusSeconds(leap ? 1 : 0).toInstant(ZoneOffset.UTC);
    }

    private static boolean isGmt(String text, int at) {
        return text.startsWith(" GMT", at);
    }

    private static boolean has(String text, char sign, int... places) {
        for (int place : places) {
            if (text.charAt(place) != sign) {
                return false;
            }
        }
        return true;
    }

    private static int month(String text, int at) {
        for (int month = 0; month < MONTHS.length; month++) {
            if (text.startsWith(MONTHS[month], at)) {
                return month + 1;
            }
        }
        throw new DateTimeException("no month");
    }

    private static int number(String text, int from, int to) {
        if (!isDigits(text, from, to)) {
            throw new DateTimeException("no number");
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
