/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.profile.ClientProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pools of identities: found, kept, and closed when nobody needs them. */
class IdentityConnectionsTest {

    private static final Timeout SOON = Timeout.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(42);
    private final List<IdentityConnections> told = new ArrayList<>();
    private final List<PoolingHttpClientConnectionManager> made = new ArrayList<>();
    private ServerSocket server;
    private HttpRoute route;
    private IdentityConnections connections;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
        route = new HttpRoute(new HttpHost("http", "127.0.0.1", server.getLocalPort()));
        connections = new IdentityConnections(
                new PoolingHttpClientConnectionManager(),
                identity -> {
                    made.add(new PoolingHttpClientConnectionManager());
                    return made.get(made.size() - 1);
                },
                told::add,
                now::get);
    }

    @AfterEach
    void close() throws IOException {
        connections.close();
        server.close();
    }

    private static Identity identity(String name) {
        return new Identity(null, new ClientProfile(name, null, null, Map.of(), Map.of()), null);
    }

    private ConnectionEndpoint lease(Object identity) throws Exception {
        ConnectionEndpoint endpoint =
                connections.lease("1", route, SOON, identity).get(SOON);
        if (!endpoint.isConnected()) {
            connections.connect(endpoint, SOON, HttpClientContext.create());
        }
        return endpoint;
    }

    private void use(Object identity) throws Exception {
        connections.release(lease(identity), identity, TimeValue.ofMinutes(10));
    }

    private void pass(long seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void equalIdentitiesShareAPoolAndOthersHaveTheirOwn() throws Exception {
        use(identity("a"));
        use(identity("a"));
        use(identity("b"));
        use(new Identity(new SessionKey("", "1"), identity("a").profile(), null));
        use(null);

        assertThat(made).hasSize(3);
        assertThat(made).allMatch(pool -> pool.getTotalStats().getAvailable() == 1);
        assertThat(connections.getTotalStats().getAvailable()).isEqualTo(4);
        assertThat(connections.getRoutes()).containsExactly(route);
        assertThat(told).as("told once").containsExactly(connections);
    }

    @Test
    void aPoolThatWasIdleForLongIsClosedAndMadeAnewWhenItIsNeeded() throws Exception {
        use(identity("a"));
        pass(IdentityConnections.IDLE.toSeconds() - 1);
        connections.sweep(identity -> false);
        assertThat(connections.size()).isOne();

        pass(2);
        connections.sweep(identity -> false);
        assertThat(connections.size()).isZero();
        assertThat(made.get(0).getTotalStats().getAvailable()).isZero();

        use(identity("a"));
        assertThat(made).hasSize(2);
    }

    @Test
    void aRetiredIdentityLosesItsConnectionsAtOnceButNotTheOneInUse() throws Exception {
        ConnectionEndpoint inUse = lease(identity("a"));
        use(identity("a"));
        use(identity("b"));

        connections.sweep(identity -> true);

        assertThat(connections.size()).as("b is gone, a is in use").isOne();
        assertThat(made.get(0).getTotalStats().getLeased()).isOne();
        assertThat(made.get(0).getTotalStats().getAvailable()).isZero();
        assertThat(inUse.isConnected()).isTrue();

        connections.release(inUse, identity("a"), TimeValue.ofMinutes(1));
        connections.sweep(identity -> true);
        assertThat(connections.size()).isZero();
    }

    @Test
    void thereAreOnlySoManyPoolsAndTheLongestIdleMakesRoom() throws Exception {
        ConnectionEndpoint inUse = lease(identity("first"));
        for (int i = 0; i < 2 * IdentityConnections.MOST_POOLS; i++) {
            pass(1);
            use(identity("i" + i));
        }

        assertThat(connections.size()).isEqualTo(IdentityConnections.MOST_POOLS);
        assertThat(inUse.isConnected()).isTrue();
        assertThat(connections.getTotalStats().getAvailable()).isEqualTo(IdentityConnections.MOST_POOLS - 1);
        int before = made.size();
        use(identity("i" + (2 * IdentityConnections.MOST_POOLS - 1)));
        assertThat(made).as("the latest is still there").hasSize(before);
    }

    @Test
    void aLeaseThatFailsLeavesThePool() {
        made.clear();
        assertThatThrownBy(() -> {
                    lease(identity("a"));
                    made.get(0).setMaxTotal(1);
                    made.get(0).setDefaultMaxPerRoute(1);
                    connections
                            .lease("1", route, Timeout.ofMilliseconds(1), identity("a"))
                            .get(Timeout.ofMilliseconds(1));
                })
                .isInstanceOf(Exception.class);
        assertThat(made.get(0).getTotalStats().getLeased()).isOne();
        connections.close();
        assertThatThrownBy(() -> connections.lease("1", route, SOON, identity("a")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(connections.isClosed()).isTrue();
    }
}
