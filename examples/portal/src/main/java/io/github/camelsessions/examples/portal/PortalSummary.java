/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import java.io.PrintStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * Checks and counts what the routes fetch, prints the first failures and at the end a table with a row for each session.
 * The routes call it as bean {@code summary}. Thread-safe: the counts are guarded by "this".
 */
public class PortalSummary {

    private static final String PAGE = "page";
    private static final String SITE = "site";
    private static final int FAILURES_SHOWN = 3;

    private final Map<Key, Row> rows = new TreeMap<>();

    private PrintStream console = System.out;
    private Pattern userPattern = Pattern.compile("()");
    private Pattern agentPattern = Pattern.compile("()");

    /** Sets where the failures and the table go. */
    public void setConsole(PrintStream console) {
        this.console = console;
    }

    /** Sets how a page shows the user who is logged in: the first group is the user's name. */
    public void setUserPattern(String pattern) {
        userPattern = Pattern.compile(pattern);
    }

    /** Sets how a page shows the user agent that asked for it: the first group, as HTML text. Empty: it shows none. */
    public void setAgentPattern(String pattern) {
        agentPattern = Pattern.compile(pattern);
    }

    /** Counts a page that is to be fetched. */
    public synchronized void wanted(@Header(SITE) String site, @Header(SessionsConstants.ID) String id) {
        row(site, id).wanted++;
    }

    /** Passes a page of the session's own user only. A session's id is its user's name. */
    public void checkUser(@Header(SessionsConstants.ID) String id, @Body byte[] page) {
        String user = find(userPattern, page);
        if (user == null) {
            throw new IllegalStateException("the page shows no user, so nobody is logged in");
        }
        if (!user.equals(id)) {
            throw new WrongUserException(user);
        }
    }

    /** Passes a page that was asked for with the user agent of the session's client profile. */
    public void checkAgent(
            @Header(SITE) String site,
            @Header(SessionsConstants.ID) String id,
            @Body byte[] page,
            CamelContext context) {
        String agent = find(agentPattern, page);
        String own = Sessions.get(context).site(site).session(id).profile().userAgent();
        if (!agentPattern.pattern().isEmpty() && !Objects.equals(agent, own)) {
            throw new IllegalStateException("the page shows user agent " + agent + ", not that of profile " + id);
        }
    }

    /** Counts a page that was checked and written to its file. */
    public synchronized void page(@Header(SITE) String site, @Header(SessionsConstants.ID) String id) {
        row(site, id).pages++;
    }

    /** Counts a page that failed, and tells of the first ones. */
    public synchronized void failed(
            @Header(SITE) String site,
            @Header(SessionsConstants.ID) String id,
            @ExchangeProperty(PAGE) String page,
            @ExchangeException Exception cause) {
        Row row = row(site, id);
        if (cause instanceof WrongUserException) {
            row.wrongUsers++;
        }
        if (++row.failures <= FAILURES_SHOWN) {
            String message = cause.getMessage();
            console.printf("%-15s %-10s FAILED: %s%n", new Key(site, id), page, message == null ? cause : message);
        }
    }

    /** Prints the table. */
    public synchronized void print(Sessions sessions) {
        Table table =
                new Table("session", "pages", "lost", "wrong user", "renewals", "held", "replays", "wasted requests");
        rows.forEach((key, row) -> {
            SessionStats stats =
                    sessions.site(key.site()).session(key.id()).stats().orElse(null);
            table.add(
                    key,
                    row.pages,
                    row.lost(),
                    row.wrongUsers,
                    stats == null ? 0 : stats.renewals(),
                    stats == null ? 0 : stats.heldInAll(),
                    stats == null ? 0 : stats.replays() + stats.staleReplays(),
                    stats == null ? 0 : stats.refused());
        });
        table.print(console);
    }

    /** Whether each page that was to be fetched was, and showed its own user. */
    public synchronized boolean isFlawless() {
        return !rows.isEmpty()
                && rows.values().stream().allMatch(row -> row.pages > 0 && row.lost() == 0 && row.wrongUsers == 0);
    }

    private Row row(String site, String id) {
        return rows.computeIfAbsent(new Key(site, id), key -> new Row());
    }

    private static @Nullable String find(Pattern pattern, byte[] page) {
        Matcher matcher = pattern.matcher(new String(page, UTF_8));
        return matcher.find() ? matcher.group(1) : null;
    }

    /** A session, shown as the component shows it. */
    private record Key(String site, String id) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return site + "/" + id;
        }
    }

    private static final class Row {
        private int wanted;
        private int pages;
        private int wrongUsers;
        private int failures;

        /** What was not fetched, whether a failure told of it or not. */
        int lost() {
            return wanted - pages - wrongUsers;
        }
    }

    /** A page of one session showed another session's user. */
    static final class WrongUserException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongUserException(String user) {
            super("the page shows another user, " + user);
        }
    }
}
