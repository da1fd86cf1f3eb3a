/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** Renews a session by a priority exchange: a new one, empty but for what the log-in route needs to know. */
final class LogInRoute implements RenewalRun.Work {

    private final ProducerTemplate template;
    private final String uri;
    private final String cause;

    LogInRoute(ProducerTemplate template, String uri, String cause) {
        this.template = template;
        this.uri = uri;
        this.cause = cause;
    }

    @Override
    public Exchange run(RenewalToken token) {
        Endpoint endpoint = template.getCamelContext().getEndpoint(uri);
        Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
        tell(exchange.getIn(), token.pending(), cause);
        RenewalScope.enter(exchange, token);
        return template.send(endpoint, exchange);
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        // nobody waits for it but those who are held
    }

    /** Tells the exchange of a log-in or log-out what it is for. */
    static void tell(Message message, Generation generation, String cause) {
        SessionKey session = generation.session();
        message.setHeader(SessionsConstants.ID, session.id());
        if (!session.site().isEmpty()) {
            message.setHeader(SessionsConstants.SITE, session.site());
        }
        message.setHeader(SessionsConstants.GENERATION, generation.number());
        message.setHeader(SessionsConstants.CAUSE, cause);
    }
}
