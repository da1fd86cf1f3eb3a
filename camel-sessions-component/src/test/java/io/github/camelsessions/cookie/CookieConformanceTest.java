/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the cases of the http-state suite and of the Web Platform Tests, which live beside the repository, not in it; the
 * system property {@code conformance.dir} says where. Skipped where they are missing.
 */
class CookieConformanceTest {

    private static final Tally HTTP_STATE = new Tally("http-state: %d of %d enabled cases");
    private static final Tally WPT = new Tally("WPT: %d of %d cases");

    @TestFactory
    Stream<DynamicTest> httpState() throws IOException {
        return tests("http-state.json", "expected_6265bis", HTTP_STATE);
    }

    @TestFactory
    Stream<DynamicTest> webPlatformTests() throws IOException {
        return tests("wpt-cookies.json", "expected", WPT);
    }

    @AfterAll
    static void printFigures() {
        HTTP_STATE.print();
        WPT.print();
    }

    private static Stream<DynamicTest> tests(String file, String expectedField, Tally tally) throws IOException {
        Path path = Path.of(System.getProperty("conformance.dir", "../shared/conformance"), file);
        if (!Files.isReadable(path)) {
            // a test of its own, because build tools do not report a factory that was skipped
            String message =
                    "no conformance data at " + path + ": set -Dconformance.dir to its folder to run these cases";
            System.out.println(message);
            return Stream.of(DynamicTest.dynamicTest(file, () -> Assumptions.abort(message)));
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : new ObjectMapper().readTree(path.toFile())) {
            if (!one.path("disabled_in_suite").asBoolean()) {
                tests.add(test(one, expectedField, tally));
            }
        }
        return tests.stream();
    }

    private static DynamicTest test(JsonNode one, String expectedField, Tally tally) {
        tally.cases.incrementAndGet();
        String name = one.path("id").asText() + " " + one.path("name").asText();
        return DynamicTest.dynamicTest(name.strip(), () -> {
            CookieJar jar = TestJars.jar(clock(one));
            CookieTarget origin = TestJars.at(one.path("request_url").asText());
            one.path("set_cookie").forEach(field -> jar.receive(origin, field.asText()));
            String header = jar.header(TestJars.at(one.path("next_url").asText()));
            assertThat(header == null ? "" : header)
                    .as(name)
                    .isEqualTo(one.required(expectedField).asText());
            tally.passed.incrementAndGet();
        });
    }

    private static InstantSource clock(JsonNode one) {
        Instant now = one.has("needs_clock_before")
                ? LocalDate.parse(one.path("needs_clock_before").asText())
                        .minusDays(30)
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC)
                : TestJars.START;
        return InstantSource.fixed(now);
    }

    private record Tally(String format, AtomicInteger passed, AtomicInteger cases) {

        Tally(String format) {
            this(format, new AtomicInteger(), new AtomicInteger());
        }

        void print() {
            if (cases.get() > 0) {
                System.out.println(format.formatted(passed.get(), cases.get()));
            }
        }
    }
}
