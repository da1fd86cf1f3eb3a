/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A site that logs clients in, each with a session of its own, s1, s2 and so on, and counts what each is used for. */
final class PoolSite implements AutoCloseable {

    private final LoopbackSite site = new LoopbackSite();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Map<String, Integer> uses = new ConcurrentHashMap<>();
    private final Map<String, Integer> blocked = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> atOnce = new ConcurrentHashMap<>();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicInteger atWork = new AtomicInteger();
    private final java.util.Queue<String> bodies = new java.util.concurrent.ConcurrentLinkedQueue<>();
    private volatile int limit = Integer.MAX_VALUE;
    private volatile int beyondLimit;
    private volatile int allBlocked;
    private volatile int logInStatus;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    PoolSite() {
        site.page("/login", this::logIn);
        site.page("/page", this::page);
        site.page("/torn", http -> {
            http.sendResponseHeaders(403, 100_000);
            http.getResponseBody().write(new byte[10]);
            http.getResponseBody().flush();
            http.close();
        });
    }

    private void logIn(HttpExchange http) throws IOException {
        attempts.incrementAndGet();
        if (logInStatus != 0) {
            LoopbackSite.answer(http, logInStatus, "no");
            return;
        }
        http.getResponseHeaders().add("Set-Cookie", "sid=s" + logIns.incrementAndGet() + "; Path=/");
        LoopbackSite.answer(http, 200, "welcome");
    }

    private void page(HttpExchange http) throws IOException {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        String sid = cookie == null ? "nobody" : cookie.replace("sid=", "");
        String sent = LoopbackSite.body();
        String body = sent.isEmpty() ? "" : " " + sent;
        if (!sent.isEmpty()) {
            bodies.add(sent);
        }
        boolean beyond = uses.merge(sid, 1, Integer::sum) > limit;
        AtomicInteger now = atOnce.computeIfAbsent(sid, any -> new AtomicInteger());
        mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
        atWork.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            atWork.decrementAndGet();
            now.decrementAndGet();
        }
        int status = allBlocked != 0 ? allBlocked : beyond ? beyondLimit : blocked.getOrDefault(sid, 200);
        LoopbackSite.answer(http, status, status == 200 ? "page of " + sid + body : "no");
    }

    String url(String path) {
        return site.url() + path;
    }

    /** From now on all pages answer requests of the session with that status. */
    void block(String sid, int status) {
        blocked.put(sid, status);
    }

    void fail(String sid) {
        block(sid, 500);
    }

    void blockAll(int status) {
        allBlocked = status;
    }

    /** A session may be used so often; afterwards pages are answered with that status. */
    void limit(int uses, int status) {
        beyondLimit = status;
        limit = uses;
    }

    /** What was sent to pages, in the order in which it came. */
    java.util.List<String> bodies() {
        return java.util.List.copyOf(bodies);
    }

    /** From now on log-ins are answered with that status, 0 for success. */
    void refuseLogIns(int status) {
        logInStatus = status;
    }

    /** From now on pages are answered when {@link #releasePages} is called. */
    void holdPages() {
        gate = new CountDownLatch(1);
    }

    void releasePages() {
        gate.countDown();
    }

    int logIns() {
        return logIns.get();
    }

    int logInAttempts() {
        return attempts.get();
    }

    int uses() {
        return uses.values().stream().mapToInt(Integer::intValue).sum();
    }

    Map<String, Integer> usesBySession() {
        return uses;
    }

    int mostAtOnceInOneSession() {
        return mostAtOnce.get();
    }

    int atWork() {
        return atWork.get();
    }

    @Override
    public void close() {
        releasePages();
        site.close();
    }
}
