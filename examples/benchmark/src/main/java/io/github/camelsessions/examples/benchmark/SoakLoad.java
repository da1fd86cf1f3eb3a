/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;

/** A route that fetches the site's page in one of some sessions, its callers, and what became of the calls. */
final class SoakLoad implements AutoCloseable {

    private static final Duration LONGEST_CALL = Duration.ofMinutes(2);
    private static final int PEAK_EVERY_MILLIS = 10;

    /** Something that is done from time to time. */
    interface Sampler {
        void sample() throws Exception;
    }

    private final CamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template = context.createProducerTemplate();
    private final Sessions sessions = Sessions.get(context);
    private final List<String> ids;
    private final Endpoint page;

    private final LongAdder pages = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final List<Exception> lost = new ArrayList<>(); // guarded by itself
    private final Histogram latency = new AtomicHistogram(LONGEST_CALL.toNanos(), 2);
    private List<SessionStats> before = List.of();
    private long mostHeld;

    SoakLoad(SiteProcess site, int sessions) throws Exception {
        ids = IntStream.range(0, sessions).mapToObj(i -> "customer-" + i).toList();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().logExhausted(false)); // the site's faults are no news
                from("direct:login").to("sessions:fetch/" + site.url("/login"));
                from("direct:page")
                        .to("sessions:fetch/" + site.url("/page")
                                + "?renewalUri=direct:login&renewalAttempts=5&renewalBackoff=50"
                                + "&http.maxTotalConnections=100&http.connectionsPerRoute=100");
            }
        });
        context.start();
        page = context.getEndpoint("direct:page");
    }

    /** Calls from all callers' threads for a while, then waits until all have ended; samples meanwhile. */
    void run(Callers callers, Duration duration, Duration sampled, Sampler sampler) throws Exception {
        long start = System.nanoTime();
        List<Future<Integer>> calling = callers.start(() -> calls(start + duration.toNanos()));
        long sample = start + sampled.toNanos();
        for (long time = start; time - start < duration.toNanos(); time = System.nanoTime()) {
            if (time - sample >= 0) {
                sampler.sample();
                sample += sampled.toNanos();
            }
            mostHeld = Math.max(mostHeld, now(SessionStats::held));
            TimeUnit.MILLISECONDS.sleep(PEAK_EVERY_MILLIS);
        }
        for (Future<Integer> each : calling) {
            each.get(LONGEST_CALL.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private int calls(long end) {
        int calls = 0;
        for (long before = System.nanoTime(); before - end < 0; calls++) {
            call(ids.get(ThreadLocalRandom.current().nextInt(ids.size())));
            long after = System.nanoTime();
            latency.recordValue(after - before);
            before = after;
        }
        return calls;
    }

    private void call(String id) {
        Exchange answer =
                template.request(page, exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, id));
        Exception failure = answer.getException();
        if (isFault(failure)) {
            faults.increment();
        } else if (failure == null && "page".equals(answer.getMessage().getBody(String.class))) {
            pages.increment();
        } else {
            synchronized (lost) {
                lost.add(failure != null ? failure : new IllegalStateException("something else than the page"));
            }
        }
    }

    /** Whether it is what the site's faults look like: status 500, or no answer. */
    private static boolean isFault(@Nullable Exception failure) {
        return failure instanceof IOException
                || (failure instanceof HttpOperationFailedException answered && answered.getStatusCode() == 500);
    }

    /** Counts from zero; to be called when no call is under way. */
    void restart() {
        pages.reset();
        faults.reset();
        lost.clear();
        latency.reset();
        before = stats();
        mostHeld = 0;
    }

    long calls() {
        return latency.getTotalCount();
    }

    /** Calls that ended with the page. */
    long pages() {
        return pages.sum();
    }

    /** Calls that ended with a fault of the site. */
    long faults() {
        return faults.sum();
    }

    /** How the calls failed that ended neither with the page nor with a fault of the site. */
    List<Exception> lost() {
        synchronized (lost) {
            return List.copyOf(lost);
        }
    }

    /** The most exchanges seen held at once. */
    long mostHeld() {
        return mostHeld;
    }

    double p99Millis() {
        return latency.getValueAtPercentile(99) / 1e6;
    }

    /** A counter of all sessions since the restart. */
    long counted(ToLongFunction<SessionStats> counter) {
        return now(counter) - before.stream().mapToLong(counter).sum();
    }

    /** A figure of all sessions as it is now. */
    long now(ToLongFunction<SessionStats> figure) {
        return stats().stream().mapToLong(figure).sum();
    }

    private List<SessionStats> stats() {
        return ids.stream()
                .map(id -> sessions.session(id).stats())
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public void close() throws Exception {
        context.close();
    }
}
