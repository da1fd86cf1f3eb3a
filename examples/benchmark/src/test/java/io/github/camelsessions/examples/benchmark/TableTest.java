/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

    @Test
    void textStandsLeftAndNumbersStandRight() {
        Table table = new Table("stub", "Times", "what", "us", "calls")
                .row("find", 0.25, 7)
                .row("create", 12.34, 1000);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        table.print(new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "", //
                        "Times",
                        "  what       us  calls",
                        "  find    0.250      7",
                        "  create   12.3   1000");
    }

    @Test
    void aRowThatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Table("stub", "Times", "what", "us").row("find"))
                .withMessage("[find] does not fit [what, us]");
    }

    @ParameterizedTest
    @CsvSource({"0.9712, 0.971", "-1.5, -1.500", "12.34, 12.3", "123.4, 123"})
    void aNumberIsRoundedByItsSize(double number, String text) {
        assertThat(Table.text(number)).isEqualTo(text);
    }
}
