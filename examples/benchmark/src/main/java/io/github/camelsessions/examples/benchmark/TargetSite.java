/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnectionFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The site that the requests go to, on a free port of the loopback interface, in a process of its own so that its work is
 * not counted as the client's. Its pages:
 *
 * <ul>
 *   <li>{@code /bytes/N}: N bytes for everybody, with {@code ?after=N} so many milliseconds later
 *   <li>{@code /login}: sets a session cookie
 *   <li>{@code /login/close}: the same, and closes the connection
 *   <li>{@code /page} and {@code /page/N}: for who is logged in, else 401; each counts against the session's limit; the
 *       body is the path without its first slash
 *   <li>{@code /forbidden}: 401 for all, logged in or not
 *   <li>{@code /rules?limit=N&loginMillis=N&faults=N}: new rules, sessions and counters
 *   <li>{@code /expire}: ends all sessions
 *   <li>{@code /counts}: the {@link SiteCounts} as JSON
 * </ul>
 */
public final class TargetSite {

    private static final int FAULT_SEED = 1;
    private static final int BACKLOG = 5000; // all callers connect at once
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DefaultBHttpServerConnectionFactory CONNECTIONS =
            DefaultBHttpServerConnectionFactory.builder().build();

    /**
     * What the site does; a change of the rules starts anew.
     *
     * @param limit       how many pages one log-in is good for
     * @param loginMillis how long a log-in takes
     * @param faults      how many of 1000 requests for a page and of 1000 log-ins go wrong, half with status 500 and half
     *                    without an answer
     */
    private record Rules(int limit, int loginMillis, int faults) {}

    /** The counters since the last change of the rules. */
    private static final class Counters {
        final LongAdder logins = new LongAdder();
        final LongAdder failedLogins = new LongAdder();
        final LongAdder accepted = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder forbidden = new LongAdder();
        final LongAdder faults = new LongAdder();
        final LongAdder withCookie = new LongAdder();
        final LongAdder withoutCookie = new LongAdder();
    }

    private final Map<String, AtomicInteger> sessions = new ConcurrentHashMap<>();
    private final Map<Integer, byte[]> bodies = new ConcurrentHashMap<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Random random = new Random(FAULT_SEED);
    private volatile Rules rules = new Rules(Integer.MAX_VALUE, 0, 0);
    private volatile Counters counters = new Counters();

    private TargetSite() {}

    /** Prints the port and serves until the standard input ends, as it does when the benchmark ends. */
    public static void main(String[] args) throws IOException {
        TargetSite site = new TargetSite();
        HttpServer server = ServerBootstrap.bootstrap()
                .setLocalAddress(InetAddress.getLoopbackAddress())
                .setSocketConfig(SocketConfig.custom()
                        .setTcpNoDelay(true)
                        .setBacklogSize(BACKLOG)
                        .build())
                .setConnectionFactory(site::connection)
                .setRequestRouter((request, context) -> site::answer)
                .create();
        server.start();
        System.out.println(server.getLocalPort());
        while (System.in.read() >= 0) {
            // until the benchmark closes its end
        }
        System.exit(0);
    }

    private DefaultBHttpServerConnection connection(Socket socket) throws IOException {
        DefaultBHttpServerConnection connection = CONNECTIONS.createConnection(socket);
        connections.add(connection);
        return connection;
    }

    private void answer(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
            throws HttpException, IOException {
        String path = request.getPath();
        if (path.startsWith("/bytes/")) {
            int query = path.indexOf('?');
            if (query > 0) {
                LockSupport.parkNanos(number(path, "after") * 1_000_000L);
            }
            bytes(
                    request,
                    response,
                    Integer.parseInt(path.substring("/bytes/".length(), query < 0 ? path.length() : query)));
        } else if (path.equals("/login")) {
            logIn(response);
        } else if (path.startsWith("/login/close")) { // with or without a query
            logIn(response);
            response.addHeader("Connection", "close");
        } else if (path.equals("/page") || path.startsWith("/page/")) {
            page(request, response);
        } else if (path.equals("/forbidden")) {
            counters.forbidden.increment();
            response.setCode(401);
        } else if (path.startsWith("/rules?")) {
            rules = parse(request);
            counters = new Counters();
            sessions.clear();
        } else if (path.equals("/expire")) {
            sessions.clear();
        } else if (path.equals("/counts")) {
            response.setEntity(new StringEntity(JSON.writeValueAsString(counts())));
        } else {
            response.setCode(404);
        }
    }

    private void bytes(ClassicHttpRequest request, ClassicHttpResponse response, int size) {
        (cookie(request) == null ? counters.withoutCookie : counters.withCookie).increment();
        response.setEntity(new ByteArrayEntity(
                bodies.computeIfAbsent(size, TargetSite::body),
                ContentType.TEXT_HTML.withCharset(StandardCharsets.UTF_8)));
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    private void logIn(ClassicHttpResponse response) throws IOException {
        if (goesWrong(response, counters.failedLogins)) {
            return;
        }
        Rules now = rules;
        LockSupport.parkNanos(now.loginMillis * 1_000_000L);
        counters.logins.increment();
        String id = UUID.randomUUID().toString();
        sessions.put(id, new AtomicInteger(now.limit));
        response.addHeader("Set-Cookie", "JSESSIONID=" + id + "; Path=/; HttpOnly");
        response.setEntity(new StringEntity("welcome"));
    }

    private void page(ClassicHttpRequest request, ClassicHttpResponse response) throws IOException {
        if (goesWrong(response, counters.faults)) {
            return;
        }
        String id = cookie(request);
        AtomicInteger left = id == null ? null : sessions.get(id);
        if (left == null || left.getAndDecrement() <= 0) {
            counters.refused.increment();
            response.setCode(401);
        } else {
            counters.accepted.increment();
            response.setEntity(new StringEntity(request.getPath().substring(1)));
        }
    }

    private boolean goesWrong(ClassicHttpResponse response, LongAdder counter) throws IOException {
        Rules now = rules;
        int fault = now.faults == 0 ? 1000 : nextFault();
        if (fault >= now.faults) {
            return false;
        }
        counter.increment();
        if (fault % 2 == 0) {
            throw new ConnectionClosedException("a fault of the site");
        }
        response.setCode(500);
        return true;
    }

    private int nextFault() {
        synchronized (random) {
            return random.nextInt(1000);
        }
    }

    private static @Nullable String cookie(ClassicHttpRequest request) {
        Header header = request.getFirstHeader("Cookie");
        String value = header == null ? "" : header.getValue();
        return value.startsWith("JSESSIONID=") ? value.substring("JSESSIONID=".length()) : null;
    }

    private static Rules parse(ClassicHttpRequest request) throws IOException {
        String path = request.getPath();
        return new Rules(number(path, "limit"), number(path, "loginMillis"), number(path, "faults"));
    }

    private static int number(String path, String name) throws IOException {
        try {
            return Integer.parseInt(
                    new URIBuilder(path).getFirstQueryParam(name).getValue());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private SiteCounts counts() {
        Counters now = counters;
        return new SiteCounts(
                now.logins.sum(),
                now.failedLogins.sum(),
                now.accepted.sum(),
                now.refused.sum(),
                now.forbidden.sum(),
                now.faults.sum(),
                now.withCookie.sum(),
                now.withoutCookie.sum(),
                openConnections());
    }

    private int openConnections() {
        connections.removeIf(connection -> !connection.isOpen());
        return connections.size();
    }
}
