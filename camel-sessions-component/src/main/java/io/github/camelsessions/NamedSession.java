/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.internal.engine.ExplicitCookies;
import io.github.camelsessions.internal.engine.SessionAccess;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.profile.ClientProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One session by its name, whether it exists or not: reading creates nothing and finds a session that does not exist
 * empty. Thread-safe; each call sees the session as it is at that moment.
 */
public final class NamedSession {

    private final SessionEngine engine;
    private final SessionKey key;
    private final SessionAccess access;

    NamedSession(SessionEngine engine, SessionKey key) {
        this.engine = engine;
        this.key = key;
        this.access = new SessionAccess(engine, key, null);
    }

    /** The session's id. */
    public String id() {
        return key.id();
    }

    /** The name of the session's site, empty for the default site. */
    public String site() {
        return key.site();
    }

    /** All cookies, those created earlier first; empty when there are none. */
    public List<Cookie> cookies() {
        return access.cookies();
    }

    /**
     * The cookies that a request to a host may carry, whatever its path.
     *
     * @param domain a host; a leading dot is ignored
     */
    public List<Cookie> cookies(String domain) {
        return access.cookies(domain);
    }

    /**
     * The cookies of the host that was the first to set one, name to value; of two with one name the one with the longer
     * path. The map prints with masked values.
     */
    public Map<String, String> cookieMap() {
        return SessionAccess.byName(access.cookiesOfFirstHost());
    }

    /**
     * The values that log-in and responses left in the session besides cookies, such as a CSRF token, by name. The map
     * prints with masked values.
     */
    public Map<String, Object> variables() {
        return new VariableMap(access.variables());
    }

    /** One of the {@link #variables}, null when there is none of that name. */
    public @Nullable Object variable(String name) {
        return access.variables().get(name);
    }

    /**
     * Sets a variable. It is gone with the next renewal or clear. Creates the session when it does not exist.
     *
     * @param value null removes the variable
     * @throws IllegalArgumentException when the name is blank
     */
    public void setVariable(String name, @Nullable Object value) {
        access.setVariable(name, value);
    }

    /**
     * The client profile, {@link ClientProfile#NONE} when the session has none yet. Within the session's renewal it is the
     * one that the log-in has.
     */
    public ClientProfile profile() {
        return access.profile();
    }

    /**
     * Adds cookies as if the URL had set them, for its whole host. Creates the session when it does not exist.
     *
     * @param uri     an absolute http or https URL
     * @param cookies name to value
     * @throws IllegalArgumentException when the URL or a cookie is wrong; it names which, and the reason
     */
    public void addCookies(String uri, Map<String, String> cookies) {
        URI target = HttpTarget.parse("addCookies", uri);
        ExplicitCookies given = ExplicitCookies.parse("addCookies", cookies);
        given.addTo(access.filled().jar(), target);
    }

    /**
     * Empties the jar and gives the profile back; the next accepted response fills the session. Responses under way do
     * not.
     *
     * @return whether there was anything to empty
     */
    public boolean clear() {
        return access.clear();
    }

    /**
     * Closes the session: it is gone at once, and logged out by the {@code closeUri} of its site, of the component or of
     * the endpoint that used it, when its last exchange has ended. Without a {@code closeUri} nothing is logged out. A session
     * of a pool is retired: its pool closes it.
     *
     * @return completes, never with a failure, when all is done, with whether there was such a session
     */
    public CompletableFuture<Boolean> close() {
        return access.close();
    }

    /**
     * Lets the session count as expired: the next exchange renews it when it has a {@code renewalUri}, else it starts with
     * an empty session. For tests and operators.
     */
    public void expire() {
        engine.traffic().state().expire(key);
    }

    /**
     * Holds the session's exchanges until {@link #unfreeze}, each as long as its {@code holdTimeout} allows: during a short
     * maintenance of the site, for example. Requests on the wire end as usual, and a renewal under way goes on; none
     * begins. Creates the session when it does not exist.
     */
    public void freeze() {
        engine.traffic().state().freeze(key);
    }

    /** Lets the exchanges of a frozen session go on, in the order in which they came. */
    public void unfreeze() {
        engine.traffic().state().unfreeze(key);
    }

    /** Ends the session's cool-down after a failed renewal, so that the next exchange may renew it. For operators. */
    public void endCooldown() {
        engine.traffic().state().endCooldown(key);
    }

    /**
     * Renews the session as {@code loginPage} or {@code renewalUri} of its site or of the component say, or waits for the renewal that is
     * under way. Creates the session when it does not exist.
     *
     * @return completes with the session's new generation, or with a {@link SessionRenewalException}
     * @throws IllegalArgumentException when neither is set
     */
    public CompletableFuture<Long> renew() {
        RenewalRules rules = engine.rules(key.site()).renewal();
        if (!rules.renews()) {
            throw new IllegalArgumentException(
                    "session '" + key + "' has neither loginPage nor renewalUri: set one on its site or on the"
                            + " component, or give the endpoint to renew(id, endpointUri)");
        }
        return engine.traffic().renew(key, rules);
    }

    /**
     * Renews the session by sending a priority exchange to an endpoint.
     *
     * @param endpointUri such as {@code direct:login}
     * @return as {@link #renew()}
     * @throws IllegalArgumentException when there can be no such endpoint
     */
    public CompletableFuture<Long> renew(String endpointUri) {
        return engine.traffic()
                .renew(key, engine.rules(key.site()).renewal().withRenewalUri(engine.renewalUri(endpointUri)));
    }

    /**
     * Takes {@code errorScoreDecrement} off the error score of this session of a pool, as a good answer does. One that
     * was retired and closed meanwhile is left as it is.
     *
     * @throws IllegalArgumentException when it is no session of a pool
     */
    public void markGood() {
        access.mark(true);
    }

    /**
     * Adds 1 to the error score of this session of a pool, as a failure does: at {@code maxErrorScore} it is retired.
     * One that was retired and closed meanwhile is left as it is.
     *
     * @throws IllegalArgumentException when it is no session of a pool
     */
    public void markBad() {
        access.mark(false);
    }

    /**
     * Retires the session: who uses it ends as usual, then it is closed. A session of a pool is given to nobody any more;
     * of another one the next use begins a new session.
     *
     * @return whether there was such a session
     */
    public boolean retire() {
        return close().getNow(true); // known at once when there is none
    }

    /** How the session stands; empty when it does not exist. */
    public Optional<SessionStats> stats() {
        return Optional.ofNullable(engine.registry().stats(key));
    }

    /** The session's name and how it stands; no cookie value. */
    @Override
    public String toString() {
        return stats().map(Sessions::describe).orElse("session '" + key + "' (does not exist)");
    }
}
