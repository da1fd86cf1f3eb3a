/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.engine;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.cookie.SameSite;
import io.github.camelsessions.cookie.SetCookie;
import io.github.camelsessions.internal.interchange.CookieText;
import io.github.camelsessions.internal.interchange.DescribedCookie;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cookies that user code gives, in one of three forms: a Map of name to value, a collection of Maps (name, value,
 * domain, path, ...) or of Strings as in Set-Cookie, or a text: {@code a=b; c=d}, or what {@link CookieText} reads. A cookie
 * without a path holds for the whole host.
 */
public final class ExplicitCookies {

    private static final List<String> KEYS = List.of(
            "name", "value", "domain", "path", "expires", "maxAge", "secure", "httpOnly", "sameSite", "hostOnly");

    private final String place;
    private final List<Given> cookies = new ArrayList<>();

    /** A cookie with the host it says it belongs to, if it says so. */
    private record Given(SetCookie cookie, @Nullable String host) {}

    private ExplicitCookies(String place) {
        this.place = place;
    }

    /**
     * @param place where the cookies were given, for errors: the body or a header
     * @throws IllegalArgumentException when they are in none of the three forms; the message shows no value
     */
    public static ExplicitCookies parse(String place, @Nullable Object given) {
        ExplicitCookies answer = new ExplicitCookies(place);
        if (given instanceof Map<?, ?> map) {
            // by its name, for that is how a Map such as CamelSessionsCookies gives a value
            map.forEach((name, shown) -> answer.addPair(name, map.get(name)));
        } else if (given instanceof Collection<?> collection) {
            int index = 0;
            for (Object element : collection) {
                answer.addDescribed(index++, element);
            }
        } else if (given instanceof CharSequence text) {
            String string = text.toString();
            List<Map<String, Object>> described = CookieText.read(place, string);
            if (described != null) {
                return parse(place, described);
            }
            answer.addText(string);
        } else {
            throw new IllegalArgumentException(place + " holds "
                    + (given == null ? "nothing" : given.getClass().getName())
                    + ": cookies are given as a Map of name to value, a List of Maps (name, value, domain, path, ...),"
                    + " or a String such as a=b; c=d");
        }
        return answer;
    }

