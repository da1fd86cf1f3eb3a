/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The JDK's HttpServer on a free port of 127.0.0.1, set up to be fast, with requests that may be answered later without
 * a thread that waits for it.
 *
 * <p>Thread-safe. Its threads, a fixed number, are named {@code expiring-site-} and a number, besides the JDK's
 * HTTP-Dispatcher. A request belongs to one thread at a time; executors hand it on, so it needs no lock. After the close
 * what was to be answered later is dropped.
 */
final class SiteServer implements AutoCloseable {

    static {
        // HttpServer reads both when it is first used. Without the first, each answer on a connection that is used
        // again
        // waits 40 ms for the client's acknowledgement; without the second, more than 200 idle connections are closed
        // under their clients' hands.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "20000");
    }

    private static final int WORKERS = 16;
    private static final int BACKLOG = 4096;

    private final HttpServer server;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timer;

    /** Ends a request by one call of its {@link Call}, at once or later, from any thread. */
    interface Handler {
        void handle(SiteRequest request, Call call);
    }

    /** The end of a request: one of its methods is called, once. */
    interface Call {

        void answer(SiteAnswer answer);

        /** Closes the connection without an answer. */
        void drop();
    }

    SiteServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException("expiring site: no server on the loopback address", e);
        }
        AtomicInteger number = new AtomicInteger();
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, "expiring-site-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                daemons,
                new ThreadPoolExecutor.DiscardPolicy());
        timer = new ScheduledThreadPoolExecutor(1, daemons, new ThreadPoolExecutor.DiscardPolicy());
    }

    void start(Handler handler) {
        server.setExecutor(workers);
        server.createContext("/", http -> {
            Call call = call(http);
            try {
                handler.handle(SiteRequest.read(http), call);
            } catch (RuntimeException e) {
                call.answer(new SiteAnswer(500, "expiring site: " + e));
            }
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Runs tasks on the site's threads. */
    Executor executor() {
        return workers;
    }

    /** Runs the task on the site's threads after this time. */
    void later(Duration time, Runnable task) {
        if (time.isZero()) {
            task.run();
        } else {
            timer.schedule(() -> workers.execute(task), time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static Call call(HttpExchange http) {
        return new Call() {
            @Override
            public void answer(SiteAnswer answer) {
                send(http, answer);
            }

            @Override
            public void drop() {
                http.close();
            }
        };
    }

    /** Sends the answer; a client that gave up meanwhile makes no difference. */
    private static void send(HttpExchange http, SiteAnswer answer) {
        byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
        boolean empty = bytes.length == 0
                || answer.status() == 204
                || http.getRequestMethod().equals("HEAD");
        try (http) {
            answer.headers().forEach(header -> http.getResponseHeaders().add(header.getKey(), header.getValue()));
            http.getResponseHeaders().putIfAbsent("Content-Type", List.of("text/plain; charset=utf-8"));
            http.sendResponseHeaders(answer.status(), empty ? -1 : bytes.length);
            if (!empty) {
                http.getResponseBody().write(bytes);
            }
        } catch (IOException e) {
            // nobody is left who could be told
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
