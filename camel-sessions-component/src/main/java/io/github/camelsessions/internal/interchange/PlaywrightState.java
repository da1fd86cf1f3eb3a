/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.interchange;

import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.cookie.SameSite;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The storage state of Playwright, as {@code browser.newContext({ storageState })} takes it. */
public final class PlaywrightState {

    private PlaywrightState() {}

    /** These cookies as an object that becomes the JSON of the state. */
    public static Map<String, Object> of(List<Cookie> cookies) {
        return Map.of("cookies", cookies.stream().map(PlaywrightState::of).toList(), "origins", List.of());
    }

    private static Map<String, Object> of(Cookie cookie) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", cookie.name());
        described.put("value", cookie.value());
        described.put("domain", (cookie.hostOnly() ? "" : ".") + cookie.domain());
        described.put("path", cookie.path());
        described.put("expires", cookie.expiry() == null ? -1 : cookie.expiry().getEpochSecond());
        described.put("httpOnly", cookie.httpOnly());
        described.put("secure", cookie.secure());
        described.put("sameSite", sameSite(cookie.sameSite()));
        return described;
    }

    /** It must be one of three; browsers take a cookie that says nothing as Lax. */
    private static String sameSite(SameSite sameSite) {
        String name = sameSite == SameSite.DEFAULT ? SameSite.LAX.name() : sameSite.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
