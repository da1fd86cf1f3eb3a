/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The faults that a test has switched on. Thread-safe: each is an atomic of its own, none depends on another. */
final class SiteFaults {

    static final int ALWAYS = Integer.MAX_VALUE;

    private final AtomicReference<Fault> login = new AtomicReference<>(Fault.NONE);
    private final AtomicReference<Fault> page = new AtomicReference<>(Fault.NONE);
    private final AtomicReference<Duration> retryAfter = new AtomicReference<>();
    private final AtomicReference<Drops> drops = new AtomicReference<>(Drops.NONE);
    private volatile boolean refusingAll;

    /** A status for a number of requests; how many are left counts down to 0, unless it is for always. */
    private record Fault(int status, AtomicInteger left) {

        static final Fault NONE = new Fault(0, new AtomicInteger());

        static Fault of(int status, int times) {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("expiring site: status needs 200 to 599, it was " + status);
            }
            if (times < 1) {
                throw new IllegalArgumentException("expiring site: times needs at least 1, it was " + times);
            }
            return new Fault(status, new AtomicInteger(times));
        }

        int take() {
            int before = left.getAndUpdate(times -> times == ALWAYS || times == 0 ? times : times - 1);
            return before == 0 ? 0 : status;
        }
    }

    private record Drops(double probability, Random random) {

        static final Drops NONE = new Drops(0, new Random(0));
    }

    void failLogins(int status, int times) {
        login.set(Fault.of(status, times));
    }

    void failPages(int status, int times) {
        page.set(Fault.of(status, times));
    }

    void retryAfter(Duration time) {
        retryAfter.set(time);
    }

    void refuseAll() {
        refusingAll = true;
    }

    void drop(double probability, long seed) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("expiring site: probability needs 0 to 1, it was " + probability);
        }
        drops.set(new Drops(probability, new Random(seed)));
    }

    void endOfLogins() {
        login.set(Fault.NONE);
        refusingAll = false;
    }

    void end() {
        endOfLogins();
        page.set(Fault.NONE);
        retryAfter.set(null);
        drops.set(Drops.NONE);
    }

    /** The status that this log-in fails with, 0 for none. */
    int takeLogin() {
        return login.get().take();
    }

    /** The status that this page fails with, 0 for none. */
    int takePage() {
        return page.get().take();
    }

    /** The refusal, with Retry-After if the test has said so. */
    SiteAnswer refusal(SiteAnswer answer) {
        Duration wait = retryAfter.get();
        return wait == null ? answer : answer.with("Retry-After", Long.toString(wait.toSeconds()));
    }

    boolean isRefusingAll() {
        return refusingAll;
    }

    boolean isDropped() {
        Drops now = drops.get();
        return now.probability() > 0 && now.random().nextDouble() < now.probability();
    }
}
