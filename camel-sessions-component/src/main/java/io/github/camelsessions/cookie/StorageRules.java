/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.Quoted;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a cookie may be stored, and what it becomes: the steps of RFC 6265bis, section 5.7, that need no look into the
 * cookie store. Step 16, which does, is {@link Bucket#overlaysSecure}.
 *
 * <p>{@code registrable} is the registrable domain of the origin's host; null where that has none, because it is an IP
 * address, a single label or a public suffix. Then every cookie is host-only.
 *
 * <p>Two deviations, both stricter, both as browsers: a Domain attribute must name the origin's own site (the RFC lets a
 * host that is itself a public suffix set cookies for a parent that is none), and an IP address is always host-only.
 */
final class StorageRules {

    private StorageRules() {}

    /** Returns why a cookie may not be stored, and the way out; null when it may. Never holds the value. */
    static @Nullable String refusal(SetCookie cookie, CookieTarget origin, @Nullable String registrable) {
        String domain = domainAttribute(cookie);
        // steps 8 to 10
        if (!domain.isEmpty() && !domain.equals(origin.host())) {
            if (!DomainMatch.matches(origin.host(), domain)) {
                return "its domain " + Quoted.of(domain) + " is neither the origin's host '" + origin.host()
                        + "' nor a parent of it; leave the domain out, or give a URL of that domain";
            }
            // both are suffixes of the host, so the shorter one is the wider one
            if (registrable == null || domain.length() < registrable.length()) {
                return "its domain '" + domain + "' is a public suffix, or holds one; use '"
                        + (registrable == null ? origin.host() : registrable) + "', or leave the domain out";
            }
        }
        // step 13
        if (cookie.secure() && !origin.secure()) {
            return "it is Secure, but http://" + origin.host()
                    + " is not; give an https URL, or leave the Secure attribute out";
        }
        // step 19
        if (cookie.sameSite() == SameSite.NONE && !cookie.secure()) {
            return "SameSite=None asks for Secure too; add Secure, or leave SameSite out";
        }
        return prefixRefusal(cookie, origin, isHostOnly(domain, registrable));
    }

    /** Makes the stored form of a cookie that was not refused. */
    static Cookie stored(SetCookie cookie, CookieTarget origin, @Nullable String registrable, Instant now) {
        String domain = domainAttribute(cookie);
        boolean hostOnly = isHostOnly(domain, registrable);
        Instant expiry = cookie.expiry();
        return new Cookie(
                cookie,
                hostOnly ? origin.host() : domain,
                hostOnly,
                path(cookie, origin),
                expiry == null ? null : Lifetime.capped(expiry, now),
                now.toEpochMilli());
    }

    /** Steps 20 to 22: cookies whose names promise something must keep it. */
    private static @Nullable String prefixRefusal(SetCookie cookie, CookieTarget origin, boolean hostOnly) {
        String name = cookie.name();
        if (name.isEmpty()) {
            // sent without a name, such a value would look like the name of another cookie
            String value = cookie.value();
            return hasPrefix(value, "__Secure-") || hasPrefix(value, "__Host-") || hasPrefix(value, "__Http-")
                    ? "it has no name, and its value begins like a cookie name prefix"
                    : null;
        }
        if (!name.startsWith("__")) {
            return null;
        }
        boolean hostHttp = hasPrefix(name, "__Host-Http-");
        boolean http = hasPrefix(name, "__Http-");
        boolean host = hasPrefix(name, "__Host-");
        if ((http || host || hasPrefix(name, "__Secure-")) && !cookie.secure()) {
            return "the prefix of its name asks for Secure; add Secure, or take another name";
        }
        if ((http || hostHttp) && !cookie.httpOnly()) {
            return "the prefix of its name asks for HttpOnly; add HttpOnly, or take another name";
        }
        if (host && !(hostOnly && cookie.path() != null && path(cookie, origin).equals("/"))) {
            return "the prefix __Host- asks for the path '/' and no domain; give these, or take another name";
        }
        return null;
    }

    private static boolean isHostOnly(String domain, @Nullable String registrable) {
        return domain.isEmpty() || registrable == null;
    }

    private static String domainAttribute(SetCookie cookie) {
        String domain = cookie.domain();
        if (domain == null) {
            return "";
        }
        String withoutDot = domain.startsWith(".") ? domain.substring(1) : domain;
        return withoutDot.toLowerCase(Locale.ROOT);
    }

    private static String path(SetCookie cookie, CookieTarget origin) {
        String path = cookie.path();
        return path != null && path.startsWith("/") ? path : PathMatch.defaultPath(origin.path());
    }

    private static boolean hasPrefix(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
