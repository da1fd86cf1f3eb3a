/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.http.CookieMap;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.session.Generation;
import io.github.camelsessions.session.SessionKey;
import io.github.camelsessions.session.SessionRegistry;
import io.github.camelsessions.session.SessionStats;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One session by its name, whether it exists or not: reading creates nothing and finds a session that does not exist
 * empty. Thread-safe; each call sees the session as it is at that moment.
 */
public final class NamedSession {

    private final SessionRegistry registry;
    private final SessionKey key;

    NamedSession(SessionRegistry registry, SessionKey key) {
        this.registry = registry;
        this.key = key;
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
        Generation generation = registry.find(key);
        return generation == null ? List.of() : generation.jar().cookies();
    }

    /**
     * The cookies that a request to a host may carry, whatever its path.
     *
     * @param domain a host; a leading dot is ignored
     */
    public List<Cookie> cookies(String domain) {
        Generation generation = registry.find(key);
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
        Generation generation = registry.find(key);
        String host = generation == null ? null : generation.jar().firstHost();
        return generation == null || host == null ? List.of() : generation.jar().cookies(host);
    }

    static CookieMap byName(List<Cookie> cookies) {
        CookieMap map = new CookieMap();
        // the longer path comes first
        cookies.forEach(cookie -> map.putIfAbsent(cookie.name(), cookie.value()));
        return map;
    }

    /** The client profile, {@link ClientProfile#NONE} when the session has none. */
    public ClientProfile profile() {
        Generation generation = registry.find(key);
        return generation == null ? ClientProfile.NONE : generation.profile();
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
        given.addTo(registry.fill(key), target);
    }

    /**
     * Empties the jar and gives the profile back; the next accepted response fills the session. Responses under way do
     * not.
     *
     * @return whether there was anything to empty
     */
    public boolean clear() {
        return registry.clear(key);
    }

    /** How the session stands; empty when it does not exist. */
    public Optional<SessionStats> stats() {
        return Optional.ofNullable(registry.stats(key));
    }

    /** The session's name and how it stands; no cookie value. */
    @Override
    public String toString() {
        return stats().map(Sessions::describe).orElse("session '" + key + "' (does not exist)");
    }
}
