/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.entity.DeflateInputStream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bodies when they are read, where HttpClient would refuse the whole answer for its coding, a redirect or a 401 as
 * well: an empty body is empty in any coding, what is not in the coding that it says is left as it is, and so is one in a
 * coding that is not known (RFC 9110, section 8.4). Stateless.
 */
final class Decoding {

    private static final String IDENTITY = "identity";
    private static final int MOST = 5; // codings of one body: more would be an attack on who decodes

    private Decoding() {}

    /** As a handler in HttpClient's chain, within the one that decodes. */
    static ClassicHttpResponse decode(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity body = response.getEntity();
        if (body != null && body.getContentEncoding() != null) {
            List<String> codings = codings(body.getContentEncoding());
            boolean redirect = response.getCode() / 100 == 3 && response.containsHeader(HttpHeaders.LOCATION);
            boolean known =
                    !redirect && codings.size() <= MOST && codings.stream().allMatch(Decoding::isKnown);
            response.setEntity(new Decoded(body, known ? codings : List.of(), known));
        }
        return response;
    }

    private static List<String> codings(String header) {
        List<String> codings = new ArrayList<>();
        for (String coding : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String name = coding.strip();
            if (!name.isEmpty() && !name.equals(IDENTITY)) {
                codings.add(name);
            }
        }
        return codings;
    }

    private static boolean isKnown(String coding) {
        return coding.equals("gzip") || coding.equals("x-gzip") || coding.equals("deflate");
    }

    /**
     * A body that nobody else decodes: it says of no coding, whereupon camel-http takes the header off the answer, or, left as
     * it came, of one that changes nothing, so that the route still finds the header. Read by one thread.
     */
    private static final class Decoded extends HttpEntityWrapper {

        private final List<String> codings; // in the order in which they were applied
        private final boolean known;
        private @Nullable InputStream content; // whoever asks twice goes on reading

        Decoded(HttpEntity body, List<String> codings, boolean known) {
            super(body);
            this.codings = codings;
            this.known = known;
        }

        @Override
        public InputStream getContent() throws IOException {
            InputStream opened = content;
            if (opened == null) {
                opened = super.getContent();
                for (int i = codings.size() - 1; i >= 0; i--) {
                    opened = new Lazy(opened, codings.get(i));
                }
                content = opened;
            }
            return opened;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            try (InputStream in = getContent()) {
                in.transferTo(out);
            }
        }

        @Override
        public @Nullable String getContentEncoding() {
            return known ? null : IDENTITY;
        }

        @Override
        public long getContentLength() {
            return codings.isEmpty() ? super.getContentLength() : -1;
        }
    }

    /** Looks at the first octets before it decides, and not before it is read. */
    private static final class Lazy extends InputStream {

        private final InputStream octets;
        private final String coding;
        private @Nullable InputStream decoded;

        Lazy(InputStream octets, String coding) {
            this.octets = octets;
            this.coding = coding;
        }

        private InputStream decoded() throws IOException {
            InputStream opened = decoded;
            if (opened == null) {
                PushbackInputStream begun = new PushbackInputStream(octets, 2);
                byte[] first = begun.readNBytes(2);
                begun.unread(first);
                if (first.length < 2) {
                    opened = begun;
                } else if (coding.equals("deflate")) {
                    opened = new DeflateInputStream(begun);
                } else {
                    boolean gzip = (first[0] & 0xFF) == 0x1F && (first[1] & 0xFF) == 0x8B; // RFC 1952, section 2.3.1
                    opened = gzip ? new GZIPInputStream(begun) : begun;
                }
                decoded = opened;
            }
            return opened;
        }

        @Override
        public int read() throws IOException {
            return decoded().read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return decoded().read(to, offset, length);
        }

        @Override
        public int available() throws IOException {
            return decoded == null ? 0 : decoded.available();
        }

        @Override
        public void close() throws IOException {
            octets.close();
        }
    }
}
