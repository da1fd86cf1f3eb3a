/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.http.CookieMap;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.Totp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and fills one session by its name, whether it exists or not: reading creates nothing. Within a renewal of the
 * session that is what the renewal fills. Thread-safe; each call sees the session as it is at that moment.
 */
public final class SessionAccess {

    private final SessionEngine engine;
    private final SessionKey key;
    private final @Nullable Exchange exchange;
    private final @Nullable Generation pinned;

    /**
     * @param exchange which may belong to the session's renewal; null leaves that to the thread
     */
    public SessionAccess(SessionEngine engine, SessionKey key, @Nullable Exchange exchange) {
        this(engine, key, exchange, null);
    }

    private SessionAccess(
            SessionEngine engine, SessionKey key, @Nullable Exchange exchange, @Nullable Generation pinned) {
        this.engine = engine;
        this.key = key;
        this.exchange = exchange;
        this.pinned = pinned;
    }

    /** The session as one of its generations knows it, also when that is no longer the current one. */
    public static SessionAccess at(Generation generation, SessionEngine engine, Exchange exchange) {
        return new SessionAccess(engine, generation.session(), exchange, generation);
    }

    private @Nullable Generation generation() {
        return pinned != null ? pinned : engine.traffic().state().generation(key, exchange);
    }

    /** The generation to be filled, of a session that is made if need be. */
    public Generation filled() {
        EffectiveRules rules = engine.rules(key.site()); // takes long: they are put together anew
        try {
            return engine.traffic().state().fill(key, exchange, rules.profile(), rules.renewal());
        } catch (SessionRenewalException e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    /** All cookies, those created earlier first. */
    public List<Cookie> cookies() {
        Generation generation = generation();
        return generation == null ? List.of() : generation.jar().cookies();
    }

    /** The cookies that a request to a host may carry, whatever its path. */
    public List<Cookie> cookies(String domain) {
        Generation generation = generation();
        return generation == null ? List.of() : generation.jar().cookies(domain);
    }

    /** The cookies of the host that was the first to set one. */
    public List<Cookie> cookiesOfFirstHost() {
        Generation generation = generation();
        String host = generation == null ? null : generation.jar().firstHost();
        return generation == null || host == null ? List.of() : generation.jar().cookies(host);
    }

    /** The value of a cookie, of the host that was the first to set one if it has such a cookie; null when none has. */
    public @Nullable String cookie(String name) {
        return Stream.concat(cookiesOfFirstHost().stream(), cookies().stream())
                .filter(cookie -> cookie.name().equals(name))
                .map(Cookie::value)
                .findFirst()
                .orElse(null);
    }

    /** Name to value; of two cookies with one name the one with the longer path. The map prints with masked values. */
    public static CookieMap byName(List<Cookie> cookies) {
        CookieMap map = new CookieMap();
        // the longer path comes first
        cookies.forEach(cookie -> map.putIfAbsent(cookie.name(), cookie.value()));
        return map;
    }

    /** The variables by name. */
    public Map<String, Object> variables() {
        Generation generation = generation();
        return generation == null ? Map.of() : generation.variables();
    }

    /**
     * Sets a variable, or removes it.
     *
     * @throws IllegalArgumentException when the name is blank
     */
    public void setVariable(String name, @Nullable Object value) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("session '" + key + "': the name of a variable must not be blank");
        }
        if (value == null && generation() == null) {
            return; // there is nothing to remove
        }
        Generation seen = pinned != null ? pinned : engine.traffic().state().seen(key, exchange);
        (seen != null ? seen : filled()).setVariable(name, value);
    }

    /** The client profile, {@link ClientProfile#NONE} when the session has none yet. */
    public ClientProfile profile() {
        return pinned != null ? pinned.profile() : engine.traffic().state().profile(key, exchange);
    }

    /** As {@link #profile()}, but the session takes its profile now if it has none. */
    public ClientProfile takeProfile() {
        ClientProfile present = profile();
        return present.name().isEmpty() ? filled().profile() : present;
    }

    /**
     * The one-time code of the account, which the session's log-in may ask for again and no other gets; null when the
     * account has no {@code totp}.
     *
     * @throws IllegalArgumentException when that is no secret
     * @throws RuntimeCamelException when another log-in has had the code of this period
     */
    public @Nullable String oneTimeCode() {
        String secret = takeProfile().account().get(Totp.ACCOUNT_KEY);
        return secret == null
                ? null
                : engine.oneTimeCodes()
                        .code(
                                secret,
                                pinned != null ? pinned : filled(),
                                engine.clock().instant());
    }

    /** Empties the session; returns whether there was anything to empty. */
    public boolean clear() {
        return engine.traffic().state().clear(key, exchange);
    }

    /**
     * Counts the session good or bad in its pool.
     *
     * @throws IllegalArgumentException when it is no session of a pool
     */
    public void mark(boolean good) {
        if (!engine.pools().mark(key, good)) {
            throw new IllegalArgumentException(
                    "session '" + key + "' belongs to no pool: only sessions of a pool are marked good or bad");
        }
    }

    /** Closes the session; completes, never with a failure, with whether there was one. */
    public CompletableFuture<Boolean> close() {
        return engine.close(key, () -> engine.rules(key.site()).renewal());
    }
}
