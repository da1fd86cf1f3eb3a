/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import io.github.camelsessions.renewal.Resumer.Slot;
import io.github.camelsessions.renewal.Ticket.Turn;
import org.jspecify.annotations.Nullable;

/** An exchange that can wait: whoever claims the {@link Ticket} of its wait lets it go on. */
interface Waiter {

    /** Who admitted the exchange, and fails it when it is stopped itself. */
    @Nullable
    Object owner();

    /** The site that its request goes to. */
    String site();

    /** Its place among all exchanges: the lower, the earlier it came. */
    long arrival();

    /**
     * The exchange waits no more: whoever has claimed the ticket lets it go on.
     *
     * @return whether it goes on by itself, on the thread that waits for it
     */
    boolean handOver(Ticket claimed, Turn turn, @Nullable Slot slot);

    /** Goes on, on this thread. */
    void goOn(Turn turn);
}
