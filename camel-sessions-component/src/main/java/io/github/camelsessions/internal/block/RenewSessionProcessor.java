/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.config.Place;
import io.github.camelsessions.internal.config.Rulebook;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import java.time.Duration;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.support.LanguageSupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/** A renew block in a route. Thread-safe once started. */
public final class RenewSessionProcessor extends DelegateAsyncProcessor {

    /** What a route refers to a block by, before the id of its session. */
    public static final String PREFIX = "renewSession:";

    private final CamelContext context;
    private final Options options;
    private volatile @Nullable Settings settings;

    /** What the policy says, made out at start. */
    private record Settings(
            SessionTraffic traffic,
            String site,
            String id,
            @Nullable Expression expression,
            RenewalRules rules) {

        SessionKey session(Exchange exchange) {
            if (expression == null) {
                return new SessionKey(site, id);
            }
            String value = expression.evaluate(exchange, String.class);
            if (value == null || value.isEmpty()) {
                throw new IllegalArgumentException(
                        "renewSession: the sessionId " + id + " is empty for this exchange; it must name a session");
            }
            return new SessionKey(site, value);
        }
    }

    /** What a user says of a block, see the policy. */
    public record Options(
            @Nullable String sessionId,
            @Nullable String site,
            boolean keepMessage,
            @Nullable Object renewedWhen,
            @Nullable Duration renewalTimeout,
            @Nullable Duration holdTimeout) {

        @Override
        public String toString() {
            return PREFIX + (site == null ? "" : site + "/") + sessionId;
        }
    }

    public RenewSessionProcessor(CamelContext context, Options options, Processor steps) {
        super(steps);
        this.context = context;
        this.options = options;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            exchange.getMessage().removeHeader(SessionsConstants.RENEWED);
            Settings now = Objects.requireNonNull(settings, "not started");
            RenewBlock block = new RenewBlock(getProcessor(), options.keepMessage());
            return now.traffic().renew(this, exchange, callback, now.session(exchange), now.rules(), block);
        } catch (Throwable e) { // an error, too, must end the exchange
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    @Override
    protected void doStart() throws Exception {
        settings = settings();
        super.doStart();
    }

    private Settings settings() {
        SessionEngine engine = SessionEngine.get(context);
        Rulebook rulebook = engine.rulebook();
        String given = options.sessionId();
        String id =
                given == null ? "" : context.resolvePropertyPlaceholders(given).trim();
        String site = Objects.requireNonNullElse(options.site(), SessionKey.DEFAULT_SITE);
        int slash = id.indexOf('/');
        if (options.site() == null && slash > 0 && rulebook.sites().has(id.substring(0, slash))) {
            site = id.substring(0, slash);
            id = id.substring(slash + 1);
        }
        if (id.isEmpty()) {
            throw new IllegalArgumentException(
                    options + " has no sessionId: write renewSession:anna, or renewSession:${header.user}");
        }
        SessionsConfiguration own = new SessionsConfiguration();
        own.setRenewedWhen(options.renewedWhen());
        own.setRenewalTimeout(options.renewalTimeout());
        own.setHoldTimeout(options.holdTimeout());
        RenewalRules rules =
                rulebook.rules(site, new Place(options.toString(), own)).renewal();
        Settings made = new Settings(engine.traffic(), site, id, expression(id), rules);
        if (made.expression() == null) {
            new SessionKey(site, id); // a wrong id shows now
        }
        return made;
    }

    private @Nullable Expression expression(String id) {
        if (!LanguageSupport.hasSimpleFunction(id)) {
            return null;
        }
        Expression made = context.resolveLanguage("simple").createExpression(id);
        made.init(context);
        return made;
    }

    @Override
    protected void doStop() throws Exception {
        Settings last = settings;
        if (last != null) {
            last.traffic().stop(this);
        }
        super.doStop();
    }

    @Override
    public String toString() {
        return options.toString();
    }
}
