/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.session.Session;
import org.jspecify.annotations.Nullable;

/** Whoever may begin a renewal: says how the session is renewed, and why. */
interface Initiator {

    Session session();

    RenewalRules rules();

    /** The name of the client profile that it wants its session to have, null for any. */
    @Nullable
    String profile();

    /** Why a renewal is needed, in words. */
    String cause();

    /** Whether it belongs to the renewal of any session. */
    boolean isInRenewal();

    /** What it waits with, null when it does not. */
    @Nullable
    Ticket ticket();

    /** Tells its target from others, see {@link Pass#target}. */
    int target();
}
