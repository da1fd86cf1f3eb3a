/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The API of a MediaWiki at {@code /w/api.php}, as far as a bot logs in and edits: tokens of the session, errors with
 * status 200, and a new session id with the log-in. User {@code anna}, password {@code secret}. Thread-safe.
 */
final class WikiSite implements AutoCloseable {

    private static final String ANONYMOUS = "+\\";

    private final LoopbackSite site = new LoopbackSite();
    private final Map<String, Session> sessions = new HashMap<>();
    private final List<String> edits = new ArrayList<>();
    private final Map<String, Integer> errors = new HashMap<>();
    private int logIns;
    private int refusedLogIns;

    private static final class Session {
        private final String id = UUID.randomUUID().toString();
        private final String loginToken = UUID.randomUUID().toString().replace("-", "") + ANONYMOUS;
        private final String csrfToken;

        private Session(boolean loggedIn) {
            csrfToken = loggedIn ? UUID.randomUUID().toString().replace("-", "") + ANONYMOUS : ANONYMOUS;
        }

        private boolean isLoggedIn() {
            return !csrfToken.equals(ANONYMOUS);
        }
    }

    WikiSite() {
        site.page("/w/api.php", this::answer);
    }

    String url() {
        return site.url();
    }

    /** What was added to pages, in that order. */
    synchronized List<String> edits() {
        return List.copyOf(edits);
    }

    synchronized int logIns() {
        return logIns;
    }

    /** How many log-ins were refused, for the token or for the password. */
    synchronized int refusedLogIns() {
        return refusedLogIns;
    }

    /** How often this error was answered. */
    synchronized int errors(String code) {
        return errors.getOrDefault(code, 0);
    }

    /** Forgets all sessions, as a wiki does whose session store was emptied. */
    synchronized void endSessions() {
        sessions.clear();
    }

    private synchronized void answer(HttpExchange http) throws IOException {
        Map<String, String> parameters = pairs(http.getRequestURI().getRawQuery());
        parameters.putAll(pairs(LoopbackSite.body()));
        if (!"json".equals(parameters.get("format"))) {
            http.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            LoopbackSite.answer(http, 200, "<pre>This is the HTML representation of the JSON format</pre>");
            return;
        }
        http.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
        Session session = sessions.get(cookie(http));
        if (session == null) {
            session = open(http, false);
        }
        if ("user".equals(parameters.get("assert")) && !session.isLoggedIn()) {
            error(http, "assertuserfailed", "You are no longer logged in, so the action could not be completed.");
            return;
        }
        switch (parameters.getOrDefault("action", "")) {
            case "query" -> tokens(http, session, parameters);
            case "login" -> logIn(http, session, parameters);
            case "edit" -> edit(http, session, parameters);
            default -> error(http, "badvalue", "Unrecognized value for parameter \"action\".");
        }
    }

    private Session open(HttpExchange http, boolean loggedIn) {
        Session session = new Session(loggedIn);
        sessions.put(session.id, session);
        http.getResponseHeaders().add("Set-Cookie", "wiki_session=" + session.id + "; path=/; HttpOnly");
        return session;
    }

    private static void tokens(HttpExchange http, Session session, Map<String, String> parameters) throws IOException {
        boolean login = "login".equals(parameters.get("type"));
        String token = login ? session.loginToken : session.csrfToken;
        LoopbackSite.answer(
                http,
                200,
                "{\"batchcomplete\":\"\",\"query\":{\"tokens\":{\"" + (login ? "logintoken" : "csrftoken") + "\":\""
                        + token.replace("\\", "\\\\") + "\"}}}");
    }

    private void logIn(HttpExchange http, Session session, Map<String, String> parameters) throws IOException {
        if (!http.getRequestMethod().equals("POST")) {
            error(http, "mustbeposted", "The \"login\" module requires a POST request.");
        } else if (!session.loginToken.equals(parameters.get("lgtoken"))) {
            refusedLogIns++;
            LoopbackSite.answer(http, 200, "{\"login\":{\"result\":\"WrongToken\"}}");
        } else if (!"anna".equals(parameters.get("lgname")) || !"secret".equals(parameters.get("lgpassword"))) {
            refusedLogIns++;
            LoopbackSite.answer(
                    http,
                    200,
                    "{\"login\":{\"result\":\"Failed\",\"reason\":\"Incorrect username or password entered.\"}}");
        } else {
            logIns++;
            sessions.remove(session.id);
            open(http, true);
            LoopbackSite.answer(
                    http, 200, "{\"login\":{\"result\":\"Success\",\"lguserid\":1,\"lgusername\":\"Anna\"}}");
        }
    }

    private void edit(HttpExchange http, Session session, Map<String, String> parameters) throws IOException {
        if (!http.getRequestMethod().equals("POST")) {
            error(http, "mustbeposted", "The \"edit\" module requires a POST request.");
        } else if (!session.csrfToken.equals(parameters.get("token"))) {
            error(http, "badtoken", "Invalid CSRF token.");
        } else {
            edits.add(parameters.get("appendtext"));
            LoopbackSite.answer(http, 200, "{\"edit\":{\"result\":\"Success\",\"newrevid\":" + edits.size() + "}}");
        }
    }

    /** Errors have status 200, and their code in a header besides. */
    private void error(HttpExchange http, String code, String info) throws IOException {
        errors.merge(code, 1, Integer::sum);
        http.getResponseHeaders().add("MediaWiki-API-Error", code);
        LoopbackSite.answer(
                http, 200, "{\"error\":{\"code\":\"" + code + "\",\"info\":\"" + info.replace("\"", "\\\"") + "\"}}");
    }

    private static String cookie(HttpExchange http) {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceAll(".*wiki_session=([^;]*).*", "$1");
    }

    private static Map<String, String> pairs(String encoded) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : encoded == null ? new String[0] : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(
                        pair.substring(0, equals),
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
