/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * The contenders at one page, called by some callers at once. They take turns of a tenth of a second, each round in another
 * order, so that whatever else the machine does meets all alike; and each round over another connection, because which
 * thread of the site serves one, and where that runs, can double a latency.
 */
final class Trial {

    private static final int SEED = 1;
    private static final long TURN_NANOS = 100_000_000;
    private static final long LONGEST_NANOS = 60_000_000_000L;

    /** What one contender did in one turn. */
    record Turn(int calls, double perSecond, long cpuNanos) {}

    /** What one contender did in all turns. */
    record Score(Contender contender, List<Turn> turns, Histogram latency) {

        Score(Contender contender) {
            this(contender, new ArrayList<>(), new AtomicHistogram(LONGEST_NANOS, 2));
        }

        double perSecond() {
            return median(turns.stream().map(Turn::perSecond).toList());
        }

        /** The median of the ratios within the rounds. */
        double perSecondTo(Score other) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < turns.size(); round++) {
                ratios.add(turns.get(round).perSecond / other.turns.get(round).perSecond);
            }
            return median(ratios);
        }

        /** The CPU time of a call, over all turns: the system counts it in steps that are large beside one turn. */
        double cpuMicros() {
            double nanos = turns.stream().mapToLong(Turn::cpuNanos).sum();
            return nanos / 1e3 / turns.stream().mapToInt(Turn::calls).sum();
        }

        double millis(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e6;
        }

        private void restart() {
            turns.clear();
            latency.reset();
        }
    }

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Random random = new Random(SEED);
    private final List<Score> scores;
    private final int size;
    private final Callers callers;

    /** @param size how many bytes the page has */
    Trial(List<Contender> contenders, int size, Callers callers) {
        this.size = size;
        this.callers = callers;
        this.scores = contenders.stream().map(Score::new).toList();
    }

    /** Runs a number of rounds, after some that do not count. */
    List<Score> run(int warmUp, int rounds) throws Exception {
        List<Score> order = new ArrayList<>(scores);
        for (int round = -warmUp; round < rounds; round++) {
            if (round == 0) {
                scores.forEach(Score::restart);
            }
            for (Score score : scores) {
                score.contender.logIn();
                score.contender.get(size); // connects
            }
            Collections.shuffle(order, random);
            for (Score next : order) {
                next.turns.add(turn(next.contender, next.latency));
            }
        }
        return scores;
    }

    private Turn turn(Contender contender, Histogram latency) throws Exception {
        long cpu = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        int calls = 0;
        for (int each : callers.run(() -> calls(contender, latency, start + TURN_NANOS))) {
            calls += each;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Turn(calls, calls / seconds, PROCESS.getProcessCpuTime() - cpu);
    }

    private int calls(Contender contender, Histogram latency, long end) throws Exception {
        int calls = 0;
        for (long before = System.nanoTime(); before - end < 0; calls++) {
            contender.get(size);
            long after = System.nanoTime();
            latency.recordValue(after - before);
            before = after;
        }
        return calls;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
