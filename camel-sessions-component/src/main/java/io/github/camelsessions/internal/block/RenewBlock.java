/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.renewal.RenewalSteps;
import io.github.camelsessions.internal.renewal.RequestState;
import io.github.camelsessions.internal.session.RenewalToken;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/** Renews a session by the steps of a block, on the exchange of its route. For one exchange. */
final class RenewBlock implements RenewalSteps {

    private final AsyncProcessor steps;
    private final boolean keepMessage;
    private @Nullable RequestState before;

    RenewBlock(AsyncProcessor steps, boolean keepMessage) {
        this.steps = steps;
        this.keepMessage = keepMessage;
    }

    @Override
    public void run(Exchange exchange, RenewalToken token) {
        join(exchange, token);
    }

    @Override
    public void join(Exchange exchange, RenewalToken token) {
        before = RequestState.of(exchange);
        name(exchange.getMessage(), token.session());
        RenewalScope.runIn(
                token,
                exchange,
                // on this thread to their end: what belongs to the renewal is known to the thread, too
                () -> PluginHelper.getAsyncProcessorAwaitManager(exchange.getContext())
                        .process(steps, exchange));
    }

    private static void name(Message message, SessionKey session) {
        message.setHeader(SessionsConstants.ID, session.id());
        if (session.site().isEmpty()) {
            message.removeHeader(SessionsConstants.SITE);
        } else {
            message.setHeader(SessionsConstants.SITE, session.site());
        }
    }

    /** Steps may have been half done when they fail: they do not run another time. */
    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public void ended(Exchange exchange) {
        if (before == null) { // the time was up before the first step
            return;
        }
        if (keepMessage) {
            Exception failure = exchange.getException();
            before.restore(exchange);
            exchange.setException(failure);
        } else {
            before.restoreHeader(exchange, SessionsConstants.ID);
            before.restoreHeader(exchange, SessionsConstants.SITE);
        }
    }
}
