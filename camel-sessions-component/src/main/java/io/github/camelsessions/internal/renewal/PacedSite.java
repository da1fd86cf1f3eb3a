/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.renewal.SiteRate.Due;
import io.github.camelsessions.internal.renewal.SiteRate.Place;
import java.time.Duration;
import java.util.function.BiConsumer;

/** A site whose requests are paced: does what its {@link SiteRate} decides. Thread-safe. */
final class PacedSite {

    private final String name;
    private final RateRule rule;
    private final SiteRate rate;
    private final BiConsumer<Runnable, Duration> timer;

    /**
     * @param rule  the first that was set
     * @param timer runs something after a time
     */
    PacedSite(String name, RateRule rule, SiteRate rate, BiConsumer<Runnable, Duration> timer) {
        this.name = name;
        this.rule = rule;
        this.rate = rate;
        this.timer = timer;
    }

    RateRule rule() {
        return rule;
    }

    void setPerSecond(double perSecond) {
        rate.setPerSecond(perSecond);
        serve();
    }

    /** A turn, 0 when there is none now. */
    long take() {
        return rate.take();
    }

    void enter(Place place) {
        rate.enter(place);
        serve();
    }

    long begin(Place place) {
        long turn = rate.begin(place);
        serve();
        return turn;
    }

    void leave(Place place) {
        if (rate.leave(place)) {
            // elsewhere: when all are stopped, each that is called leaves at once, within the call
            timer.accept(this::serve, Duration.ZERO);
        }
    }

    void giveBack(long turn) {
        rate.giveBack(turn);
        serve();
    }

    /** A request goes at once. */
    void count() {
        rate.count();
    }

    int waiting(SessionKey session) {
        return rate.waiting(session);
    }

    /** After an error: nobody waits in vain. */
    void mend() {
        Place called = rate.mend();
        if (called != null) {
            called.call();
        }
        serve();
    }

    private void serve() {
        Due due = rate.due();
        Place called = due.called();
        Duration after = due.after();
        if (called != null) {
            called.call();
        } else if (after != null) {
            timer.accept(this::serve, after);
        }
    }

    /** What is waited for, in words. */
    String describe() {
        String site = name.isEmpty() ? "the default site" : "site '" + name + "'";
        return new RateRule(rate.perSecond(), "") + " of " + site;
    }

    /** The same, with how many others wait. */
    String describeWaiting() {
        return describe() + " (waiting=" + rate.waiting() + ")";
    }
}
