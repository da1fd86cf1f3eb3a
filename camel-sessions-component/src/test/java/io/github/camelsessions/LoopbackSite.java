/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A web site on a free loopback port. Besides the pages that a test adds it has {@code /echo} (request line, headers and
 * body as text), {@code /set?name=value} (sets a cookie), {@code /status/404} and {@code /redirect?to=/path}.
 */
public final class LoopbackSite implements AutoCloseable {

    static {
        // else each response after a connection's first waits 40 ms for the client's acknowledgement
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ThreadLocal<String> BODY = new ThreadLocal<>(); // exchanges share their attributes

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<String> paths = ConcurrentHashMap.newKeySet();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    /** What the site was asked. Header names are as HttpServer capitalises them. */
    public record Request(String method, String uri, List<String> cookies, String userAgent, String body) {

        /** The one Cookie header, null without one; more than one would be an error of the client. */
        public String cookie() {
            if (cookies.size() > 1) {
                throw new AssertionError("more than one Cookie header: " + cookies);
            }
            return cookies.isEmpty() ? null : cookies.get(0);
        }
    }

    public interface Page {
        void answer(HttpExchange http) throws IOException;
    }

    public LoopbackSite() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        page("/echo", http -> {
            StringBuilder text = new StringBuilder();
            text.append(http.getRequestMethod())
                    .append(' ')
                    .append(http.getRequestURI())
                    .append('\n');
            http.getRequestHeaders()
                    .forEach((name, values) -> values.forEach(value ->
                            text.append(name).append(": ").append(value).append('\n')));
            text.append('\n').append(lastRequest().body());
            answer(http, 200, text.toString());
        });
        page("/set", http -> {
            for (String pair : http.getRequestURI().getQuery().split("&")) {
                http.getResponseHeaders().add("Set-Cookie", pair + "; Path=/");
            }
            answer(http, 200, "set");
        });
        page("/status/", http -> {
            String path = http.getRequestURI().getPath();
            http.getResponseHeaders().add("Set-Cookie", "from=status; Path=/");
            answer(http, Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)), "status page");
        });
        page("/redirect", http -> {
            String query = http.getRequestURI().getQuery();
            http.getResponseHeaders().add("Set-Cookie", "hop=redirect; Path=/");
            http.getResponseHeaders().add("Location", query.substring("to=".length()));
            answer(http, 302, "");
        });
        server.start();
    }

    /** Adds a page, or puts it in the place of the one with that path. */
    public LoopbackSite page(String path, Page page) {
        if (paths.remove(path)) {
            server.removeContext(path);
        }
        paths.add(path);
        server.createContext(path, http -> {
            try (http) {
                String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                BODY.set(body);
                requests.add(new Request(
                        http.getRequestMethod(),
                        http.getRequestURI().toString(),
                        http.getRequestHeaders().getOrDefault("Cookie", List.of()),
                        http.getRequestHeaders().getFirst("User-Agent"),
                        body));
                page.answer(http);
            }
        });
        return this;
    }

    public static void answer(HttpExchange http, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        http.getResponseBody().write(bytes);
    }

    /** The body of the request that this thread answers. */
    static String body() {
        return BODY.get();
    }

    /** The site's URL, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public Request lastRequest() {
        List<Request> all = requests();
        return all.get(all.size() - 1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
