/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieDateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Fri, 07 Aug 2027 08:04:19 GMT      | 2027-08-07T08:04:19Z",
                "Friday, 07-Aug-27 08:04:19 UTC     | 2027-08-07T08:04:19Z",
                "Fri Aug  7 08:04:19 2027           | 2027-08-07T08:04:19Z",
                "07 AUGUST 2027 8:4:9               | 2027-08-07T08:04:09Z",
                "08:04:19 2027 7th aug              | 2027-08-07T08:04:19Z",
                "7 Aug 2027 08:04:19.123            | 2027-08-07T08:04:19Z",
                "7 Aug 2027AD 08:04:19              | 2027-08-07T08:04:19Z",
                "7/Aug/2027@08:04:19                | 2027-08-07T08:04:19Z",
                "29 Feb 2028 00:00:00               | 2028-02-29T00:00:00Z",
                "1 Jan 1601 00:00:00                | 1601-01-01T00:00:00Z",
                "1 Jan 70 00:00:00                  | 1970-01-01T00:00:00Z",
                "1 Jan 69 00:00:00                  | 2069-01-01T00:00:00Z",
                "1 Jan 99 23:59:59                  | 1999-01-01T23:59:59Z",
                "10 11 Jan 12:00:00                 | 2011-01-10T12:00:00Z",
            })
    void aDateIsReadInWhateverFormItComes(String text, Instant expected) {
        assertThat(CookieDate.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ,;-/ ",
                "Aug 2027 08:04:19",
                "07 2027 08:04:19",
                "07 Aug 08:04:19",
                "07 Aug 2027",
                "07 Aug 2027 08:04",
                "07 Aug 2027 008:04:19",
                "07 Aug 2027 08:04:190",
                "07 Aug 2027 24:00:00",
                "07 Aug 2027 08:60:00",
                "07 Aug 2027 08:04:60",
                "00 Aug 2027 08:04:19",
                "32 Aug 2027 08:04:19",
                "30 Feb 2027 08:04:19",
                "29 Feb 2027 08:04:19",
                "007 Aug 2027 08:04:19",
                "07 Aug 20270 08:04:19",
                "31 Dec 1600 08:04:19",
                "07 Au 2027 08:04:19",
                "07Aug2027 08:04:19",
            })
    void whatIsNoDateIsNull(String text) {
        assertThat(CookieDate.parse(text)).isNull();
    }

    @Test
    void theFirstValueOfEachKindCounts() {
        assertThat(CookieDate.parse("1 Feb 2027 01:02:03 9 Mar 2028 04:05:06")).isEqualTo("2027-02-01T01:02:03Z");
    }

    @Test
    void aDateIsWrittenWithTwoDigitsForTheDay() {
        assertThat(CookieDate.format(Instant.parse("2027-08-07T08:04:19Z"))).isEqualTo("Sat, 07 Aug 2027 08:04:19 GMT");
    }
}
