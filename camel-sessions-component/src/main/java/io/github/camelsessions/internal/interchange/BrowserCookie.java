/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cookie as tools get it from a browser: Playwright, Puppeteer and the protocol of Chrome's developer tools ({@code
 * expires}, {@code size}, {@code priority}), Selenium ({@code expiry}), EditThisCookie and Cookie-Editor ({@code
 * expirationDate}, {@code no_restriction}). They all name domain, path, secure and httpOnly, and most say by a dot before
 * the domain whether subdomains get it.
 */
final class BrowserCookie {

    private static final Set<String> ALWAYS = Set.of("domain", "path", "secure", "httpOnly");
    private static final Set<String> KEPT = Set.of(
            "name", "value", "domain", "path", "expires", "maxAge", "secure", "httpOnly", "sameSite", "hostOnly");
    private static final List<String> EXPIRES = List.of("expiry", "expirationDate");

    /** What a browser knows besides, and what makes no difference to a request. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "size",
            "session",
            "priority",
            "sameParty",
            "sourceScheme",
            "sourcePort",
            "storeId",
            "id",
            "firstPartyDomain",
            "partitionKeyOpaque",
            "_crHasCrossSiteAncestor");

    private BrowserCookie() {}

    /** Tells it with the keys of {@code addCookies}. One that comes of no browser is left as it is. */
    static Map<String, Object> described(Map<?, ?> given) {
        boolean ofBrowser = given.keySet().containsAll(ALWAYS);
        Map<String, Object> described = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            if (value != null) {
                put(described, String.valueOf(key), value, ofBrowser);
            }
        });
        if (ofBrowser) {
            complete(described, given);
        }
        return described;
    }

    private static void complete(Map<String, Object> described, Map<?, ?> given) {
        if (Boolean.TRUE.equals(given.get("session"))) {
            described.remove("expires");
        }
        described.putIfAbsent(
                "hostOnly", !String.valueOf(described.get("domain")).startsWith("."));
        if (!Boolean.TRUE.equals(given.get("secure")) && "None".equals(described.get("sameSite"))) {
            described.remove("sameSite"); // Firefox has no other word for one that says nothing of it
        }
    }

    private static void put(Map<String, Object> described, String key, Object value, boolean ofBrowser) {
        if (EXPIRES.contains(key) || (ofBrowser && key.equals("expires"))) {
            if (!value.equals("")) {
                described.put("expires", value);
            }
        } else if (key.equals("sameSite")) {
            String sameSite = sameSite(value.toString());
            if (sameSite != null) {
                described.put(key, sameSite);
            }
        } else if (!ofBrowser || KEPT.contains(key)) {
            described.put(key, value);
        } else if (!WITHOUT_EFFECT.contains(key) && !value.equals("")) {
            NotKept.tell(key);
        }
    }

    private static @Nullable String sameSite(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "no_restriction" -> "None";
            case "unspecified", "" -> null;
            default -> value;
        };
    }
}
