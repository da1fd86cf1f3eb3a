/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A site with a number of seats: {@code POST /login} takes one or is refused with 409, {@code /logout} frees that of the
 * session, {@code /page} is 401 without one. {@code /slow} answers when the test says so.
 */
final class SeatSite implements AutoCloseable {

    final LoopbackSite pages = new LoopbackSite();
    final AtomicInteger seats = new AtomicInteger();
    final AtomicInteger logOuts = new AtomicInteger();
    final AtomicInteger mostTaken = new AtomicInteger();
    volatile int logOutStatus = 200;
    volatile CountDownLatch logOutWaits = new CountDownLatch(0);
    volatile CountDownLatch slowWaits = new CountDownLatch(0);
    final CountDownLatch slowCame = new CountDownLatch(1);
    final Map<String, String> lastUser = new ConcurrentHashMap<>();

    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();

    SeatSite(int seats) {
        this.seats.set(seats);
        pages.page("/login", this::logIn);
        pages.page("/logout", this::logOut);
        pages.page("/page", this::page);
        pages.page("/slow", http -> {
            slowCame.countDown();
            await(slowWaits);
            page(http);
        });
    }

    private synchronized void logIn(HttpExchange http) throws IOException {
        if (taken.size() >= seats.get()) {
            LoopbackSite.answer(http, 409, "no seat");
            return;
        }
        String id = "s" + next.incrementAndGet();
        taken.add(id);
        mostTaken.accumulateAndGet(taken.size(), Math::max);
        lastUser.put(id, String.valueOf(pages.lastRequest().body()));
        http.getResponseHeaders().add("Set-Cookie", "sid=" + id + "; Path=/");
        LoopbackSite.answer(http, 200, "welcome " + id);
    }

    private void logOut(HttpExchange http) throws IOException {
        logOuts.incrementAndGet();
        await(logOutWaits);
        boolean known = logOutStatus == 200 && taken.remove(sid(http));
        LoopbackSite.answer(http, known ? 200 : logOutStatus == 200 ? 401 : logOutStatus, "bye");
    }

    private void page(HttpExchange http) throws IOException {
        LoopbackSite.answer(http, taken.contains(sid(http)) ? 200 : 401, "page of " + sid(http));
    }

    private static String sid(HttpExchange http) {
        String cookie = http.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceFirst("(.*; )?sid=", "");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The sessions that the site knows. */
    Set<String> taken() {
        return Set.copyOf(taken);
    }

    /** The site ends all sessions by itself. */
    void forget() {
        taken.clear();
    }

    String url(String path) {
        return pages.url() + path;
    }

    @Override
    public void close() {
        logOutWaits.countDown();
        slowWaits.countDown();
        pages.close();
    }
}
