/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.camelsessions.api.SessionStats;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Many callers, sessions that expire all the time, and a site that makes mistakes, for long: nothing is lost, and the
 * program holds no more at the end than at the start.
 */
final class Soak implements Experiment {

    private static final int CALLERS = 64;
    private static final int SESSIONS = 8;
    private static final int LIMIT = 100;
    private static final int LOGIN_MILLIS = 20;
    private static final int FAULTS = 10;

    private static final int MORE_MEGABYTES = 4;
    private static final int MORE_THREADS = 16; // as many release those that were held, and come and go
    private static final int MORE_HANDLES = 8;

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Table table = new Table(
                name(),
                "Soak: " + CALLERS + " callers of " + SESSIONS + " sessions, each good for " + LIMIT + " pages; "
                        + FAULTS + " of 1000 requests go wrong",
                "seconds",
                "calls",
                "faults",
                "renewals",
                "refused",
                "replays",
                "held",
                "most at once",
                "p99 ms",
                "heap MB",
                "threads",
                "handles",
                "connections");
        Duration warmUp = Duration.ofSeconds(settings.smoke() ? 1 : 20);
        Duration sampled = Duration.ofSeconds(settings.smoke() ? 2 : 60);
        try (SiteProcess site = SiteProcess.start();
                Callers callers = Callers.platform(CALLERS);
                SoakLoad load = new SoakLoad(site, SESSIONS)) {
            site.rules(LIMIT, LOGIN_MILLIS, FAULTS);
            load.run(callers, warmUp, warmUp, () -> {});
            site.rules(LIMIT, LOGIN_MILLIS, FAULTS);
            load.restart();
            long begin = System.nanoTime();
            Resources start = Resources.now(site);
            add(table, 0, load, start);
            load.run(
                    callers,
                    settings.soak(),
                    sampled,
                    () -> add(table, secondsSince(begin), load, Resources.now(site)));
            Resources end = Resources.now(site);
            add(table, secondsSince(begin), load, end);
            report.add(table);
            load.lost().stream().limit(3).forEach(lost -> report.progress(name() + ": lost: " + lost));
            checkCalls(report, load, site.counts());
            checkResources(report, start, end);
        }
    }

    private static long secondsSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    }

    private static void add(Table table, long seconds, SoakLoad load, Resources resources) {
        table.row(
                seconds,
                load.calls(),
                load.faults(),
                load.counted(SessionStats::renewals),
                load.counted(SessionStats::refused),
                load.counted(SessionStats::replays),
                load.counted(SessionStats::heldInAll),
                load.mostHeld(),
                load.p99Millis(),
                resources.heapBytes / 1e6,
                resources.threads,
                resources.handles,
                resources.connections);
    }

    private void checkCalls(Report report, SoakLoad load, SiteCounts counts) {
        report.exactly(
                name(),
                "calls that ended neither with the page nor with a fault of the site",
                0,
                load.lost().size());
        // a stale page is dropped and asked for once more, and so is what met a fault on a kept connection
        report.exactly(
                name(),
                "answers and faults that callers and log-ins got, that were stale, or sent once more",
                counts.accepted() + counts.faults() + counts.logins() + counts.failedLogins(),
                load.pages()
                        + load.faults()
                        + load.counted(SessionStats::staleReplays)
                        + load.counted(SessionStats::attempts)
                        + load.counted(SessionStats::reconnects));
        report.exactly(name(), "refused requests", counts.refused(), load.counted(SessionStats::refused));
        report.exactly(name(), "renewals", counts.logins(), load.counted(SessionStats::renewals));
        report.exactly(name(), "exchanges held at the end", 0, load.now(SessionStats::held));
        report.exactly(name(), "exchanges in flight at the end", 0, load.now(SessionStats::inFlight));
    }

    private void checkResources(Report report, Resources start, Resources end) {
        // heap and threads are also moved by what else the machine does: by them no run fails
        report.target(
                name(),
                "MB of heap at the end, more than at the start",
                (end.heapBytes - start.heapBytes) / 1e6,
                Bound.atMost(MORE_MEGABYTES));
        report.target(
                name(),
                "threads at the end, more than at the start",
                end.threads - start.threads,
                Bound.atMost(MORE_THREADS));
        report.noMoreThan(
                name(),
                "connections at the end, one for each caller and renewal",
                CALLERS + SESSIONS + 1, // and the one that asks for the counts
                end.connections);
        report.noMoreThan(
                name(),
                "other file handles at the end, at the start and " + MORE_HANDLES + " more",
                start.otherHandles() + MORE_HANDLES,
                end.otherHandles());
    }

    /** What the program holds, and in the heap under load also what was dropped since the garbage was collected. */
    private record Resources(long heapBytes, int threads, long handles, int connections) {

        static Resources now(SiteProcess site) throws Exception {
            return new Resources(
                    Heap.used(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                            ? unix.getOpenFileDescriptorCount()
                            : 0, // Windows does not tell
                    site.counts().connections());
        }

        long otherHandles() {
            return handles - connections;
        }
    }
}
