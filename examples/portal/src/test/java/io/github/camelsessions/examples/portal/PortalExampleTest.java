/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortalExampleTest {

    private static final List<String> PATHS =
            List.of("/account", "/orders", "/orders/1", "/orders/2", "/orders/3", "/latest");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    private Path output;

    @BeforeEach
    void writeToTheTemporaryFolder() {
        System.setProperty("portal.output", output.toString());
    }

    @AfterEach
    void clearOverrides() {
        System.clearProperty("portal.output");
        System.clearProperty("portal.ben.password");
    }

    @Test
    void bothUsersFetchTheirOwnPages() throws Exception {
        assertThat(run()).isZero();

        for (String path : PATHS) {
            assertThat(file("anna", path)).content(UTF_8).contains("<p>user: anna</p>", "Linux x86_64");
            assertThat(file("ben", path)).content(UTF_8).contains("<p>user: ben</p>", "Mobile");
        }
        assertThat(file("anna", "/account")).content(UTF_8).contains("Kräuterhof");
        assertThat(row("anna")).startsWith("anna", "6").endsWith("3", "desktop", "0", "0");
        assertThat(row("ben")).startsWith("ben", "6").endsWith("3", "phone", "0", "0");
    }

    @Test
    void aSiteThatRunsAlreadyIsUsedInstead() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            assertThat(run("--site=" + site.url() + "/")).isZero();

            assertThat(printed()).contains("Portal: " + site.url());
        }
        assertThat(file("ben", "/latest")).content(UTF_8).contains("<p>user: ben</p>");
    }

    @Test
    void aPageOfTheWrongUserIsCountedAndNotWritten() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            site.mixUp("/orders/2");

            assertThat(run("--site=" + site.url())).isEqualTo(1);
        }
        assertThat(printed()).contains("the page shows another user, ben");
        assertThat(row("anna")).startsWith("anna", "5").endsWith("desktop", "0", "1");
        assertThat(row("ben")).startsWith("ben", "5").endsWith("phone", "0", "1");
        assertThat(file("anna", "/orders/2")).doesNotExist();
        assertThat(file("anna", "/orders/3")).exists();
    }

    @Test
    void aPageThatFailsIsCountedAndTheOthersAreFetched() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            site.breakDown("/orders/1");

            assertThat(run("--site=" + site.url())).isEqualTo(1);
        }
        assertThat(row("anna")).startsWith("anna", "5").endsWith("desktop", "1", "0");
        assertThat(row("ben")).startsWith("ben", "5").endsWith("phone", "1", "0");
        assertThat(file("ben", "/orders/3")).exists();
    }

    @Test
    void aRefusedLoginIsCountedAndTheOtherUserGoesOn() throws Exception {
        System.setProperty("portal.ben.password", "wrong");

        assertThat(run()).isEqualTo(1);

        assertThat(row("anna")).startsWith("anna", "6").endsWith("desktop", "0", "0");
        assertThat(row("ben")).containsExactly("ben", "0", "0", "0", "-", "1", "0");
    }

    @Test
    void aSiteThatDoesNotAnswerIsAFailureOfBothUsers() throws Exception {
        String url;
        try (PortalSite site = PortalSite.start()) {
            url = site.url();
        }

        assertThat(run("--site=" + url)).isEqualTo(1);

        assertThat(row("anna")).endsWith("1", "0");
        assertThat(row("ben")).endsWith("1", "0");
    }

    @Test
    void wrongArgumentsAreNamedWithTheRightOnes() throws Exception {
        assertThat(run("--sight=https://portal.example")).isEqualTo(2);
        assertThat(run("--site=portal.example")).isEqualTo(2);

        assertThat(printed())
                .contains("unknown argument --sight=https://portal.example", "it was 'portal.example'", "--site=URL");
    }

    private int run(String... args) throws Exception {
        try (PrintStream out = new PrintStream(printed, true, UTF_8)) {
            return PortalMain.run(out, args);
        }
    }

    private String printed() {
        return printed.toString(UTF_8);
    }

    /** The session's row of the closing table, as cells. */
    private List<String> row(String session) {
        return printed()
                .lines()
                .dropWhile(line -> !line.startsWith("-------"))
                .filter(line -> line.startsWith(session + " "))
                .map(line -> List.of(line.split(" +")))
                .findFirst()
                .orElseThrow();
    }

    private Path file(String session, String path) {
        return output.resolve(session + path + ".html");
    }
}
