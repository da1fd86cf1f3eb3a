/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a gate knows of one generation, from its making to its last answer. Guarded by the lock of its gate. */
final class GenerationState {

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

    private static final long NEVER = Long.MAX_VALUE;

    final Generation generation;
    final Origin origin;

    /** Requests on the wire, each hop of a redirect counted, without those of the renewal that filled it. */
    long uses;

    int inFlight;

    /** Whether it has accepted a request. */
    boolean accepted;

    /** Whether a log-in has filled it. */
    private boolean filledByLogIn;

    /** Whether it has accepted an exchange that was refused before: then that log-in was worth its while. */
    boolean helped;

    /** Whether it is counted among those that were filled by log-ins and accepted nothing. */
    boolean fruitless;

    // when those on the wire were admitted, without those of the renewal, by event; null when there are none
    private @Nullable TreeMap<Long, Long> admitted;

    /** Whether the site has answered any of its requests, those of the renewal included. */
    boolean seen;

    /** Whether somebody said that it is over. */
    boolean expired;

    /** Whether a limit ended it, and not the server: then what it accepted counts, however late. */
    boolean endedByLimit;

    private long beganMillis;
    private long lastUseMillis;
    private long endsMillis = NEVER;

    GenerationState(Generation generation, Origin origin, long nowMillis) {
        this.generation = generation;
        this.origin = origin;
        this.beganMillis = nowMillis;
        this.lastUseMillis = nowMillis;
    }

    /** It becomes the current one; a renewal may have taken a while to fill it. */
    void begin(boolean byLogIn, long nowMillis) {
        filledByLogIn = byLogIn;
        beganMillis = nowMillis;
        lastUseMillis = nowMillis;
    }

    /** It is good for so long, as its log-in has told. */
    void endAfter(Duration time, long nowMillis) {
        endsMillis = nowMillis + time.toMillis();
    }

    /** A request is admitted with this event. An error for want of memory leaves all as it was; so below. */
    void use(long event, boolean priority, long nowMillis) {
        if (!priority) {
            TreeMap<Long, Long> all = admitted == null ? new TreeMap<>() : admitted;
            all.put(event, nowMillis);
            admitted = all;
            uses++;
        }
        inFlight++;
        lastUseMillis = nowMillis;
    }

    /** The answer of a request has come, or will not come. */
    void ends(long event, boolean priority) {
        if (!priority && admitted != null) {
            admitted.remove(event);
            admitted = admitted.isEmpty() ? null : admitted;
        }
        inFlight--;
    }

    /** Whether there is a request on the wire, other than those of the renewal. */
    boolean awaitsAny() {
        return admitted != null;
    }

    /**
     * Until when an answer is worth waiting for: a request that takes longer than others delays nobody.
     *
     * @return a time that has passed when there is none
     */
    long worthWaitingUntil() {
        return admitted == null ? beganMillis : admitted.lastEntry().getValue() + GateRules.PATIENCE_MILLIS;
    }

    /**
     * Whether it is tried by one exchange at a time: its predecessor was refused, a log-in has just filled it, and it has
     * accepted nothing yet. What it refuses then is forbidden, for it cannot have ended.
     */
    boolean isTried(long nowMillis) {
        return filledByLogIn && origin == Origin.REFUSAL && !accepted && nowMillis < triedUntil();
    }

    long triedUntil() {
        return beganMillis + GateRules.PATIENCE_MILLIS;
    }

    boolean isFilledByLogIn() {
        return filledByLogIn;
    }

    /** Whether somebody or a limit says that this generation is over. */
    boolean limitDue(GateRules rules, long nowMillis) {
        return expired
                || nowMillis >= endsMillis
                || (rules.maxUses() > 0 && uses >= rules.maxUses())
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
}
