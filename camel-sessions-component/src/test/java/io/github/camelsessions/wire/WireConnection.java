/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** One TCP connection, from either side, and whose it is. Read by one thread. */
final class WireConnection implements AutoCloseable {

    private static final String OWNER = "owner";

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final AtomicReference<String> owner = new AtomicReference<>();
    private final Map<String, AtomicReference<String>> sessionsById;

    WireConnection(Socket socket) throws IOException {
        this(socket, new ConcurrentHashMap<>());
    }

    /** @param sessionsById whose the server's TLS sessions are, by their id */
    WireConnection(Socket socket, Map<String, AtomicReference<String>> sessionsById) throws IOException {
        socket.setTcpNoDelay(true);
        this.socket = socket;
        this.sessionsById = sessionsById;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** The head of a request or response: the start line, and the fields by name, whatever their case. */
    record Head(String start, Map<String, List<String>> fields) {

        /** The only value of a field, null without one. */
        String field(String name) {
            List<String> values = fields.getOrDefault(name, List.of());
            if (values.size() > 1) {
                throw new AssertionError("more than one " + name + ": " + values);
            }
            return values.isEmpty() ? null : values.get(0);
        }

        String word(int index) {
            return start.split(" ")[index];
        }

        int length() {
            String length = field("Content-Length");
            return length == null ? 0 : Integer.parseInt(length);
        }
    }

    /** Reads a head, null when the other side closed instead. */
    Head readHead() throws IOException {
        String start = readLine();
        if (start == null) {
            return null;
        }
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(); line != null && !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            fields.merge(
                    line.substring(0, colon),
                    List.of(line.substring(colon + 1).strip()),
                    (before, more) ->
                            Stream.concat(before.stream(), more.stream()).toList());
        }
        return new Head(start, fields);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                return null;
            }
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    byte[] readBody(Head head) throws IOException {
        return in.readNBytes(head.length());
    }

    void write(String head, byte[] body) throws IOException {
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    /** Passes octets on until the other side has closed. */
    void copyTo(WireConnection other) throws IOException {
        byte[] octets = new byte[8192];
        for (int read = in.read(octets); read >= 0; read = in.read(octets)) {
            other.out.write(octets, 0, read);
            other.out.flush();
        }
    }

    int localPort() {
        return socket.getLocalPort();
    }

    int remotePort() {
        return socket.getPort();
    }

    /**
     * Makes the connection and its TLS session somebody's own. Returns null, or a text that says whose they were before.
     */
    String claim(String identity) {
        String before = claim(owner, identity);
        if (before == null && socket instanceof SSLSocket tls) {
            before = claim(sessionOwner(tls.getSession()), identity);
            return before == null ? null : "in the TLS session of " + before;
        }
        return before == null ? null : "on the connection of " + before;
    }

    private static String claim(AtomicReference<String> owner, String identity) {
        String before = owner.compareAndExchange(null, identity);
        return before == null || before.equals(identity) ? null : before;
    }

    @SuppressWarnings("unchecked")
    private AtomicReference<String> sessionOwner(SSLSession session) {
        if (session.getProtocol().equals("TLSv1.2")) { // each connection of a session has its id
            return sessionsById.computeIfAbsent(
                    HexFormat.of().formatHex(session.getId()), id -> new AtomicReference<>());
        }
        synchronized (sessionsById) { // each connection has an id, and the values of the session it resumed
            if (session.getValue(OWNER) == null) {
                session.putValue(OWNER, new AtomicReference<String>());
            }
            return (AtomicReference<String>) session.getValue(OWNER);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // closed enough
        }
    }
}
