/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.examples.benchmark.Crowd.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * What happens when a session expires in the middle of traffic: how soon a crowd of held exchanges goes on, what each that
 * is held takes of the heap, and how many requests and log-ins are in vain.
 */
final class Herd implements Experiment {

    /** How many pages one log-in is good for, where there is such a limit. */
    private static final int LIMIT = 100;

    /**
     * How many log-ins forbidden pages may cause: the first, one for the first such page, as many in vain as
     * {@code renewalAttempts} tolerates, and some more for which each time one page more has to be refused at once. Of
     * these there are few at once; three times what is usual.
     */
    private static final int FEW_LOGINS = 15;

    @Override
    public String name() {
        return "herd";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        boolean smoke = settings.smoke();
        try (SiteProcess site = SiteProcess.start();
                HerdRoutes routes = new HerdRoutes(site)) {
            release(site, routes, smoke, report);
            heap(site, routes, smoke, report);
            limits(site, routes, smoke, report);
            forbidden(site, routes, smoke, report);
        }
    }

    // ---- release

    private void release(SiteProcess site, HerdRoutes routes, boolean smoke, Report report) throws Exception {
        int warmUp = smoke ? 1 : 10; // the first logs in, too
        int rounds = smoke ? 1 : 11;
        int size = smoke ? 200 : 10_000;
        Table table = new Table(
                name(),
                "Release of " + size
                        + " held exchanges, ms from a renewal's end (all sessions: from the first one's), median of "
                        + rounds
                        + " rounds, beside the same requests without a renewal, sent and answered from 16 threads",
                "sessions",
                "answers",
                "all held within ms",
                "last sent",
                "last answered",
                "all sessions",
                "whole fetch calls",
                "whole camel-http calls",
                "all sessions / whole camel-http calls");
        for (int sessions : new int[] {1, smoke ? 10 : 100}) {
            report.progress(name() + ": " + size + " exchanges, " + sessions + " sessions");
            try (Crowd crowd = new Crowd(site, routes, size, sessions)) {
                Rounds memory = new Rounds("from memory", true);
                Rounds wire = new Rounds("by the site", false);
                for (int round = -warmUp; round < rounds; round++) {
                    if (round == 0) {
                        memory.restart();
                        wire.restart();
                    }
                    memory.add(crowd);
                    wire.add(crowd);
                }
                memory.addTo(table, sessions);
                wire.addTo(table, sessions);
                report.target(
                        name(),
                        "last of " + size + " answered from memory, ms after the renewal, sessions: " + sessions,
                        memory.median(Times::answered),
                        Bound.atMost(150));
                crowd.check(name(), report);
            }
        }
        report.add(table);
    }

    /** The rounds in which the answers come from the same place. */
    private static final class Rounds {

        private final String answers;
        private final boolean fromMemory;
        private final List<Times> held = new ArrayList<>();
        private final List<Double> fetched = new ArrayList<>();
        private final List<Double> plain = new ArrayList<>();

        Rounds(String answers, boolean fromMemory) {
            this.answers = answers;
            this.fromMemory = fromMemory;
        }

        void restart() {
            held.clear();
            fetched.clear();
            plain.clear();
        }

        void add(Crowd crowd) throws Exception {
            boolean fetchedFirst = held.size() % 2 == 0;
            held.add(crowd.held(fromMemory)); // before the others: they use the sessions that it renews
            if (fetchedFirst) {
                fetched.add(crowd.fetched(fromMemory));
            }
            plain.add(crowd.plain(fromMemory));
            if (!fetchedFirst) {
                fetched.add(crowd.fetched(fromMemory));
            }
        }

        double median(ToDoubleFunction<Times> figure) {
            return Trial.median(held.stream().map(figure::applyAsDouble).toList());
        }