    /**
     * Puts the cookies into a jar: all, or none when one is refused.
     *
     * @param target the URL they are for, null when each names its domain
     * @throws IllegalArgumentException when one cannot be stored; it names the cookie and the reason
     */
    public void addTo(CookieJar jar, @Nullable URI target) {
        CookieTarget origin = target == null ? null : CookieTarget.of(target);
        List<CookieJar.Given> all = new ArrayList<>(cookies.size());
        for (Given given : cookies) {
            all.add(new CookieJar.Given(origin(given, origin), given.cookie()));
        }
        try {
            jar.addAll(all);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private CookieTarget origin(Given given, @Nullable CookieTarget target) {
        String name = given.cookie().name();
        if (given.host() == null) {
            if (target == null) {
                throw new IllegalArgumentException(
                        place + ": cookie " + Quoted.of(name) + " belongs to no site: give a target"
                                + " (httpUri or the header CamelHttpUri), or its domain in a List of Maps");
            }
            return target;
        }
        CookieTarget own = host(name, given.host());
        if (target == null) {
            return own;
        }
        if (given.cookie().domain() == null && !own.host().equals(target.host())) {
            throw new IllegalArgumentException(place + ": cookie " + Quoted.of(name) + " is for the host '" + own.host()
                    + "' only, and the target is '" + target.host() + "'; leave one of the two out");
        }
        return target;
    }

    private CookieTarget host(String name, String host) {
        try {
            return CookieTarget.of("https", host, "/");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": cookie " + Quoted.of(name) + ": " + e.getMessage(), e);
        }
    }

    private void addPair(@Nullable Object name, @Nullable Object value) {
        add(text("name", name), value, null, null);
    }

    private void addText(String text) {
        for (String part : text.split(";", -1)) {
            String pair = part.strip();
            int equals = pair.indexOf('=');
            if (pair.isEmpty()) {
                continue;
            }
            if (equals < 1) {
                throw new IllegalArgumentException(place + ": cookies are written name=value; name=value, but number "
                        + (cookies.size() + 1) + " has no name");
            }
            add(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip(), null, null);
        }
    }

    private void addDescribed(int index, @Nullable Object element) {
        Object cookie = element instanceof CharSequence text
                ? DescribedCookie.of(place + ": cookie " + index + " of the list", text.toString())
                : element;
        if (!(cookie instanceof Map<?, ?> given)) {
            throw new IllegalArgumentException(
                    place + ": cookie " + index + " of the list is neither a Map nor a String as in Set-Cookie");
        }
        Map<String, Object> described = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            if (!KEYS.contains(String.valueOf(key))) {
                String nearest = NearestName.of(String.valueOf(key), KEYS);
                throw new IllegalArgumentException(place + ": cookie " + index + " of the list has the unknown key "
                        + Quoted.of(key) + (nearest == null ? "; known: " + KEYS : ", did you mean " + nearest + "?"));
            }
            if (value != null) {
                described.put(String.valueOf(key), value);
            }
        });
        Object name = described.get("name"); // an empty one is that of a cookie without a name
        if (name == null) {
            throw new IllegalArgumentException(place + ": cookie " + index + " of the list has no name");
        }
        add(name.toString(), described.get("value"), described, index);
    }

    private void add(
            String name, @Nullable Object value, @Nullable Map<String, Object> described, @Nullable Integer index) {
        if (name.isEmpty() && described == null) {
            throw new IllegalArgumentException(place + ": a cookie has no name");
        }
        if (value == null) {
            throw new IllegalArgumentException(place + ": cookie " + Quoted.of(name) + " has no value"
                    + (index == null ? "" : " (" + index + " of the list)"));
        }
        SetCookie cookie = SetCookie.of(name, value.toString()).withPath("/");
        if (described == null) {
            cookies.add(new Given(cookie, null));
            return;
        }
        String domain = described.containsKey("domain") ? text("domain", described.get("domain")) : null;
        String host = domain == null ? null : domain.startsWith(".") ? domain.substring(1) : domain;
        boolean hostOnly = flag(described, "hostOnly");
        cookie = cookie.withDomain(hostOnly ? null : domain)
                .withPath(described.containsKey("path") ? text("path", described.get("path")) : "/")
                .withExpiry(expiry(name, described))
                .withSecure(flag(described, "secure"))
                .withHttpOnly(flag(described, "httpOnly"));
        if (described.containsKey("sameSite")) {
            cookie = cookie.withSameSite(sameSite(name, described.get("sameSite")));
        }
        cookies.add(new Given(cookie, host));
    }

    private @Nullable Instant expiry(String name, Map<String, Object> described) {
        Object maxAge = described.get("maxAge");
        if (maxAge != null) {
            try {
                long seconds = Long.parseLong(maxAge.toString());
                return seconds < 0 ? null : Instant.now().plusSeconds(seconds);
            } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
                throw new IllegalArgumentException(
                        place + ": cookie " + Quoted.of(name) + ": maxAge must be a number of seconds");
            }
        }
        Object expires = described.get("expires");
        if (expires instanceof Instant instant) {
            return instant;
        }
        if (expires instanceof Date date) {
            return date.toInstant();
        }
        if (expires != null) {
            try {
                if (expires instanceof Number seconds) { // browsers and tools write -1 or 0 for the end of the session
                    return seconds.doubleValue() <= 0 ? null : Instant.ofEpochSecond(seconds.longValue());
                }
                return Instant.parse(expires.toString());
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(place + ": cookie " + Quoted.of(name)
                        + ": expires must be a time such as 2027-01-31T12:00:00Z, or seconds since 1970");
            }
        }
        return null;
    }

    private SameSite sameSite(String name, @Nullable Object value) {
        try {
            return SameSite.valueOf(String.valueOf(value).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    place + ": cookie " + Quoted.of(name) + ": sameSite must be Strict, Lax or None");
        }
    }

    private String text(String what, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(place + ": a cookie has no " + what);
        }
        return value.toString();
    }

    private static boolean flag(Map<String, Object> described, String key) {
        return Boolean.parseBoolean(String.valueOf(described.get(key)));
    }
}
