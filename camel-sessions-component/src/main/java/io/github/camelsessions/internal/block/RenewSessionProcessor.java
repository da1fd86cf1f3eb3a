/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

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
import org.apache.camel.Processor;
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
    private record Settings(SessionTraffic traffic, BlockSession session, RenewalRules rules) {}

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
            return now.traffic().renew(this, exchange, callback, now.session().of(exchange), now.rules(), block);
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
        BlockSession session = BlockSession.of(context, PREFIX, options.sessionId(), options.site(), rulebook);
        SessionsConfiguration own = new SessionsConfiguration();
        own.setRenewedWhen(options.renewedWhen());
        own.setRenewalTimeout(options.renewalTimeout());
        own.setHoldTimeout(options.holdTimeout());
        RenewalRules rules = rulebook.rules(session.site(), new Place(options.toString(), own))
                .renewal();
        return new Settings(engine.traffic(), session, rules);
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
