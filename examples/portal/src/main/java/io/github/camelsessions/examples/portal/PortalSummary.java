/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.portal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.camelsessions.SessionsConstants;
import java.io.PrintStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * Checks and counts what the routes fetch, prints a line for each step and at the end a table with a row for each
 * session. The routes call it as bean {@code summary}. Thread-safe: the counts are guarded by "this".
 */
public class PortalSummary {

    private static final String PAGE = "page";

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private PrintStream console = System.out;
    private Pattern userPattern = Pattern.compile("()");
    private Pattern agentPattern = Pattern.compile("()");

    /** Sets where the progress and the table go. */
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
    public synchronized void checkAgent(@Header(SessionsConstants.ID) String id, @Body byte[] page) {
        if (agentPattern.pattern().isEmpty()) {
            return;
        }
        String agent = find(agentPattern, page);
        String expected = row(id).userAgent;
        if (agent == null || !agent.equals(expected)) {
            throw new IllegalStateException("the page shows user agent " + agent + ", the profile has " + expected);
        }
    }

    /** Notes a log-in that went well and the client profile of the session. */
    public synchronized void loggedIn(
            @Header(SessionsConstants.ID) String id,
            @Header(SessionsConstants.USED_PROFILE) String name,
            @Body Map<?, ?> profile) {
        Row row = row(id);
        row.loggedIn = true;
        row.profile = name;
        row.userAgent = String.valueOf(profile.get("userAgent"));
        progress(id, "log-in", "ok, with profile " + name);
    }

    public synchronized boolean isLoggedIn(@Header(SessionsConstants.ID) String id) {
        return row(id).loggedIn;
    }

    /** Counts a page that was checked and written to its file. */
    public synchronized void page(
            @Header(SessionsConstants.ID) String id,
            @ExchangeProperty(PAGE) String path,
            @Header(SessionsConstants.FINAL_URI) @Nullable URI finalUri,
            @Body byte[] page) {
        Row row = row(id);
        row.pages++;
        row.bytes += page.length;
        progress(id, path, page.length + " bytes" + redirect(path, finalUri));
    }

    /** Counts the session's cookies, names to values. */
    public synchronized void cookies(@Header(SessionsConstants.ID) String id, @Body Map<?, ?> cookies) {
        row(id).cookies = cookies.size();
    }

    /** Counts a page or log-in that failed. */
    public synchronized void failed(
            @Header(SessionsConstants.ID) String id,
            @ExchangeProperty(PAGE) @Nullable String page,
            @ExchangeException Exception cause) {
        Row row = row(id);
        if (cause instanceof WrongUserException) {
            row.wrongUsers++;
        } else {
            row.failures++;
        }
        progress(id, page == null ? "" : page, "FAILED: " + reason(cause));
    }

    /** Prints the table. */
    public synchronized void print() {
        Table table = new Table("session", "pages", "bytes", "cookies", "profile", "failures", "wrong user");
        rows.forEach((id, row) ->
                table.add(id, row.pages, row.bytes, row.cookies, row.profile, row.failures, row.wrongUsers));
        table.print(console);
    }

    /** Whether all users were logged in and each page was fetched and showed its own user. */
    public synchronized boolean isFlawless() {
        return !rows.isEmpty()
                && rows.values().stream().allMatch(row -> row.loggedIn && row.failures == 0 && row.wrongUsers == 0);
    }

    private static String redirect(String path, @Nullable URI finalUri) {
        return finalUri == null || finalUri.toString().endsWith(path) ? "" : ", redirected to " + finalUri.getPath();
    }

    private static String reason(Exception cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private void progress(String id, String step, String outcome) {
        console.printf("%-6s %-12s %s%n", id, step, outcome);
    }

    private Row row(String id) {
        return rows.computeIfAbsent(id, key -> new Row());
    }

    private static @Nullable String find(Pattern pattern, byte[] page) {
        Matcher matcher = pattern.matcher(new String(page, UTF_8));
        return matcher.find() ? matcher.group(1) : null;
    }

    private static final class Row {
        private boolean loggedIn;
        private String profile = "-";
        private String userAgent = "";
        private int pages;
        private long bytes;
        private int cookies;
        private int failures;
        private int wrongUsers;
    }

    /** A page of one session showed another session's user. */
    static final class WrongUserException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongUserException(String user) {
            super("the page shows another user, " + user);
        }
    }
}
