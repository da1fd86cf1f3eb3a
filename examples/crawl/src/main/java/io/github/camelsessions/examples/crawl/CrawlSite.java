/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A site that does not like to be crawled. Without a session it shows nothing. A session begins with a log-in, belongs to
 * the address and the user agent that logged in, and ends after {@link #USES} requests; every {@link #SUSPECTED}th one
 * ends after {@link #FEW_USES} already. A request in a session that has ended is answered 403.
 *
 * <p>{@code POST /login} takes user and password, {@code /pages.txt} lists the pages, {@code /page/1} and so on are the
 * pages. The site listens on a free port of 127.0.0.1. Thread-safe.
 */
final class CrawlSite implements AutoCloseable {

    static final int PAGES = 2_000;
    static final int USES = 25;
    static final int SUSPECTED = 10;
    static final int FEW_USES = 12;

    private static final String USER = "crawler";
    private static final String PASSWORD = "2 000 pages & more";
    private static final Duration LOGIN_TIME = Duration.ofMillis(50);
    private static final Duration PAGE_TIME = Duration.ofMillis(5);

    static {
        // else each answer on a connection that is used again waits 40 ms for the client's acknowledgement
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Visit> visits = new ConcurrentHashMap<>();
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();
    private final Set<String> brokenPages = ConcurrentHashMap.newKeySet();
    private final AtomicInteger logins = new AtomicInteger();

    /**
     * Requests with one user agent, by what became of them: log-ins whether they went well or not, pages that were served,
     * first refusals of suspected sessions, which nobody can foresee, and all other refusals, which are the client's fault.
     */
    record Counts(AtomicInteger logins, AtomicInteger served, AtomicInteger suspected, AtomicInteger refused) {

        Counts() {
            this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        }

        int requests() {
            return logins.get() + served.get() + suspected.get() + refused.get();
        }
    }

    /** A session, and whose it is. */
    private record Visit(int number, String address, String agent, AtomicInteger uses) {

        boolean isSuspected() {
            return number % SUSPECTED == 0;
        }
    }

    CrawlSite() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The site's address without a slash at the end, such as {@code http://127.0.0.1:40123}. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was requested with a user agent. */
    Counts counts(String agent) {
        return counts.computeIfAbsent(agent, key -> new Counts());
    }

    /** What was requested by all. */
    List<Counts> counts() {
        return List.copyOf(counts.values());
    }

    /** Lets a page answer 404. */
    void breakDown(String path) {
        brokenPages.add(path);
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            byte[] body = http.getRequestBody().readAllBytes();
            String path = http.getRequestURI().getPath();
            String agent = String.valueOf(http.getRequestHeaders().getFirst("User-Agent"));
            String address = http.getRemoteAddress().getAddress().getHostAddress();
            if (path.equals("/login")) {
                login(http, new String(body, UTF_8), address, agent);
            } else if (!takeTime(PAGE_TIME) || !accepts(http, address, agent)) {
                answer(http, 403, "not you");
            } else {
                counts(agent).served().incrementAndGet();
                page(http, path, address);
            }
        }
    }

    private void login(HttpExchange http, String form, String address, String agent) throws IOException {
        counts(agent).logins().incrementAndGet();
        if (!takeTime(LOGIN_TIME) || !Set.of(form.split("&")).equals(Set.of("user=" + USER, "password=" + encoded()))) {
            answer(http, 401, "wrong user or password");
            return;
        }
        String sid = UUID.randomUUID().toString();
        visits.put(sid, new Visit(logins.incrementAndGet(), address, agent, new AtomicInteger()));
        http.getResponseHeaders().set("Set-Cookie", "sid=" + sid + "; Path=/; HttpOnly");
        answer(http, 200, "welcome");
    }

    private static String encoded() {
        return URLEncoder.encode(PASSWORD, UTF_8);
    }

    private boolean accepts(HttpExchange http, String address, String agent) {
        Visit visit = visits.get(sid(http));
        if (visit == null || !visit.address().equals(address) || !visit.agent().equals(agent)) {
            counts(agent).refused().incrementAndGet();
            return false;
        }
        int use = visit.uses().incrementAndGet();
        if (visit.isSuspected() && use == FEW_USES + 1) {
            counts(agent).suspected().incrementAndGet();
            return false;
        }
        if (use > (visit.isSuspected() ? FEW_USES : USES)) {
            counts(agent).refused().incrementAndGet();
            return false;
        }
        return true;
    }

    private static String sid(HttpExchange http) {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceFirst("^sid=", "");
    }

    private void page(HttpExchange http, String path, String address) throws IOException {
        if (path.equals("/pages.txt")) {
            answer(
                    http,
                    200,
                    IntStream.rangeClosed(1, PAGES)
                            .mapToObj(number -> "/page/" + number)
                            .collect(Collectors.joining("\n")));
        } else if (!path.startsWith("/page/") || brokenPages.contains(path)) {
            answer(http, 404, "no such page");
        } else {
            answer(http, 200, "This is " + path + ", for " + address);
        }
    }

    private static void answer(HttpExchange http, int status, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        http.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        http.sendResponseHeaders(status, body.length);
        http.getResponseBody().write(body);
    }

    /** Lets time pass, and says whether it did: false when the site closed meanwhile. */
    private boolean takeTime(Duration time) {
        try {
            return !closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
