/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.Place;
import io.github.camelsessions.internal.config.Rulebook;
import io.github.camelsessions.internal.engine.SessionCalls;
import io.github.camelsessions.internal.http.HttpSending;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * Sends the exchanges of plain camel-http endpoints, by the rules of the site that the request's URL belongs to.
 * Thread-safe.
 */
public final class SiteCalls implements CallSource {

    private final SessionCalls calls;
    private final Rulebook.Owner component;
    private final boolean wrappedSitesOnly;
    private final SessionsConfiguration own;
    // one for each site that was met; sites are fixed once the component is started
    private final Map<String, EffectiveRules> rules = new ConcurrentHashMap<>();

    private SiteCalls(
            SessionCalls calls, Rulebook.Owner component, boolean wrappedSitesOnly, SessionsConfiguration own) {
        this.calls = calls;
        this.component = component;
        this.wrappedSitesOnly = wrappedSitesOnly;
        this.own = own;
    }

    /** Calls in sessions for URLs of sites with {@code wrap=true}, none for others. */
    public static SiteCalls ofWrappedSites(SessionCalls calls, Rulebook.Owner component) {
        return new SiteCalls(calls, component, true, new SessionsConfiguration());
    }

    /**
     * Calls in sessions for all URLs.
     *
     * @param own rules that win over those of site and component
     */
    public static SiteCalls ofAllSites(SessionCalls calls, Rulebook.Owner component, SessionsConfiguration own) {
        return new SiteCalls(calls, component, false, own);
    }

    @Override
    public boolean process(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback) {
        try {
            String site = component.rulebook().sites().siteOf(sending.target());
            if (!wrappedSitesOnly || component.rulebook().sites().isWrapped(site)) {
                SessionCalls.removeResults(exchange.getMessage());
                return calls.send(owner, exchange, callback, rules.computeIfAbsent(site, this::rulesOf), sending);
            }
            sending.send(exchange, null);
        } catch (Throwable e) { // an error, too, must end the exchange
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    @Override
    public void stop(Object owner) {
        calls.stop(owner);
    }

    private EffectiveRules rulesOf(String site) {
        return component.rulebook().rules(site, new Place("wrapped endpoint", own));
    }
}
