/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkMainTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private record Stub(String name, Consumer<Report> measuring) implements Experiment {
        @Override
        public void run(Settings settings, Report report) {
            measuring.accept(report);
        }
    }

    private int run(Consumer<Report> measuring, String... args) throws Exception {
        return BenchmarkMain.run(
                List.of(
                        new Stub("stub", measuring),
                        new Stub("other", report -> report.exactly("other", "runs", 0, 1))),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                args);
    }

    private String output() {
        return "--output=" + folder;
    }

    @Test
    void rightCountsGiveExitCode0() throws Exception {
        int code = run(
                report -> {
                    report.exactly("stub", "renewals", 100, 100);
                    report.noMoreThan("stub", "log-ins", 3, 2);
                },
                "--only=stub",
                output());
        assertThat(code).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("renewals +=? 100 +100 +right")
                .containsPattern("log-ins +<= 3 +2 +right");
    }

    @Test
    void aWrongCountGivesExitCode1() throws Exception {
        assertThat(run(report -> report.exactly("stub", "lost", 0, 1), "--only=stub", output()))
                .isEqualTo(1);
        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("lost += 0 +1 +WRONG");
    }

    @Test
    void moreThanTheBoundGivesExitCode1() throws Exception {
        assertThat(run(report -> report.noMoreThan("stub", "log-ins", 3, 4), "--only=stub", output()))
                .isEqualTo(1);
    }

    @Test
    void aMissedTargetIsShownAndGivesExitCode0() throws Exception {
        assertThat(run(report -> report.target("stub", "ratio", 2.5, Bound.atMost(1.05)), "--only=stub", output()))
                .isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("ratio +<= 1.050 +2.500 +MISSED");
    }

    @Test
    void aSmokeRunHasNoTargets() throws Exception {
        run(report -> report.target("stub", "ratio", 2.5, Bound.atMost(1.05)), "--only=stub", "--smoke=true", output());
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("ratio");
    }

    @Test
    void wrongArgumentsGiveExitCode2AndTheUsage() throws Exception {
        assertThat(run(report -> {}, "--only=soke")).isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("unknown experiment 'soke', known are stub, other")
                .contains(Settings.USAGE);
    }

    @Test
    void theFileHasAllFiguresAsMeasured() throws Exception {
        run(
                report -> {
                    report.add(new Table("stub", "Times", "what", "us").row("find", 1.23456));
                    report.exactly("stub", "lost", 0, 0);
                },
                "--only=stub",
                output());
        JsonNode results =
                new ObjectMapper().readTree(folder.resolve("results.json").toFile());
        assertThat(results.at("/tables/0/rows/0/1").doubleValue()).isEqualTo(1.23456);
        assertThat(results.at("/counts/0/right").booleanValue()).isTrue();
        assertThat(results.at("/machine/java").textValue()).isNotEmpty();
    }
}
