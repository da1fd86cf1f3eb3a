/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session, from its arrival to the answer that it is given. What the gate
 * needs to remember of it is here, guarded by the gate's lock; a subclass adds what is needed to send it again. A passage
 * brings one event at a time: whoever was told what to do with it may ask it, until it brings the next.
 */
public class Passage {

    /** Where the gate has put an exchange. */
    enum Place {
        /** It is not yet told what to do, or has its answer. */
        NOWHERE,
        /** Its request is on the wire. */
        SENT,
        /** It waits for a renewal to end, or behind those that do. */
        WAITING,
        /** Its refusal waits to be judged. */
        PARKED
    }

    final boolean renews;
    final boolean renewFirst;
    final int maxReplays;

    Place place = Place.NOWHERE;

    /** What the latest admission was to. */
    @Nullable
    Life life;

    private boolean priority;

    /** Whether it has started the renewal that it is about to wait for. */
    boolean initiator;

    /** What a renewal without an observed generation was asked for, before it had to wait. */
    @Nullable
    Generation unwanted;

    /** The renewal that it waits or waited for, null when it waits for its turn only. */
    @Nullable
    Renewal awaited;

    /** Whether newcomers stand behind it while it waits. */
    boolean ahead;

    long heldSinceMillis;

    long admittedAt;
    long refusedAt;
    int refusals;
    boolean firstRefusal;
    int stood;

    /**
     * @param renews     whether this exchange can renew an expired session by itself; else only an explicit renewal does
     * @param renewFirst whether it wants an empty session renewed before its first request, if it can renew at all
     * @param maxReplays how many of its refusals may be judged its own before the last one stands
     */
    protected Passage(boolean renews, boolean renewFirst, int maxReplays) {
        this.renews = renews;
        this.renewFirst = renewFirst;
        this.maxReplays = maxReplays;
    }

    void sent(Life to, boolean byToken, long event) {
        place = Place.SENT;
        life = to;
        priority = byToken;
        initiator = false;
        awaited = null;
        admittedAt = event;
    }

    /** Whether it has started the renewal that it is about to wait for. */
    public boolean isInitiator() {
        return initiator;
    }

    /** Whether the latest admission was by the token of a renewal: then its answers are no evidence. */
    public boolean priority() {
        return priority;
    }

    /** The generation of the latest admission, null before the first. */
    public @Nullable Generation generation() {
        return life == null ? null : life.generation;
    }
}
