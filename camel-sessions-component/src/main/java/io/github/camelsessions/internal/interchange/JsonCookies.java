/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cookies in JSON: an array of objects, one for each cookie, as {@code getCookies}, Selenium and the extensions of browsers
 * write it; the same as {@code cookies} of an object, as Playwright's storage state and the protocol of Chrome's developer
 * tools have it; or a HAR.
 */
final class JsonCookies {

    // no cookie name begins like this
    private static final Pattern BEGINNING = Pattern.compile("\\s*(\\[\\s*[{\\]]|\\{)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonCookies() {}

    static boolean isLike(String text) {
        return BEGINNING.matcher(text).lookingAt();
    }

    static List<Map<String, Object>> read(String place, String text) {
        Object root = parse(place, text);
        if (root instanceof List<?> cookies) {
            return described(place, cookies);
        }
        Map<?, ?> object = (Map<?, ?>) root;
        if (object.get("log") instanceof Map<?, ?> log && log.get("entries") instanceof List<?> entries) {
            return HarCookies.read(place, entries);
        }
        if (!(object.get("cookies") instanceof List<?> cookies)) {
            throw new IllegalArgumentException(
                    place + " is a JSON object without an array 'cookies', and no HAR: give a"
                            + " storage state, an array of cookies, a Map, or a=b; c=d");
        }
        if (object.get("origins") instanceof List<?> origins && !origins.isEmpty()) {
            NotKept.tell("localStorage");
        }
        return described(place, cookies);
    }

    private static Object parse(String place, String text) {
        try {
            Object root = JSON.readValue(text, Object.class);
            if (root instanceof List<?> || root instanceof Map<?, ?>) {
                return root;
            }
        } catch (JsonProcessingException e) {
            // without the cause: it shows the text
        }
        throw new IllegalArgumentException(place + " begins like JSON with cookies, but is no valid JSON");
    }

    private static List<Map<String, Object>> described(String place, List<?> cookies) {
        List<Map<String, Object>> described = new ArrayList<>(cookies.size());
        for (int i = 0; i < cookies.size(); i++) {
            described.add(BrowserCookie.described(map(place + ": cookie " + i + " of the list", cookies.get(i))));
        }
        return described;
    }

    static Map<?, ?> map(String place, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(place + " is no object");
    }
}
