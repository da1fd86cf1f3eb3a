/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that does what a test says with each connection, well or badly. */
final class ScriptedProxy implements AutoCloseable {

    /** What is done with a connection, which is closed afterwards. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    ScriptedProxy(Script script) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.submit(() -> {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                threads.submit(() -> {
                    try (socket) {
                        script.run(new Connection(socket));
                    } catch (IOException e) {
                        // the client is gone
                    } finally {
                        open.remove(socket);
                    }
                });
            }
        });
    }

    /** A client of the proxy. */
    final class Connection {

        private final Socket socket;
        private final InputStream in;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        /** The next request's line and headers, null at the end of the connection. */
        String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int octet = in.read();
                if (octet < 0) {
                    return null;
                }
                head.write(octet);
            }
            heads.add(head.toString(StandardCharsets.ISO_8859_1));
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        byte[] octets(int length) throws IOException {
            return in.readNBytes(length);
        }

        void send(int... octets) throws IOException {
            byte[] message = new byte[octets.length];
            for (int i = 0; i < octets.length; i++) {
                message[i] = (byte) octets[i];
            }
            socket.getOutputStream().write(message);
        }

        void send(String answer) throws IOException {
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }

        void answer(int status, String... headers) throws IOException {
            send("HTTP/1.1 " + status + " Status\r\n"
                    + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "Content-Length: 0\r\n\r\n");
        }

        /** Waits until the client gives up. */
        void hang() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }

        /** Passes octets both ways until one side ends. */
        void tunnel(int port) throws IOException {
            try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), port)) {
                threads.submit(() -> {
                    try (onward) {
                        in.transferTo(onward.getOutputStream());
                    }
                    return null;
                });
                onward.getInputStream().transferTo(socket.getOutputStream());
            }
        }
    }

    /** The requests that it was sent, each with its headers, tunnelled ones not. */
    List<String> heads() {
        return List.copyOf(heads);
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
