/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.HttpMessageWriterFactory;
import org.apache.hc.core5.http.io.ResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that looks for an answer while it sends a body (RFC 9112, section 9.5). A refusal, or any other status from
 * 300, ends the body there; what is accepted early is sent to its end. HttpClient would go on until the server resets the
 * connection, and lose the answer. When sending fails, what the server had written before is read all the same: it lies in
 * the receive buffer, unless the reset has overtaken it, or the operating system drops the buffer at a reset.
 *
 * <p>A connection whose body was cut carries nothing more: neither the rest nor an end, which would make the part look
 * whole. It is closed after its answer. Nor does one that holds octets which no request has asked for. Used by one thread at
 * a time, but for closing.
 */
public final class EarlyAnswerConnection extends ManagedConnection {

    private static final int PIECE = 16 * 1024; // octets of a body between two looks
    private static final Timeout A_MOMENT = Timeout.ofSeconds(1); // of a connection that is over: nothing more can come

    private final Lookout lookout;
    private @Nullable ClassicHttpResponse early; // came while the body was sent, and is not yet fetched
    private @Nullable IOException broken; // why the body could not be sent to its end
    private volatile boolean cut;

    private EarlyAnswerConnection(
            Lookout lookout,
            HttpMessageWriterFactory<ClassicHttpRequest> writers,
            HttpMessageParserFactory<ClassicHttpResponse> parsers) {
        super(lookout, writers, parsers);
        this.lookout = lookout;
    }

