/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date in one of the three forms that
 * recipients have to accept (section 5.6.7). No locale and no time zone of the JVM takes part. Stateless.
 */
public final class RetryAfter {

    /** The most that is told: what goes beyond it is a mistake of a site, or meant to stop its clients for good. */
    private static final Duration MOST = Duration.ofDays(1);

    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static final String MONTH = "(?<month>" + String.join("|", MONTHS) + ")";
    private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";

    private static final List<Pattern> FORMS = Stream.of(
                    ".{3}, (?<day>[0-9]{2}) " + MONTH + " (?<year>[0-9]{4}) " + TIME + " GMT",
                    ".{4,}, (?<day>[0-9]{2})-" + MONTH + "-(?<year>[0-9]{2}) " + TIME + " GMT",
                    ".{3} " + MONTH + " (?<day>[ 0-9][0-9]) " + TIME + " (?<year>[0-9]{4})")
            .map(Pattern::compile)
            .toList();

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
        if (text.chars().allMatch(octet -> octet >= '0' && octet <= '9')) {
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
        for (Pattern form : FORMS) {
            Matcher found = form.matcher(text);
            if (found.matches()) {
                try {
                    int year = number(found, "year");
                    return found.group("year").length() == 2 ? recent(year, found, now) : instant(year, found);
                } catch (DateTimeException e) { // such as one on 31 February
                    return null;
                }
            }
        }
        return null;
    }

    /** A date with two digits for its year: one that seems more than 50 years ahead is past (RFC 9110, section 5.6.7). */
    private static Instant recent(int year, Matcher found, Instant now) {
        LocalDateTime limit = LocalDateTime.ofInstant(now, ZoneOffset.UTC).plusYears(50);
        int century = limit.getYear() / 100 * 100;
        int latest = century + year > limit.getYear() ? century - 100 + year : century + year;
        Instant date = instant(latest, found);
        return date.isAfter(limit.toInstant(ZoneOffset.UTC)) ? instant(latest - 100, found) : date;
    }

    private static Instant instant(int year, Matcher found) {
        int month = MONTHS.indexOf(found.group("month")) + 1;
        int second = number(found, "second");
        boolean leap = second == 60; // the grammar has it, java.time has not
        LocalDateTime date = LocalDateTime.of(
                year, month, number(found, "day"), number(found, "hour"), number(found, "minute"), leap ? 59 : second);
        return date.plusSeconds(leap ? 1 : 0).toInstant(ZoneOffset.UTC);
    }

    private static int number(Matcher found, String group) {
        return Integer.parseInt(found.group(group).strip());
    }
}
