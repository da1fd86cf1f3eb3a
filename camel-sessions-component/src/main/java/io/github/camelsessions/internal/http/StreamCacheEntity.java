/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.StreamCache;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * A cached stream as a request body that can be sent again. camel-http makes it a stream that is read once, and then
 * HttpClient does not follow the redirect that answers most log-in forms.
 */
final class StreamCacheEntity extends AbstractHttpEntity {

    private final StreamCache cache;

    StreamCacheEntity(StreamCache cache, @Nullable ContentType type, @Nullable String encoding) {
        super(type, encoding);
        this.cache = cache;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public long getContentLength() {
        return cache.length() > 0 ? cache.length() : -1;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        cache.reset();
        cache.writeTo(out);
        cache.reset();
    }

    @Override
    public InputStream getContent() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        writeTo(content);
        return new ByteArrayInputStream(content.toByteArray());
    }

    @Override
    public void close() {
        // the cache belongs to the exchange
    }
}
