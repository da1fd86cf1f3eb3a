/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import org.jspecify.annotations.Nullable;

/** What gates know of whoever may begin a renewal: it says how its session is renewed, and why. */
abstract class Initiator extends Passage {

    /** A {@link #target} of which nothing is known. */
    static final int NO_TARGET = UNKNOWN;

    Initiator(boolean renews, boolean renewFirst, int maxReplays, boolean failsWhenFull) {
        super(renews, renewFirst, maxReplays, failsWhenFull);
    }

    /** Whoever has begun the renewal that is under way by this token, null when there is none, or it has ended. */
    static @Nullable Initiator of(@Nullable RenewalToken token) {
        return token == null ? null : (Initiator) token.initiator(); // gates are asked by no others
    }

    abstract Session session();

    abstract RenewalRules rules();

    /** The name of the client profile that it wants its session to have, null for any. */
    @Nullable
    abstract String profile();

    /** Why a renewal is needed, in words. */
    abstract String cause();

    /** Whether it belongs to the renewal of any session. */
    abstract boolean isInRenewal();

    /** What it waits with, null when it does not. */
    @Nullable
    abstract Ticket ticket();
}
