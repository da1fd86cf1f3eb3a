/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;

/**
 * Many exchanges, each with a page of its own, that find their sessions expired, all at once; and the same requests by
 * plain camel-http. Used by one thread.
 */
final class Crowd implements AutoCloseable {

    private static final int CALLERS = 16;
    private static final int LOGIN_MILLIS = 50;

    /**
     * How one crowd fared, in ms.
     *
     * @param arrival  until all were held
     * @param sent     from the end of a session's renewal until its last request was sent, the longest of all sessions
     * @param answered the same until its last exchange was answered
     * @param all      from the end of the first renewal until the last exchange of all was answered
     */
    record Times(double arrival, double sent, double answered, double all) {}

    private final SiteProcess site;
    private final HerdRoutes routes;
    private final int size;
    private final int sessions;
    private final AsyncProducer fetch;
    private final AsyncProducer plain;
    private final Callers callers = Callers.platform(CALLERS);

    private int held;
    private int stillHeld;
    private int lost;
    private int rounds;
    private long logins;
    private long refused;

    Crowd(SiteProcess site, HerdRoutes routes, int size, int sessions) throws Exception {
        this.site = site;
        this.routes = routes;
        this.size = size;
        this.sessions = sessions;
        this.fetch = started(routes.fetch("", ""));
        this.plain = started(routes.plain());
    }

    private static AsyncProducer started(Endpoint endpoint) throws Exception {
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        return producer;
    }

    /** The crowd is held until all are there, then the sessions are renewed. */
    Times held(boolean fromMemory) throws Exception {
        site.rules(Integer.MAX_VALUE, LOGIN_MILLIS, 0);
        routes.watch().restart(size);
        routes.stopLogins();
        Herded herd = new Herded(fetch);
        long start = System.nanoTime();
        herd.call();
        long arrived = System.nanoTime();
        rounds++;
        held += heldNow();
        routes.watch().answerFromMemory(fromMemory);
        routes.resumeLogins();
        herd.await();
        stillHeld += heldNow();
        logins += site.counts().logins();
        refused = Math.max(refused, site.counts().refused());
        return herd.times(start, arrived);
    }

    /** The same requests in the renewed sessions: how long they take, in ms. */
    double fetched(boolean fromMemory) throws Exception {
        return called(new Herded(fetch), fromMemory);
    }

    /** The same requests, with the cookies of the renewed sessions, by plain camel-http: how long they take, in ms. */
    double plain(boolean fromMemory) throws Exception {
        Herded herd = new Herded(plain);
        for (int n = 0; n < size; n++) {
            herd.exchanges.get(n).getMessage().setHeader("Cookie", routes.cookie(sessionOf(n)));
        }
        return called(herd, fromMemory);
    }

    private double called(Herded herd, boolean fromMemory) throws Exception {
        routes.watch().restart(size);
        routes.watch().answerFromMemory(fromMemory);
        long start = System.nanoTime();
        herd.call();
        herd.await();
        return millis(start, System.nanoTime());
    }

    private int heldNow() {
        int now = 0;
        for (int session = 0; session < sessions; session++) {
            now += routes.stats(name(session)).held();
        }
        return now;
    }

    private static String name(int session) {
        return "s" + session;
    }

    // neighbours share a session: more callers than one meet the end of each, but not all of them
    private String sessionOf(int exchange) {
        return name((int) ((long) exchange * sessions / size));
    }

    void check(String experiment, Report report) {
        String crowd = size + " exchanges, " + sessions + (sessions == 1 ? " session: " : " sessions: ");
        report.exactly(experiment, crowd + "held", (long) size * rounds, held);
        report.exactly(experiment, crowd + "log-ins", (long) sessions * rounds, logins);
        // a caller has one request on the wire; each has a stretch of the exchanges, those of a session are neighbours
        report.noMoreThan(
                experiment, crowd + "refused in one round, of those in flight", sessions + CALLERS - 1, refused);
        report.exactly(experiment, crowd + "without their own answer", 0, lost);
        report.exactly(experiment, crowd + "held at the end", 0, stillHeld);
    }

    private static double millis(long from, long to) {
        return (to - from) / 1e6;
    }

    @Override
    public void close() {
        callers.close();
        fetch.stop();
        plain.stop();
    }

    /** The exchanges of one round. */
    private final class Herded {

        private final AsyncProducer producer;
        private final List<Exchange> exchanges = new ArrayList<>();
        private final long[] answered = new long[size];
        private final CountDownLatch done = new CountDownLatch(size);

        Herded(AsyncProducer producer) {
            this.producer = producer;
            for (int n = 0; n < size; n++) {
                exchanges.add(routes.request(producer.getEndpoint(), sessionOf(n), "/page/" + n));
            }
        }

        /** Returns when each was answered or is held. */
        void call() throws Exception {
            AtomicInteger next = new AtomicInteger();
            callers.run(() -> {
                int caller = next.getAndIncrement();
                for (int n = caller * size / CALLERS; n < (caller + 1) * size / CALLERS; n++) {
                    int exchange = n;
                    producer.process(exchanges.get(n), sync -> {
                        answered[exchange] = System.nanoTime();
                        done.countDown();
                    });
                }
                return caller;
            });
        }

        void await() throws InterruptedException {
            if (!done.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException(done.getCount() + " exchanges were not answered");
            }
            for (int n = 0; n < size; n++) {
                lost += HerdRoutes.hasPage(exchanges.get(n), "/page/" + n) ? 0 : 1;
            }
        }

        Times times(long start, long arrived) {
            double sentAfter = 0;
            double answeredAfter = 0;
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            for (int n = 0; n < size; n++) {
                long renewed = routes.renewed(sessionOf(n));
                sentAfter = Math.max(sentAfter, millis(renewed, routes.watch().sent(n)));
                answeredAfter = Math.max(answeredAfter, millis(renewed, answered[n]));
                first = Math.min(first, renewed);
                last = Math.max(last, answered[n]);
            }
            return new Times(millis(start, arrived), sentAfter, answeredAfter, millis(first, last));
        }
    }
}
