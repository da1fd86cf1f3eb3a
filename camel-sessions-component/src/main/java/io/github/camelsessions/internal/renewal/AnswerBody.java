/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.IOHelper;
import org.jspecify.annotations.Nullable;

/** Looks into the bodies of answers, and leaves them to be read by others. */
public final class AnswerBody {

    static final int TEXT_LIMIT = 64 * 1024;

    private AnswerBody() {}

    /** Whether the body of an answer may be a page of HTML. */
    static boolean mayBeHtml(Reply reply) {
        String type = reply.header(Exchange.CONTENT_TYPE);
        return type == null || type.toLowerCase(Locale.ROOT).contains("html");
    }

    /** The first 64 kB of a text, empty for anything else. */
    static String beginning(Exchange exchange, Reply reply) throws IOException {
        if (exchange.getException() instanceof HttpOperationFailedException failed) {
            String body = beginning(failed);
            return body == null ? "" : body;
        }
        if (exchange.getMessage().getBody() instanceof String string) {
            return string.substring(0, Math.min(string.length(), TEXT_LIMIT));
        }
        String type = reply.header(Exchange.CONTENT_TYPE);
        return isText(type) ? new String(first(exchange.getMessage(), TEXT_LIMIT), charset(type)) : "";
    }

    private static @Nullable String beginning(HttpOperationFailedException failed) {
        String body = failed.getResponseBody();
        return body == null ? null : body.substring(0, Math.min(body.length(), TEXT_LIMIT));
    }

    /**
     * What predicates see of a body: all of it, unless it is longer than 64 kB or has not come yet; then the first 64 kB of a
     * text, and nothing of anything else.
     */
    static @Nullable Object seenOf(Exchange exchange, Reply reply) {
        if (exchange.getException() instanceof HttpOperationFailedException failed) {
            return beginning(failed);
        }
        Object body = exchange.getMessage().getBody();
        if (!(body instanceof InputStream) && !(body instanceof byte[] bytes && bytes.length > TEXT_LIMIT)) {
            return body;
        }
        boolean seen = isText(reply.header(Exchange.CONTENT_TYPE))
                || (body instanceof StreamCache cache && cache.length() <= TEXT_LIMIT);
        return new SeenBody(() -> seen ? first(exchange.getMessage(), TEXT_LIMIT) : new byte[0]);
    }

    /** The first octets of a body. One that is still the stream of its connection goes on from there. */
    public static byte[] first(Message message, int limit) throws IOException {
        Object body = message.getBody();
        if (body instanceof byte[] bytes) {
            return bytes.length <= limit ? bytes : Arrays.copyOf(bytes, limit);
        }
        if (body instanceof StreamCache cache && body instanceof InputStream stream) {
            cache.reset();
            try {
                return stream.readNBytes(limit);
            } finally {
                cache.reset();
            }
        }
        if (body instanceof InputStream stream && !(body instanceof BegunBody begun && begun.hasBegun(limit))) {
            body = BegunBody.of(stream, limit);
            message.setBody(body);
        }
        if (!(body instanceof BegunBody begun)) {
            return new byte[0];
        }
        byte[] beginning = begun.beginning();
        return beginning.length <= limit ? beginning : Arrays.copyOf(beginning, limit);
    }

    // of an unknown charset the signs that HTML and headers are written in are mostly those of ASCII
    private static Charset charset(@Nullable String contentType) {
        String name = contentType == null ? null : IOHelper.getCharsetNameFromContentType(contentType);
        try {
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    // without a type, servers send pages that they wrote by hand
    private static boolean isText(@Nullable String contentType) {
        if (contentType == null) {
            return true;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        if (type.startsWith("text/event-stream")) {
            return false; // no page, and without an end
        }
        return type.startsWith("text/")
                || type.contains("html")
                || type.contains("xml")
                || type.contains("json")
                || type.contains("javascript")
                || type.contains("x-www-form-urlencoded");
    }
}
