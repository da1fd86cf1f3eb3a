/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.StreamCache;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/** Renews a session by a request that the rules make, on an exchange of its own, without a route. */
final class LogInRequest implements RenewalRun.Work {

    private final CamelContext context;
    private final GateKeeper gates;
    private final Session session;
    private final Function<SessionKey, SendableRequest> requests;
    private final String cause;

    LogInRequest(
            CamelContext context,
            GateKeeper gates,
            Session session,
            Function<SessionKey, SendableRequest> requests,
            String cause) {
        this.context = context;
        this.gates = gates;
        this.session = session;
        this.requests = requests;
        this.cause = cause;
    }

    @Override
    public Exchange run(RenewalToken token) throws Exception {
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(context).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        try {
            LogInRoute.tell(exchange.getIn(), token.pending(), cause);
            RenewalScope.enter(exchange, token);
            // rules that knew this type would be known by themselves
            SessionRequest request = (SessionRequest) requests.apply(session.key());
            new OwnRequest(gates, null, request).join(exchange, token);
            if (exchange.getMessage().getBody() instanceof StreamCache cache && !cache.inMemory()) {
                // it is judged after its file is gone, and predicates see no more of it
                exchange.getMessage().setBody(AnswerBody.first(exchange.getMessage(), AnswerBody.TEXT_LIMIT));
            }
            return exchange;
        } finally {
            UnitOfWorkHelper.doneUow(work, exchange);
        }
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        // nobody waits for it but those who are held
    }
}
