/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One cookie of a jar.
 *
 * <p>Immutable, as far as anybody outside of the jar sees. Two cookies are equal when all they say is equal. {@link #toString()} masks the value, so that a cookie
 * may stand in a log line.
 */
public final class Cookie {

    /** Stands for «no expiry-time»; times are kept in millis, because a jar may hold very many of them. */
    private static final long NEVER = Long.MAX_VALUE;

    private final String name;
    private final String value;
    private final String domain;
    private final String path;
    private final SameSite sameSite;
    private final boolean hostOnly;
    private final boolean secure;
    private final boolean httpOnly;
    private final long expiryMillis;
    private final long createdMillis;

    // what the jar alone needs to know: in this object, which is 32 bytes less than two, because there may be very many
    private final boolean explicit;
    private volatile long lastAccessMillis;

    /** Makes the stored form of a cookie whose domain, host-only-flag and path have been settled. */
    Cookie(SetCookie said, String domain, boolean hostOnly, String path, @Nullable Instant expiry, long createdMillis) {
        this.name = said.name();
        this.value = said.value();
        this.domain = domain;
        this.hostOnly = hostOnly;
        this.path = path;
        this.sameSite = said.sameSite();
        this.secure = said.secure();
        this.httpOnly = said.httpOnly();
        this.expiryMillis = expiry == null ? NEVER : expiry.toEpochMilli();
        this.createdMillis = createdMillis;
        this.explicit = false;
    }

    /**
     * Makes the cookie that a jar keeps. All but its value it shares with the same cookie of other jars, of which there may
     * be millions.
     *
     * @param createdMillis the creation-time of the cookie that it replaces, or its own
     * @param explicit      whether user code ever set this cookie: then its host-only-flag is not part of its identity
     */
    Cookie(Cookie said, long createdMillis, boolean explicit, long lastAccessMillis) {
        this.name = SharedStrings.share(said.name);
        this.value = said.value;
        this.domain = SharedStrings.share(said.domain);
        this.hostOnly = said.hostOnly;
        this.path = SharedStrings.share(said.path);
        this.sameSite = said.sameSite;
        this.secure = said.secure;
        this.httpOnly = said.httpOnly;
        this.expiryMillis = said.expiryMillis;
        this.createdMillis = createdMillis;
        this.explicit = explicit;
        this.lastAccessMillis = lastAccessMillis;
    }

    /** Returns the name, empty for a nameless cookie. */
    public String name() {
        return name;
    }

    /** Returns the value, one char for each octet. Secret: do not log it. */
    public String value() {
        return value;
    }

    /** Returns the canonical domain, without a leading dot: the host when {@link #hostOnly()}. */
    public String domain() {
        return domain;
    }

    /** Returns the path, which starts with a slash. */
    public String path() {
        return path;
    }

    /**
     * Tells where the cookie goes: true, to the host {@link #domain()} and to no other; false, to that host and to all
     * hosts below it.
     */
    public boolean hostOnly() {
        return hostOnly;
    }

    /** Tells whether the cookie goes over secure connections only, see {@link CookieTarget#secure()}. */
    public boolean secure() {
        return secure;
    }

    /** Returns the http-only-flag: stored and shown, of no effect here, since all requests are HTTP. */
    public boolean httpOnly() {
        return httpOnly;
    }

    /** Returns the same-site-flag: stored and shown, of no effect here. */
    public SameSite sameSite() {
        return sameSite;
    }

    /** Returns when the cookie expires; null for one that lives as long as the session. */
    public @Nullable Instant expiry() {
        return expiryMillis == NEVER ? null : Instant.ofEpochMilli(expiryMillis);
    }

    /** Returns when the cookie was first stored; setting it anew does not change this. */
    public Instant created() {
        return Instant.ofEpochMilli(createdMillis);
    }

    /**
     * Returns the full cookie string, {@code name=value; Domain=..; Path=..; Expires=..; Secure; HttpOnly; SameSite=..},
     * <em>with its value</em>: not for logs. A host-only cookie has no Domain part, so that the string means the same
     * cookie when its host sends it.
     */
    public String toSetCookieString() {
        return withAttributes(value);
    }

    /** Shows the cookie as {@link #toSetCookieString()} does, with {@code ***} for its value. */
    @Override
    public String toString() {
        return withAttributes("***");
    }

    private String withAttributes(String shownValue) {
        StringBuilder text = new StringBuilder(64);
        text.append(name).append('=').append(shownValue);
        if (!hostOnly) {
            text.append("; Domain=").append(domain);
        }
        text.append("; Path=").append(path);
        if (expiryMillis != NEVER) {
            text.append("; Expires=").append(CookieDate.format(Instant.ofEpochMilli(expiryMillis)));
        }
        if (secure) {
            text.append("; Secure");
        }
        if (httpOnly) {
            text.append("; HttpOnly");
        }
        if (sameSite != SameSite.DEFAULT) {
            text.append("; SameSite=").append(sameSite.attributeValue());
        }
        return text.toString();
    }

    long createdMillis() {
        return createdMillis;
    }

    boolean explicit() {
        return explicit;
    }

    void accessed(long nowMillis) {
        // reading is free and writing is not: within one milli, one request writes for all
        if (lastAccessMillis != nowMillis) {
            lastAccessMillis = nowMillis;
        }
    }

    /** Tells which of two goes first: the one accessed earlier, or if there is no telling, created earlier. */
    boolean evictedBefore(Cookie other) {
        long mine = lastAccessMillis;
        long others = other.lastAccessMillis;
        return mine != others ? mine < others : createdMillis < other.createdMillis;
    }

    boolean expiredAt(long nowMillis) {
        return nowMillis >= expiryMillis;
    }

    /** Tells whether the cookie goes to a host, whatever the path and the connection. */
    boolean goesTo(String host) {
        return hostOnly ? domain.equals(host) : DomainMatch.matches(host, domain);
    }

    /** Tells whether the cookie goes with a request (RFC 6265bis, section 5.8.3, step 3). */
    boolean goesWith(CookieTarget target) {
        return (!secure || target.secure()) && PathMatch.matches(target.path(), path) && goesTo(target.host());
    }

    boolean hasSameNameDomainAndPath(Cookie other) {
        return name.equals(other.name) && path.equals(other.path) && domain.equals(other.domain);
    }

    @Override
    public boolean equals(@Nullable Object object) {
        return object instanceof Cookie other
                && hasSameNameDomainAndPath(other)
                && value.equals(other.value)
                && sameSite == other.sameSite
                && hostOnly == other.hostOnly
                && secure == other.secure
                && httpOnly == other.httpOnly
                && expiryMillis == other.expiryMillis
                && createdMillis == other.createdMillis;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, value, domain, path);
    }
}
