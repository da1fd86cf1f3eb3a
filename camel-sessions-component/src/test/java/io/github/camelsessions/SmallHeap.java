/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConstants;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;

/**
 * A JVM whose heap is exhausted again and again, by answers and bodies that it cannot hold, and now and then to the last
 * small piece, while exchanges run in sessions that the site ends all the time. Exits with 0 when each exchange has ended,
 * once, and each session works afterwards. See {@link HeapExhaustionTest}.
 */
public final class SmallHeap {

    private static final int SENDERS = 12;
    private static final int SESSIONS = 6;
    private static final int AT_ONCE = 40;
    private static final int WARM_UP = 200;
    private static final int EXCHANGES = 800;
    private static final long HELD_FULL = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String RULES = "renewalUri=direct:login&renewalTimeout=20s&holdTimeout=30s"
            + "&renewalCooldown=10ms&renewalCooldownMax=20ms&renewalBackoff=10ms&replayStale=all";
    private static final String POOL = "pool=shop&maxErrorScore=1000000&poolSize=" + SESSIONS + "&";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final String url;
    private final long seed;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger withoutMemory = new AtomicInteger();
    private final AtomicInteger thrown = new AtomicInteger();
    private final AtomicIntegerArray ends = new AtomicIntegerArray(EXCHANGES);

    private volatile Exception latest; // of those that look whether all works again

    private SmallHeap(String url, long seed) {
        this.url = url;
        this.seed = seed;
    }

