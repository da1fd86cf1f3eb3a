/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.api.PoolStats;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.camel.main.Main;

/**
 * Fetches 2 000 pages with a pool of eight sessions, four client profiles and two proxies, from a site that lets a session
 * have 25 pages at most. The work is in the routes, {@code camel/crawl.camel.yaml}, and in {@code application.properties};
 * here are only the site, the proxies and the summary.
 */
public final class CrawlMain {

    /** How many client profiles there are in {@code profiles.yaml}. */
    static final int PROFILES = 4;

    private static final int FLAWLESS = 0;
    private static final int FLAWED = 1;

    private CrawlMain() {}

    public static void main(String[] args) throws Exception {
        try (CrawlSite site = new CrawlSite()) {
            System.exit(run(System.out, site));
        }
    }

    /** Fetches the pages of a site, prints the summary and returns the program's exit code. */
    static int run(PrintStream out, CrawlSite site) throws Exception {
        try (CrawlProxy one = new CrawlProxy("127.0.0.2", Map.of("desktop", "walnut/1", "tablet", "oak@3"));
                CrawlProxy two = new CrawlProxy("127.0.0.3", Map.of("phone", "cherry:2", "laptop", "elm%4"))) {
            out.printf(
                    "%d pages of %s, %d for each session, of every %dth only %d%n%n",
                    CrawlSite.PAGES, site.url(), CrawlSite.USES, CrawlSite.SUSPECTED, CrawlSite.FEW_USES);
            Main main = new Main();
            main.addInitialProperty("crawl.url", site.url());
            main.addInitialProperty("crawl.proxy.one", one.url());
            main.addInitialProperty("crawl.proxy.two", two.url());
            main.bind("console", out);
            main.start();
            try {
                main.getCamelTemplate().sendBody("direct:crawl", "");
                PoolStats pool = settled(Sessions.get(main.getCamelContext()).site("shop"));
                CrawlSummary summary = main.lookup("summary", CrawlSummary.class);
                return summary.print(site, List.of(one, two), pool) ? FLAWLESS : FLAWED;
            } finally {
                main.stop();
            }
        }
    }

    /** The pool, when no session is being created any more: one that was begun for the last pages may be left over. */
    private static PoolStats settled(Sessions sessions) throws InterruptedException {
        PoolStats pool = sessions.pool("crawl").orElseThrow();
        while (pool.creating() > 0) {
            Thread.sleep(10);
            pool = sessions.pool("crawl").orElseThrow();
        }
        return pool;
    }
}
