/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.crawl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A proxy for http URLs that asks for credentials. It listens on a free port of 127.0.0.1 and goes on from another
 * loopback address, so that a site can tell it from others. Thread-safe.
 */
final class CrawlProxy implements AutoCloseable {

    private static final String CHALLENGE = "HTTP/1.1 407 Proxy Authentication Required\r\n"
            + "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
    private static final Set<String> OWN_FIELDS = Set.of("proxy-authorization", "proxy-connection", "connection");

    private final InetAddress address;
    private final Map<String, String> users; // by their credentials
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger sharedConnections = new AtomicInteger();
    private final AtomicInteger challenges = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * Starts the proxy.
     *
     * @param address   the loopback address from which it goes to sites
     * @param passwords of its users
     */
    CrawlProxy(String address, Map<String, String> passwords) throws IOException {
        this.address = usable(address);
        users = passwords.entrySet().stream()
                .collect(Collectors.toMap(
                        user -> "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((user.getKey() + ":" + user.getValue()).getBytes(UTF_8)),
                        Map.Entry::getKey));
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    private static InetAddress usable(String address) throws IOException {
        InetAddress usable = InetAddress.getByName(address);
        try (ServerSocket probe = new ServerSocket(0, 1, usable)) {
            return probe.getInetAddress();
        } catch (BindException e) {
            throw new IOException(
                    "proxy: this machine has no address " + address + " (macOS: sudo ifconfig lo0 alias " + address
                            + ")",
                    e);
        }
    }

    /** Where clients find it, such as {@code http://127.0.0.1:40124}. */
    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    String address() {
        return address.getHostAddress();
    }

    /** Requests that went on to a site. */
    int requests() {
        return requests.get();
    }

    /** Requests that came with wrong credentials, or without. */
    int challenges() {
        return challenges.get();
    }

    /** Connections of clients. */
    int connections() {
        return connections.get();
    }

    /** Connections of clients that came with the credentials of more than one user. */
    int sharedConnections() {
        return sharedConnections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.incrementAndGet();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client;
                Onward onward = new Onward(client)) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            Set<String> usersSeen = ConcurrentHashMap.newKeySet();
            for (Request request = Request.read(in); request != null; request = Request.read(in)) {
                String user = users.get(String.valueOf(request.field("Proxy-Authorization")));
                if (user == null) {
                    challenges.incrementAndGet();
                    client.getOutputStream().write(CHALLENGE.getBytes(ISO_8859_1));
                    continue;
                }
                if (usersSeen.add(user) && usersSeen.size() == 2) {
                    sharedConnections.incrementAndGet();
                }
                requests.incrementAndGet();
                onward.send(request);
            }
        } catch (IOException e) {
            // one side has closed
        } finally {
            open.remove(client);
        }
    }

    /** The connection to the site, for one of a client. What comes back is passed on by a thread of its own. */
    private final class Onward implements AutoCloseable {

        private final Socket client;
        private @Nullable Socket site;
        private String authority = "";

        Onward(Socket client) {
            this.client = client;
        }

        void send(Request request) throws IOException {
            URI target = request.target();
            Socket used = site;
            if (used == null) {
                used = new Socket(target.getHost(), target.getPort(), address, 0);
                used.setTcpNoDelay(true);
                site = used;
                authority = target.getAuthority();
                Socket from = used;
                threads.execute(() -> passBack(from));
            } else if (!authority.equals(target.getAuthority())) {
                throw new IOException("a connection leads to one site only");
            }
            used.getOutputStream().write(request.onward());
        }

        private void passBack(Socket from) {
            try (client) {
                from.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException e) {
                // one side has closed
            }
        }

        @Override
        public void close() throws IOException {
            if (site != null) {
                site.close();
            }
        }
    }

    private record Request(String method, URI target, List<String> fields, byte[] body) {

        /** Reads a request, null when the client closed instead. */
        static @Nullable Request read(InputStream in) throws IOException {
            String start = line(in);
            if (start == null) {
                return null;
            }
            List<String> fields = new ArrayList<>();
            for (String field = line(in); field != null && !field.isEmpty(); field = line(in)) {
                fields.add(field);
            }
            String[] words = start.split(" ");
            Request head = new Request(words[0], URI.create(words[1]), fields, new byte[0]);
            String length = Objects.requireNonNullElse(head.field("Content-Length"), "0");
            return new Request(head.method, head.target, fields, in.readNBytes(Integer.parseInt(length)));
        }

        private static @Nullable String line(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                if (octet < 0) {
                    return null;
                }
                if (octet != '\r') {
                    line.write(octet);
                }
            }
            return line.toString(ISO_8859_1);
        }

        @Nullable
        String field(String name) {
            return fields.stream()
                    .filter(field -> name(field).equalsIgnoreCase(name))
                    .map(field -> field.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }

        private static String name(String field) {
            return field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
        }

        /** The octets that go to the site, without what was for the proxy. */
        byte[] onward() {
            StringBuilder head = new StringBuilder(method + " " + target.getRawPath() + " HTTP/1.1\r\n");
            fields.stream()
                    .filter(field -> !OWN_FIELDS.contains(name(field)))
                    .forEach(field -> head.append(field).append("\r\n"));
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            octets.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
            octets.writeBytes(body);
            return octets.toByteArray();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
        threads.shutdownNow();
    }
}
