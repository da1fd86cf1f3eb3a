/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.http.HttpSending;
import io.github.camelsessions.http.SessionCall;
import io.github.camelsessions.session.Admission;
import io.github.camelsessions.session.Generation;
import io.github.camelsessions.session.SessionKey;
import io.github.camelsessions.session.SessionRegistry;
import java.net.URI;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.LRUCacheFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every exchange that sends a request, whatever form the route has: which session, in with the request
 * cookies, and the result headers afterwards. Thread-safe.
 */
final class SessionCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SessionCalls.class);

    private final SessionRegistry sessions;
    private final Map<SessionKey, Boolean> profileWarned = LRUCacheFactory.newLRUCache(1000);

    SessionCalls(SessionRegistry sessions) {
        this.sessions = sessions;
    }

    /** The session that an exchange names, else the one of the rules. */
    static SessionKey session(Exchange exchange, EffectiveRules rules) {
        String id = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        if (id == null) {
            return new SessionKey(rules.site(), rules.sessionId());
        }
        try {
            return new SessionKey(rules.site(), id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("header " + SessionsConstants.ID + ": " + e.getMessage(), e);
        }
    }

    /** The profile that the session of the exchange takes if it has none, null for the next one of the rotation. */
    @Nullable
    String profile(Message message, EffectiveRules rules) {
        String named = message.getHeader(SessionsConstants.PROFILE, String.class);
        if (named == null) {
            return rules.profile();
        }
        sessions.requireProfile(named); // before a session is made for it
        return named;
    }

    /** Whether the exchange asks to be sent outside all sessions; it does so once. */
    private static boolean takeBypass(Exchange exchange) {
        Message message = exchange.getMessage();
        boolean bypass = Boolean.TRUE.equals(message.getHeader(SessionsConstants.BYPASS, Boolean.class));
        message.removeHeader(SessionsConstants.BYPASS);
        return bypass;
    }

    /**
     * Admits the exchange to its session, adds the request cookies to it and sends.
     *
     * @throws IllegalArgumentException when a header of the message is wrong; request cookies before the wrong one are added
     */
    void send(Exchange exchange, EffectiveRules rules, HttpSending sending) throws Exception {
        Message message = exchange.getMessage();
        removeResults(message);
        if (takeBypass(exchange)) {
            message.removeHeader(SessionsConstants.REQUEST_COOKIES);
            send(exchange, sending, SessionCall.bypass(rules.call()));
            return;
        }
        SessionKey session = session(exchange, rules);
        String profile = profile(message, rules);
        Object given = message.removeHeader(SessionsConstants.REQUEST_COOKIES);
        ExplicitCookies cookies =
                given == null ? null : ExplicitCookies.parse("header " + SessionsConstants.REQUEST_COOKIES, given);

        if (cookies != null && !rules.call().cookiesEnabled()) {
            throw new IllegalArgumentException("header " + SessionsConstants.REQUEST_COOKIES
                    + ": no cookies are sent with cookiesEnabled=false; leave one of the two out");
        }

        try (Admission admission = sessions.admit(session, profile)) {
            if (profile != null) {
                warnOfOtherProfile(profile, admission.generation());
            }
            if (cookies != null) {
                cookies.addTo(admission.generation().jar(), sending.target());
            }
            send(exchange, sending, SessionCall.in(admission.generation(), rules.call()));
        }
    }

    private static void send(Exchange exchange, HttpSending sending, SessionCall call) throws Exception {
        try {
            sending.send(exchange, call);
        } finally {
            tell(exchange, call);
        }
    }

    private void warnOfOtherProfile(String wanted, Generation generation) {
        String has = generation.profile().name();
        if (!wanted.equals(has) && profileWarned.putIfAbsent(generation.session(), true) == null) {
            LOG.warn(
                    "session '{}' keeps its profile '{}', though '{}' is asked for: a session takes its profile when it"
                            + " is new or was cleared. This is logged once.",
                    generation.session(),
                    has,
                    wanted);
        }
    }

    /** Tells the exchange how its call went. */
    private static void tell(Exchange exchange, SessionCall call) {
        Message message = exchange.getMessage();
        URI finalUri = call.finalUri();
        if (finalUri != null) {
            message.setHeader(SessionsConstants.FINAL_URI, finalUri.toString());
        }
        Generation generation = call.generation();
        if (generation != null) {
            message.setHeader(SessionsConstants.USED_ID, generation.session().id());
            message.setHeader(SessionsConstants.GENERATION, generation.number());
            message.setHeader(SessionsConstants.COOKIES, call.receivedCookies());
            if (!generation.profile().name().isEmpty()) {
                message.setHeader(
                        SessionsConstants.USED_PROFILE, generation.profile().name());
            }
        }
    }

    /** Removes what an earlier call left: it must not pass for the result of this one. */
    static void removeResults(Message message) {
        message.removeHeader(SessionsConstants.USED_ID);
        message.removeHeader(SessionsConstants.GENERATION);
        message.removeHeader(SessionsConstants.COOKIES);
        message.removeHeader(SessionsConstants.USED_PROFILE);
        message.removeHeader(SessionsConstants.FINAL_URI);
    }
}
