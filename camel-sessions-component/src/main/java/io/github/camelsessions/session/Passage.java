/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through the gate of its session, from its arrival to the answer that it is given. What the gate
 * needs to remember of it is here, guarded by the gate's lock; a subclass adds what is needed to send it again.
 */
public class Passage {

    /** Where the gate has put an exchange that it did not let through. */
    enum Place {
        /** It is on its way: sending, or not yet told what to do. */
        NOWHERE,
        /** It waits for a renewal to end, or behind those that do. */
        WAITING,
        /** Its refusal waits to be judged. */
        PARKED
    }

    Place place = Place.NOWHERE;

    @Nullable
    Generation generation;

    long admittedAt;
    long refusedAt;
    boolean everRefused;
    boolean firstRefusal;
    int stood;

    /** The generation of the latest admission, null before the first. */
    public @Nullable Generation generation() {
        return generation;
    }
}
