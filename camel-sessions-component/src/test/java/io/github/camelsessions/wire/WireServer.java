/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server on a free loopback port, plain or with TLS, with a thread for each connection. */
abstract class WireServer implements AutoCloseable {

    private static final int BACKLOG = 500;

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "wire-server");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<WireConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicReference<String>> sessionsById = new ConcurrentHashMap<>();
    private final AtomicInteger accepted = new AtomicInteger();

    /**
     * @param tls      null for a plain server
     * @param protocol the only version of TLS that the server speaks, null for those of the JDK
     */
    WireServer(SSLContext tls, String protocol) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        if (tls == null) {
            server = new ServerSocket(0, BACKLOG, loopback);
        } else {
            SSLServerSocket secure =
                    (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, BACKLOG, loopback);
            if (protocol != null) {
                secure.setEnabledProtocols(new String[] {protocol});
            }
            server = secure;
        }
    }

    void start() {
        threads.execute(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                WireConnection connection = adopt(new WireConnection(socket, sessionsById))) {
            serve(connection);
            open.remove(connection);
        } catch (IOException e) {
            // the client closed, or the test has ended
        }
    }

    /** Serves a connection until the client closes it. */
    abstract void serve(WireConnection connection) throws IOException;

    /** Has a connection closed with the server. */
    WireConnection adopt(WireConnection connection) {
        open.add(connection);
        return connection;
    }

    ExecutorService threads() {
        return threads;
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many connections the server has accepted. */
    int connections() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(WireConnection::close);
        threads.shutdownNow();
    }
}
