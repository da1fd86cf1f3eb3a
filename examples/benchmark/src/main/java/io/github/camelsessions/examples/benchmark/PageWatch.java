/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/**
 * Stands in an HTTP client where a request would get its connection: notes when the request for each {@code /page/N} is
 * sent, and can answer it from memory as the {@link TargetSite} would, so that what a request costs besides its way over
 * the wire is left. Thread-safe.
 */
final class PageWatch implements HttpClientConfigurer, ExecChainHandler {

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
        builder.addExecInterceptorAfter(ChainElement.PROTOCOL.name(), "page watch", this);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        String path = request.getPath();
        if (!path.startsWith(PAGE)) {
            return chain.proceed(request, scope);
        }
        sent[Integer.parseInt(path, PAGE.length(), path.length(), 10)] = System.nanoTime();
        return fromMemory ? page(path) : chain.proceed(request, scope);
    }

    private static ClassicHttpResponse page(String path) {
        ClassicHttpResponse response = new BasicClassicHttpResponse(200);
        response.setEntity(new ByteArrayEntity(path.substring(1).getBytes(StandardCharsets.US_ASCII), null));
        return response;
    }
}
