/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.http.CookieMap;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.profile.ClientProfile;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;

/**
 * One session by its name, whether it exists or not: reading creates nothing and finds a session that does not exist
 * empty. Thread-safe; each call sees the session as it is at that moment.
 */
public final class NamedSession {

    private final Sessions sessions;
    private final SessionKey key;
    private final @Nullable Exchange exchange;
    private final @Nullable Generation pinned;

    /**
     * @param exchange within the session's renewal, what the renewal fills is read; null leaves that to the thread
     */
    NamedSession(Sessions sessions, SessionKey key, @Nullable Exchange exchange) {
        this(sessions, key, exchange, null);
    }

    private NamedSession(Sessions sessions, SessionKey key, @Nullable Exchange exchange, @Nullable Generation pinned) {
        this.sessions = sessions;
        this.key = key;
        this.exchange = exchange;
        this.pinned = pinned;
    }

    /** The session as one of its generations knows it, also when that is no longer the current one. */
    static NamedSession at(Generation generation, Sessions sessions, Exchange exchange) {
        return new NamedSession(sessions, generation.session(), exchange, generation);
    }

    private @Nullable Generation generation() {
        return pinned != null ? pinned : sessions.traffic().generation(key, exchange);
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
        Generation generation = generation();
        return generation == null ? List.of() : generation.jar().cookies();
    }

    /**
     * The cookies that a request to a host may carry, whatever its path.
     *
     * @param domain a host; a leading dot is ignored
     */
    public List<Cookie> cookies(String domain) {
        Generation generation = generation();
        return generation == null ? List.of() : generation.jar().cookies(domain);
    }

    /**
     * The cookies of the host that was the first to set one, name to value; of two with one name the one with the longer
     * path. The map prints with masked values.
     */
    public Map<String, String> cookieMap() {
        return byName(cookiesOfFirstHost());
    }

    List<Cookie> cookiesOfFirstHost() {
        Generation generation = generation();
        String host = generation == null ? null : generation.jar().firstHost();
        return generation == null || host == null ? List.of() : generation.jar().cookies(host);
    }

    /** The value of a cookie, of the host that was the first to set one if it has such a cookie; null when none has. */
    @Nullable
    String cookie(String name) {
        return Stream.concat(cookiesOfFirstHost().stream(), cookies().stream())
                .filter(cookie -> cookie.name().equals(name))
                .map(Cookie::value)
                .findFirst()
                .orElse(null);
    }

    /**
     * The values that log-in and responses left in the session besides cookies, such as a CSRF token, by name. The map
     * prints with masked values.
     */
    public Map<String, Object> variables() {
        Generation generation = generation();
        return new VariableMap(generation == null ? Map.of() : generation.variables());
    }

    /** One of the {@link #variables}, null when there is none of that name. */
    public @Nullable Object variable(String name) {
        Generation generation = generation();
        return generation == null ? null : generation.variables().get(name);
    }

