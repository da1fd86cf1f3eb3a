/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.util.LinkedHashMap;
import java.util.stream.Collectors;

/**
 * Cookies by name, for code that has asked for them, and as the body of a message: a plain map, but {@link #toString()}
 * masks the values, because logs, tracers and message dumps print bodies by it. Not thread-safe.
 */
public final class CookieMap extends LinkedHashMap<String, String> {

    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
        return keySet().stream().map(name -> name + "=***").collect(Collectors.joining(", ", "{", "}"));
    }
}
