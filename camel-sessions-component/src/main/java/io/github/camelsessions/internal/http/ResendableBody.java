/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.io.InputStream;
import java.io.Reader;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.BaseStream;
import javax.xml.transform.sax.SAXSource;
import javax.xml.transform.stax.StAXSource;
import javax.xml.transform.stream.StreamSource;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;
import org.apache.camel.support.MessageHelper;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** Makes bodies of requests fit to be sent more than once, as far as they are not yet. */
public final class ResendableBody {

    private ResendableBody() {}

    /**
     * Why the body of a message can be sent only once.
     *
     * @return such as "an InputStream can be read once", null when it can be sent again
     */
    public static @Nullable String obstacle(Message message) {
        Object body = message.getBody();
        if (body instanceof WrappedFile<?> file) {
            body = file.getBody();
        }
        if (body instanceof StreamCache) {
            return null;
        }
        if (body instanceof MultipartEntityBuilder form) {
            return form.build().isRepeatable()
                    ? null
                    : "a part of the multipart form is a stream, which can be read once";
        }
        if (body instanceof Map<?, ?> form) {
            String field = FormFields.onceReadable(form);
            return field == null ? null : "field '" + field + "' of the form is a stream, which can be read once";
        }
        if (body instanceof HttpEntity entity) {
            return entity.isRepeatable() ? null : "the HttpEntity is not repeatable";
        }
        String kind = onceReadable(body);
        return kind == null ? null : kind + " can be read once";
    }

    private static @Nullable String onceReadable(@Nullable Object body) {
        if (body instanceof InputStream) {
            return "an InputStream";
        }
        if (body instanceof Reader) {
            return "a Reader";
        }
        if (body instanceof Iterator) {
            return "an Iterator";
        }
        if (body instanceof BaseStream) {
            return "a Stream";
        }
        if (body instanceof StreamSource || body instanceof SAXSource || body instanceof StAXSource) {
            return "a " + body.getClass().getSimpleName();
        }
        return null;
    }

    /**
     * Turns the stream that is the body of the request into a stream cache, kept where the context's stream caching strategy
     * says, and streams in a form into their text. Any other body stays: files are read again from their place.
     *
     * @throws org.apache.camel.TypeConversionException when the stream cannot be read
     */
    public static void cache(Exchange exchange) {
        cache(exchange, exchange.getIn());
    }

    static void cache(Exchange exchange, Message message) {
        Object body = message.getBody();
        if (body instanceof WrappedFile<?> file) {
            body = file.getBody();
        }
        if (body instanceof Map<?, ?> form && FormFields.onceReadable(form) != null) {
            message.setBody(FormFields.read(form, exchange));
            return;
        }
        if (body instanceof StreamCache || onceReadable(body) == null) {
            return;
        }
        // The strategy's own method does nothing where stream caching is disabled or the type denied; the cache is
        // needed
        // all the same. Whether it is kept in memory or in a file the strategy decides in any case.
        StreamCache cache = exchange.getContext().getTypeConverter().convertTo(StreamCache.class, exchange, body);
        if (cache != null) {
            message.setBody(cache);
        }
    }

    /** Puts a cached stream back to its beginning, so that the next send reads all of it. */
    public static void reset(Message message) {
        MessageHelper.resetStreamCache(message);
    }
}