        void addTo(Table table, int sessions) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < held.size(); round++) {
                ratios.add(held.get(round).all() / plain.get(round));
            }
            table.row(
                    sessions,
                    answers,
                    median(Times::arrival),
                    median(Times::sent),
                    median(Times::answered),
                    median(Times::all),
                    Trial.median(fetched),
                    Trial.median(plain),
                    Trial.median(ratios));
        }
    }

    // ---- heap

    private void heap(SiteProcess site, HerdRoutes routes, boolean smoke, Report report) throws Exception {
        int size = smoke ? 200 : 10_000;
        Endpoint fixed = routes.fetch('/' + site.url("/page/0"), "&sessionId=s0");
        Endpoint byHeaders = routes.fetch("", "");
        List<Double> plain = new ArrayList<>();
        List<Double> steered = new ArrayList<>();
        for (int round = 0; round < (smoke ? 1 : 5); round++) {
            plain.add(bytesHeld(site, routes, fixed, size, () -> fixed.createExchange()));
            steered.add(bytesHeld(site, routes, byHeaders, size, () -> routes.request(byHeaders, "s0", "/page/0")));
        }
        Table table = new Table(
                name(), "Heap of each of " + size + " held exchanges beyond the exchange", "request", "bytes");
        table.row("target and session in the endpoint", Trial.median(plain));
        table.row("target and session in headers", Trial.median(steered));
        report.add(table);
        report.target(name(), "bytes of a held exchange beyond it", Trial.median(plain), Bound.atMost(600));
    }

    /** Makes an exchange. */
    private interface Maker {
        Exchange make();
    }

    private static double bytesHeld(SiteProcess site, HerdRoutes routes, Endpoint endpoint, int size, Maker maker)
            throws Exception {
        site.rules(Integer.MAX_VALUE, 0, 0);
        routes.watch().restart(1);
        routes.stopLogins();
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        List<Exchange> exchanges = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            Exchange exchange = maker.make();
            exchange.getIn(); // it has a message before it is held
            exchanges.add(exchange);
        }
        CountDownLatch done = new CountDownLatch(size);
        long before = Heap.used();
        exchanges.forEach(exchange -> producer.process(exchange, sync -> done.countDown()));
        long held = Heap.used();
        routes.resumeLogins();
        if (!done.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(
                    done.getCount() + " exchanges were still held after their session's renewal");
        }
        producer.stop();
        return (double) (held - before) / size;
    }

    // ---- limits

    private void limits(SiteProcess site, HerdRoutes routes, boolean smoke, Report report) throws Exception {
        int requests = smoke ? 300 : 2000;
        Table table = new Table(
                name(),
                requests + " requests at a site that ends a session after " + LIMIT,
                "maxUses",
                "callers",
                "log-ins",
                "refused",
                "refused for each log-in",
                "replays",
                "stale",
                "lost");
        for (boolean known : new boolean[] {true, false}) {
            for (int concurrency : new int[] {1, 16, 64}) {
                site.rules(LIMIT, smoke ? 1 : 50, 0);
                String session = "limit-" + known + concurrency;
                Endpoint endpoint = routes.fetch("", known ? "&maxUses=" + LIMIT : "");
                int lost = ask(routes, endpoint, concurrency, requests, session, n -> false)
                        .size();
                SiteCounts counts = site.counts();
                SessionStats stats = routes.stats(session);
                table.row(
                        known ? LIMIT : "unknown",
                        concurrency,
                        counts.logins(),
                        counts.refused(),
                        (double) counts.refused() / counts.logins(),
                        stats.replays(),
                        stats.stale(),
                        lost);
                String what = "site's limit " + LIMIT + (known ? " known" : " unknown") + ", callers " + concurrency;
                report.noMoreThan(
                        name(), what + ", refused", known ? 0 : concurrency * counts.logins(), counts.refused());
                report.exactly(name(), what + ", lost", 0, lost);
            }
        }
        report.add(table);
    }

    // ---- forbidden pages

    private void forbidden(SiteProcess site, HerdRoutes routes, boolean smoke, Report report) throws Exception {
        int requests = smoke ? 300 : 2000;
        Table table = new Table(
                name(),
                requests + " requests, each twentieth for a page that is forbidden to all",
                "callers",
                "log-ins",
                "forbidden requests sent",
                "good pages refused",
                "stale",
                "other answers than without sessions");
        for (int concurrency : new int[] {1, 16, 64}) {
            site.rules(Integer.MAX_VALUE, smoke ? 1 : 50, 0);
            String session = "forbidden-" + concurrency;
            int wrong = ask(routes, routes.fetch("", ""), concurrency, requests, session, n -> n % 20 == 10)
                    .size();
            SiteCounts counts = site.counts();
            table.row(
                    concurrency,
                    counts.logins(),
                    counts.forbidden(),
                    counts.refused(),
                    routes.stats(session).stale(),
                    wrong);
            String what = "forbidden pages, callers " + concurrency;
            report.noMoreThan(name(), what + ", log-ins", FEW_LOGINS, counts.logins());
            report.exactly(name(), what + ", good pages refused", 0, counts.refused());
            report.exactly(name(), what + ", other answers than without sessions", 0, wrong);
        }
        report.add(table);
    }

    /** Whether a request is for the forbidden page. */
    private interface Forbidden {
        boolean is(int request);
    }

    /** Sends requests from some threads and returns those that did not get what the site has for them. */
    private static List<Integer> ask(
            HerdRoutes routes, Endpoint endpoint, int concurrency, int requests, String session, Forbidden forbidden)
            throws Exception {
        routes.watch().restart(requests);
        AtomicInteger next = new AtomicInteger();
        List<Integer> wrong = new ArrayList<>();
        try (ProducerTemplate template = routes.context().createProducerTemplate();
                Callers callers = Callers.platform(concurrency)) {
            List<List<Integer>> found = callers.run(() -> {
                List<Integer> mine = new ArrayList<>();
                for (int n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
                    String path = forbidden.is(n) ? "/forbidden" : "/page/" + n;
                    Exchange answer = template.send(endpoint, routes.request(endpoint, session, path));
                    if (forbidden.is(n) ? HerdRoutes.status(answer) != 401 : !HerdRoutes.hasPage(answer, path)) {
                        mine.add(n);
                    }
                }
                return mine;
            });
            found.forEach(wrong::addAll);
        }
        return wrong;
    }
}
