/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.camelsessions.wire.Ledger.Client;
import io.github.camelsessions.wire.Ledger.Hop;
import io.github.camelsessions.wire.WireConnection.Head;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A site with several names. {@code /enter/<session>} gives a session its cookies, {@code /page/<session>/<number>/<hop>}
 * looks at everything that the request came with, and answers with session and number, or with a redirect.
 */
final class HammerSite extends WireServer {

    private static final String DOMAIN = "hammer.test";
    private static final List<String> REDIRECTS = List.of("302 Found", "303 See Other", "307 Temporary Redirect");

    private final boolean secure;
    private final Ledger ledger;
    private final AtomicInteger serial = new AtomicInteger();

    /**
     * @param tls      null for http
     * @param protocol the only version of TLS, null for those of the JDK
     */
    HammerSite(List<String> names, SSLContext tls, String protocol, Ledger ledger) throws IOException {
        super(tls, protocol);
        this.secure = tls != null;
        this.ledger = ledger;
        names.forEach(name -> ledger.addOrigin((secure ? "https://" : "http://") + name + "." + DOMAIN + ":" + port()));
        start();
    }

    @Override
    void serve(WireConnection connection) throws IOException {
        for (Head head = connection.readHead(); head != null; head = connection.readHead()) {
            byte[] body = connection.readBody(head);
            ledger.requests.incrementAndGet();
            String[] path = head.word(1).split("/");
            int session = Integer.parseInt(path[2]);
            String host = head.field("Host").replaceAll(":.*", "");
            look(session, head, connection);
            if (path[1].equals("enter")) {
                enter(session, host, connection);
            } else {
                ledger.expect(session, "body", new String(body, UTF_8), bodyOf(session, head.word(0)));
                ledger.expect(
                        session,
                        "Cookie at " + host,
                        cookies(head.field("Cookie")),
                        Set.of("all=" + session, ledger.cookie(session, host)));
                page(session, Integer.parseInt(path[3]), Integer.parseInt(path[4]), connection);
            }
        }
    }

    /** What a request of this method comes with. */
    static String bodyOf(int session, String method) {
        return method.equals("POST") ? "session " + session : "";
    }

    private static Set<String> cookies(String field) {
        return field == null ? Set.of() : new TreeSet<>(List.of(field.split("; ")));
    }

    private void look(int session, Head head, WireConnection connection) {
        Client client = ledger.client(session);
        String agent = head.field("User-Agent");
        ledger.requestsOfAgents
                .computeIfAbsent(agent, key -> new AtomicInteger())
                .incrementAndGet();
        ledger.expect(session, "User-Agent", agent, client.agent());
        ledger.claim(session, connection);
        Hop hop = ledger.hop(connection);
        if (hop == null) {
            ledger.wrong("session " + session + " came without a proxy");
        } else {
            ledger.expect(session, "proxy", hop.proxy, client.proxy());
            ledger.expect(session, "user at the proxy", hop.user, client.user());
            ledger.claim(session, hop.client);
        }
        head.fields().forEach((name, values) -> {
            if (name.toLowerCase().startsWith("proxy-") || name.equalsIgnoreCase("Authorization")) {
                ledger.wrong("session " + session + " told the site " + name);
            }
        });
    }

    private void enter(int session, String host, WireConnection connection) throws IOException {
        String cookie = "sid=" + session + "-" + host + "-" + serial.incrementAndGet();
        ledger.owns(session, host, cookie);
        answer(
                connection,
                "200 OK",
                "Set-Cookie: " + cookie + "; Path=/" + (secure ? "; Secure" : "") + "\r\nSet-Cookie: all=" + session
                        + "; Path=/; Domain=" + DOMAIN + "\r\n",
                "entered");
    }

    private void page(int session, int number, int hop, WireConnection connection) throws IOException {
        String redirect = ledger.redirect(session, number, hop);
        if (redirect == null) {
            answer(connection, "200 OK", "", session + " " + number);
        } else {
            boolean leavesTls = secure && redirect.startsWith("http:"); // then a body does not go along
            int kinds = leavesTls ? REDIRECTS.size() - 1 : REDIRECTS.size();
            answer(connection, REDIRECTS.get((number + hop) % kinds), "Location: " + redirect + "\r\n", "");
        }
    }

    private static void answer(WireConnection connection, String status, String fields, String text)
            throws IOException {
        byte[] body = text.getBytes(UTF_8);
        connection.write("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + body.length + "\r\n\r\n", body);
    }
}