    public static void main(String[] args) {
        int status = 2;
        SmallHeap heap = new SmallHeap(args[0], Long.parseLong(args[1]));
        try {
            status = heap.run();
        } catch (Exception e) {
            heap.report();
            e.printStackTrace(System.out);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private int run() throws Exception {
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + url + "/login");
            }
        });
        context.start();
        AsyncProducer single = started("sessions:fetch?" + RULES);
        AsyncProducer pooled = started("sessions:fetch?" + POOL + RULES);
        send(single, pooled, WARM_UP); // a class that cannot be initialised is lost for good
        awaitEnds(WARM_UP);
        Thread filler = new Thread(this::fillAgainAndAgain, "filler");
        send(single, pooled, EXCHANGES);
        filler.start();
        awaitEnds(EXCHANGES);
        ended.set(EXCHANGES); // for the filler, if some have no end
        filler.join();

        int lost = 0;
        int twice = 0;
        for (int i = 0; i < EXCHANGES; i++) {
            lost += ends.get(i) == 0 ? 1 : 0;
            twice += ends.get(i) > 1 ? 1 : 0;
        }
        System.out.println("good=" + good + " withoutMemory=" + withoutMemory + " lost=" + lost + " twice=" + twice
                + " thrown=" + thrown);
        if (lost > 0 || twice > 0 || thrown.get() > 0) {
            report();
            return 1;
        }
        ProducerTemplate template = context.createProducerTemplate();
        for (int i = 0; i < SESSIONS; i++) {
            String session = "s" + i;
            Awaitility.await("session " + session).atMost(PATIENCE).until(() -> {
                Sessions.get(context).session(session).endCooldown();
                return page(template, "", session).equals("page");
            });
            Awaitility.await("answers of " + session)
                    .atMost(PATIENCE)
                    .until(() -> Sessions.get(context)
                            .session(session)
                            .stats()
                            .filter(stats -> stats.inFlight() + stats.held() == 0)
                            .isPresent());
        }
        Awaitility.await("hold")
                .atMost(PATIENCE)
                .until(() -> Sessions.get(context).engine().traffic().waiting() == 0);
        Awaitility.await("pool").atMost(PATIENCE).until(() -> {
            Sessions.get(context).endPoolCooldown("shop");
            return page(template, POOL, null).equals("page");
        });
        return 0;
    }

    private void report() {
        Sessions.get(context).engine().registry().stats().forEach(System.out::println);
        System.out.println(Sessions.get(context).pools());
        System.out.println("waiting=" + Sessions.get(context).engine().traffic().waiting());
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            System.out.println(thread);
            Stream.of(stack).forEach(frame -> System.out.println("    " + frame));
        });
        Exception failure = latest;
        if (failure != null) {
            failure.printStackTrace(System.out);
        }
    }

    private AsyncProducer started(String uri) throws Exception {
        AsyncProducer producer = context.getEndpoint(uri).createAsyncProducer();
        producer.start();
        return producer;
    }

    private String page(ProducerTemplate template, String options, String session) {
        Exchange done = template.request("sessions:fetch/" + url + "/page?" + options + RULES, exchange -> {
            if (session != null) {
                exchange.getMessage().setHeader(SessionsConstants.ID, session);
            }
        });
        latest = done.getException();
        return latest != null ? "" : done.getMessage().getBody(String.class);
    }

    // ---- what follows runs while there is no memory

    private void send(AsyncProducer single, AsyncProducer pooled, int count) {
        for (int i = 0; i < SENDERS; i++) {
            new Thread(
                            () -> {
                                for (int number = take(count); number >= 0; number = take(count)) {
                                    awaitFewer(number);
                                    made(number, single, pooled).send();
                                }
                            },
                            "sender")
                    .start();
        }
    }

    private int take(int count) {
        while (true) {
            int number = next.get();
            if (number >= count) {
                return -1;
            }
            if (next.compareAndSet(number, number + 1)) {
                return number;
            }
        }
    }

    /** More at once would fill the heap by themselves. */
    private void awaitFewer(int number) {
        while (number - ended.get() > AT_ONCE) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private Sending made(int number, AsyncProducer single, AsyncProducer pooled) {
        while (true) {
            try {
                return new Sending(number, single, pooled);
            } catch (OutOfMemoryError e) {
                // not yet sent
            }
        }
    }

    private void awaitEnds(int count) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        int before = 0;
        while (ended.get() < count && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            if (ended.get() > before) {
                before = ended.get();
                until = System.nanoTime() + PATIENCE.toNanos(); // none has to wait as long as that
            }
        }
    }

    /** Fills the heap with ever smaller pieces, to the last, and keeps it full for a while. */
    private void fillAgainAndAgain() {
        Object[] kept = new Object[10_000];
        while (ended.get() < EXCHANGES) {
            int count = 0;
            for (int size = 1 << 20; size >= 16; size /= 4) {
                try {
                    while (count < kept.length) {
                        kept[count] = new byte[size];
                        count++;
                    }
                } catch (OutOfMemoryError e) {
                    // the next size
                }
            }
            LockSupport.parkNanos(HELD_FULL);
            for (int i = 0; i < count; i++) {
                kept[i] = null;
            }
            LockSupport.parkNanos(HELD_FULL);
        }
    }

    /** One exchange and its end. */
    private final class Sending implements AsyncCallback {

        private final int number;
        private final AsyncProducer producer;
        private final Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);

        Sending(int number, AsyncProducer single, AsyncProducer pooled) {
            this.number = number;
            Random random = new Random(seed + number);
            int kind = random.nextInt(100);
            int large = number < WARM_UP ? 10 : 1;
            boolean pool = random.nextInt(4) == 0;
            producer = pool ? pooled : single;
            exchange.getMessage().setHeader(Exchange.HTTP_URI, url + (kind < large ? "/large" : "/page"));
            if (!pool) {
                exchange.getMessage().setHeader(SessionsConstants.ID, "s" + number % SESSIONS);
            }
            if (kind >= 99) {
                exchange.getMessage().setBody(new LongBody());
            }
        }

        void send() {
            try {
                producer.process(exchange, this);
            } catch (Throwable e) { // against the contract of a producer
                thrown.incrementAndGet();
            }
        }

        @Override
        public void done(boolean doneSync) {
            Throwable cause = exchange.getException();
            if (cause == null) {
                good.incrementAndGet();
            }
            for (; cause != null; cause = cause.getCause()) {
                if (cause instanceof OutOfMemoryError) {
                    withoutMemory.incrementAndGet();
                }
            }
            exchange.setException(null);
            exchange.getMessage().setBody(null);
            ends.incrementAndGet(number);
            ended.incrementAndGet();
        }
    }

    /** More than the heap can hold, with what it takes to grow. */
    private static final class LongBody extends InputStream {

        private int left = 24 * 1024 * 1024;

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] octets, int offset, int length) {
            int got = Math.min(left, length);
            left -= got;
            return got > 0 ? got : -1;
        }
    }
}
