/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.cookie.SameSite;
import io.github.camelsessions.cookie.SetCookie;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cookie as a Map with the keys of {@code addCookies}, the one form that all others are told in. */
public final class DescribedCookie {

    private DescribedCookie() {}

    /** What {@code addCookies} takes back. */
    public static Map<String, Object> of(Cookie cookie) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", cookie.name());
        described.put("value", cookie.value());
        described.put("domain", cookie.domain());
        described.put("hostOnly", cookie.hostOnly());
        described.put("path", cookie.path());
        if (cookie.expiry() != null) {
            described.put("expires", cookie.expiry().toString());
        }
        described.put("secure", cookie.secure());
        described.put("httpOnly", cookie.httpOnly());
        if (cookie.sameSite() != SameSite.DEFAULT) {
            described.put("sameSite", cookie.sameSite().name().toLowerCase(Locale.ROOT));
        }
        return described;
    }

    /**
     * A full cookie string, as the value of {@code Set-Cookie} is. It does not say its host.
     *
     * @param place where it was given, for errors
     * @throws IllegalArgumentException when no browser would take it
     */
    public static Map<String, Object> of(String place, String setCookie) {
        SetCookie cookie = SetCookie.parse(setCookie, Instant.now());
        if (cookie == null) {
            throw new IllegalArgumentException(place + ": what stands there is no cookie as in Set-Cookie");
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", cookie.name());
        described.put("value", cookie.value());
        putIfThere(described, "domain", cookie.domain());
        putIfThere(described, "path", cookie.path());
        putIfThere(described, "expires", cookie.expiry());
        described.put("secure", cookie.secure());
        described.put("httpOnly", cookie.httpOnly());
        if (cookie.sameSite() != SameSite.DEFAULT) {
            described.put("sameSite", cookie.sameSite().name());
        }
        return described;
    }

    private static void putIfThere(Map<String, Object> described, String key, @Nullable Object value) {
        if (value != null) {
            described.put(key, value);
        }
    }
}
