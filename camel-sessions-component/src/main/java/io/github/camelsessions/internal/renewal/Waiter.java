/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.renewal.Ticket.Turn;
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

    /** Whether what it waits for is over, so that it may go on: asked where nobody may have told it. */
    boolean isOver();

    /** Goes on, on this thread, unless it did before; whatever happens, it has its end, here or later. */
    void goOn(Ticket claimed, Turn turn);
}