    /**
     * Sets a variable. It is gone with the next renewal or clear. Creates the session when it does not exist.
     *
     * @param value null removes the variable
     * @throws IllegalArgumentException when the name is blank
     */
    public void setVariable(String name, @Nullable Object value) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("session '" + key + "': the name of a variable must not be blank");
        }
        if (value == null && generation() == null) {
            return; // there is nothing to remove
        }
        Generation seen = pinned != null ? pinned : sessions.traffic().seen(key, exchange);
        if (seen != null) {
            seen.setVariable(name, value);
            return;
        }
        EffectiveRules rules = sessions.rules(key.site()); // takes long: they are put together anew
        try {
            sessions.traffic()
                    .fill(key, exchange, rules.profile(), rules.renewal())
                    .setVariable(name, value);
        } catch (SessionRenewalException e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    static CookieMap byName(List<Cookie> cookies) {
        CookieMap map = new CookieMap();
        // the longer path comes first
        cookies.forEach(cookie -> map.putIfAbsent(cookie.name(), cookie.value()));
        return map;
    }

    /**
     * The client profile, {@link ClientProfile#NONE} when the session has none yet. Within the session's renewal it is the
     * one that the log-in has.
     */
    public ClientProfile profile() {
        return pinned != null ? pinned.profile() : sessions.traffic().profile(key, exchange);
    }

    /** As {@link #profile()}, but the session takes its profile now if it has none. Creates the session if need be. */
    ClientProfile takeProfile() {
        ClientProfile present = profile();
        if (!present.name().isEmpty()) {
            return present;
        }
        EffectiveRules rules = sessions.rules(key.site());
        try {
            return sessions.traffic()
                    .fill(key, exchange, rules.profile(), rules.renewal())
                    .profile();
        } catch (SessionRenewalException e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
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
        EffectiveRules rules = sessions.rules(key.site());
        try {
            given.addTo(
                    sessions.traffic()
                            .fill(key, exchange, rules.profile(), rules.renewal())
                            .jar(),
                    target);
        } catch (SessionRenewalException e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    /**
     * Empties the jar and gives the profile back; the next accepted response fills the session. Responses under way do
     * not.
     *
     * @return whether there was anything to empty
     */
    public boolean clear() {
        return sessions.traffic().clear(key, exchange);
    }

    /**
     * Closes the session: it is gone at once, and logged out by the {@code closeUri} of its site, of the component or of
     * the endpoint that used it, when its last exchange has ended. Without a {@code closeUri} nothing is logged out. A session
     * of a pool is retired: its pool closes it.
     *
     * @return completes, never with a failure, when all is done, with whether there was such a session
     */
    public CompletableFuture<Boolean> close() {
        return sessions.close(key, () -> sessions.rules(key.site()).renewal());
    }

    /**
     * Lets the session count as expired: the next exchange renews it when it has a {@code renewalUri}, else it starts with
     * an empty session. For tests and operators.
     */
    public void expire() {
        sessions.traffic().expire(key);
    }

    /**
     * Holds the session's exchanges until {@link #unfreeze}, each as long as its {@code holdTimeout} allows: during a short
     * maintenance of the site, for example. Requests on the wire end as usual, and a renewal under way goes on; none
     * begins. Creates the session when it does not exist.
     */
    public void freeze() {
        sessions.traffic().freeze(key);
    }

    /** Lets the exchanges of a frozen session go on, in the order in which they came. */
    public void unfreeze() {
        sessions.traffic().unfreeze(key);
    }

    /** Ends the session's cool-down after a failed renewal, so that the next exchange may renew it. For operators. */
    public void endCooldown() {
        sessions.traffic().endCooldown(key);
    }

    /**
     * Renews the session as the {@code renewalUri} of its site or of the component says, or waits for the renewal that is
     * under way. Creates the session when it does not exist.
     *
     * @return completes with the session's new generation, or with a {@link SessionRenewalException}
     * @throws IllegalArgumentException when no {@code renewalUri} is set
     */
    public CompletableFuture<Long> renew() {
        RenewalRules rules = sessions.rules(key.site()).renewal();
        if (rules.renewalUri() == null) {
            throw new IllegalArgumentException("session '" + key + "' has no renewalUri: set it on its site or on the"
                    + " component, or give the endpoint to renew(id, endpointUri)");
        }
        return sessions.traffic().renew(key, rules);
    }

    /**
     * Renews the session by sending a priority exchange to an endpoint.
     *
     * @param endpointUri such as {@code direct:login}
     * @return as {@link #renew()}
     * @throws IllegalArgumentException when there can be no such endpoint
     */
    public CompletableFuture<Long> renew(String endpointUri) {
        return sessions.traffic()
                .renew(key, sessions.rules(key.site()).renewal().withRenewalUri(sessions.renewalUri(endpointUri)));
    }

    /**
     * Takes {@code errorScoreDecrement} off the error score of this session of a pool, as a good answer does. One that
     * was retired and closed meanwhile is left as it is.
     *
     * @throws IllegalArgumentException when it is no session of a pool
     */
    public void markGood() {
        mark(true);
    }

    /**
     * Adds 1 to the error score of this session of a pool, as a failure does: at {@code maxErrorScore} it is retired.
     * One that was retired and closed meanwhile is left as it is.
     *
     * @throws IllegalArgumentException when it is no session of a pool
     */
    public void markBad() {
        mark(false);
    }

    private void mark(boolean good) {
        if (!sessions.sessionPools().mark(key, good)) {
            throw new IllegalArgumentException(
                    "session '" + key + "' belongs to no pool: only sessions of a pool are marked" + " good or bad");
        }
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
        return Optional.ofNullable(sessions.registry().stats(key));
    }

    /** The session's name and how it stands; no cookie value. */
    @Override
    public String toString() {
        return stats().map(Sessions::describe).orElse("session '" + key + "' (does not exist)");
    }
}
