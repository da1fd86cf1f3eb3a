/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.http.base.HttpHelper;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.IOHelper;
import org.jspecify.annotations.Nullable;

/**
 * Which answers mean that the session has expired: any that one of the rules matches. Immutable.
 *
 * @param statuses the statuses, as in {@code 401,440-449}; null for none
 * @param uri      matches the URI that gave the answer, after redirects; null for none
 * @param text     what the beginning of a text contains; null for none
 * @param when     matches the answer on the exchange; null for none
 */
public record ExpiryRules(
        @Nullable String statuses,
        @Nullable Predicate<URI> uri,
        @Nullable String text,
        org.apache.camel.@Nullable Predicate when) {

    private static final int TEXT_LIMIT = 64 * 1024;

    /**
     * What in the answer on the exchange means that the session has expired, null when nothing does. Fits between "expired
     * by" and "to GET https://...".
     */
    public @Nullable String match(Exchange exchange, Reply reply) throws IOException {
        return match(exchange, reply, true);
    }

    /**
     * The same of a log-in's answer. Sites have the form and what it is sent to at one URL, so that this tells something only
     * when the answer has led there.
     *
     * @param redirected whether the answer came after a redirect
     */
    @Nullable
    String matchLogIn(Exchange exchange, Reply reply, boolean redirected) throws IOException {
        return match(exchange, reply, redirected);
    }

    private @Nullable String match(Exchange exchange, Reply reply, boolean byUri) throws IOException {
        if (hasStatus(reply)) {
            return "status " + reply.status();
        }
        if (byUri && hasUri(reply.uri())) {
            return "the address " + withoutQuery(reply.uri()) + " of the answer";
        }
        if (text != null && beginning(exchange, reply).contains(text)) {
            return "the expiredText in the answer";
        }
        if (when != null && AnswerView.matches(when, exchange, reply)) {
            return "expiredWhen, which holds for the answer";
        }
        return null;
    }

    /** Whether an answer from there means that the session has expired. */
    public boolean hasUri(URI url) {
        return uri != null && uri.test(url);
    }

    /** Whether an answer means by its status that the session has expired: that of another site says nothing of it. */
    public boolean hasStatus(Reply reply) {
        return reply.ofSite() && hasStatus(reply.status());
    }

    /** Whether answers of this status mean that the session has expired. */
    boolean hasStatus(int status) {
        return statuses != null && HttpHelper.isStatusCodeOk(status, statuses);
    }

    /** Whether no answer matches. */
    public boolean isEmpty() {
        return statuses == null && uri == null && text == null && when == null;
    }

    /** Whether the body of an answer is looked into. */
    boolean readsBody() {
        return text != null || when != null;
    }

    private static String withoutQuery(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
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
        return isText(type) ? new String(octets(exchange.getMessage()), charset(type)) : "";
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
        return new SeenBody(() -> seen ? octets(exchange.getMessage()) : new byte[0]);
    }

    /** The first octets of a body. One that is still the stream of its connection goes on from there. */
    private static byte[] octets(Message message) throws IOException {
        Object body = message.getBody();
        if (body instanceof byte[] bytes) {
            return bytes.length <= TEXT_LIMIT ? bytes : Arrays.copyOf(bytes, TEXT_LIMIT);
        }
        if (body instanceof StreamCache cache && body instanceof InputStream stream) {
            cache.reset();
            try {
                return stream.readNBytes(TEXT_LIMIT);
            } finally {
                cache.reset();
            }
        }
        if (body instanceof InputStream stream && !(body instanceof BegunBody)) {
            body = BegunBody.of(stream, TEXT_LIMIT);
            message.setBody(body);
        }
        return body instanceof BegunBody begun ? begun.beginning() : new byte[0];
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
