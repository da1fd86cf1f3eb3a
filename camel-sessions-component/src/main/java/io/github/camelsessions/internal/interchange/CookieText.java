/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text with cookies, of which it is not said who wrote it: the JSON of a browser's tool, a {@code cookies.txt}, a HAR,
 * lines of {@code Set-Cookie}. What is in it is told cookie by cookie, as Maps with the keys of {@code addCookies}.
 */
public final class CookieText {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private CookieText() {}

    /**
     * Reads a text by the format that it is recognised as.
     *
     * @param place where it was given, for errors
     * @return its cookies in their order; null when it is in none of these formats, as {@code a=b; c=d} is in none
     * @throws IllegalArgumentException when it begins like one and is none; it names the place in the text and shows no value
     */
    public static @Nullable List<Map<String, Object>> read(String place, String given) {
        String text = given.startsWith(BYTE_ORDER_MARK) ? given.substring(1) : given;
        if (JsonCookies.isLike(text)) {
            return JsonCookies.read(place, text);
        }
        if (NetscapeCookies.isLike(text)) {
            return NetscapeCookies.read(place, text);
        }
        return SetCookieLines.isLike(text) ? SetCookieLines.read(place, text) : null;
    }
}
