/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.Verdict;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfilesAsideException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of a session and done to it without a request. Within a renewal or log-out of the session, that is what
 * the renewal fills and the log-out ends. Thread-safe.
 */
public final class SessionState {

    private final GateKeeper gates;

    SessionState(GateKeeper gates) {
        this.gates = gates;
    }

    /** Empties a session, or, within its renewal, what the renewal has filled. Returns whether there was anything. */
    public boolean clear(SessionKey key, @Nullable Exchange exchange) {
        Session session = gates.registry().existing(key);
        if (session == null || RenewalScope.logOut(exchange, key) != null) {
            return false;
        }
        Verdict verdict = session.clear(RenewalScope.token(exchange, key));
        gates.act(session, verdict);
        RenewalScope.begunAnew(exchange, key);
        return verdict.release();
    }

    /** Holds the session's exchanges until it is unfrozen; creates the session when it does not exist. */
    public void freeze(SessionKey key) {
        Session session;
        Verdict verdict;
        do {
            session = gates.registry().session(key);
            verdict = session.freeze();
        } while (verdict.action() == Verdict.Action.LOOK_UP);
        gates.act(session, verdict);
    }

    /** Lets a frozen session's exchanges go on. */
    public void unfreeze(SessionKey key) {
        Session session = gates.registry().existing(key);
        if (session != null) {
            gates.act(session, session.unfreeze());
        }
    }

    /** The session counts as expired. */
    public void expire(SessionKey key) {
        Session session = gates.registry().existing(key);
        if (session != null) {
            session.expire();
        }
    }

    /**
     * What there is to read of a session: the current generation, or, within its renewal, what the renewal fills. Null
     * when there is nothing. Creates nothing.
     */
    public @Nullable Generation generation(SessionKey key, @Nullable Exchange exchange) {
        LogOut logOut = RenewalScope.logOut(exchange, key);
        if (logOut != null) {
            return logOut.generation();
        }
        RenewalToken token = RenewalScope.token(exchange, key);
        return token != null && token.state() == RenewalToken.State.LIVE
                ? token.pending()
                : gates.registry().find(key);
    }

    /**
     * What to fill without a request: the current generation, or, within the session's renewal, what the renewal fills.
     * Creates the session when it does not exist.
     *
     * @throws SessionRenewalException when the exchange belongs to a renewal that has failed, or there is no client profile
     *     for the session
     */
    public Generation fill(SessionKey key, @Nullable Exchange exchange, @Nullable String profile, RenewalRules rules)
            throws SessionRenewalException {
        LogOut logOut = RenewalScope.logOut(exchange, key);
        if (logOut != null) {
            return logOut.generation();
        }
        RenewalToken token = RenewalScope.token(exchange, key);
        while (true) {
            Session session = gates.session(key, rules);
            Verdict verdict = session.open(token);
            Generation generation = verdict.generation();
            if (generation != null) {
                try {
                    GateKeeper.equip(session, generation, token, profile, rules);
                } catch (ProfilesAsideException e) {
                    throw SessionFailures.noProfile(session, e);
                }
                return generation;
            }
            if (verdict.action() == Verdict.Action.FAIL) {
                throw SessionFailures.revoked(session);
            }
        }
    }

    /**
     * Where a value belongs that an exchange has found: in the generation that it saw last, so that what it found there never
     * ends up in a later one. Null when it has seen none, or belongs to the session's renewal: then there is {@link #fill}.
     */
    public @Nullable Generation seen(SessionKey key, @Nullable Exchange exchange) {
        RenewalToken token = RenewalScope.token(exchange, key);
        boolean ordinary = token == null || token.state() == RenewalToken.State.ENDED;
        return ordinary && exchange != null ? RenewalScope.observed(exchange, key) : null;
    }

    /**
     * The session's client profile. Within its renewal it is the one that the log-in has, which takes it now if it has
     * sent nothing yet; else {@link ClientProfile#NONE} while the session has none. Creates no session.
     */
    public ClientProfile profile(SessionKey key, @Nullable Exchange exchange) {
        RenewalToken token = RenewalScope.token(exchange, key);
        Initiator initiator = Pass.initiator(token);
        if (token != null && initiator != null && token.state() == RenewalToken.State.LIVE) {
            GateKeeper.equip(initiator.session(), token.pending(), token, null, initiator.rules());
        }
        Generation generation = generation(key, exchange);
        return generation == null ? ClientProfile.NONE : generation.profile();
    }

    /** Ends a session's cool-down, so that the next exchange may renew it. */
    public void endCooldown(SessionKey key) {
        gates.registry().endCooldown(key);
        Session session = gates.registry().existing(key);
        if (session != null) {
            gates.act(session, session.endCooldown());
            gates.reports().cooldownEnded(session);
        }
    }
}
