/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.camelsessions.api.SessionsConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;

/** Keeps the tables of {@code src-docs/sessions-component.adoc} as the code has it. */
class OptionTablesTest {

    private static final Path MODULE = Path.of(System.getProperty("basedir", "."));
    private static final Path METADATA =
            MODULE.resolve("src/generated/resources/META-INF/io/github/camelsessions/sessions.json");
    private static final Path PAGE = MODULE.resolve("../src-docs/sessions-component.adoc");

    private static final String COMMAND =
            "mvn -B -ntp -pl camel-sessions-component test -Dtest=OptionTablesTest -Ddocs.update=true";

    @Test
    void noDescriptionHasAnAsteriskWhichCamelsPluginDrops() {
        assertThat(Stream.of(SessionsConfiguration.class, SessionsEndpoint.class, SessionsComponent.class)
                        .flatMap(type -> Stream.of(type.getDeclaredFields()))
                        .flatMap(field -> Stream.of(
                                field.isAnnotationPresent(UriParam.class)
                                        ? field.getAnnotation(UriParam.class).description()
                                        : "",
                                field.isAnnotationPresent(UriPath.class)
                                        ? field.getAnnotation(UriPath.class).description()
                                        : "",
                                field.isAnnotationPresent(Metadata.class)
                                        ? field.getAnnotation(Metadata.class).description()
                                        : "")))
                .anyMatch(description -> description.contains("asterisk"))
                .noneMatch(description -> description.contains("*"));
    }

    @Test
    void theTablesOfThePageAreThoseOfTheCode() throws IOException {
        assumeThat(System.getProperty("camel.version"))
                .as("another Camel describes its own options otherwise")
                .isNull();
        String page = Files.readString(PAGE);
        String current = new OptionTables(Files.readString(METADATA)).into(page);

        if (Boolean.getBoolean("docs.update") && !current.equals(page)) {
            Files.writeString(PAGE, current);
            page = current;
        }

        assertThat(page)
                .as("src-docs/sessions-component.adoc is not current; to update it run: " + COMMAND)
                .isEqualTo(current);
    }
}
