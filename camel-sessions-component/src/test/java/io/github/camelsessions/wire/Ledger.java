/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** What all servers of a test know together: who came through which proxy, who owns which cookie, and what was wrong. */
final class Ledger {

    private static final int REDIRECTS = 4;

    /** The client of a session, as the servers should see it. User is null where the proxy asks for no credentials. */
    record Client(String agent, String proxy, String user) {}

    /** A connection from a proxy to a site, and the one from the client that it stands for. */
    static final class Hop {
        final String proxy;
        final WireConnection client;
        volatile String user;

        Hop(String proxy, WireConnection client, String user) {
            this.proxy = proxy;
            this.client = client;
            this.user = user;
        }
    }

    final AtomicInteger requests = new AtomicInteger();
    final Map<String, AtomicInteger> requestsOfAgents = new ConcurrentHashMap<>();

    private final long seed;
    private final IntFunction<Client> clients;
    private final IntFunction<String> identities;
    private final List<String> origins = new CopyOnWriteArrayList<>();
    private final Map<String, Hop> hops = new ConcurrentHashMap<>();
    private final Map<String, String> cookies = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    /**
     * @param clients    the client of each session
     * @param identities who may share connections, for each session
     */
    Ledger(long seed, IntFunction<Client> clients, IntFunction<String> identities) {
        this.seed = seed;
        this.clients = clients;
        this.identities = identities;
    }

    Client client(int session) {
        return clients.apply(session);
    }

    void addOrigin(String origin) {
        origins.add(origin);
    }

    List<String> origins() {
        return origins;
    }

    /** Where a request is redirected to, null when it is answered: the same for each run with a seed. */
    String redirect(int session, int number, int hop) {
        Random random = new Random(seed + number * 1_000L + hop);
        return hop < REDIRECTS && random.nextBoolean()
                ? origins.get(random.nextInt(origins.size())) + "/page/" + session + "/" + number + "/" + (hop + 1)
                : null;
    }

    /** Notes a connection of a proxy, before the first octet passes it. */
    void onward(WireConnection site, Hop hop) {
        hops.put(site.localPort() + " to " + site.remotePort(), hop);
    }

    /** The way a connection took, null when it came without a proxy. */
    Hop hop(WireConnection connection) {
        return hops.get(connection.remotePort() + " to " + connection.localPort());
    }

    void owns(int session, String host, String cookie) {
        String before = cookies.put(session + "@" + host, cookie);
        expect(session, "cookie at first", before, null);
    }

    String cookie(int session, String host) {
        return cookies.get(session + "@" + host);
    }

    void claim(int session, WireConnection connection) {
        String before = connection.claim(identities.apply(session));
        if (before != null) {
            wrong("session " + session + " came " + before);
        }
    }

    void expect(int session, String what, Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            wrong("session " + session + ": " + what + " was " + actual + ", not " + expected);
        }
    }

    void wrong(String what) {
        wrong.add(what);
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }
}
