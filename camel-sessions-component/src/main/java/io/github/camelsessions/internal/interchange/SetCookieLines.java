/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The header of a response, as {@code curl -i} shows it and proxies log it: its lines {@code Set-Cookie: ...} count, all
 * others are passed over.
 */
final class SetCookieLines {

    private static final String NAME = "Set-Cookie:";

    private SetCookieLines() {}

    static boolean isLike(String text) {
        return text.lines().anyMatch(SetCookieLines::isSetCookie);
    }

    private static boolean isSetCookie(String line) {
        return line.regionMatches(true, 0, NAME, 0, NAME.length());
    }

    static List<Map<String, Object>> read(String place, String text) {
        List<Map<String, Object>> cookies = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (isSetCookie(line)) {
                cookies.add(DescribedCookie.of(
                        place + ", line " + number,
                        line.substring(NAME.length()).strip()));
            }
        }
        return cookies;
    }
}
