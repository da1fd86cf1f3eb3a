/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import io.github.camelsessions.cookie.CookieTarget;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A HAR, the traffic that a browser or a proxy has recorded: what its answers set, in that order, and what its requests had
 * before. Where the fields {@code Set-Cookie} of an answer are there, they count; else what was made out of them.
 */
final class HarCookies {

    private final List<Map<String, Object>> cookies = new ArrayList<>();

    private HarCookies() {}

    static List<Map<String, Object>> read(String place, List<?> entries) {
        HarCookies har = new HarCookies();
        for (int i = 0; i < entries.size(); i++) {
            String entryPlace = place + ", entry " + i + " of the HAR";
            Map<?, ?> entry = JsonCookies.map(entryPlace, entries.get(i));
            if (entry.get("request") instanceof Map<?, ?> request) {
                har.entry(entryPlace, request, entry.get("response"));
            }
        }
        return har.cookies;
    }

    private void entry(String place, Map<?, ?> request, @Nullable Object response) {
        CookieTarget target = target(place, request.get("url"));
        if (target == null) {
            return; // of another protocol, or of the browser itself
        }
        for (Object cookie : list(request.get("cookies"))) {
            sent(JsonCookies.map(place, cookie), target);
        }
        if (!(response instanceof Map<?, ?> answer)) {
            return;
        }
        List<String> fields = setCookies(answer);
        for (String field : fields) {
            received(DescribedCookie.of(place, field), target);
        }
        if (fields.isEmpty()) {
            for (Object cookie : list(answer.get("cookies"))) {
                received(BrowserCookie.described(JsonCookies.map(place, cookie)), target);
            }
        }
    }

    /** As a browser, it takes no notice of a cookie for another site. */
    private void received(Map<String, Object> cookie, CookieTarget target) {
        cookie.putIfAbsent(
                "path", target.path().substring(0, Math.max(1, target.path().lastIndexOf('/'))));
        Map<String, Object> ofHost = ofHost(cookie, target);
        if (isOf(ofHost, target)) {
            cookies.add(ofHost);
        }
    }

    private static @Nullable CookieTarget target(String place, @Nullable Object url) {
        try {
            URI uri = URI.create(String.valueOf(url));
            return uri.getScheme() != null
                            && uri.getScheme().toLowerCase(Locale.ROOT).startsWith("http")
                    ? CookieTarget.of(uri)
                    : null;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": its request has no valid url");
        }
    }

    /** A request says only names and values: the cookie is the host's, unless an answer has said more. */
    private void sent(Map<?, ?> cookie, CookieTarget target) {
        Object name = cookie.get("name");
        Object value = cookie.get("value");
        if (name == null || value == null || isKnown(name, target)) {
            return;
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", name);
        described.put("value", value);
        described.put("secure", target.secure());
        cookies.add(ofHost(described, target));
    }

    private boolean isKnown(Object name, CookieTarget target) {
        return cookies.stream().anyMatch(known -> name.equals(known.get("name")) && isOf(known, target));
    }

    private static boolean isOf(Map<String, Object> cookie, CookieTarget target) {
        String domain = String.valueOf(cookie.get("domain")).toLowerCase(Locale.ROOT);
        String host = domain.startsWith(".") ? domain.substring(1) : domain;
        return target.host().equals(host) || target.host().endsWith("." + host);
    }

    private static Map<String, Object> ofHost(Map<String, Object> cookie, CookieTarget target) {
        if (!cookie.containsKey("domain")
                || String.valueOf(cookie.get("domain")).isEmpty()) {
            cookie.put("domain", target.host());
            cookie.put("hostOnly", true);
        }
        return cookie;
    }

    private static List<String> setCookies(Map<?, ?> answer) {
        List<String> fields = new ArrayList<>();
        for (Object header : list(answer.get("headers"))) {
            if (header instanceof Map<?, ?> field
                    && String.valueOf(field.get("name")).equalsIgnoreCase("Set-Cookie")) {
                String.valueOf(field.get("value")).lines().forEach(fields::add); // Chrome writes all into one
            }
        }
        return fields;
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
