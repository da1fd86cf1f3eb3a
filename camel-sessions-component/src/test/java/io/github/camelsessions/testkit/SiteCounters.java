/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a site was asked and how it answered, since its start or last reset: each request keeps the counters it began
 * with, so that one left over from the test before does not count in the next.
 *
 * <p>Thread-safe. A count is raised before its request is answered, so that a client that has the answer sees it.
 */
final class SiteCounters {

    final Tally requests = new Tally();
    final Tally loginsAttempted = new Tally();
    final Tally loginsSucceeded = new Tally();
    final Tally refreshes = new Tally();
    final Tally accepted = new Tally();
    final Tally refused = new Tally();
    final Tally failed = new Tally();
    final Tally dropped = new Tally();
    final Tally posts = new Tally();
    final Gauge pages = new Gauge();
    final Gauge logins = new Gauge();

    private final Queue<String> mixUps = new ConcurrentLinkedQueue<>();
    private final Queue<String> staleCookies = new ConcurrentLinkedQueue<>();

    /** A count in all and for each key. */
    static final class Tally {
        private final LongAdder all = new LongAdder();
        private final Map<String, LongAdder> each = new ConcurrentHashMap<>();

        void add(String key) {
            each.computeIfAbsent(key, absent -> new LongAdder()).increment();
            all.increment();
        }

        int count() {
            return all.intValue();
        }

        int count(String key) {
            LongAdder count = each.get(key);
            return count == null ? 0 : count.intValue();
        }

        Map<String, Integer> counts() {
            Map<String, Integer> counts = new TreeMap<>();
            each.forEach((key, count) -> counts.put(key, count.intValue()));
            return counts;
        }
    }

    /** How many there are now and were at most. */
    static final class Gauge {
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger highest = new AtomicInteger();

        void enter() {
            highest.accumulateAndGet(now.incrementAndGet(), Math::max);
        }

        void leave() {
            now.decrementAndGet();
        }

        int highest() {
            return highest.get();
        }
    }

    void mixUp(String description) {
        mixUps.add(description);
    }

    void staleCookie(String description) {
        staleCookies.add(description);
    }

    List<String> mixUps() {
        return List.copyOf(mixUps);
    }

    List<String> staleCookies() {
        return List.copyOf(staleCookies);
    }
}
