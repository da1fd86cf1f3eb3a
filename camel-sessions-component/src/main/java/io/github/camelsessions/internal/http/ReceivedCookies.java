/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cookies by name, to be carried in a header of a message. {@link #get} gives the value; whoever goes through the map sees
 * asterisks: {@link #toString()}, its entries and values, copies, JSON and serialization. For tracers, consoles and dumps
 * print headers, and Camel's JSON goes through a Map. To others it is read-only. Not thread-safe.
 */
public final class ReceivedCookies extends AbstractMap<String, String> implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final String MASK = "***";

    private final transient Map<String, String> values = new LinkedHashMap<>();

    /** A cookie was set; one of the same name counts no more. */
    void add(String name, String value) {
        values.put(name, value);
    }

    /** The value itself, null when there is no cookie of that name. */
    @Override
    public @Nullable String get(@Nullable Object name) {
        return values.get(name);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return values.containsKey(name);
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return values.keySet().stream()
                        .map(name -> Map.entry(name, MASK))
                        .iterator();
            }

            @Override
            public int size() {
                return values.size();
            }
        };
    }

    /** As a Map must, by the values themselves. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Map<?, ?> map
                && map.size() == values.size()
                && values.entrySet().stream()
                        .allMatch(cookie -> cookie.getValue().equals(map.get(cookie.getKey())));
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Serial
    private Object writeReplace() {
        return new LinkedHashMap<>(this);
    }
}
