/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.http.ResendableBody;
import io.github.camelsessions.internal.renewal.ExclusiveUse;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.renewal.RequestState;
import io.github.camelsessions.internal.renewal.SessionFailures;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.Pin;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's way through a pinned block: its steps run as often as their calls have to be in another generation than
 * the first of them, each time from the message that the exchange came with.
 *
 * <p>A call that is left out ends the run as the EIP stop does, so that no error handler sees anything; see
 * {@link PinInterceptor} for exchanges that were copied. Used by one thread at a time.
 */
final class PinnedBlock {

    private enum Step {
        /** Has the session to itself, or needs not. */
        ENTER,
        ENTERED,
        RAN
    }

    private final Object owner;
    private final AsyncProcessor steps;
    private final SessionTraffic traffic;
    private final RenewalRules rules;
    private final @Nullable SessionKey session;
    private final int mayRestart;
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final @Nullable String obstacle; // why it cannot start again
    private final RequestState before;
    private final boolean handledBefore;
    private final boolean exclusive; // and not by the block that it is in
    private @Nullable ExclusiveUse use;
    private @Nullable Pin pin; // of the latest run
    private int restarts;

    /**
     * @param owner      whoever admits the exchange
     * @param session    null for that of the first call
     * @param mayRestart how often the steps may run again
     */
    PinnedBlock(
            Object owner,
            AsyncProcessor steps,
            SessionTraffic traffic,
            RenewalRules rules,
            @Nullable SessionKey session,
            int mayRestart,
            boolean exclusive,
            Exchange exchange,
            AsyncCallback callback) {
        this.owner = owner;
        this.steps = steps;
        this.traffic = traffic;
        this.rules = rules;
        this.session = session;
        this.mayRestart = mayRestart;
        this.exchange = exchange;
        this.callback = callback;
        this.exclusive = exclusive && session != null && isOutermost(exchange, session);
        ResendableBody.cache(exchange);
        this.obstacle = ResendableBody.obstacle(exchange.getIn());
        this.before = RequestState.of(exchange);
        this.handledBefore = ExchangeHelper.isFailureHandled(exchange);
    }

    private static boolean isOutermost(Exchange exchange, SessionKey session) {
        Pin outer = RenewalScope.pin(exchange, session);
        if (outer != null && outer.exclusive() == null) {
            throw new IllegalStateException(
                    "session '" + session + "': an exclusive block stands within one that is not,"
                            + " and would wait for itself; make the outer one exclusive");
        }
        return outer == null && !RenewalScope.isWithin(exchange, session);
    }

    /** As {@code AsyncProcessor.process}: returns whether the block was done on this thread. */
    boolean start() {
        return goOn(Step.ENTER) && end(true);
    }

    /** Goes on with the block until it has ended, or is no longer this thread's; returns whether it has ended. */
    private boolean goOn(Step beginning) {
        try {
            Step step = beginning;
            while (true) {
                switch (step) {
                    case ENTER -> {
                        if (!enter()) {
                            return false;
                        }
                        step = Step.ENTERED;
                    }
                    case ENTERED -> {
                        if (exchange.getException() != null) {
                            return true;
                        }
                        if (!run()) {
                            return false;
                        }
                        step = Step.RAN;
                    }
                    case RAN -> {
                        if (!startsAgain()) {
                            return true;
                        }
                        step = Step.ENTER;
                    }
                }
            }
        } catch (Throwable e) { // an error, too, must end the exchange
            SessionTraffic.fail(exchange, e);
            return true;
        }
    }

    private void resume(boolean doneSync, Step at) {
        if (!doneSync && goOn(at)) { // else whoever asked goes on
            end(false);
        }
    }

    private boolean enter() {
        if (!exclusive || (use != null && !use.isLost())) {
            return true;
        }
        use = traffic.exclusiveUse(
                owner, exchange, done -> resume(done, Step.ENTERED), Objects.requireNonNull(session), rules);
        return use.begin();
    }

    private boolean run() {
        Passage alone = use == null ? null : use.passage();
        pin = pin == null ? new Pin(session, alone) : pin.again(alone);
        RenewalScope.enter(exchange, pin);
        return steps.process(exchange, done -> resume(done, Step.RAN));
    }

    private boolean startsAgain() {
        Pin ran = Objects.requireNonNull(pin);
        ran.end();
        RenewalScope.leave(exchange, ran);
        boolean failed =
                exchange.getException() != null || (!handledBefore && ExchangeHelper.isFailureHandled(exchange));
        if (!ran.isBroken() || failed) {
            return false;
        }
        exchange.setRouteStop(RenewalScope.isLeftOut(exchange)); // by a block around this one
        if (exchange.isRouteStop()) {
            return false;
        }
        if (obstacle != null || restarts == mayRestart) {
            exchange.setException(SessionFailures.restarted(ran, restarts, obstacle));
            return false;
        }
        restarts++;
        before.restore(exchange);
        return true;
    }

    private boolean end(boolean doneSync) {
        try {
            Pin last = pin;
            if (last != null) {
                last.end();
                RenewalScope.leave(exchange, last);
            }
        } catch (Throwable e) {
            SessionTraffic.fail(exchange, e);
        } finally {
            if (use != null) {
                use.end();
            }
            callback.done(doneSync);
        }
        return true;
    }
}
