/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionsConstants;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the routes fetch, and compares that at the end with what the pool, the proxies and the site have counted. The
 * routes call it as bean {@code summary}. Thread-safe: the counts are guarded by "this".
 */
public class CrawlSummary {

    private static final String PAGE = "page";
    private static final int FAILURES_SHOWN = 3;

    private final Set<String> fetched = new HashSet<>();
    private final Map<String, Row> rows = new TreeMap<>(); // by client profile
    private int pages;
    private int failures;
    private int mixedUp;

    private PrintStream console = System.out;

    /** What was done with one client profile. */
    private static final class Row {
        private String agent = "";
        private @Nullable String address;
        private int pages;
        private int logins;
    }

    /** Sets where failures and the summary go. */
    public void setConsole(PrintStream console) {
        this.console = console;
    }

    /** Counts a page, which has to be the one that was asked for, by the way of its client profile. */
    public synchronized void page(
            @ExchangeProperty(PAGE) String page,
            @Header(SessionsConstants.USED_PROFILE) String profile,
            @Body String text) {
        Row row = row(profile);
        String address = text.replaceFirst(".*, for ", "");
        if (row.address == null) {
            row.address = address;
        }
        if (!text.startsWith("This is " + page + ",") || !address.equals(row.address)) {
            mixedUp++;
        }
        fetched.add(page);
        row.pages++;
        pages++;
    }

    /** Counts a log-in that went well. The body is the client profile of the session. */
    public synchronized void loggedIn(@Header(SessionsConstants.USED_PROFILE) String name, @Body Map<?, ?> profile) {
        Row row = row(name);
        row.agent = String.valueOf(profile.get("userAgent"));
        row.logins++;
    }

    /** Tells of a page or log-in that failed. */
    public synchronized void failed(@ExchangeProperty(PAGE) @Nullable String page, @ExchangeException Exception cause) {
        if (++failures <= FAILURES_SHOWN) {
            console.println((page == null ? "no page" : page) + " FAILED: " + cause.getMessage());
        }
    }

    private Row row(String profile) {
        return rows.computeIfAbsent(profile, name -> new Row());
    }

    /** Prints what was fetched, and how; returns whether all pages were, and all counts agree. */
    synchronized boolean print(CrawlSite site, List<CrawlProxy> proxies, PoolStats pool) {
        printTables(site, proxies);
        int suspected = sum(site, counts -> counts.suspected().get());
        int refused = suspected + sum(site, counts -> counts.refused().get());
        int requests = sum(site, CrawlSite.Counts::requests);
        int logins = sum(site, counts -> counts.logins().get());
        console.printf("pages    %d, %d lost%n", fetched.size(), CrawlSite.PAGES - fetched.size());
        console.printf("log-ins  %d, one for %.1f pages%n", logins, pages / Math.max(1.0, logins));
        console.printf("retired  %s%n", new TreeMap<>(pool.retired()));
        console.printf(
                "waste    %d of %d requests were refused, %d sent again in another session%n",
                refused, requests, pool.replayed());

        List<String> wrong = new ArrayList<>();
        expect(wrong, "pages fetched", fetched.size(), CrawlSite.PAGES);
        expect(wrong, "pages fetched twice", pages - fetched.size(), 0);
        expect(wrong, "pages mixed up", mixedUp, 0);
        expect(wrong, "failures", failures, 0);
        expect(wrong, "client profiles", rows.size(), CrawlMain.PROFILES);
        expect(wrong, "requests in a session that was over or not theirs", refused - suspected, 0);
        expect(wrong, "answers that blocked a session", pool.blocked(), refused);
        expect(wrong, "requests sent again", pool.replayed(), refused);
        expect(
                wrong,
                "log-ins",
                rows.values().stream().mapToInt(row -> row.logins).sum(),
                logins);
        expect(wrong, "sessions created", pool.created(), logins);
        expect(wrong, "requests through proxies", sum(proxies, CrawlProxy::requests), requests);
        expect(wrong, "requests without the proxy's credentials", sum(proxies, CrawlProxy::challenges), 0);
        expect(wrong, "connections of two profiles", sum(proxies, CrawlProxy::sharedConnections), 0);
        wrong.forEach(console::println);
        return wrong.isEmpty();
    }

    private void printTables(CrawlSite site, List<CrawlProxy> proxies) {
        console.println("profile   proxy        pages  log-ins  refused");
        console.println("--------  ---------  -------  -------  -------");
        rows.forEach((name, row) -> {
            CrawlSite.Counts counts = site.counts(row.agent);
            console.printf(
                    "%-8s  %-9s  %7d  %7d  %7d%n",
                    name,
                    row.address,
                    row.pages,
                    row.logins,
                    counts.suspected().get() + counts.refused().get());
        });
        console.println();
        console.println("proxy      requests  connections");
        console.println("---------  --------  -----------");
        for (CrawlProxy proxy : proxies) {
            console.printf("%-9s  %8d  %11d%n", proxy.address(), proxy.requests(), proxy.connections());
        }
        console.println();
    }

    private static int sum(CrawlSite site, ToIntFunction<CrawlSite.Counts> count) {
        return site.counts().stream().mapToInt(count).sum();
    }

    private static int sum(List<CrawlProxy> proxies, ToIntFunction<CrawlProxy> count) {
        return proxies.stream().mapToInt(count).sum();
    }

    private static void expect(List<String> wrong, String what, long actual, long expected) {
        if (actual != expected) {
            wrong.add("WRONG: " + what + ": " + actual + ", not " + expected);
        }
    }
}
