/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.Sessions;
import io.github.camelsessions.SessionsComponent;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ClientProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections of an identity end soon after its last session, as the site sees it, and no others. */
class ConnectionSweeperTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger open = new AtomicInteger();
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (true) {
                Socket client = server.accept();
                open.incrementAndGet();
                threads.submit(() -> serve(client));
            }
        });
        context.disableJMX();
        context.getRegistry().bind("profiles", "[{name: one}, {name: two}]");
        context.getComponent("sessions", SessionsComponent.class).setProfiles("ref:profiles");
        context.start();
    }

    private Void serve(Socket client) throws IOException {
        try (client) {
            StringBuilder head = new StringBuilder();
            for (int octet = client.getInputStream().read();
                    octet >= 0;
                    octet = client.getInputStream().read()) {
                head.append((char) octet);
                if (head.toString().endsWith("\r\n\r\n")) {
                    client.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes());
                    head.setLength(0);
                }
            }
        } finally {
            open.decrementAndGet();
        }
        return null;
    }

    @AfterEach
    void stop() throws IOException {
        context.stop();
        server.close();
        threads.shutdownNow();
    }

    private void fetch(String session, String isolation) {
        Exchange exchange = context.createProducerTemplate()
                .request(
                        "sessions:fetch/http://127.0.0.1:" + server.getLocalPort() + "/?isolation=" + isolation,
                        sent -> sent.getMessage().setHeader(SessionsConstants.ID, session));
        assertThat(exchange.getException()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"profile", "session"})
    void theConnectionsOfARetiredIdentityAreClosedAndNoOthers(String isolation) {
        fetch("a", isolation);
        fetch("b", isolation);
        ConnectionSweeper sweeper = context.getCamelContextExtension().getContextPlugin(ConnectionSweeper.class);
        sweeper.sweep();
        assertThat(open).hasValue(2);

        Sessions.get(context).session("a").clear(); // gives its profile back
        sweeper.sweep();

        await().untilAsserted(() -> assertThat(open).hasValue(1));
        fetch("b", isolation);
        assertThat(open).as("the connection of b is still there").hasValue(1);
    }

    @Test
    void anErrorIsNotTheLastSweep() {
        AtomicInteger sweeps = new AtomicInteger();
        IdentityConnections faulty = new IdentityConnections(
                new PoolingHttpClientConnectionManager(),
                identity -> new PoolingHttpClientConnectionManager() {
                    @Override
                    public void closeExpired() {
                        sweeps.incrementAndGet();
                        throw new NoClassDefFoundError("pool");
                    }
                },
                made -> {},
                System::nanoTime);
        ClientProfile one = new ClientProfile("one", null, null, Map.of(), Map.of());
        HttpRoute route = new HttpRoute(new HttpHost("127.0.0.1", server.getLocalPort()));
        faulty.lease("1", route, Timeout.ofSeconds(5), new Identity(null, one, null));
        ConnectionSweeper sweeper = context.getCamelContextExtension().getContextPlugin(ConnectionSweeper.class);
        sweeper.watch(faulty);

        sweeper.sweep(); // throws nothing, for which its executor would drop it
        sweeper.sweep();

        assertThat(sweeps).hasValueGreaterThanOrEqualTo(2);
        faulty.close();
    }
}
