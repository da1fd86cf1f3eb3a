/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.block.RenewSessionProcessor;
import java.time.Duration;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The renew EIP: its steps are the priority exchange that renews a session. What they send in the session passes at once,
 * and so does what they trigger; all other exchanges of the session are held until the block ends. Blocks that renew the
 * same generation at once run once: the others wait and are skipped.
 *
 * <p>A reference {@code renewSession:<id>} needs no bean: {@code .policy("renewSession:anna")}, with a Simple expression
 * as in {@code renewSession:${header.user}}, and {@code renewSession:portal/anna} for the session anna of the site portal
 * when a site of that name is configured; otherwise the slash belongs to the id. As a bean it has more properties.
 *
 * <p>After the block the header {@code CamelSessionsRenewed} tells whether this exchange has renewed the session, and
 * {@code CamelSessionsGeneration} its generation. A block that fails, or leaves no sign of a log-in (a cookie, or what
 * {@link #setRenewedWhen} says), ends its exchange with a {@link SessionRenewalException}, unless an error handler of the
 * route has answered the exchange already; those that are held fail with it, too.
 *
 * <p>Not thread-safe: set before its route starts.
 */
public final class RenewSessionPolicy implements Policy {

    private @Nullable String sessionId;
    private @Nullable String site;
    private boolean keepMessage = true;
    private @Nullable Object renewedWhen;
    private @Nullable Duration renewalTimeout;
    private @Nullable Duration holdTimeout;

    public RenewSessionPolicy() {}

    /** {@link #setSessionId} with this. */
    public RenewSessionPolicy(String sessionId) {
        this.sessionId = sessionId;
    }

    public @Nullable String getSessionId() {
        return sessionId;
    }

    /**
     * The id of the session, or a Simple expression for it. Required. A site's name and a slash may stand before it, when
     * {@link #setSite} is not used.
     */
    public void setSessionId(@Nullable String sessionId) {
        this.sessionId = sessionId;
    }

    public @Nullable String getSite() {
        return site;
    }

    /** The name of the session's site; by default the default site. */
    public void setSite(@Nullable String site) {
        this.site = site;
    }

    public boolean isKeepMessage() {
        return keepMessage;
    }

    /** Whether body and headers after the block are those of before, as they are by default. */
    public void setKeepMessage(boolean keepMessage) {
        this.keepMessage = keepMessage;
    }

    public @Nullable Object getRenewedWhen() {
        return renewedWhen;
    }

    /**
     * A predicate that tells at the end of the block whether it succeeded: in Simple, or a
     * {@link org.apache.camel.Predicate}. By default that of the site; without any a cookie does.
     */
    public void setRenewedWhen(@Nullable Object renewedWhen) {
        this.renewedWhen = renewedWhen;
    }

    public @Nullable Duration getRenewalTimeout() {
        return renewalTimeout;
    }

    /** How long the block may take; by default as on the site, else 45 s. */
    public void setRenewalTimeout(@Nullable Duration renewalTimeout) {
        this.renewalTimeout = renewalTimeout;
    }

    public @Nullable Duration getHoldTimeout() {
        return holdTimeout;
    }

    /**
     * How long an exchange waits before a block that another one renews the session in; by default as on the site, else
     * 60 s. Must be longer than the renewalTimeout.
     */
    public void setHoldTimeout(@Nullable Duration holdTimeout) {
        this.holdTimeout = holdTimeout;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return new RenewSessionProcessor(route.getCamelContext(), options(), steps);
    }

    @Override
    public String toString() {
        return options().toString();
    }

    private RenewSessionProcessor.Options options() {
        return new RenewSessionProcessor.Options(
                sessionId, site, keepMessage, renewedWhen, renewalTimeout, holdTimeout);
    }
}
