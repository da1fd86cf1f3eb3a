/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.hold.Slot;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** An exchange that asks for a renewal, and makes it unless somebody else does. */
final class RenewingExchange extends GatedExchange implements RenewalRun.Work {

    private final RenewalStarter starter;
    private final @Nullable RenewalSteps own;
    private final @Nullable Generation observed;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable Generation replaced;
    private @Nullable FailureBefore earlier;

    /**
     * @param own how this exchange renews the session itself, null when a priority exchange does
     */
    RenewingExchange(
            GateKeeper gates,
            RenewalStarter starter,
            @Nullable Object owner,
            Exchange exchange,
            AsyncCallback callback,
            Session session,
            RenewalRules rules,
            @Nullable RenewalToken token,
            @Nullable RenewalSteps own) {
        super(gates, owner, exchange, callback, session, rules, token);
        this.starter = starter;
        this.own = own;
        this.observed = RenewalScope.observed(exchange, session.key());
    }

    @Override
    Next ask(boolean released) {
        return Next.on(session().renew(pass(), replaced != null ? replaced : observed, token()));
    }

    @Override
    Next obey(Verdict verdict) {
        RenewalToken begun = verdict.renewal();
        gates().actOnOthers(session(), verdict);
        return switch (verdict.action()) {
            case SEND -> begun == null ? join() : own == null ? begin(begun) : renew(begun);
            case SKIP -> {
                goOn(replaced != null);
                yield Next.DONE;
            }
            default -> throw new IllegalStateException("unexpected verdict " + verdict.action());
        };
    }

    /** It belongs to a renewal of this session already, and takes part in that. */
    private Next join() {
        RenewalToken joined = Objects.requireNonNull(token());
        if (own != null) {
            own.join(exchange(), joined);
            if (!FailureBefore.isAnswered(exchange())) {
                own.ended(exchange());
            }
        }
        Message message = exchange().getMessage();
        message.setHeader(SessionsConstants.RENEWED, false);
        message.setHeader(SessionsConstants.GENERATION, joined.pending().number());
        return Next.DONE;
    }

    /** A priority exchange does it; this one waits for that like any other. */
    private Next begin(RenewalToken begun) {
        replaced = session().open(null).generation(); // still the one to be replaced
        starter.begin(session(), begun);
        return ask(false);
    }

    /** This exchange does it itself, and goes on when it has ended: on this thread, or on another after a pause. */
    private Next renew(RenewalToken begun) {
        Slot.giveUp();
        RenewalRun renewal = new RenewalRun(gates(), starter, session(), rules(), this, begun, false);
        try {
            starter.runHere(renewal, session(), begun, rules(), !exchange().isTransacted());
        } catch (RuntimeException | Error e) { // the exchange ends with it
            renewal.lose(e);
        }
        return ended.compareAndSet(false, true) ? Next.ELSEWHERE : Next.DONE;
    }

    @Override
    public @Nullable String profile() {
        String asked = own == null ? null : own.profile();
        return asked != null ? asked : super.profile();
    }

    @Override
    public Exchange run(RenewalToken token) {
        if (earlier == null) {
            earlier = FailureBefore.putAside(exchange());
        }
        Objects.requireNonNull(own).run(exchange(), token);
        return exchange();
    }

    @Override
    public boolean isRepeatable() {
        return own != null && own.isRepeatable() && !exchange().isTransacted();
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        try {
            tell(failure);
        } catch (RuntimeException | Error e) { // an error, too, must end the exchange
            torn(e);
            failBy(e);
        }
        if (!ended.compareAndSet(false, true)) {
            end(false); // the thread that began has left
        }
    }

    private void tell(@Nullable Throwable failure) {
        if (failure == null || !FailureBefore.isAnswered(exchange())) {
            Objects.requireNonNull(own).ended(exchange());
            FailureBefore before = earlier != null ? earlier : FailureBefore.putAside(exchange());
            if (failure == null) {
                before.putBack(exchange());
                goOn(true);
            } else {
                before.failAnew(exchange(), gates().reports().exception(session(), failure));
            }
        }
    }

    private void goOn(boolean renewed) {
        Message message = exchange().getMessage();
        message.setHeader(SessionsConstants.RENEWED, renewed);
        Generation now = session().open(null).generation();
        if (now != null) {
            message.setHeader(SessionsConstants.GENERATION, now.number());
            RenewalScope.observe(exchange(), now);
            RenewalScope.begunAnew(exchange(), session().key());
        }
    }

    @Override
    void stand() {
        throw new IllegalStateException("an exchange that asks for a renewal has no answer");
    }

    @Override
    void fail(Exception exception) {
        exchange().setException(exception);
    }
}
