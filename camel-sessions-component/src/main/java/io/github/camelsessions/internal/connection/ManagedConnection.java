/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.Wire;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.HttpMessageWriterFactory;
import org.apache.hc.core5.http.io.ResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.message.RequestLine;
import org.apache.hc.core5.http.message.StatusLine;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Identifiable;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a pool, with the logs of HttpClient's own one, which is no public class in the HttpClient 5.5 of Camel
 * 4.18. Used by one thread at a time, but for closing.
 */
abstract class ManagedConnection extends DefaultBHttpClientConnection
        implements ManagedHttpClientConnection, Identifiable {

    private static final Logger HEADERS = LoggerFactory.getLogger("org.apache.hc.client5.http.headers");
    private static final Logger WIRE = LoggerFactory.getLogger("org.apache.hc.client5.http.wire");
    private static final AtomicLong NUMBER = new AtomicLong();

    private final String id = "http-outgoing-" + NUMBER.getAndIncrement(); // as in HttpClient's log
    private final AtomicBoolean closed = new AtomicBoolean();
    private Timeout socketTimeout = Timeout.ZERO_MILLISECONDS;

    ManagedConnection(
            ResponseOutOfOrderStrategy lookout,
            HttpMessageWriterFactory<ClassicHttpRequest> writers,
            HttpMessageParserFactory<ClassicHttpResponse> parsers) {
        super(null, null, null, null, null, lookout, writers, parsers);
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public void bind(Socket socket) throws IOException {
        bind(WIRE.isDebugEnabled() ? new Logged(socket, new Wire(WIRE, id)) : new SocketHolder(socket));
    }

    @Override
    public void bind(SSLSocket secure, Socket socket) throws IOException {
        bind(WIRE.isDebugEnabled() ? new Logged(secure, socket, new Wire(WIRE, id)) : new SocketHolder(secure, socket));
    }

    @Override
    protected void bind(SocketHolder socket) throws IOException {
        if (closed.get()) { // aborted while it was being made
            socket.getSocket().close();
            throw new InterruptedIOException("the connection was closed meanwhile");
        }
        super.bind(socket);
        socketTimeout = Timeout.ofMilliseconds(socket.getSocket().getSoTimeout());
    }

    @Override
    public @Nullable Socket getSocket() {
        SocketHolder holder = getSocketHolder();
        return holder == null ? null : holder.getSocket();
    }

    @Override
    public @Nullable SSLSession getSSLSession() {
        return getSocket() instanceof SSLSocket secure ? secure.getSession() : null;
    }

    @Override
    public void passivate() {
        setSocketTimeout(Timeout.ZERO_MILLISECONDS);
    }

    @Override
    public void activate() {
        setSocketTimeout(socketTimeout);
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            super.close();
        }
    }

    @Override
    public void close(CloseMode mode) {
        if (closed.compareAndSet(false, true)) {
            super.close(mode);
        }
    }

    @Override
    protected void onRequestSubmitted(@Nullable ClassicHttpRequest request) {
        if (request != null && HEADERS.isDebugEnabled()) {
            log(">>", new RequestLine(request), request);
        }
    }

    @Override
    protected void onResponseReceived(@Nullable ClassicHttpResponse response) {
        if (response != null && HEADERS.isDebugEnabled()) {
            log("<<", new StatusLine(response), response);
        }
    }

    private void log(String direction, Object line, HttpMessage message) {
        HEADERS.debug("{} {} {}", id, direction, line);
        for (Header header : message.getHeaders()) {
            HEADERS.debug("{} {} {}", id, direction, header);
        }
    }

    /** A socket whose octets are logged. */
    private static final class Logged extends SocketHolder {

        private final Wire wire;

        Logged(Socket socket, Wire wire) {
            super(socket);
            this.wire = wire;
        }

        Logged(SSLSocket secure, Socket socket, Wire wire) {
            super(secure, socket);
            this.wire = wire;
        }

        @Override
        protected InputStream getInputStream(Socket socket) throws IOException {
            return new FilterInputStream(super.getInputStream(socket)) {
                @Override
                public int read() throws IOException {
                    int octet = super.read();
                    if (octet >= 0) {
                        wire.input(octet);
                    }
                    return octet;
                }

                @Override
                public int read(byte[] octets, int offset, int length) throws IOException {
                    int got = super.read(octets, offset, length);
                    if (got > 0) {
                        wire.input(octets, offset, got);
                    }
                    return got;
                }
            };
        }

        @Override
        protected OutputStream getOutputStream(Socket socket) throws IOException {
            return new FilterOutputStream(super.getOutputStream(socket)) {
                @Override
                public void write(int octet) throws IOException {
                    out.write(octet);
                    wire.output(octet);
                }

                @Override
                public void write(byte[] octets, int offset, int length) throws IOException {
                    out.write(octets, offset, length);
                    wire.output(octets, offset, length);
                }
            };
        }
    }
}
