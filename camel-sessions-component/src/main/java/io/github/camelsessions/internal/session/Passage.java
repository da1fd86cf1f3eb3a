/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session, from its arrival to the answer that it is given. What the gate
 * needs to remember of it is here, guarded by the gate's lock; a subclass adds what is needed to send it again. A passage
 * brings one event at a time: whoever was told what to do with it may ask it, until it brings the next.
 */
public class Passage {

    /** A {@link #target} of which nothing is known, whoever asks for it. */
    protected static final int UNKNOWN = 0;

    /** Where the gate has put an exchange. */
    enum Place {
        /** It is not yet told what to do, or has its answer. */
        NOWHERE,
        /** Its request is on the wire. */
        SENT,
        /** It waits for a renewal to end, or behind those that do. */
        WAITING,
        /** Its refusal waits to be judged, or it waits to have the session to itself. */
        PARKED,
        /** That was judged, or it has: it is told, unless an error comes between. */
        JUDGED
    }

    final boolean renews;
    final boolean renewFirst;
    final int maxReplays;
    final boolean failsWhenFull;

    Place place = Place.NOWHERE;

    /** What the latest admission was to. */
    @Nullable
    GenerationState sentIn;

    private boolean priority;

    /** Whether it has started the renewal that it is about to wait for. */
    boolean initiator;

    /** Whether as many waited as may when it was told to wait. */
    boolean crowded;

    /** What a renewal without an observed generation was asked for, before it had to wait. */
    @Nullable
    Generation unwanted;

    /** The number of the renewal that it waits or waited for, 0 when it waits for its turn only. */
    long awaited;

    /** Whether newcomers stand behind it while it waits. */
    boolean ahead;

    long heldSinceMillis;

    /** The event of its latest admission. */
    long admittedAt;

    /** Whether that was as the only one of a generation that had accepted nothing yet. */
    boolean alone;

    /** The event of its latest refusal, and the length that the run of refusals had with it. */
    long refusedAt;

    int run;

    int refusals;

    /** How many of them nobody has judged, because a limit ended the generation. */
    int unjudged;

    int stood;

    /** Since when it is suspected, and how long it was before. */
    long suspectedSinceMillis;

    long suspectedMillis;

    /** The block that it is a call of, and whether it is bound to the generation of that. */
    private @Nullable Pin pin;

    private boolean pinned;

    /** Of a block that had the session to itself: whether it has ended. Set without the lock, which may not be had. */
    private volatile boolean gone;

    /**
     * @param renews     whether this exchange can renew an expired session by itself; else only an explicit renewal does
     * @param renewFirst whether it wants an empty session renewed before its first request, if it can renew at all
     * @param maxReplays how many of its refusals may be judged its own before the last one stands
     */
    protected Passage(boolean renews, boolean renewFirst, int maxReplays) {
        this(renews, renewFirst, maxReplays, true);
    }

    /**
     * @param renews        whether this exchange can renew an expired session by itself; else only an explicit renewal does
     * @param renewFirst    whether it wants an empty session renewed before its first request, if it can renew at all
     * @param maxReplays    how many of its refusals may be judged its own before the last one stands
     * @param failsWhenFull whether it ends when as many wait as may; else it is told to wait, and that it is one too many
     */
    protected Passage(boolean renews, boolean renewFirst, int maxReplays, boolean failsWhenFull) {
        this.renews = renews;
        this.renewFirst = renewFirst;
        this.maxReplays = maxReplays;
        this.failsWhenFull = failsWhenFull;
    }

    /** Whether it waits while no renewal is tried after one that failed, instead of failing at once. */
    protected boolean endures() {
        return false;
    }

    /** Tells one target from others, as a hash code of method and URL does; {@link #UNKNOWN} when there is none. */
    protected int target() {
        return UNKNOWN;
    }

    /** It is a call of a block. Before it asks for the first time. */
    public final void bind(@Nullable Pin block) {
        pin = block;
        pinned = block != null;
    }

    /** The block that it is a call of, null for none. */
    public final @Nullable Pin pin() {
        return pin;
    }

    /** What is left of it is no call of its own: it goes wherever the session is. While it waits for nothing. */
    public final void loosen() {
        pinned = false;
    }

    /** Whether the block that it is a call of lets it be sent in a generation; if not, that is to start again. */
    final boolean mayBeSentIn(Generation to) {
        if (!pinned || pin == null || pin.admits(this, to)) {
            return true;
        }
        if (refusals > 0) {
            pin.leavesOut(target());
        }
        return false;
    }

    /** Whether it was refused before, itself or as what it is in the block that starts again for that. */
    final boolean wasRefused() {
        return refusals > 0 || (pin != null && pin.wasRefused(target()));
    }

    /** By what its block has the session to itself; itself if it is that, or belongs to none. */
    final Object block() {
        Object block = pin == null ? null : pin.exclusive();
        return block == null ? this : block;
    }

    /** The block that had the session to itself has ended, even if the gate cannot be told. Needs no memory. */
    public final void goes() {
        gone = true;
    }

    final boolean isGone() {
        return gone;
    }

    void sent(GenerationState to, boolean byToken, long event) {
        place = Place.SENT;
        sentIn = to;
        priority = byToken;
        initiator = false;
        awaited = 0;
        admittedAt = event;
    }

    /** Whether it has started the renewal that it is about to wait for. */
    public boolean isInitiator() {
        return initiator;
    }

    /** Whether as many waited as may when it was told to wait. */
    public boolean isCrowded() {
        return crowded;
    }

    /** Whether the latest admission was by the token of a renewal: then its answers are no evidence. */
    public boolean priority() {
        return priority;
    }

    /** The generation of the latest admission, null before the first. */
    public @Nullable Generation generation() {
        return sentIn == null ? null : sentIn.generation;
    }
}
