/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.internal.renewal.RenewalEvidence;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.Reply;
import io.github.camelsessions.internal.session.Generation;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/** A log-in that fills no session: made to see how it goes. Used by one thread. */
final class LogInTrial {

    private final CamelContext context;
    private final FormRequest request;
    private final Generation generation;
    private final LogInTrail trail;

    LogInTrial(CamelContext context, FormRequest request, Generation generation, LogInTrail trail) {
        this.context = context;
        this.request = request;
        this.generation = generation;
        this.trail = trail;
    }

    /** Runs it, and returns whether it succeeded; the trail tells the rest. */
    boolean run() {
        String profile = generation.profile().name();
        trail.say("log-in of session '" + generation.session() + "' with "
                + (profile.isEmpty() ? "no client profile" : "client profile '" + profile + "'")
                + ", as a trial: no session changes");
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        exchange.getIn().setHeader(SessionsConstants.ID, generation.session().id());
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(context).createUnitOfWork(exchange);
        exchange.getExchangeExtension().setUnitOfWork(work);
        try {
            Throwable failure = failure(exchange);
            trail.judged(
                    failure,
                    generation.jar().cookies().stream().map(Cookie::name).toList(),
                    generation.variables().keySet());
            return failure == null;
        } finally {
            UnitOfWorkHelper.doneUow(work, exchange);
        }
    }

    private @Nullable Throwable failure(Exchange exchange) {
        RenewalRules rules = request.rules();
        Reply answer = request.send(exchange, generation, true, () -> {});
        return RenewalEvidence.ofTrial(exchange, answer, generation, rules);
    }
}
