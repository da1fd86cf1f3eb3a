/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.WhenFull;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A block that has a session to itself: waits for that without a thread, behind the requests that are on the wire and the
 * blocks that came before it, and has it from its callback on until {@link #end}. For one exchange.
 */
public final class ExclusiveUse extends GatedExchange {

    ExclusiveUse(
            GateKeeper gates,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            Session session,
            RenewalRules rules) {
        super(gates, owner, exchange, callback, session, rules, null);
    }

    /** Asks for it; as {@code AsyncProcessor.process}. Without it the exchange has an exception. */
    public boolean begin() {
        return start();
    }

    /** By what calls of the block are known. */
    public Passage passage() {
        return pass();
    }

    /** Whether there is nothing left to have: the session was closed meanwhile. */
    public boolean isLost() {
        return session().isClosed();
    }

    /** Lets the others use the session again. May be repeated, and never fails. */
    public void end() {
        pass().goes();
        try {
            gates().act(session(), session().left(pass()));
        } catch (RuntimeException | Error e) { // whoever mends finds out
            gates().torn(session(), e);
        }
    }

    @Override
    Next ask(boolean released) {
        boolean full = nobodyMayWait() || session().isCrowdedByBlocks();
        if (full && rules().whenFull() == WhenFull.fail) {
            fail(SessionFailures.notHeld(
                    session(), "not held, because as many exchanges are held as maxHeld or maxHeldTotal allows"));
            return Next.DONE;
        }
        // before the gate is asked: another thread may be told at once that the exchange goes on
        Ticket given = newTicket(false, full);
        try {
            return Next.on(session().enter(pass()), given);
        } catch (RuntimeException | Error e) {
            if (tickets().takeBack(given)) {
                throw e;
            }
            return waitWith(given);
        }
    }

    @Override
    Next obey(Verdict verdict) {
        gates().act(session(), verdict);
        return switch (verdict.action()) {
            case SKIP -> Next.DONE;
            case ADMIT_AGAIN -> ask(true);
            default -> throw new IllegalStateException("unexpected verdict " + verdict.action());
        };
    }

    @Override
    void stand() {
        throw new IllegalStateException("a block that waits for its session has no answer");
    }

    @Override
    void fail(Exception exception) {
        exchange().setException(exception);
    }
}
