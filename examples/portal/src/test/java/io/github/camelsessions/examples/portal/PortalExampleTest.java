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

    private static final int PAGES = PortalSite.ORDERS + 3;
    private static final List<String> SESSIONS =
            List.of("automatic/anna", "automatic/ben", "explicit/anna", "explicit/ben");

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
    void noPageIsLostThoughThePortalEndsTheSessions() throws Exception {
        assertThat(run()).isZero();

        for (String session : SESSIONS) {
            List<String> row = row(session);
            assertThat(row).as(printed()).startsWith(session, PAGES + "", "0", "0");
            // 19 requests for pages after each log-in, one page needs two
            assertThat(Integer.parseInt(row.get(4))).as("renewals").isGreaterThanOrEqualTo(4);
            assertThat(Integer.parseInt(row.get(5))).as("held").isPositive();
            String user = session.substring(session.indexOf('/') + 1);
            for (String path : List.of("/account", "/orders", "/latest", "/orders/1", "/orders/60")) {
                assertThat(file(session, path)).content(UTF_8).contains("<p>user: " + user + "</p>");
            }
        }
        assertThat(file("explicit/anna", "/account")).content(UTF_8).contains("Kräuterhof");
    }

    @Test
    void aSiteThatRunsAlreadyIsUsedInstead() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            assertThat(run("--site=" + site.url() + "/")).isZero();

            assertThat(printed()).contains("Portal: " + site.url());
        }
        assertThat(SESSIONS)
                .allSatisfy(session -> assertThat(row(session).get(4)).isEqualTo("1"));
    }

    @Test
    void aPageOfTheWrongUserIsCountedAndNotWritten() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            site.mixUp("/orders/2");

            assertThat(run("--site=" + site.url())).isEqualTo(1);
        }
        assertThat(printed()).contains("the page shows another user, ben");
        assertThat(SESSIONS).allSatisfy(session -> {
            assertThat(row(session)).startsWith(session, PAGES - 1 + "", "0", "1");
            assertThat(file(session, "/orders/2")).doesNotExist();
            assertThat(file(session, "/orders/3")).exists();
        });
    }

    @Test
    void aPageThatFailsIsLostAndTheOthersAreFetched() throws Exception {
        try (PortalSite site = PortalSite.start()) {
            site.breakDown("/orders/1");

            assertThat(run("--site=" + site.url())).isEqualTo(1);
        }
        assertThat(SESSIONS).allSatisfy(session -> {
            assertThat(row(session)).startsWith(session, PAGES - 1 + "", "1", "0");
            assertThat(file(session, "/orders/3")).exists();
        });
    }

    @Test
    void aRefusedLoginLosesThePagesOfItsUserOnly() throws Exception {
        System.setProperty("portal.ben.password", "wrong");

        assertThat(run()).isEqualTo(1);

        assertThat(row("automatic/anna")).startsWith("automatic/anna", PAGES + "", "0", "0");
        assertThat(row("explicit/anna")).startsWith("explicit/anna", PAGES + "", "0", "0");
        assertThat(row("automatic/ben")).startsWith("automatic/ben", "0", PAGES + "", "0", "0");
        assertThat(row("explicit/ben")).startsWith("explicit/ben", "0", PAGES + "", "0", "0");
    }

    @Test
    void aSiteThatDoesNotAnswerLosesAllPages() throws Exception {
        String url;
        try (PortalSite site = PortalSite.start()) {
            url = site.url();
        }

        assertThat(run("--site=" + url)).isEqualTo(1);

        assertThat(SESSIONS).allSatisfy(session -> assertThat(row(session)).startsWith(session, "0", PAGES + "", "0"));
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
