/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.internal.block.PinSessionProcessor;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the calls of a block in one generation of their session, as the pages of a wizard need it: when the session is
 * renewed, cleared or closed meanwhile, or a limit ends it, the block starts again from its first step, with the message
 * that it came with. No error handler sees that. Calls that name no session are in the one that is pinned, if that belongs to
 * their site.
 *
 * <p>A reference needs no bean: {@code .policy("pinSession:anna")}, {@code pinSession:${header.user}}, {@code
 * pinSession:portal/anna} for a site that is configured, and {@code pinSession:*} for the session of the block's first call,
 * as in a pool. Behind the id {@code ?restarts=5&exclusive=true} may stand.
 *
 * <p>What the site has accepted before is asked again, so only the last page of a wizard should carry anything out. A block
 * that has started again {@link #setRestarts as often as it may} ends with a {@link SessionExpiredException}. Exchanges that
 * are made inside, as by a ProducerTemplate in a bean, do not belong to it.
 *
 * <p>Not thread-safe: set before its route starts.
 */
public final class PinSessionPolicy implements Policy {

    private @Nullable String sessionId;
    private @Nullable String site;
    private int restarts = PinSessionProcessor.DEFAULT_RESTARTS;
    private boolean exclusive;

    public PinSessionPolicy() {}

    /** {@link #setSessionId} with this. */
    public PinSessionPolicy(String sessionId) {
        this.sessionId = sessionId;
    }

    public @Nullable String getSessionId() {
        return sessionId;
    }

    /**
     * The id of the session, or a Simple expression for it; {@code *} for the session of the first call, which all other
     * calls to that site must be in, too. Required. A site's name and a slash may stand before it, when {@link #setSite} is
     * not used.
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

    public int getRestarts() {
        return restarts;
    }

    /** How often the block may start again; 3 by default. */
    public void setRestarts(int restarts) {
        this.restarts = restarts;
    }

    public boolean isExclusive() {
        return exclusive;
    }

    /**
     * Whether the block has the session to itself. It waits for requests under way, and for other such blocks, until the
     * site's holdTimeout, then it ends with a {@link SessionHoldException}; others are held until it ends, as in a renewal.
     * False by default.
     */
    public void setExclusive(boolean exclusive) {
        this.exclusive = exclusive;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return new PinSessionProcessor(route.getCamelContext(), options(), steps);
    }

    @Override
    public String toString() {
        return options().toString();
    }

    private PinSessionProcessor.Options options() {
        return new PinSessionProcessor.Options(sessionId, site, restarts, exclusive);
    }
}
