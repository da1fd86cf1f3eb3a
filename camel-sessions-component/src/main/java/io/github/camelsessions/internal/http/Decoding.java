/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.ReadBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.entity.DeflateInputStream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
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

    /**
     * As a handler in HttpClient's chain, within the one that decodes, if there is one: camel-http, to which it is left
     * otherwise, cuts what it has decoded at the length that the answer says.
     */
    static ClassicHttpResponse decode(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity body = response.getEntity();
        if (body != null && body.getContentEncoding() != null) {
            List<String> codings = codings(body.getContentEncoding());
            boolean redirect = response.getCode() / 100 == 3 && response.containsHeader(HttpHeaders.LOCATION);
            boolean known =
                    !redirect && codings.size() <= MOST && codings.stream().allMatch(Decoding::isKnown);
            if (known) {
                // what is left by the header is decoded again by camel-http, up to 4.18 by this alone
                response.removeHeaders(HttpHeaders.CONTENT_ENCODING);
            }
            if (known && !codings.isEmpty()) { // which are of the octets that came
                response.removeHeaders(HttpHeaders.CONTENT_LENGTH);
                response.removeHeaders(HttpHeaders.CONTENT_MD5);
            }
            response.setEntity(new Decoded(body, known ? codings : List.of(), known));
        }
        return response;
    }

    /** Whether the body of an answer is as it came, for its codings are not known: nobody else is to decode it. */
    static boolean isLeft(ClassicHttpResponse response) {
        return response.getEntity() instanceof Decoded decoded && !decoded.known;
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
     * it came, of one that changes nothing, so that the route still finds the header.
     */
    private static final class Decoded extends ReadBody {

        private final List<String> codings; // in the order in which they were applied
        private final boolean known;

        Decoded(HttpEntity body, List<String> codings, boolean known) {
            super(body);
            this.codings = codings;
            this.known = known;
        }

        @Override
        protected InputStream reading(InputStream octets) {
            InputStream opened = octets;
            for (int i = codings.size() - 1; i >= 0; i--) {
                opened = new Lazy(opened, codings.get(i));
            }
            return opened;
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

    /** Octets that, once broken off, stay so: a decoder may swallow that, and the next read find their end. */
    private static final class Broken extends ReadBody.Octets {

        private @Nullable IOException why;

        Broken(InputStream octets) {
            super(octets);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (why != null) {
                throw why;
            }
            try {
                return in.read(to, offset, length);
            } catch (IOException e) {
                why = e;
                throw e;
            }
        }
    }

    /**
     * Looks at the first octets before it decides, and not before it is read. It ends where the octets do: a decoder ends
     * where its format does, and would take an answer that breaks off behind it for a whole one.
     */
    private static final class Lazy extends InputStream {

        private static final int LOOK = 512;

        private final InputStream octets;
        private final String coding;
        private @Nullable InputStream decoded;

        Lazy(InputStream octets, String coding) {
            this.octets = new Broken(octets);
            this.coding = coding;
        }

        private InputStream decoded() throws IOException {
            InputStream opened = decoded;
            if (opened == null) {
                PushbackInputStream begun = new PushbackInputStream(octets, LOOK);
                boolean deflate = coding.equals("deflate");
                byte[] first = begun.readNBytes(deflate ? LOOK : 2);
                begun.unread(first);
                if (deflate) {
                    opened = isDeflate(first) ? new DeflateInputStream(begun) : begun;
                } else {
                    opened = isGzip(first) ? new GZIPInputStream(begun) : begun;
                }
                decoded = opened;
            }
            return opened;
        }

        // RFC 1952, section 2.3.1
        private static boolean isGzip(byte[] first) {
            return first.length == 2 && (first[0] & 0xFF) == 0x1F && (first[1] & 0xFF) == 0x8B;
        }

        /**
         * Whether a decoder takes them. Some servers send deflate without zlib's envelope (RFC 9110, section 8.4.1.2), which
         * nothing marks: what ends within a look must be whole then, and nothing more.
         */
        private static boolean isDeflate(byte[] first) {
            if (first.length < 2) {
                return false;
            }
            boolean zlib = (first[0] & 0x8F) == 8 && ((first[0] & 0xFF) << 8 | first[1] & 0xFF) % 31 == 0; // RFC 1950
            Inflater inflater = new Inflater(!zlib);
            try {
                inflater.setInput(first);
                byte[] page = new byte[LOOK];
                for (int got = 1; got > 0; ) {
                    got = inflater.inflate(page);
                }
                boolean whole = inflater.finished() && inflater.getRemaining() == 0;
                return !inflater.needsDictionary() && (zlib || whole || first.length == LOOK && !inflater.finished());
            } catch (DataFormatException e) {
                return false;
            } finally {
                inflater.end();
            }
        }

        /** Reads what the decoder left, so that its end is the end of the answer; it is thrown away. */
        private int end() throws IOException {
            octets.transferTo(OutputStream.nullOutputStream());
            return -1;
        }

        @Override
        public int read() throws IOException {
            int octet = decoded().read();
            return octet < 0 ? end() : octet;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int got = decoded().read(to, offset, length);
            return got < 0 ? end() : got;
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
