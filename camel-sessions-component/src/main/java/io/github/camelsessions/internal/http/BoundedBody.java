/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.ReadBody;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer within the limits of its call: no more octets than {@code maxResponseSize}, counted as they come
 * and after decoding, and, where the body is read by the route, no longer than {@code requestTimeout}. What exceeds them is
 * an IOException, and the connection is closed: the rest is not read, neither to be thrown away.
 */
final class BoundedBody extends ReadBody {

    private final SessionCall call;
    private final Runnable onEnd;

    private BoundedBody(HttpEntity body, SessionCall call, Runnable onEnd) {
        super(body);
        this.call = call;
        this.onEnd = onEnd;
    }

    /**
     * Puts the answer of a call under its limits, if it has any.
     *
     * @throws IOException when the answer itself says that it is too long
     */
    static void limit(ClassicHttpResponse response, SessionCall call) throws IOException {
        HttpEntity body = response.getEntity();
        CallRules rules = call.rules();
        if (body == null || !rules.isLimited()) {
            return;
        }
        long most = rules.maxResponseSize();
        if (most > 0 && body.getContentLength() > most) {
            call.discard();
            throw tooLong(call);
        }
        response.setEntity(new BoundedBody(body, call, call::end));
    }

    /** Limits, as a handler in HttpClient's chain, what HttpClient reads itself: the bodies of redirects and challenges. */
    static ClassicHttpResponse limitHop(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        limitRead(response, scope.clientContext);
        return response;
    }

    /** The same for an answer that no handler sees, as that of a proxy to CONNECT. */
    static void limitRead(ClassicHttpResponse response, HttpContext context) {
        if (response.getEntity() != null
                && isRead(response.getCode())
                && context.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call
                && call.rules().maxResponseSize() > 0) {
            response.setEntity(new BoundedBody(response.getEntity(), call, () -> {}));
        }
    }

    private static boolean isRead(int status) {
        return status / 100 == 3
                || status == HttpStatus.SC_UNAUTHORIZED
                || status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED;
    }

    private static IOException tooLong(SessionCall call) {
        return new IOException(call.describe() + ": the answer is longer than the "
                + call.rules().maxResponseSize()
                + " bytes that maxResponseSize allows, and was not read further; raise it, or ask for less");
    }

    @Override
    protected InputStream reading(InputStream octets) {
        return new Bounded(octets);
    }

    private final class Bounded extends Octets {

        private static final int SKIPPED_AT_ONCE = 4096;

        private long read;
        private boolean over;
        private @Nullable IOException failure; // whoever reads on gets it again

        Bounded(InputStream octets) {
            super(octets);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            if (failure != null) {
                throw failure;
            }
            int got;
            try {
                got = in.read(octets, offset, length);
            } catch (IOException e) {
                throw failed(call.isAborted() ? call.whyAborted(e) : e);
            }
            if (got < 0) {
                over();
                return got;
            }
            read += got;
            long most = call.rules().maxResponseSize();
            if (most > 0 && read > most) {
                call.discard();
                throw failed(tooLong(call));
            }
            return got;
        }

        private IOException failed(IOException why) {
            failure = why;
            over();
            return why;
        }

        @Override
        public long skip(long octets) throws IOException {
            return Math.max(0, read(new byte[(int) Math.min(SKIPPED_AT_ONCE, Math.max(0, octets))]));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void over() {
            over = true;
            onEnd.run();
        }

        /** Reads the rest, so that the connection can be used again; HttpClient would, but count nothing. */
        @Override
        public void close() throws IOException {
            try (InputStream octets = in) { // what is thrown there does not hide why it is read no further
                byte[] rest = over ? new byte[0] : new byte[SKIPPED_AT_ONCE];
                while (!over) {
                    read(rest, 0, rest.length);
                }
            }
        }
    }
}
