/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.http.HeaderNames;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.RequestTimer;
import io.github.camelsessions.internal.http.SessionCall;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.pool.PoolChoice;
import io.github.camelsessions.internal.pool.PoolChosen;
import io.github.camelsessions.internal.pool.SessionPools;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionRegistry;
import java.net.URI;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/**
 * The way in of every exchange that sends a request, whatever form the route has: which session, which profile, which
 * request cookies. Thread-safe.
 */
public final class SessionCalls {

    private static final HeaderNames RESULTS = new HeaderNames(
            SessionsConstants.USED_ID,
            SessionsConstants.GENERATION,
            SessionsConstants.COOKIES,
            SessionsConstants.USED_PROFILE,
            SessionsConstants.FINAL_URI,
            SessionsConstants.REPLAYS,
            SessionsConstants.RENEWED);

    private final SessionRegistry sessions;
    private final SessionTraffic traffic;
    private final SessionPools pools;
    private final RequestTimer timer; // one for all: a request that is held keeps it

    SessionCalls(SessionRegistry sessions, SessionTraffic traffic, SessionPools pools) {
        this.sessions = sessions;
        this.traffic = traffic;
        this.pools = pools;
        this.timer = traffic::runLater;
    }

    /**
     * The session that an exchange names, else the one of the rules. Within a renewal it is the session that is renewed,
     * unless the endpoint or the message says otherwise: the header there is the renewal's, and an endpoint that names a
     * session means another one. So it does when the header was written by a pool; in another site that means nothing.
     * Within a block that pins a session of the site it is that, unless endpoint or message name one.
     */
    public static SessionKey session(Exchange exchange, EffectiveRules rules) {
        String id = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        SessionKey chosen = id == null ? null : PoolChosen.of(exchange, id);
        if (chosen != null && (rules.ownSessionId() || !chosen.site().equals(rules.site()))) {
            id = null;
        }
        SessionKey renewing = RenewalScope.renewing(exchange);
        if (renewing != null && (id == null || id.equals(renewing.id()))) {
            boolean sameSite = rules.site().isEmpty() || rules.site().equals(renewing.site());
            if (sameSite && !rules.ownSessionId()) {
                return renewing;
            }
            id = rules.ownSessionId() ? null : id;
        }
        if (id == null) {
            SessionKey pinned = rules.ownSessionId() ? null : RenewalScope.pinned(exchange);
            return pinned != null && pinned.site().equals(rules.site()) ? pinned : rules.session();
        }
        try {
            return new SessionKey(rules.site(), id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("header " + SessionsConstants.ID + ": " + e.getMessage(), e);
        }
    }

    /** Whether the message names the session that is being renewed by its exchange: it does from the beginning. */
    public static boolean namesRenewed(Exchange exchange) {
        SessionKey renewing = RenewalScope.renewing(exchange);
        return renewing != null
                && renewing.id().equals(exchange.getMessage().getHeader(SessionsConstants.ID, String.class));
    }

    /** The profile that the session of the exchange takes if it has none, null for the next one of the rotation. */
    public @Nullable String profile(Message message, EffectiveRules rules) {
        String named = message.getHeader(SessionsConstants.PROFILE, String.class);
        if (named == null) {
            return rules.profile();
        }
        sessions.requireProfile(named); // before a session is made for it
        return named;
    }

    /** Whether the exchange asks to be sent outside all sessions; it does so once. */
    private static boolean takeBypass(Message message) {
        Boolean bypass = message.getHeader(SessionsConstants.BYPASS, Boolean.class);
        if (bypass == null) {
            return false;
        }
        message.removeHeader(SessionsConstants.BYPASS);
        return bypass;
    }

    /**
     * Sends the exchange's request in its session, or outside all if it asks for that. As {@code AsyncProcessor.process}.
     *
     * @param owner whoever sends
     * @throws IllegalArgumentException when a header of the message is wrong; nothing is sent then
     */
    public boolean send(
            Object owner, Exchange exchange, AsyncCallback callback, EffectiveRules rules, HttpSending sending)
            throws Exception {
        Message message = exchange.getMessage();
        if (takeBypass(message)) {
            message.removeHeader(SessionsConstants.REQUEST_COOKIES);
            SessionCall call = SessionCall.bypass(rules.call()).timer(timer());
            try {
                sending.send(exchange, call);
            } finally {
                CallRequest.tell(exchange, call);
            }
            callback.done(true);
            return true;
        }
        return send(owner, exchange, callback, rules, request(exchange, rules, sending));
    }

    /**
     * Sends a form in the exchange's session, with the page that has it. As {@code AsyncProcessor.process}.
     *
     * @param inBody whether the exchange's message holds the page, which then need not be fetched
     * @throws IllegalArgumentException when a header of the message is wrong; nothing is sent then
     */
    public boolean submit(
            Object owner,
            Exchange exchange,
            AsyncCallback callback,
            EffectiveRules rules,
            SessionHttpClient client,
            URI page,
            SubmitFiller filler,
            boolean inBody) {
        if (takeBypass(exchange.getMessage())) {
            throw new IllegalArgumentException("header " + SessionsConstants.BYPASS
                    + ": a form is sent in a session, for what is hidden in it belongs to one; remove the header");
        }
        CallRequest first = request(exchange, rules, client.sending(page, HttpMethods.GET));
        return send(owner, exchange, callback, rules, new FormRequest(first, client, filler, inBody));
    }

    private boolean send(
            Object owner, Exchange exchange, AsyncCallback callback, EffectiveRules rules, SessionRequest request) {
        PoolChoice pool = rules.pool();
        if (pool == null
                || request.session().equals(RenewalScope.renewing(exchange))) { // a log-in belongs to its session
            return traffic.send(owner, exchange, callback, request);
        }
        String wanted = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        return pools.send(owner, exchange, callback, request, pool, wanted);
    }

    /** Renews the exchange's session by its request. As {@code AsyncProcessor.process}. */
    public boolean renew(
            Object owner, Exchange exchange, AsyncCallback callback, EffectiveRules rules, HttpSending sending) {
        return traffic.renewBy(owner, exchange, callback, request(exchange, rules, sending));
    }

    /** Renews the exchange's session by a priority exchange. As {@code AsyncProcessor.process}. */
    public boolean renew(Object owner, Exchange exchange, AsyncCallback callback, EffectiveRules rules) {
        return traffic.renewAt(owner, exchange, callback, session(exchange, rules), rules.renewal());
    }

    /**
     * Logs the exchange's session in by the {@code loginPage} of its rules: within a renewal of it as a part of that, else it
     * is renewed as its rules say. As {@code AsyncProcessor.process}.
     *
     * @param requests makes the request of the log-in
     * @throws IllegalArgumentException when there is no page
     */
    public boolean logIn(
            Object owner,
            Exchange exchange,
            AsyncCallback callback,
            EffectiveRules rules,
            EffectiveRules.Requests requests) {
        requireLogIn(rules);
        SessionKey session = session(exchange, rules);
        return session.equals(RenewalScope.renewing(exchange))
                ? traffic.send(owner, exchange, callback, requests.logIn(rules, session))
                : renew(owner, exchange, callback, rules);
    }

    private CallRequest request(Exchange exchange, EffectiveRules rules, HttpSending sending) {
        Message message = exchange.getMessage();
        SessionKey session = session(exchange, rules);
        if (rules.site().isEmpty() && RenewalScope.renewing(exchange) == null) { // a log-in may lead to other hosts
            rules.values().sites().tellOfNoSite(sending.target());
        }
        Consumer<URI> lookout = rules.lookout(exchange, session);
        if (lookout != null) {
            lookout.accept(sending.target()); // before a session is made or logs in for it
        }
        String profile = profile(message, rules);
        Object given = message.removeHeader(SessionsConstants.REQUEST_COOKIES);
        ExplicitCookies cookies =
                given == null ? null : ExplicitCookies.parse("header " + SessionsConstants.REQUEST_COOKIES, given);
        if (cookies != null && !rules.call().cookiesEnabled()) {
            throw new IllegalArgumentException("header " + SessionsConstants.REQUEST_COOKIES
                    + ": no cookies are sent with cookiesEnabled=false; leave one of the two out");
        }
        return new CallRequest(timer(), session, rules, profile, cookies, sending);
    }

    /** @throws IllegalArgumentException when the rules have no {@code loginPage} */
    void requireLogIn(EffectiveRules rules) {
        if (rules.logIn() == null) {
            throw new IllegalArgumentException(
                    "sessions:login needs a loginPage: set it on the endpoint, the site or the"
                            + " component, such as loginPage=https://portal.example/login");
        }
    }

    /** Ends requests whose time is up. */
    RequestTimer timer() {
        return timer;
    }

    public void stop(Object owner) {
        traffic.stop(owner);
    }

    /** Removes what an earlier call left: it must not pass for the result of this one. */
    public static void removeResults(Message message) {
        RESULTS.removeFrom(message);
    }
}
