/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once for each site that a page with a password field was delivered as what was asked for: probably the log-in page,
 * which no expiry rule sees. It looks at one page a second, at its first 64 kB, and only at what is in memory anyhow, so that
 * it costs nothing to speak of and no stream is read. Thread-safe.
 */
final class LogInPages {

    private static final Logger LOG = LoggerFactory.getLogger(LogInPages.class);

    private static final int LIMIT = 64 * 1024;
    private static final long PACE_NANOS = 1_000_000_000L;
    private static final Pattern PASSWORD_FIELD =
            Pattern.compile("<input\\s[^>]*type\\s*=\\s*[\"']?password\\b", Pattern.CASE_INSENSITIVE);

    private final LongSupplier nanoTime;
    private final Map<String, AtomicLong> lastLooks = new ConcurrentHashMap<>(); // by site
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    LogInPages(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** An answer goes to its route that no expiry rule matches, in a session that would be renewed. */
    void delivered(SessionKey session, Exchange exchange, SessionRequest request) {
        Message message = exchange.getMessage();
        if (exchange.getException() == null
                && isHtml(message.getHeader(Exchange.CONTENT_TYPE))
                && isInMemory(message.getBody())
                && isTurn(session.site())
                && PASSWORD_FIELD.matcher(beginning(message.getBody())).find()
                && told.add(session.site())) {
            LOG.warn(
                    "session '{}': {} was answered by a page with a password field that no expiry rule calls expired. If it"
                            + " is the log-in page, set expiredUri or expiredText so that it is seen. This is logged once.",
                    session,
                    request.describe());
        }
    }

    private static boolean isHtml(@Nullable Object contentType) {
        return contentType instanceof String type && type.regionMatches(true, 0, "text/html", 0, 9);
    }

    private boolean isTurn(String site) {
        if (told.contains(site)) {
            return false;
        }
        long now = nanoTime.getAsLong();
        AtomicLong look = lastLooks.computeIfAbsent(site, first -> new AtomicLong(now - PACE_NANOS));
        long last = look.get();
        return now - last >= PACE_NANOS && look.compareAndSet(last, now);
    }

    private static boolean isInMemory(@Nullable Object body) {
        return body instanceof byte[] || (body instanceof StreamCache cache && cache.inMemory());
    }

    // the octets, whatever their charset: what is looked for is ASCII in all that pages are written in
    private static String beginning(@Nullable Object body) {
        if (body instanceof byte[] bytes) {
            return new String(bytes, 0, Math.min(bytes.length, LIMIT), StandardCharsets.ISO_8859_1);
        }
        if (!(body instanceof StreamCache cache && body instanceof InputStream stream)) {
            return "";
        }
        try {
            cache.reset();
            return new String(stream.readNBytes(LIMIT), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // whoever reads the page is told
        } finally {
            cache.reset();
        }
    }
}
