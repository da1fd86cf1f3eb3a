/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import io.github.camelsessions.wire.Ledger.Hop;
import io.github.camelsessions.wire.WireConnection.Head;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A proxy that knows every host by its port on the loopback address, and tells the ledger for whom each of its
 * connections is. It opens one to a site for each connection of a client.
 */
final class HammerProxy extends WireServer {

    private static final String CHALLENGE = "HTTP/1.1 407 Proxy Authentication Required\r\n"
            + "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
    private static final Set<String> OWN_FIELDS =
            Set.of("proxy-authorization", "proxy-connection", "connection", "keep-alive");

    private final String name;
    private final Map<String, String> users;
    private final Ledger ledger;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger challenges = new AtomicInteger();

    /**
     * @param tls   null for a proxy that is spoken to in plain text
     * @param users by the value of {@code Proxy-Authorization}, empty for a proxy that takes everybody
     */
    HammerProxy(String name, SSLContext tls, Map<String, String> users, Ledger ledger) throws IOException {
        super(tls, null);
        this.name = name;
        this.users = users;
        this.ledger = ledger;
        start();
    }

    /** Requests, CONNECT included. */
    int requests() {
        return requests.get();
    }

    /** How many requests came without credentials. */
    int challenges() {
        return challenges.get();
    }

    @Override
    void serve(WireConnection client) throws IOException {
        Map<Integer, WireConnection> sites = new HashMap<>();
        Map<Integer, Hop> hops = new HashMap<>();
        try {
            for (Head head = client.readHead(); head != null; head = client.readHead()) {
                requests.incrementAndGet();
                byte[] body = client.readBody(head);
                String given = head.field("Proxy-Authorization");
                String user = given == null ? null : users.getOrDefault(given, "a stranger");
                if (user == null && !users.isEmpty()) {
                    challenges.incrementAndGet();
                    client.write(CHALLENGE, new byte[0]);
                } else if (head.word(0).equals("CONNECT")) {
                    tunnel(client, head, user);
                    return;
                } else {
                    int port = URI.create(head.word(1)).getPort();
                    if (!sites.containsKey(port)) {
                        sites.put(port, connect(port));
                        hops.put(port, new Hop(name, client, user));
                        ledger.onward(sites.get(port), hops.get(port));
                    }
                    hops.get(port).user = user;
                    forward(client, head, body, sites.get(port));
                }
            }
        } finally {
            sites.values().forEach(WireConnection::close);
        }
    }

    private WireConnection connect(int port) throws IOException {
        return adopt(new WireConnection(new Socket(InetAddress.getLoopbackAddress(), port)));
    }

    private void tunnel(WireConnection client, Head head, String user) throws IOException {
        String authority = head.word(1);
        try (WireConnection site = connect(Integer.parseInt(authority.substring(authority.indexOf(':') + 1)))) {
            ledger.onward(site, new Hop(name, client, user));
            client.write("HTTP/1.1 200 Connected\r\n\r\n", new byte[0]);
            threads().execute(() -> {
                try (client) {
                    site.copyTo(client);
                } catch (IOException e) {
                    // one of them has closed
                }
            });
            client.copyTo(site);
        }
    }

    private static void forward(WireConnection client, Head head, byte[] body, WireConnection site) throws IOException {
        URI target = URI.create(head.word(1));
        site.write(head(head.word(0) + " " + target.getRawPath() + " HTTP/1.1", head), body);
        Head answer = site.readHead();
        if (answer == null) {
            throw new IOException("the site has closed");
        }
        client.write(head(answer.start(), answer), site.readBody(answer));
    }

    private static String head(String start, Head head) {
        StringBuilder text = new StringBuilder(start).append("\r\n");
        head.fields().forEach((name, values) -> {
            if (!OWN_FIELDS.contains(name.toLowerCase())) {
                values.forEach(
                        value -> text.append(name).append(": ").append(value).append("\r\n"));
            }
        });
        return text.append("\r\n").toString();
    }
}
