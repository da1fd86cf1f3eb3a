/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrawlExampleTest {

    private static final String MAX_USES = "camel.component.sessions.sites[shop].max-uses";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private CrawlSite site;

    @BeforeEach
    void startSite() throws Exception {
        site = new CrawlSite();
    }

    @AfterEach
    void stopSite() {
        site.close();
        System.clearProperty(MAX_USES);
        System.clearProperty("crawl.password");
    }

    @Test
    void allPagesAreFetchedThroughAllProxiesThoughTheSiteBlocksSessions() throws Exception {
        assertThat(run()).as(printed()).isZero();

        assertThat(number("pages +(\\d+)")).isEqualTo(CrawlSite.PAGES);
        for (String profile :
                List.of("desktop +127.0.0.2", "laptop +127.0.0.3", "phone +127.0.0.3", "tablet +127.0.0.2")) {
            assertThat(number(profile + " +(\\d+)")).as(profile).isPositive();
        }
        for (String proxy : List.of("127.0.0.2", "127.0.0.3")) {
            int requests = number(proxy + " +(\\d+) +\\d+");
            assertThat(number(proxy + " +\\d+ +(\\d+)")).as("connections").isLessThan(requests / 10);
        }
        int logins = number("log-ins +(\\d+)");
        assertThat(logins).isBetween(CrawlSite.PAGES / CrawlSite.USES, 120);
        assertThat(number("waste +(\\d+)")).isBetween(1, logins / CrawlSite.SUSPECTED);
    }

    @Test
    void aPageThatIsNotThereIsLostAndTheOthersAreFetched() throws Exception {
        site.breakDown("/page/7");

        assertThat(run()).isEqualTo(1);

        assertThat(printed()).contains("/page/7 FAILED", "WRONG: pages fetched: 1999, not 2000");
    }

    @Test
    void aPoolThatAsksForMoreThanTheSiteAllowsIsFoundOut() throws Exception {
        System.setProperty(MAX_USES, "30");

        assertThat(run()).isEqualTo(1);

        assertThat(number("pages +(\\d+)")).isEqualTo(CrawlSite.PAGES);
        assertThat(printed()).contains("WRONG: requests in a session that was over or not theirs");
    }

    @Test
    void aWrongPasswordLosesAllPages() throws Exception {
        System.setProperty("crawl.password", "wrong");

        assertThat(run()).isEqualTo(1);

        assertThat(number("pages +(\\d+)")).isZero();
    }

    private int run() throws Exception {
        try (PrintStream out = new PrintStream(printed, true, UTF_8)) {
            return CrawlMain.run(out, site);
        }
    }

    private String printed() {
        return printed.toString(UTF_8);
    }

    /** The number at the beginning of a line of the summary. */
    private int number(String line) {
        Matcher matcher = Pattern.compile("(?m)^" + line).matcher(printed());
        assertThat(matcher.find()).as(line + " in\n" + printed()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
