/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.session.Session;
import org.jspecify.annotations.Nullable;

/** Whoever may begin a renewal: says how the session is renewed, and why. */
interface Initiator {

    /** A {@link #target} of which nothing is known. */
    int NO_TARGET = 0;

    Session session();

    RenewalRules rules();

    /** The name of the client profile that it wants its session to have, null for any. */
    default @Nullable String profile() {
        return rules().profile();
    }

    /** Why a renewal is needed, in words. */
    String cause();

    /** Whether it belongs to the renewal of any session. */
    default boolean isInRenewal() {
        return false;
    }

    /** What it waits with, null when it does not. */
    default @Nullable Ticket ticket() {
        return null;
    }

    /** Tells its target, method and URL, from others: a hash code of them. */
    default int target() {
        return NO_TARGET;
    }
}
