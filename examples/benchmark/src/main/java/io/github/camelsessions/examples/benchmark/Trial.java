/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * The contenders at one page, called by some callers at once. They take turns of a tenth of a second, each round in another
 * order, so that whatever else the machine does meets all alike; and each round over another connection, because which
 * thread of the site serves one, and where that runs, can double a latency.
 */
final class Trial {

    private static final long TURN_NANOS = 100_000_000;
    private static final long LONGEST_NANOS = 60_000_000_000L;

    /** What one contender did in one turn. */
    record Turn(int calls, double perSecond, double cpuMicros) {}

    /** What one contender did in all turns. */
    record Score(Contender contender, List<Turn> turns, Histogram latency) {

        Score(Contender contender) {
            this(contender, new ArrayList<>(), new AtomicHistogram(LONGEST_NANOS, 2));
        }

        double median(ToDoubleFunction<Turn> figure) {
            return Trial.median(turns.stream().map(figure::applyAsDouble).toList());
        }

        /** The median of the ratios within the rounds. */
        double ratio(Score other, ToDoubleFunction<Turn> figure) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < turns.size(); round++) {
                ratios.add(figure.applyAsDouble(turns.get(round)) / figure.applyAsDouble(other.turns.get(round)));
            }
            return Trial.median(ratios);
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
        for (int round = -warmUp; round < rounds; round++) {
            if (round == 0) {
                scores.forEach(Score::restart);
            }
            for (Score score : scores) {
                score.contender.logIn();
                score.contender.get(size); // connects
            }
            for (int i = 0; i < scores.size(); i++) {
                Score next = scores.get(Math.floorMod(round + i, scores.size()));
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
        return new Turn(calls, calls / seconds, (PROCESS.getProcessCpuTime() - cpu) / 1e3 / calls);
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
