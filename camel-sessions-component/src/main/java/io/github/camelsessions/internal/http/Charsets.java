/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.nio.charset.Charset;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.util.IOHelper;
import org.jspecify.annotations.Nullable;

/** Keeps charsets that nobody can read off exchanges: to Camel they are a failure, at whatever is read or sent next. */
public final class Charsets {

    private Charsets() {}

    /** Forgets the charset of an answer if the JVM does not know it. */
    public static void forgetUnknown(Exchange exchange) {
        String name = exchange.getProperty(ExchangePropertyKey.CHARSET_NAME, String.class);
        if (name != null && !isKnown(name)) {
            exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        }
    }

    /** Takes the charset off the type of a message, as a page has left it there, if the JVM does not know it. */
    public static void forgetUnknown(Message message) {
        String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        String name = of(type);
        if (type != null && name != null && !isKnown(name)) {
            String rest = Stream.of(type.split(";", -1))
                    .filter(part -> !part.strip().toLowerCase(Locale.ROOT).startsWith("charset"))
                    .collect(Collectors.joining(";"));
            message.setHeader(Exchange.CONTENT_TYPE, rest);
        }
    }

    /** The charset that a type names, null when it names none, or none that the JVM knows. */
    public static @Nullable Charset named(@Nullable String type) {
        String name = of(type);
        return name != null && isKnown(name) ? Charset.forName(name) : null;
    }

    /** Whether a type is one of JSON that says of no charset: it is UTF-8 then (RFC 8259, section 8.1). */
    static boolean isJson(@Nullable String type) {
        if (type == null || of(type) != null) {
            return false;
        }
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }

    private static @Nullable String of(@Nullable String type) {
        boolean says = type != null && type.toLowerCase(Locale.ROOT).contains("charset");
        return says ? IOHelper.getCharsetNameFromContentType(type) : null; // which tells a default where there is none
    }

    private static boolean isKnown(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
