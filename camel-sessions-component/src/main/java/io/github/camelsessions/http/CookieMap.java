/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Cookies by name, to be carried by a message: a plain map to code and to Simple expressions, but
 * {@link #toString()} masks the values, because logs, tracers and message dumps print headers and bodies by it. Not
 * thread-safe.
 */
public final class CookieMap extends LinkedHashMap<String, String> {

    private static final long serialVersionUID = 1L;

    /** An empty map. */
    public CookieMap() {}

    /** A copy. */
    public CookieMap(Map<String, String> cookies) {
        super(cookies);
    }

    @Override
    public String toString() {
        return keySet().stream().map(name -> name + "=***").collect(Collectors.joining(", ", "{", "}"));
    }
}
