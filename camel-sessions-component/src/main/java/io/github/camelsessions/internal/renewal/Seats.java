/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SeatStats;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the log-ins and log-outs of each site. Thread-safe. */
final class Seats {

    private record Counts(LongAdder logIns, LongAdder logOuts, LongAdder failedLogOuts) {}

    private final Map<String, Counts> sites = new ConcurrentHashMap<>();

    private Counts of(String site) {
        return sites.computeIfAbsent(site, name -> new Counts(new LongAdder(), new LongAdder(), new LongAdder()));
    }

    void loggedIn(String site) {
        of(site).logIns.increment();
    }

    void loggedOut(String site) {
        of(site).logOuts.increment();
    }

    void logOutFailed(String site) {
        of(site).failedLogOuts.increment();
    }

    SeatStats stats(String site) {
        Counts counts = sites.get(site);
        return counts == null
                ? new SeatStats(0, 0, 0)
                : new SeatStats(counts.logIns.sum(), counts.logOuts.sum(), counts.failedLogOuts.sum());
    }
}
