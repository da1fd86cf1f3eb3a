/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.support.ObjectHelper;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an HTML form, from a Map. A collection or array is one field for each element, null is none; anything else
 * is one field, whose value Camel's type converters make: what is read as octets or signs is its text, in the charset of
 * the exchange. Stateless.
 */
final class FormFields {

    private FormFields() {}

    /**
     * @throws IllegalArgumentException when a value is no text; it names the field and shows no value
     */
    static List<NameValuePair> of(Map<?, ?> form, Exchange exchange) {
        List<NameValuePair> fields = new ArrayList<>();
        form.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (isSeveral(value)) {
                // a comma is part of a value
                for (Object element : ObjectHelper.createIterable(value, null, true)) {
                    if (element != null) {
                        fields.add(new BasicNameValuePair(name, text(name, element, exchange)));
                    }
                }
            } else if (value != null) {
                fields.add(new BasicNameValuePair(name, text(name, value, exchange)));
            }
        });
        return fields;
    }

    private static boolean isSeveral(@Nullable Object value) {
        return value instanceof Collection
                || (value != null
                        && value.getClass().isArray()
                        && !(value instanceof byte[] || value instanceof char[]));
    }

    private static String text(String name, Object value, Exchange exchange) {
        if (value instanceof CharSequence) {
            return value.toString();
        }
        if (value instanceof char[] chars) {
            return String.valueOf(chars);
        }
        if (value instanceof StreamCache cache) {
            cache.reset();
        }
        String text = value instanceof Map || isSeveral(value)
                ? null
                : exchange.getContext().getTypeConverter().tryConvertTo(String.class, exchange, value);
        if (text == null || text.equals(identity(value))) {
            throw new IllegalArgumentException("field '" + name + "' of the form: a "
                    + value.getClass().getName() + " is no text; put a text there, or leave the field out");
        }
        return text;
    }

    /** What {@link Object#toString} tells of an object: its class. */
    private static String identity(Object value) {
        return value.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(value));
    }

    /** The name of a field whose value can be read once, null for none. */
    static @Nullable String onceReadable(Map<?, ?> form) {
        for (Map.Entry<?, ?> field : form.entrySet()) {
            Object value = field.getValue();
            if ((value instanceof InputStream || value instanceof Reader) && !(value instanceof StreamCache)) {
                return String.valueOf(field.getKey());
            }
        }
        return null;
    }

    /** The same form with the text of what can be read once. */
    static Map<?, ?> read(Map<?, ?> form, Exchange exchange) {
        Map<Object, Object> read = new LinkedHashMap<>(form);
        read.replaceAll((key, value) -> value instanceof InputStream || value instanceof Reader
                ? text(String.valueOf(key), value, exchange)
                : value);
        return read;
    }
}
