/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.Quoted;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A cookie before a jar takes it: what a {@code Set-Cookie} field says, or what user code asks for.
 *
 * <p>Immutable. Nothing is checked here: {@link CookieJar#receive} ignores and {@link CookieJar#add} refuses what may not
 * be stored. {@link #toString()} masks the value.
 *
 * @param name the cookie-name, empty for a nameless cookie
 * @param value the cookie-value, one char for each octet
 * @param domain the Domain attribute as written, with or without a leading dot; null or empty means the origin's host
 *     only
 * @param path the Path attribute as written; null, empty, or without a leading slash it means the default-path of the
 *     origin
 * @param expiry when the cookie expires, from Max-Age if that is given and from Expires if not; null for a cookie that
 *     lives as long as the session
 * @param secure the Secure attribute
 * @param httpOnly the HttpOnly attribute
 * @param sameSite the SameSite attribute
 */
public record SetCookie(
        String name,
        String value,
        @Nullable String domain,
        @Nullable String path,
        @Nullable Instant expiry,
        boolean secure,
        boolean httpOnly,
        SameSite sameSite) {

    /** Makes a cookie for the origin's host and default-path that lives as long as the session. */
    public static SetCookie of(String name, String value) {
        return new SetCookie(name, value, null, null, null, false, false, SameSite.DEFAULT);
    }

    /**
     * Reads the value of one {@code Set-Cookie} field (RFC 6265bis, section 5.6). Never throws.
     *
     * @param now the time Max-Age and the limit of 400 days count from
     * @return null when the field is to be ignored: control characters in it, more than 4096 octets of name and value,
     *     or neither name nor value
     */
    public static @Nullable SetCookie parse(String headerValue, Instant now) {
        return new SetCookieParser(now).parse(headerValue);
    }

    /** Returns this cookie with another Domain attribute. */
    public SetCookie withDomain(@Nullable String newDomain) {
        return new SetCookie(name, value, newDomain, path, expiry, secure, httpOnly, sameSite);
    }

    /** Returns this cookie with another Path attribute. */
    public SetCookie withPath(@Nullable String newPath) {
        return new SetCookie(name, value, domain, newPath, expiry, secure, httpOnly, sameSite);
    }

    /** Returns this cookie with another expiry-time; null for none. */
    public SetCookie withExpiry(@Nullable Instant newExpiry) {
        return new SetCookie(name, value, domain, path, newExpiry, secure, httpOnly, sameSite);
    }

    /** Returns this cookie with or without the Secure attribute. */
    public SetCookie withSecure(boolean newSecure) {
        return new SetCookie(name, value, domain, path, expiry, newSecure, httpOnly, sameSite);
    }

    /** Returns this cookie with or without the HttpOnly attribute. */
    public SetCookie withHttpOnly(boolean newHttpOnly) {
        return new SetCookie(name, value, domain, path, expiry, secure, newHttpOnly, sameSite);
    }

    /** Returns this cookie with another SameSite attribute. */
    public SetCookie withSameSite(SameSite newSameSite) {
        return new SetCookie(name, value, domain, path, expiry, secure, httpOnly, newSameSite);
    }

    /** Shows the attributes, and {@code ***} for the value. */
    @Override
    public String toString() {
        return "SetCookie[" + Quoted.bare(name) + "=***, domain=" + domain + ", path=" + path + ", expiry=" + expiry
                + ", secure=" + secure + ", httpOnly=" + httpOnly + ", sameSite=" + sameSite + "]";
    }
}
