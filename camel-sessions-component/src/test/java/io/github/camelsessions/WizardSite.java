/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A site with a wizard of several pages: each is a form with a token that the page before has shown, to one claim in one
 * session. It ends all sessions when so many of its pages were asked for as the test says. Thread-safe.
 */
final class WizardSite implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final int pages;
    private final Map<String, Map<String, String>> sessions = new HashMap<>(); // tokens by claim
    private final Map<String, Integer> completed = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private final Set<Integer> ends = new HashSet<>();
    private int count;
    private int logIns;
    private int wrongTokens;

    WizardSite(int pages) {
        this.pages = pages;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/login", exchange -> answer(exchange, logIn()));
        server.createContext("/wizard", exchange -> answer(exchange, page(exchange)));
        server.createContext("/page", exchange -> answer(exchange, plain(exchange)));
        server.createContext("/save", exchange -> {
            Answer saved = plain(exchange);
            if (saved.status == 200) {
                endSessions();
                exchange.getResponseHeaders().set("Location", "/page");
                saved = new Answer(303, "saved", null);
            }
            answer(exchange, saved);
        });
        server.start();
    }

    private record Answer(int status, String text, String cookie) {}

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Ends all sessions when so many pages of the wizard were asked for in all. */
    synchronized void endAt(Collection<Integer> requests) {
        ends.addAll(requests);
    }

    synchronized void endSessions() {
        sessions.clear();
    }

    /** How often each claim was completed. */
    synchronized Map<String, Integer> completed() {
        return Map.copyOf(completed);
    }

    /** What was asked for and answered well, in that order, such as {@code claim1:2}. */
    synchronized List<String> log() {
        return List.copyOf(log);
    }

    long asked(String what) {
        return log().stream().filter(what::equals).count();
    }

    /** How often the first page was accepted. */
    long begun() {
        return log().stream().filter(line -> line.endsWith(":1")).count();
    }

    synchronized int logIns() {
        return logIns;
    }

    synchronized int wrongTokens() {
        return wrongTokens;
    }

    synchronized void reset() {
        sessions.clear();
        completed.clear();
        log.clear();
        ends.clear();
        count = 0;
        logIns = 0;
        wrongTokens = 0;
    }

    private synchronized Answer logIn() {
        String id = "s" + ++logIns;
        sessions.put(id, new HashMap<>());
        return new Answer(200, "hello", "sid=" + id + "; Path=/");
    }

    private synchronized Answer page(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(exchange);
        if (ends.remove(++count)) {
            sessions.clear();
        }
        String claim = form.get("claim");
        int page = Integer.parseInt(form.get("page"));
        Map<String, String> tokens = sessions.get(sid(exchange));
        if (tokens == null) {
            return new Answer(401, "please log in", null);
        }
        if (page > 1 && !form.getOrDefault("token", "").equals(tokens.get(claim))) {
            wrongTokens++;
            return new Answer(409, "the form is not of this session", null);
        }
        log.add(claim + ":" + page);
        if (page == pages) {
            completed.merge(claim, 1, Integer::sum);
        }
        String token = sid(exchange) + "-" + claim + "-" + page;
        tokens.put(claim, token);
        return new Answer(200, token, null);
    }

    private synchronized Answer plain(HttpExchange exchange) {
        if (!sessions.containsKey(sid(exchange))) {
            return new Answer(401, "please log in", null);
        }
        log.add(exchange.getRequestURI().getPath());
        return new Answer(200, "page in " + sid(exchange), null);
    }

    private static String sid(HttpExchange exchange) {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceAll(".*sid=([^;]*).*", "$1");
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            form.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return form;
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            if (answer.cookie() != null) {
                exchange.getResponseHeaders().add("Set-Cookie", answer.cookie());
            }
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
