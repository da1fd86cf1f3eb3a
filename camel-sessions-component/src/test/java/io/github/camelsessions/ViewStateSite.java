/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A list of ten pages as ASP.NET Web Forms page them: each page is a form whose view state belongs to the session, and
 * leads to the others by what a script puts into {@code __EVENTTARGET} and {@code __EVENTARGUMENT}; a button that is sent
 * along wins over these. User {@code anna}, password {@code secret}. Thread-safe.
 */
final class ViewStateSite implements AutoCloseable {

    static final int PAGES = 10;
    static final int ROWS = 5;

    private final LoopbackSite site = new LoopbackSite();
    private final Map<String, View> views = new HashMap<>(); // by view state
    private final Set<String> sessions = new HashSet<>();
    private final Set<Integer> ends = new HashSet<>();
    private final List<Integer> shown = new ArrayList<>();
    private int logIns;
    private int invalid;

    /** What a view state says. */
    private record View(String session, int page, String validation) {}

    ViewStateSite() {
        site.page("/Login.aspx", this::logIn);
        site.page("/Orders.aspx", this::orders);
    }

    String url() {
        return site.url();
    }

    static List<String> allRows() {
        return IntStream.rangeClosed(1, PAGES * ROWS).mapToObj(n -> "row " + n).toList();
    }

    /** Ends all sessions when this page is asked for the next time. */
    synchronized void endAt(int page) {
        ends.add(page);
    }

    /** The pages that were shown, in that order. */
    synchronized List<Integer> shown() {
        return List.copyOf(shown);
    }

    synchronized int logIns() {
        return logIns;
    }

    /** How often a view state was refused. */
    synchronized int invalid() {
        return invalid;
    }

    private synchronized void logIn(HttpExchange http) throws IOException {
        Map<String, String> form = pairs(LoopbackSite.body());
        View view = views.get(form.get("__VIEWSTATE"));
        boolean right = view != null
                && view.page() == 0
                && view.validation().equals(form.get("__EVENTVALIDATION"))
                && form.containsKey("LoginButton")
                && "anna".equals(form.get("UserName"))
                && "secret".equals(form.get("Password"));
        if (right) {
            String id = UUID.randomUUID().toString();
            sessions.add(id);
            logIns++;
            http.getResponseHeaders().add("Set-Cookie", ".ASPXAUTH=" + id + "; path=/; HttpOnly");
            redirect(http, "/Orders.aspx");
            return;
        }
        html(http, form("/Login.aspx", "", 0, """
                <input name="UserName" type="text"><input name="Password" type="password">
                <input type="submit" name="LoginButton" value="Log In">"""));
    }

    private synchronized void orders(HttpExchange http) throws IOException {
        Map<String, String> form = pairs(LoopbackSite.body());
        String argument = form.getOrDefault("__EVENTARGUMENT", "");
        int page = argument.matches("Page\\$\\d+") ? Integer.parseInt(argument.substring("Page$".length())) : 1;
        if (ends.remove(page)) {
            sessions.clear();
        }
        String session = cookie(http);
        if (!sessions.contains(session)) {
            redirect(http, "/Login.aspx?ReturnUrl=%2fOrders.aspx");
            return;
        }
        if (http.getRequestMethod().equals("POST")) {
            View view = views.get(form.get("__VIEWSTATE"));
            if (view == null
                    || !view.session().equals(session)
                    || !view.validation().equals(form.get("__EVENTVALIDATION"))) {
                invalid++;
                LoopbackSite.answer(http, 500, "Validation of viewstate MAC failed.");
                return;
            }
            if (form.containsKey("SearchButton") || !"Grid".equals(form.get("__EVENTTARGET"))) {
                page = 1;
            }
        }
        shown.add(page);
        int first = (page - 1) * ROWS + 1;
        String rows = IntStream.range(first, first + ROWS)
                .mapToObj(n -> "<tr><td>row " + n + "</td></tr>")
                .collect(Collectors.joining("\n"));
        html(http, form("/Orders.aspx", session, page, """
                <input name="Term" type="text"><input type="submit" name="SearchButton" value="Search">
                <table id="Grid">%s<tr><td>%s</td></tr></table>""".formatted(rows, pager(page))));
    }

    private static String pager(int current) {
        return IntStream.rangeClosed(1, PAGES)
                .mapToObj(n -> n == current
                        ? "<span>" + n + "</span>"
                        : "<a href=\"javascript:__doPostBack(&#39;Grid&#39;,&#39;Page$" + n + "&#39;)\">" + n + "</a>")
                .collect(Collectors.joining());
    }

    private String form(String action, String session, int page, String content) {
        String state = UUID.randomUUID().toString();
        View view = new View(session, page, UUID.randomUUID().toString());
        views.put(state, view);
        return """
                <form method="post" action="%s" id="form1">
                <input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="">
                <input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="">
                <input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="%s">
                <input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value="%s">
                %s
                </form>""".formatted(action, state, view.validation(), content);
    }

    private static void html(HttpExchange http, String text) throws IOException {
        http.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
        LoopbackSite.answer(http, 200, text);
    }

    private static void redirect(HttpExchange http, String location) throws IOException {
        http.getResponseHeaders().add("Location", location);
        LoopbackSite.answer(http, 302, "");
    }

    private static String cookie(HttpExchange http) {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceAll(".*\\.ASPXAUTH=([^;]*).*", "$1");
    }

    private static Map<String, String> pairs(String encoded) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return pairs;
    }

    @Override
    public void close() {
        site.close();
    }
}
