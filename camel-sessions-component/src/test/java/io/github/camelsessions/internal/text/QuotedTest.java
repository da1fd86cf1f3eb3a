/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {

    @Test
    void textStandsInQuotationMarks() {
        assertThat(Quoted.of("a b/ü日")).isEqualTo("'a b/ü日'");
        assertThat(Quoted.of(null)).isEqualTo("'null'");
    }

    @Test
    void whatEndsALineOrTurnsOrHidesTextIsShownAsAQuestionMark() {
        assertThat(Quoted.of("a\r\nb\u0000\u001b[1m\u007f\u0085\u2028\u2029\u202e\u200b"))
                .isEqualTo("'a??b??[1m??????'");
    }

    @Test
    void longTextIsCut() {
        assertThat(Quoted.of("x".repeat(255))).hasSize(257);
        assertThat(Quoted.of("x".repeat(1_000_000))).isEqualTo("'" + "x".repeat(255) + "...'");
        assertThat(Quoted.bare("abc", 2)).isEqualTo("ab...");
    }
}
