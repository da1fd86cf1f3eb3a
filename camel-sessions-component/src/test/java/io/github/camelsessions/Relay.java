/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Passes connections on to a port of this machine, and keeps what each client said first: for TLS its ClientHello. */
final class Relay implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<byte[]> openings = new ConcurrentLinkedQueue<>();

    Relay(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.submit(() -> {
            while (true) {
                Socket client = server.accept();
                threads.submit(() -> relay(client));
            }
        });
    }

    private Void relay(Socket client) throws IOException {
        try (client;
                Socket onward = new Socket(InetAddress.getLoopbackAddress(), target)) {
            byte[] opening = new byte[16_384];
            int length = client.getInputStream().read(opening);
            if (length < 0) {
                return null;
            }
            openings.add(Arrays.copyOf(opening, length));
            onward.getOutputStream().write(opening, 0, length);
            threads.submit(() -> pump(client.getInputStream(), onward.getOutputStream(), onward));
            pump(onward.getInputStream(), client.getOutputStream(), client);
        }
        return null;
    }

    private static Void pump(InputStream in, OutputStream out, Socket closing) throws IOException {
        try (closing) {
            in.transferTo(out);
        }
        return null;
    }

    int port() {
        return server.getLocalPort();
    }

    /** For each connection in turn, whether its ClientHello offers to resume an earlier TLS session. */
    List<Boolean> resumptions() {
        return openings.stream().map(Relay::offersTicket).toList();
    }

    private static boolean offersTicket(byte[] opening) {
        ByteBuffer hello = ByteBuffer.wrap(opening);
        hello.position(5 + 4 + 2 + 32); // record, handshake, version, random
        skip(hello, hello.get() & 0xFF); // legacy session id
        skip(hello, hello.getShort() & 0xFFFF); // cipher suites
        skip(hello, hello.get() & 0xFF); // compression methods
        hello.getShort();
        boolean offers = false;
        while (hello.remaining() >= 4) {
            int type = hello.getShort() & 0xFFFF;
            int length = hello.getShort() & 0xFFFF;
            offers |= type == 41 || (type == 35 && length > 0); // pre_shared_key, session_ticket
            skip(hello, length);
        }
        return offers;
    }

    private static void skip(ByteBuffer buffer, int length) {
        buffer.position(buffer.position() + length);
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
