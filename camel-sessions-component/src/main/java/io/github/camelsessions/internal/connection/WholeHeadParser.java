/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import io.github.camelsessions.internal.text.Quoted;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.impl.io.LenientHttpResponseParser;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes an answer that ends within its header section for none: it is incomplete (RFC 9112, section 8), and what was cut
 * off may have been the cookie of a log-in. HttpCore takes the end of the connection for the end of the headers. A status
 * line without a status is a protocol error, where HttpClient would look for another answer behind it, and wait. Used by
 * one thread.
 */
public final class WholeHeadParser extends LenientHttpResponseParser {

    private static final String HTTP = "HTTP/";

    public WholeHeadParser(@Nullable Http1Config config) {
        super(config);
    }

    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
            throws IOException, HttpException {
        Watched octets = new Watched(in);
        ClassicHttpResponse response = super.parse(buffer, octets);
        // the buffer asks for more only while the line that it looks for has not ended
        if (response != null && octets.ended) {
            throw new ConnectionClosedException("the connection was closed within the header section of the answer");
        }
        return response;
    }

    @Override
    protected @Nullable ClassicHttpResponse createMessage(CharArrayBuffer line) throws IOException {
        ClassicHttpResponse response;
        try {
            response = super.createMessage(line);
        } catch (IllegalArgumentException e) {
            response = null; // 000
        }
        String begin = line.substringTrimmed(0, Math.min(line.length(), HTTP.length()));
        if (response == null && begin.equalsIgnoreCase(HTTP)) {
            throw new ClientProtocolException(
                    "the status line of the answer has no status of three digits: " + Quoted.of(line.toString()));
        }
        return response;
    }

    private static final class Watched extends FilterInputStream {

        private boolean ended;

        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            int got = super.read(octets, offset, length);
            ended |= got < 0;
            return got;
        }
    }
}
