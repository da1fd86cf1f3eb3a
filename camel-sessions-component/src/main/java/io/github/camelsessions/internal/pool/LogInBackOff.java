/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

import io.github.camelsessions.internal.session.GateRules;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.profile.ProfilesAsideException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many log-ins a pool may try at once: none for a while after one that has failed, which doubles with each failure in a
 * row, then one, until one has succeeded. Where sessions log in after their first use, one session at a time may try, the
 * trial. Guarded by the lock of its {@link PoolGate}.
 */
final class LogInBackOff {

    private final GateRules rules;
    private final SessionClock clock;
    private boolean proven;
    private int failures;
    private int barren; // new sessions in a row that the site has blocked
    private long until = Member.NEVER_BEFORE;
    private @Nullable Throwable failure;
    private @Nullable Member trial;

    LogInBackOff(GateRules rules, SessionClock clock) {
        this.rules = rules;
        this.clock = clock;
    }

    /** A log-in has succeeded. */
    void succeeded() {
        if (!isBarren()) {
            end();
        }
    }

    /** A new session was given a good answer for the first time. */
    void good(Member member) {
        boolean wasBarren = isBarren();
        barren = 0;
        if (wasBarren || member == trial) {
            end();
        }
    }

    private boolean isBarren() {
        return barren >= rules.renewalAttempts();
    }

    private void end() {
        proven = true;
        failures = 0;
        until = Member.NEVER_BEFORE;
        trial = null;
    }

    /** The site has blocked a session that it never gave a good answer; what is wrong, null as long as that says nothing. */
    @Nullable
    Throwable blocked() {
        barren++;
        return isBarren()
                ? new IllegalStateException(
                        "the site has blocked " + barren + " new sessions in a row, though their log-ins succeeded")
                : null;
    }

    /** A log-in has failed. Returns whether it backs off from now on; it did so already if the failed one began before. */
    boolean failed(Throwable cause, long now) {
        failure = cause;
        proven = false;
        if (isOn(now)) {
            return false;
        }
        Instant free = ProfilesAsideException.freeAt(cause);
        if (free != null) { // then, and not before; no log-in was tried, so the row does not grow
            until = now + Math.max(0, free.toEpochMilli() - clock.millis()) + 1;
        } else {
            until = now + Math.max(1, rules.doubled(failures++).toMillis());
        }
        return true;
    }

    /** Log-ins that failed count no more. */
    void forget() {
        barren = 0;
        failures = 0;
        until = Member.NEVER_BEFORE;
        trial = null;
    }

    boolean isOn(long now) {
        return now < until;
    }

    /** When it ends, monotonic. */
    long untilMillis() {
        return until;
    }

    /** The same for people; it has not ended. */
    Instant ends(long now) {
        return clock.instant().plusMillis(until - now);
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** How many log-ins may be under way at once. */
    int allowed(int most, long now) {
        return isOn(now) ? 0 : proven ? most : 1;
    }

    /** Whether there may be one more session that logs in after its first use. */
    boolean mayTry(long now) {
        return failures == 0 || (!isOn(now) && trial == null);
    }

    /** A session is made that logs in after its first use. */
    void tries(Member member) {
        trial = failures == 0 ? null : member;
    }

    void retired(Member member) {
        trial = member == trial ? null : trial;
    }

    /** Whether this session may log in after its first use. */
    boolean mayRenew(Member member) {
        return failures == 0 || member == trial;
    }
}
