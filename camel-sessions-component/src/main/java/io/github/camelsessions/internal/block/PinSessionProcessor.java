/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.config.Place;
import io.github.camelsessions.internal.config.Rulebook;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/** A block in a route that keeps its calls in one generation of a session. Thread-safe once started. */
public final class PinSessionProcessor extends DelegateAsyncProcessor {

    /** What a route refers to a block by, before the id of its session. */
    public static final String PREFIX = "pinSession:";

    /** Instead of an id: the session of the first call. */
    public static final String ANY = "*";

    /** How often a block starts again if nothing is said. */
    public static final int DEFAULT_RESTARTS = 3;

    private final CamelContext context;
    private final Options options;
    private volatile @Nullable Settings settings;

    /**
     * What the policy says, made out at start.
     *
     * @param session null for that of the first call
     */
    private record Settings(
            SessionTraffic traffic, @Nullable BlockSession session, RenewalRules rules) {}

    /** What a user says of a block, see the policy. */
    public record Options(
            @Nullable String sessionId, @Nullable String site, int restarts, boolean exclusive) {

        @Override
        public String toString() {
            return PREFIX
                    + (site == null ? "" : site + "/")
                    + sessionId
                    + (restarts == DEFAULT_RESTARTS ? "" : "?restarts=" + restarts)
                    + (exclusive ? (restarts == DEFAULT_RESTARTS ? "?" : "&") + "exclusive=true" : "");
        }
    }

    public PinSessionProcessor(CamelContext context, Options options, Processor steps) {
        super(steps);
        this.context = context;
        this.options = options;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Settings now = Objects.requireNonNull(settings, "not started");
            SessionKey key = now.session() == null ? null : now.session().of(exchange);
            return new PinnedBlock(
                            this,
                            getProcessor(),
                            now.traffic(),
                            now.rules(),
                            key,
                            options.restarts(),
                            options.exclusive(),
                            exchange,
                            callback)
                    .start();
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
        if (options.restarts() < 0) {
            throw new IllegalArgumentException(options + ": restarts must not be negative; 0 starts the block once");
        }
        boolean any = ANY.equals(options.sessionId());
        if (any && (options.exclusive() || options.site() != null)) {
            throw new IllegalArgumentException(options + ": with the session of the first call there is none to have"
                    + " exclusively, or in a site, before that; name the session, or leave these out");
        }
        BlockSession session =
                any ? null : BlockSession.of(context, PREFIX, options.sessionId(), options.site(), rulebook);
        String site = session == null ? SessionKey.DEFAULT_SITE : session.site();
        RenewalRules rules = rulebook.rules(site, new Place(options.toString(), new SessionsConfiguration()))
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