    /** Makes such connections, not yet connected. */
    public static HttpConnectionFactory<ManagedHttpClientConnection> factory(
            HttpMessageWriterFactory<ClassicHttpRequest> writers,
            HttpMessageParserFactory<ClassicHttpResponse> parsers) {
        return socket -> {
            Lookout lookout = new Lookout();
            EarlyAnswerConnection made = new EarlyAnswerConnection(lookout, writers, lookout.of(parsers));
            if (socket != null) {
                made.bind(socket);
            }
            return made;
        };
    }

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        if (hasUnasked()) {
            throw new UnaskedAnswerException();
        }
        HttpEntity body = request.getEntity();
        if (body == null || body.getContentLength() == 0) {
            // of the upload that was redirected, or of the message's call before (RFC 9110, section 10.1.1)
            request.removeHeaders(HttpHeaders.EXPECT);
        }
        super.sendRequestHeader(request);
    }

    @Override
    public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
        HttpEntity body = request.getEntity();
        if (body == null) {
            return;
        }
        InPieces pieces = new InPieces(body);
        request.setEntity(pieces);
        try {
            super.sendRequestEntity(request); // which returns early where the lookout says so
        } catch (IOException e) {
            if (pieces.unreadable || !isAnswered()) {
                throw e;
            }
            broken = e;
            cut = true;
        } finally {
            request.setEntity(body);
        }
    }

    /**
     * Whether there are octets on a kept connection that no request has asked for: an answer too many, or the rest of one
     * that was longer than it said. The next request would take them for its answer (RFC 9112, section 11.2).
     */
    private boolean hasUnasked() throws IOException {
        return lookout.isAnythingLeft() || (lookout.octets != null && isAnythingHere());
    }

    /** Looks, without waiting, for octets. */
    private boolean isAnythingHere() throws IOException {
        SocketHolder socket = getSocketHolder();
        // TLS shows nothing before it is asked to read, and what it has received may be no answer
        return socket != null
                && socket.getBaseSocket().getInputStream().available() > 0
                && isDataAvailable(Timeout.ONE_MILLISECOND);
    }

    /** Whether there is an answer to read, if only the beginning of one. */
    private boolean isAnswered() {
        try {
            return early != null || isDataAvailable(A_MOMENT);
        } catch (IOException e) {
            return false;
        }
    }

    /** Looks, without waiting, for an answer; returns whether the body ends here. */
    private boolean looksForAnswer() throws IOException {
        if (cut || early != null) {
            return cut; // nor is what is buffered sent any more
        }
        if (!isAnythingHere()) {
            return false;
        }
        ClassicHttpResponse answer;
        try {
            answer = super.receiveResponseHeader();
        } catch (HttpException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (answer.getCode() >= HttpStatus.SC_SUCCESS) {
            early = answer;
            cut = answer.getCode() >= HttpStatus.SC_REDIRECTION;
        }
        return cut;
    }

    @Override
    public void terminateRequest(ClassicHttpRequest request) {
        cut = true; // HttpClient would end a body in chunks here, and the server have an empty one
    }

    @Override
    public void flush() throws IOException {
        if (!cut) {
            super.flush();
        }
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        ClassicHttpResponse answer = early;
        early = null;
        if (answer != null) {
            return answer;
        }
        try {
            return super.receiveResponseHeader();
        } catch (IOException e) {
            IOException why = broken;
            if (why == null) {
                throw e;
            }
            why.addSuppressed(e); // what was there was no whole answer
            throw why;
        }
    }

    @Override
    public void receiveResponseEntity(ClassicHttpResponse response) throws HttpException, IOException {
        super.receiveResponseEntity(response);
        boolean redirect = response.getCode() / 100 == 3 && response.containsHeader(HttpHeaders.LOCATION);
        boolean endsWithConnection = !response.containsHeader(HttpHeaders.CONTENT_LENGTH)
                && !response.containsHeader(HttpHeaders.TRANSFER_ENCODING);
        HttpEntity body = response.getEntity();
        if (cut && body != null && (redirect || endsWithConnection)) {
            response.setEntity(new UntilReset(body));
        }
    }

    @Override
    public boolean isConsistent() {
        return !cut && !lookout.isAnythingLeft() && super.isConsistent();
    }

    @Override
    public void close(CloseMode mode) {
        // else TLS would say good-bye to a server that may read no more
        super.close(cut ? CloseMode.IMMEDIATE : mode);
    }

    @Override
    public void close() throws IOException {
        if (cut) {
            super.close(CloseMode.IMMEDIATE); // and not flush what is buffered
        } else {
            super.close();
        }
    }

    /** There was something on a kept connection before the request: nothing of it was sent. */
    public static final class UnaskedAnswerException extends ConnectionClosedException {

        private static final long serialVersionUID = 1L;

        UnaskedAnswerException() {
            super("the kept connection held octets that no request had asked for");
        }
    }

    /** Asked before each piece is written to the socket; knows the buffer of its connection. */
    private static final class Lookout implements ResponseOutOfOrderStrategy {

        private @Nullable SessionInputBuffer octets; // of the connection, from its first answer on

        /** Parsers that show the connection's buffer, which nobody else does. */
        HttpMessageParserFactory<ClassicHttpResponse> of(HttpMessageParserFactory<ClassicHttpResponse> parsers) {
            return config -> {
                HttpMessageParser<ClassicHttpResponse> parser = parsers.create(config);
                return (buffer, in) -> {
                    octets = buffer;
                    return parser.parse(buffer, in);
                };
            };
        }

        /** Whether octets were received and not read. */
        boolean isAnythingLeft() {
            return octets != null && octets.length() > 0;
        }

        @Override
        public boolean isEarlyResponseDetected(
                ClassicHttpRequest request, HttpClientConnection connection, InputStream in, long sent, long next)
                throws IOException {
            return sent > 0
                    && ((EarlyAnswerConnection) connection).looksForAnswer(); // nobody answers what has not left
        }
    }

    /** A body that is written piece by piece, and that knows whether it was itself that failed. */
    private static final class InPieces extends HttpEntityWrapper {

        private boolean unreadable;

        InPieces(HttpEntity body) {
            super(body);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Pieces pieces = new Pieces(out);
            try {
                super.writeTo(pieces);
            } catch (IOException e) {
                unreadable = !pieces.failed;
                throw e;
            }
        }
    }

    private static final class Pieces extends FilterOutputStream {

        private boolean failed;

        Pieces(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            failed = true;
            for (int written = 0; written < length; written += PIECE) {
                out.write(octets, offset + written, Math.min(PIECE, length - written));
            }
            failed = false;
        }

        @Override
        public void flush() throws IOException {
            failed = true;
            super.flush();
            failed = false;
        }
    }

    /** The body of an answer for which the server has reset the connection: what was not read then is not missed. */
    private static final class UntilReset extends ReadBody {

        UntilReset(HttpEntity body) {
            super(body);
        }

        @Override
        protected InputStream reading(InputStream octets) {
            return new Quiet(octets);
        }
    }

    private static final class Quiet extends ReadBody.Octets {

        private boolean ended;

        Quiet(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            try {
                return in.read(octets, offset, length);
            } catch (SocketTimeoutException e) {
                throw e; // it is still there
            } catch (IOException e) {
                ended = true;
                return -1;
            }
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (IOException e) {
                // as above
            }
        }
    }
}
