/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final List<String> EXPERIMENTS = List.of("herd", "soak");

    private static Settings parse(String... args) {
        return Settings.parse(EXPERIMENTS, args);
    }

    @Test
    void withoutArgumentsAllIsRunInFull() {
        assertThat(parse()).isEqualTo(new Settings(false, Set.copyOf(EXPERIMENTS), Duration.ofMinutes(5), Path.of("")));
    }

    @Test
    void argumentsAreTaken() {
        Settings settings = parse("--only=soak", "--minutes=60", "--output=target");
        assertThat(settings.only()).containsExactly("soak");
        assertThat(settings.soak()).isEqualTo(Duration.ofMinutes(60));
        assertThat(settings.output()).isEqualTo(Path.of("target"));
    }

    @Test
    void allIsANameForAllExperiments() {
        assertThat(parse("--only=all").only()).containsExactly("herd", "soak");
    }

    @Test
    void aSmokeRunSoaksForSecondsWhateverMinutesSays() {
        assertThat(parse("--smoke=true", "--minutes=60").soak()).isLessThan(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--smoke=yes | --smoke=yes is neither true nor false",
                "--only=herd,soke | unknown experiment 'soke', known are herd, soak",
                "--only= | unknown experiment '', known are herd, soak",
                "--minutes=0 | --minutes=0 is not a whole number of minutes, 1 or more",
                "--minutes=-5 | --minutes=-5 is not a whole number of minutes, 1 or more",
                "--minutes=1.5 | --minutes=1.5 is not a whole number of minutes, 1 or more",
                "--minutes=long | --minutes=long is not a whole number of minutes, 1 or more",
                "--minute=5 | unknown argument --minute=5",
                "--output | argument --output has no value: write --name=value"
            })
    void aWrongArgumentIsNamed(String argument, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(argument)).withMessage(message);
    }
}
