/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.renewal.SiteRate.Place;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's turns among the requests of a paced site. It takes one before it asks the gate of its session, and keeps it
 * until its request is sent. When the gate does not let it through, it gives the turn back, and takes another when it
 * asks again: kept, the turns of all that are held for a renewal would be used at once when it ends; lost, those of an
 * expired session would slow the others down.
 *
 * <p>Used by one thread at a time.
 */
final class SiteTurn {

    private final PacedSite site;
    private long taken; // the number of the turn that it has, 0 for none
    private @Nullable Place place; // where it stands in line, null when it does not

    SiteTurn(PacedSite site) {
        this.site = site;
    }

    /** Whether it has one now; if not, it waits for one. */
    boolean take() {
        if (taken == 0) {
            taken = site.take();
        }
        return taken != 0;
    }

    /** Stands in line. From here on the exchange may be another thread's. */
    void await(Ticket ticket, HeldTickets tickets) {
        Place entered =
                new Place(ticket.session().key(), ticket.arrival(), () -> tickets.goOn(ticket, Ticket.End.RESUMED));
        place = entered;
        site.enter(entered);
    }

    /**
     * A wait has ended.
     *
     * @param called whether it was not given up
     * @return what it was for in vain, null when not for a turn
     */
    @Nullable
    String waitEnded(boolean called) {
        Place stood = place;
        if (stood == null) {
            return null;
        }
        if (called) {
            taken = site.begin(stood);
            place = null; // not before: after an error it is to be left
            return null;
        }
        String what = site.describeWaiting();
        site.leave(stood);
        place = null;
        return what;
    }

    /** Nothing is sent for now. */
    void giveBack() {
        if (taken != 0) {
            site.giveBack(taken);
            taken = 0;
        }
    }

    /** A request is sent. One without a turn, as of a renewal, is counted all the same. */
    void use() {
        if (taken == 0) {
            site.count();
        }
        taken = 0;
    }

    /** A further request is sent, such as a followed redirect. */
    void count() {
        site.count();
    }

    /** Why no more exchanges of the session may stand in line, null when they may. */
    @Nullable
    String obstacle(SessionKey session, int maxHeld) {
        return site.waiting(session) < maxHeld
                ? null
                : "not held, because as many exchanges wait for " + site.describe() + " as maxHeld allows";
    }
}
