/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.hold;

import org.jspecify.annotations.Nullable;

/**
 * The right to go on of an exchange that has waited: as many run at once as there are slots. The thread that runs the exchange
 * knows its slot. Thread-safe.
 */
public abstract class Slot {

    private static final ThreadLocal<@Nullable Slot> CURRENT = new ThreadLocal<>();

    /** Somebody else may have it, now. Nothing happens when it was free before. */
    abstract void release();

    /** Its exchange has asked its gate: the next one of its session may. */
    abstract void asked();

    /** Its exchange has its answer: the rest of its route comes now. */
    abstract void answered();

    /** This thread is in this slot until it gives it up. */
    final void enter() {
        CURRENT.set(this);
    }

    /** This thread is in no slot any more. */
    static void leave() {
        CURRENT.remove();
    }

    /** Gives this thread's slot up, if it has one: what it runs is about to wait. */
    public static void giveUp() {
        Slot slot = current();
        if (slot != null) {
            leave();
            slot.release();
        }
    }

    /** As {@link #asked}, for this thread's slot, if it has one. */
    public static void nowAsked() {
        Slot slot = current();
        if (slot != null) {
            slot.asked();
        }
    }

    /** As {@link #answered}, for this thread's slot, if it has one. */
    static void nowAnswered() {
        Slot slot = current();
        if (slot != null) {
            slot.answered();
        }
    }

    /** What it is told is for others: an error here is none of this thread's exchange. */
    private static @Nullable Slot current() {
        try {
            return CURRENT.get();
        } catch (OutOfMemoryError e) {
            return null; // only what is not there needs memory
        }
    }
}
