/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a gate knows of one generation, from its making to its last answer. Guarded by the lock of its gate. */
final class Life {

    /** What began a generation, which decides how much a refusal in it tells. */
    enum Origin {
        /** The session is new. */
        NEW,
        /** The session was emptied. */
        CLEARED,
        /** One of its limits was reached. */
        LIMIT,
        /** Its first request, an exchange or an operator asked for it. */
        ASKED,
        /** The server refused its predecessor. */
        REFUSAL
    }

    final Generation generation;
    final Origin origin;

    /** Requests on the wire, those of the renewal that filled it included. */
    long uses;

    /** How many exchanges it was given to, without those of the renewal. */
    long admitted;

    int inFlight;
    long accepted;

    /** The event of its latest acceptance. */
    long acceptedAt;

    /** The event of its latest refusal. */
    long refusedAt;

    /** The exchange whose answer all others wait for; see {@link Suspects#isToBeProbed}. */
    @Nullable
    Passage probe;

    /** Whether it is counted as refusing everything that it was asked for, though it came from a renewal. */
    boolean barren;

    /** Whether it accepted an exchange that an earlier one had refused: then the renewal was worth its while. */
    boolean acceptedRefused;

    /** Whether it refused the last exchange that it judged, and has accepted none since. */
    boolean doubted;

    /** Whether it was alive when it refused an exchange again: then its renewal has not helped that one. */
    boolean inVain;

    /** Whether a refusal of an exchange that was refused before stood for want of evidence. */
    boolean stoodInVain;

    /** Whether the site has answered any of its requests, those of the renewal included. */
    boolean seen;

    /** Whether somebody said that it is over. */
    boolean expired;

    /** Whether a limit ended it, and not the server: then what it accepted counts, however late. */
    boolean endedByLimit;

    private long beganMillis;
    private long lastUseMillis;

    Life(Generation generation, Origin origin, long nowMillis) {
        this.generation = generation;
        this.origin = origin;
        this.beganMillis = nowMillis;
        this.lastUseMillis = nowMillis;
    }

    /** It becomes the current one; a renewal may have taken a while to fill it. */
    void begin(long nowMillis) {
        beganMillis = nowMillis;
        lastUseMillis = nowMillis;
    }

    void use(boolean priority, long nowMillis) {
        uses++;
        inFlight++;
        admitted += priority ? 0 : 1;
        lastUseMillis = nowMillis;
    }

    /** It has accepted a request, perhaps when it is no longer the current one. */
    void accepts(long event) {
        accepted++;
        acceptedAt = event;
    }

    /**
     * Whether somebody or a limit says that this generation is over. One that served nobody has uses left, however many its renewal
     * took; otherwise a renewal of more requests than {@code maxUses} would be followed by the next for ever.
     */
    boolean limitDue(GateRules rules, long nowMillis) {
        return expired
                || (rules.maxUses() > 0 && uses >= rules.maxUses() && (admitted > 0 || !renewed()))
                || passed(rules.maxAge(), beganMillis, nowMillis)
                || passed(rules.maxIdle(), lastUseMillis, nowMillis);
    }

    private static boolean passed(Duration limit, long sinceMillis, long nowMillis) {
        return !limit.isZero() && nowMillis - sinceMillis >= limit.toMillis();
    }

    /** The next one is installed. */
    void endBy(Origin next) {
        endedByLimit = expired || next == Origin.LIMIT;
    }

    /** Whether nothing has filled it: no renewal, no request, no cookies or variables from elsewhere. */
    boolean empty() {
        return !renewed() && uses == 0 && !generation.isFilled();
    }

    boolean renewed() {
        return origin != Origin.NEW && origin != Origin.CLEARED;
    }

    /** Whether it came from a refusal and has accepted none of the refused exchanges yet. */
    boolean unproven() {
        return origin == Origin.REFUSAL && !acceptedRefused;
    }
}
