/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import io.github.camelsessions.cookie.Cookie;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code cookies.txt} of Netscape, which curl, wget and yt-dlp read and write: a line for each cookie, of seven fields
 * with a tab between them (domain, whether subdomains get it, path, secure, expiry in seconds since 1970 or 0, name, value).
 * curl marks one that scripts may not see by {@code #HttpOnly_} before the domain. It knows no SameSite.
 */
public final class NetscapeCookies {

    private static final Logger LOG = LoggerFactory.getLogger(NetscapeCookies.class);

    private static final String HEADER = "# Netscape HTTP Cookie File";
    private static final String HTTP_ONLY = "#HttpOnly_";
    private static final int FIELDS = 7;

    private NetscapeCookies() {}

    static boolean isLike(String text) {
        return text.startsWith(HEADER)
                || text.startsWith("# HTTP Cookie File")
                || text.lines().filter(NetscapeCookies::hasCookie).findFirst().stream()
                        .anyMatch(line -> fields(line).length >= FIELDS - 1);
    }

    private static boolean hasCookie(String line) {
        return !line.isBlank() && (!line.startsWith("#") || line.startsWith(HTTP_ONLY));
    }

    private static String[] fields(String line) {
        return line.split("\t", FIELDS);
    }

    static List<Map<String, Object>> read(String place, String text) {
        List<Map<String, Object>> cookies = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (hasCookie(line)) {
                cookies.add(read(place, number, line));
            }
        }
        return cookies;
    }

    private static Map<String, Object> read(String place, int number, String line) {
        boolean httpOnly = line.startsWith(HTTP_ONLY);
        String[] fields = fields(httpOnly ? line.substring(HTTP_ONLY.length()) : line);
        if (fields.length < FIELDS - 1) { // a tool that trims its lines leaves an empty value out
            throw wrong(
                    place, number, "has " + fields.length + " fields with a tab between them, a cookie has " + FIELDS);
        }
        Map<String, Object> cookie = new LinkedHashMap<>();
        cookie.put("name", fields[5]);
        cookie.put("value", fields.length < FIELDS ? "" : fields[6]);
        cookie.put("domain", fields[0]);
        cookie.put("hostOnly", !flag(place, number, "subdomains", fields[1]));
        cookie.put("path", fields[2]);
        cookie.put("secure", flag(place, number, "secure", fields[3]));
        cookie.put("httpOnly", httpOnly);
        cookie.put("expires", seconds(place, number, fields[4]));
        return cookie;
    }

    private static boolean flag(String place, int number, String what, String field) {
        if (!field.equalsIgnoreCase("TRUE") && !field.equalsIgnoreCase("FALSE")) {
            throw wrong(place, number, "says of " + what + " neither TRUE nor FALSE");
        }
        return field.equalsIgnoreCase("TRUE");
    }

    private static Number seconds(String place, int number, String field) {
        try {
            return field.isEmpty() ? 0 : Double.valueOf(field); // extensions of browsers write fractions
        } catch (NumberFormatException e) {
            throw wrong(place, number, "has an expiry that is no number of seconds since 1970");
        }
    }

    private static IllegalArgumentException wrong(String place, int number, String what) {
        return new IllegalArgumentException(place + " is a cookies.txt, and its line " + number + " " + what);
    }

    /** The text for these cookies. One that the format cannot hold is left out, and told by name. */
    public static String write(List<Cookie> cookies) {
        StringBuilder text = new StringBuilder(HEADER).append("\n\n");
        for (Cookie cookie : cookies) {
            if (cookie.name().isEmpty()
                    || cookie.name().indexOf('\t') >= 0
                    || cookie.value().indexOf('\t') >= 0) {
                LOG.warn("cookies.txt cannot hold cookie {}: it has no name, or a tab", cookie);
                continue;
            }
            text.append(cookie.httpOnly() ? HTTP_ONLY : "")
                    .append(cookie.hostOnly() ? "" : ".")
                    .append(cookie.domain())
                    .append('\t')
                    .append(cookie.hostOnly() ? "FALSE" : "TRUE")
                    .append('\t')
                    .append(cookie.path())
                    .append('\t')
                    .append(cookie.secure() ? "TRUE" : "FALSE")
                    .append('\t')
                    .append(cookie.expiry() == null ? 0 : cookie.expiry().getEpochSecond())
                    .append('\t')
                    .append(cookie.name())
                    .append('\t')
                    .append(cookie.value())
                    .append('\n');
        }
        return text.toString();
    }
}
