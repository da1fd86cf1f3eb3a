/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.internal.config.ProfileWatch;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileWatchTest {

    @TempDir
    private Path folder;

    private Path file;
    private final LogCapture log = new LogCapture();
    private final List<List<String>> used = new ArrayList<>();
    private ProfileWatch watch;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("profiles.yaml");
        Files.writeString(file, "- name: anna\n");
        watch = new ProfileWatch("file:profiles.yaml", file, this::load);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private int load() {
        try {
            List<ClientProfile> profiles = ProfileFile.parse("profiles.yaml", Files.readString(file));
            used.add(profiles.stream().map(ClientProfile::name).toList());
            return profiles.size();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be read", e);
        }
    }

    private List<String> lines() {
        return log.of(ProfileWatch.class.getName());
    }

    @Test
    void anUnchangedFileIsNotReadAgain() {
        watch.check();
        watch.check();
        assertThat(used).isEmpty();
        assertThat(lines()).isEmpty();
    }

    @Test
    void aChangedFileIsReadOnce() throws IOException {
        Files.writeString(file, "- name: anna\n- name: ben\n");
        watch.check();
        watch.check();
        assertThat(used).containsExactly(List.of("anna", "ben"));
        assertThat(lines()).singleElement().asString().startsWith("INFO").contains("2 profiles");
    }

    @Test
    void aChangeOfTheSameLengthIsSeenByItsTime() throws IOException {
        Files.writeString(file, "- name: carl\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        watch.check();
        assertThat(used).containsExactly(List.of("carl"));
    }

    @Test
    void aFileThatReplacesItIsSeenThoughItIsAsOld() throws IOException {
        Path next = folder.resolve("next.yaml");
        Files.writeString(next, "- name: carl\n");
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        watch.check();
        assertThat(used).containsExactly(List.of("carl"));
    }

    @Test
    void aBadFileIsToldOnceInOneLineWithItsReasonsAndWithoutSecrets() throws IOException {
        Files.writeString(file, """
                - name: anna
                  proxy: {url: "ftp://proxy.example:1", username: anna, password: s3cret}
                - name: ben
                  userAgnt: x
                """);
        watch.check();
        watch.check();
        assertThat(used).isEmpty();
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("the profiles from before stay", "2 errors; ", "'anna'", "'ben'", "userAgent")
                .doesNotContain("s3cret", "\n");

        Files.writeString(file, "- name: ben\n");
        watch.check();
        assertThat(used).containsExactly(List.of("ben"));
    }

    @Test
    void aFileThatIsAwayIsToldOnceAndReadWhenItIsBack() throws IOException {
        Files.delete(file);
        watch.check();
        watch.check();
        assertThat(lines()).singleElement().asString().startsWith("ERROR").contains("cannot be read");
        Files.writeString(file, "- name: ben\n");
        watch.check();
        assertThat(used).containsExactly(List.of("ben"));
    }

    @Test
    void anErrorIsNotTheLastLook() throws IOException {
        boolean[] first = {true};
        watch = new ProfileWatch("file:profiles.yaml", file, () -> {
            if (first[0]) {
                first[0] = false;
                throw new NoClassDefFoundError("parser");
            }
            return load();
        });
        Files.writeString(file, "- name: anna\n- name: ben\n");
        watch.check();
        assertThat(lines()).singleElement().asString().startsWith("ERROR").contains("the profiles from before stay");

        Files.writeString(file, "- name: carl\n- name: dora\n- name: emil\n");
        watch.check();
        assertThat(used).containsExactly(List.of("carl", "dora", "emil"));
    }
}
