/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/**
 * One request to the page that tells whether a session lives, on an exchange of its own. It belongs to no renewal, is not
 * held and not sent again; its answer goes to the gate and to whoever asks. Used by one thread, but for {@link #abort}.
 */
final class SessionCheck implements Initiator {

    private final CamelContext context;
    private final GateKeeper gates;
    private final Session session;
    private final RenewalRules rules;
    private final CheckRules how;
    private final Pass pass;
    private volatile @Nullable SendableRequest request;
    private volatile boolean aborted;
    private @Nullable Throwable failure;

    SessionCheck(CamelContext context, GateKeeper gates, Session session, RenewalRules rules, CheckRules how) {
        this.context = context;
        this.gates = gates;
        this.session = session;
        this.rules = rules;
        this.how = how;
        this.pass = new Pass(this, rules, false, 0, true);
    }

    /**
     * Asks the gate, sends the request and tells the gate how it ended.
     *
     * @param answered is run before the gate is told: it may ask for the next check
     * @return whether the session lives, null when that is not known
     */
    @Nullable
    Boolean run(Runnable answered) {
        Verdict verdict = session.check(pass);
        gates.act(session, verdict);
        if (verdict.action() != Verdict.Action.SEND) {
            answered.run();
            return verdict.action() == Verdict.Action.LOOK_UP
                            || session.stats().state().equals("FAILED")
                    ? Boolean.FALSE
                    : null;
        }
        Boolean alive = null;
        try {
            alive = ask(Objects.requireNonNull(verdict.generation()));
        } catch (Throwable e) { // an error, too, must be reported to the gate
            failure = e;
        }
        answered.run();
        gates.act(session, session.checked(pass, alive));
        return alive;
    }

    /** Why there was no answer that tells anything, null when there was one, or nothing was asked. */
    @Nullable
    Throwable failure() {
        Throwable why = failure;
        if (why == null || !aborted) {
            return why;
        }
        return new SocketTimeoutException(
                        "no answer within " + rules.checkTimeout().toMillis() + " ms")
                .initCause(why);
    }

    private @Nullable Boolean ask(Generation generation) throws Exception {
        SendableRequest made = how.requests().apply(session.key());
        request = made;
        if (aborted) { // looked at after the request was set, as abort() does the other way round
            made.abort();
        }
        return ask(generation, made);
    }

    private @Nullable Boolean ask(Generation generation, SendableRequest made) throws Exception {
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(context).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        try {
            GateKeeper.equip(session, generation, null, made.profile(), rules);
            RenewalScope.observe(exchange, generation);
            SiteTurn turn = gates.paced().turn(session.key().site(), rules.rate());
            if (turn != null) {
                turn.use();
            }
            Reply reply = made.send(exchange, generation, false, () -> {
                session.sentAgain(pass);
                if (turn != null) {
                    turn.count();
                }
            });
            if (reply == null) {
                failure = exchange.getException();
                return null;
            }
            return alive(exchange, reply);
        } finally {
            UnitOfWorkHelper.doneUow(work, exchange);
        }
    }

    private @Nullable Boolean alive(Exchange exchange, Reply reply) throws IOException {
        boolean busy =
                TransientFailures.isTransient(reply.status()) && !rules.expiry().hasStatus(reply.status());
        if (!busy && how.validWhen() != null) {
            return AnswerView.matches(how.validWhen(), exchange, reply);
        }
        if (!busy && rules.expiry().match(exchange, reply) != null) {
            return false;
        }
        if (busy || reply.isFailure()) { // a page that is not there must not vouch for every session
            failure = new CamelException("status " + reply.status() + " tells nothing about the session");
            return null;
        }
        return true;
    }

    /** Ends the request under way. */
    void abort() {
        aborted = true;
        SendableRequest sent = request;
        if (sent != null) {
            sent.abort();
        }
    }

    @Override
    public Session session() {
        return session;
    }

    @Override
    public RenewalRules rules() {
        return rules;
    }

    @Override
    public String cause() {
        return "its checkUri says that it has ended";
    }
}
