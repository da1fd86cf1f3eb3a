/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration MOST = Duration.ofDays(1);

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "120, PT2M",
        "'  7\t', PT7S",
        "007, PT7S",
        // the three forms of RFC 9110, section 5.6.7
        "'Tue, 01 Jan 2030 00:01:30 GMT', PT1M30S",
        "'Tuesday, 01-Jan-30 00:01:30 GMT', PT1M30S",
        "'Tue Jan  1 00:01:30 2030', PT1M30S",
        "'Thu Jan 10 00:00:00 2030', PT24H",
        "'Wednesday, 02-Jan-30 00:00:00 GMT', PT24H",
        // the day of the week need not be right: the date says more
        "'Mon, 01 Jan 2030 00:00:10 GMT', PT10S",
        "'Tue, 01 Jan 2030 00:00:60 GMT', PT1M",
        // past
        "'Sun, 06 Nov 1994 08:49:37 GMT', PT0S",
        "'Sunday, 06-Nov-94 08:49:37 GMT', PT0S",
        "'Sun Nov  6 08:49:37 1994', PT0S",
        "'Tue, 01 Jan 2030 00:00:00 GMT', PT0S",
        // two digits: 50 years ahead at most, else past
        "'Monday, 01-Jan-80 00:00:00 GMT', PT24H",
        "'Monday, 01-Jan-80 00:00:01 GMT', PT0S",
        "'Sunday, 01-Jan-79 00:00:00 GMT', PT24H",
        "'Monday, 31-Dec-29 23:59:59 GMT', PT0S"
    })
    void secondsAndTheThreeFormsOfDatesAreRead(String value, Duration asked) {
        assertThat(RetryAfter.after(value, NOW)).isEqualTo(asked);
    }

    @Test
    void aDateWithTwoDigitsAtTheTurnOfACenturyIsTheNearOne() {
        Instant late = Instant.parse("2099-12-31T23:59:00Z");
        assertThat(RetryAfter.after("Friday, 01-Jan-00 00:00:00 GMT", late)).isEqualTo(Duration.ofMinutes(1));
        assertThat(RetryAfter.after("Thursday, 31-Dec-98 00:00:00 GMT", late)).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"86401", "2147483648", "99999999999999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"})
    void whatIsTooLongIsAsLongAsTheRfcHasIt(String value) {
        assertThat(RetryAfter.after(value, NOW)).isEqualTo(MOST);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5",
                "1e3",
                "0x10",
                "soon",
                "1 2",
                "12s",
                "\u0661\u0662",
                ",",
                ",,,",
                "Tue,",
                "Tue, 01 Jan 2030 00:01:30",
                "Tue, 01 Jan 2030 00:01:30 CET",
                "Tue, 01 Jan 2030 00:01:30 +0100",
                "Tue, 31 Feb 2030 00:00:00 GMT",
                "Tue, 00 Jan 2030 00:00:00 GMT",
                "Tue, 01 Jan 2030 24:00:00 GMT",
                "Tue, 01 Jan 2030 00:61:00 GMT",
                "Tue, 01 Jan 2030 00-00-00 GMT",
                "Tue, 1 Jan 2030 00:00:00 GMT",
                "Tue, 01 Ja\u0130 2030 00:00:00 GMT",
                "Di., 01 J\u00e4n 2030 00:00:00 GMT",
                "Tue, 01-Jan-2030 00:00:00 GMT",
                "Tuesday, 01-Jan-xx 00:00:00 GMT",
                "Tuesday, 01 Jan 30 00:00:00 GMT",
                "Tue Jan xx 00:01:30 2030",
                "2030-01-01T00:00:00Z",
                "Tue Jan 1 00:01:30 2030",
                "Tue, 01 Jan -030 00:00:00 GMT"
            })
    void whatIsNoneOfTheFormsAsksForNothing(String value) {
        assertThat(RetryAfter.after(value, NOW)).isNull();
    }

    @Test
    void aValueOfAMillionSignsCostsNothing() {
        String many = "1".repeat(1_000_000);
        assertThat(RetryAfter.after(many, NOW)).isEqualTo(MOST);
        assertThat(RetryAfter.after(many + ",", NOW)).isNull();
        assertThat(RetryAfter.after(",".repeat(1_000_000), NOW)).isNull();
    }

    @Test
    void theJvmsLocaleAndTimeZoneTakeNoPart() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            for (String language : new String[] {"tr", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist", "hi-IN-u-nu-deva"}) {
                Locale.setDefault(Locale.forLanguageTag(language));
                TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
                assertThat(RetryAfter.after("Tue, 01 Jan 2030 00:01:30 GMT", NOW))
                        .isEqualTo(Duration.ofSeconds(90));
                assertThat(RetryAfter.after("Tuesday, 01-Jan-30 00:01:30 GMT", NOW))
                        .isEqualTo(Duration.ofSeconds(90));
                assertThat(RetryAfter.after("Tue Jan  1 00:01:30 2030", NOW)).isEqualTo(Duration.ofSeconds(90));
                assertThat(RetryAfter.after("120", NOW)).isEqualTo(Duration.ofSeconds(120));
            }
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }
}
