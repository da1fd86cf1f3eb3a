/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Stands in an HTTP client where a request, with its cookies and on a connection of its own, would be written: notes when
 * that happens to the request for each {@code /page/N}, and can answer it from memory as the {@link TargetSite} would, so
 * that what a request costs besides its way over the wire is left. Thread-safe.
 */
final class PageWatch extends HttpRequestExecutor implements HttpClientConfigurer {

    private static final String PAGE = "/page/";

    private volatile long[] sent = {};
    private volatile boolean fromMemory;

    /** From here on there are so many pages, none sent yet, which the site answers. */
    void restart(int pages) {
        sent = new long[pages];
        fromMemory = false;
    }

    /** From here on pages are answered from memory, or by the site. */
    void answerFromMemory(boolean wanted) {
        fromMemory = wanted;
    }

    /** When the request for the page was last sent; to be read after its answer. */
    long sent(int page) {
        return sent[page];
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setRequestExecutor(this);
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            @Nullable HttpResponseInformationCallback callback,
            HttpContext context)
            throws IOException, HttpException {
        String path = request.getPath();
        if (!path.startsWith(PAGE)) {
            return super.execute(request, connection, callback, context);
        }
        sent[Integer.parseInt(path, PAGE.length(), path.length(), 10)] = System.nanoTime();
        return fromMemory ? page(path) : super.execute(request, connection, callback, context);
    }

    private static ClassicHttpResponse page(String path) {
        ClassicHttpResponse response = new BasicClassicHttpResponse(200);
        byte[] body = path.substring(1).getBytes(StandardCharsets.US_ASCII);
        response.setHeader(HttpHeaders.CONTENT_LENGTH, body.length); // without it the connection is not used again
        response.setEntity(new ByteArrayEntity(body, null));
        return response;
    }
}
