/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session, from its arrival to the answer that it is given. What the gate
 * needs to remember of it is here, guarded by the gate's lock; a subclass adds what is needed to send it again.
 */
class Passage {

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

    Place place = Place.NOWHERE;

    /** What the latest admission was to. */
    @Nullable
    Life life;

    /** Whether the latest admission was by the token of a renewal. */
    boolean priority;

    /** Whether it has started the renewal that it is about to wait for. */
    boolean initiator;

    /** What a renewal without an observed generation was asked for, before it had to wait. */
    @Nullable
    Generation unwanted;

    /** The first attempt of the renewal that it waits or waited for, null when it waits for its turn only. */
    @Nullable
    RenewalToken awaited;

    Instant heldSince = Instant.MIN;

    long admittedAt;
    long refusedAt;
    boolean everRefused;
    boolean firstRefusal;
    int stood;

    /** The generation of the latest admission, null before the first. */
    @Nullable
    Generation generation() {
        return life == null ? null : life.generation;
    }
}
