/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies that fail, each in its way: the exchange fails with what the proxy did, and without a secret. */
@Tag("long")
class ProxyFaultsTest extends SharedContextTest {

    private static final String PASSWORD = "s3cret-word";
    private static final String BASIC =
            Base64.getEncoder().encodeToString(("anna:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final TlsSite tls = new TlsSite();
    private final List<ScriptedProxy> proxies = new ArrayList<>();
    private final Queue<String> destinations = new ConcurrentLinkedQueue<>();
    private LogCapture log;

    private final ScriptedProxy badGateway = proxy(connection -> {
        while (connection.head() != null) {
            connection.answer(502);
        }
    });
    private final ScriptedProxy drops = proxy(connection -> {
        if (connection.head().startsWith("CONNECT")) {
            connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        }
    });
    private final ScriptedProxy silent = proxy(ScriptedProxy.Connection::head);
    private final ScriptedProxy slow = proxy(connection -> {
        connection.head();
        connection.hang();
    });
    private final ScriptedProxy babbles = proxy(connection -> {
        connection.head();
        connection.send("220 mail.example ESMTP\r\n\r\n");
    });
    /** Takes no credentials before it has asked for them on the same connection or another. */
    private final ScriptedProxy insists = proxy(connection -> {
        for (String head = connection.head(); head != null; head = connection.head()) {
            boolean asked = requests(this.insists()) > 1;
            if (!asked) {
                connection.answer(407, "Proxy-Authenticate: Basic realm=\"first\"");
            } else if (head.contains("Proxy-Authorization: Basic " + BASIC) && head.startsWith("CONNECT")) {
                connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
                connection.tunnel(tls.port());
                return;
            } else {
                connection.answer(head.contains("Proxy-Authorization: Basic " + BASIC) ? 204 : 407);
            }
        }
    });

    private final ScriptedProxy never = proxy(connection -> {
        while (connection.head() != null) {
            connection.answer(407, "Proxy-Authenticate: Basic realm=\"never\"");
        }
    });
    private final ScriptedProxy endless = proxy(connection -> {
        connection.head();
        connection.send("HTTP/1.1 407 Status\r\nProxy-Authenticate: Basic realm=\"endless\"\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
        while (true) { // until the client is gone
            connection.send("1\r\ny\r\n");
        }
    });
    private final ScriptedProxy tunnels = proxy(connection -> {
        connection.head();
        connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        connection.tunnel(tls.port());
    });
    private final ScriptedProxy socks = proxy(connection -> socks(connection, false, 0));
    private final ScriptedProxy askingSocks = proxy(connection -> socks(connection, true, 0));
    private final ScriptedProxy refusingSocks = proxy(connection -> socks(connection, false, 5));
    private final ScriptedProxy notSocks = proxy(connection -> {
        connection.octets(3);
        connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    });

    private final ScriptedProxy waitingSocks = proxy(connection -> {
        connection.octets(4);
        connection.send(5, 0);
        connection.hang();
    });
    private final ScriptedProxy marks = proxy(connection -> {
        while (connection.head() != null) {
            connection.answer(
                    407, "Proxy-Authenticate: Basic realm=\"never\"", "Set-Cookie: proxy=1; Path=/", "X-Token: proxy");
        }
    });
    private final ScriptedProxy stalls = proxy(connection -> {
        connection.head();
        connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
        connection.hang();
    });

    private ScriptedProxy insists() {
        return insists;
    }

    private static int requests(ScriptedProxy proxy) {
        return proxy.heads().size();
    }

    private ScriptedProxy proxy(ScriptedProxy.Script script) {
        ScriptedProxy made = new ScriptedProxy(script);
        proxies.add(made);
        return made;
    }

    private void socks(ScriptedProxy.Connection connection, boolean asks, int reply) throws IOException {
        byte[] greeting = connection.octets(2);
        String methods = Arrays.toString(connection.octets(greeting[1]));
        destinations.add("methods " + methods);
        connection.send(5, asks ? 2 : 0);
        if (asks) {
            if (!methods.contains("2")) {
                return;
            }
            connection.octets(1);
            String user = text(connection, connection.octets(1)[0]);
            String password = text(connection, connection.octets(1)[0]);
            boolean right = user.equals("anna") && password.equals(PASSWORD);
            connection.send(1, right ? 0 : 1);
            if (!right) {
                return;
            }
        }
        byte[] request = connection.octets(4);
        String host = request[3] == 3
                ? text(connection, connection.octets(1)[0])
                : InetAddress.getByAddress(connection.octets(4)).getHostAddress();
        byte[] port = connection.octets(2);
        destinations.add(host);
        connection.send(5, reply, 0, 1, 0, 0, 0, 0, 0, 0);
        if (reply == 0) {
            connection.tunnel((port[0] & 0xFF) << 8 | port[1] & 0xFF);
        }
    }

    private static String text(ScriptedProxy.Connection connection, int length) throws IOException {
        return new String(connection.octets(length), StandardCharsets.UTF_8);
    }

    @Override
    void configure(CamelContext context) {
        String profile = "- {name: %s, userAgent: %1$s/1, proxy: \"%s://anna:" + PASSWORD + "@127.0.0.1:%d\"}\n";
        StringBuilder profiles = new StringBuilder();
        Map.of(
                        "badGateway", badGateway,
                        "drops", drops,
                        "silent", silent,
                        "slow", slow,
                        "babbles", babbles,
                        "insists", insists,
                        "never", never,
                        "tunnels", tunnels,
                        "marks", marks,
                        "stalls", stalls)
                .forEach((name, proxy) -> profiles.append(profile.formatted(name, "http", proxy.port())));
        Map.of(
                        "askingSocks", askingSocks,
                        "refusingSocks", refusingSocks,
                        "notSocks", notSocks,
                        "waitingSocks", waitingSocks)
                .forEach((name, proxy) -> profiles.append(profile.formatted(name, "socks5", proxy.port())));
        profiles.append(profile.formatted("endless", "http", endless.port()));
        profiles.append(profile.formatted("goneSocks", "socks5", 1));
        profiles.append("- {name: unknown, proxy: \"http://" + "x".repeat(64) + ".invalid:3128\"}\n");
        profiles.append("- {name: socks, proxy: {url: \"socks5://127.0.0.1:%d\", noProxy: \"*.localhost\"}}\n"
                .formatted(socks.port()));
        profiles.append(
                "- {name: wrongSocks, proxy: \"socks5://anna:wrong@127.0.0.1:%d\"}\n".formatted(askingSocks.port()));
        profiles.append("- {name: bareSocks, proxy: \"socks5://127.0.0.1:%d\"}\n".formatted(askingSocks.port()));
        profiles.append("- {name: noTls, proxy: \"https://127.0.0.1:%d\"}\n".formatted(drops.port()));
        context.getRegistry().bind("profiles", profiles.toString());
        context.getRegistry().bind("tls", TlsSite.trust());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        component.getConfiguration().setIsolation(Isolation.session);
    }

    @BeforeEach
    void listen() {
        log = new LogCapture();
        destinations.clear();
    }

    @AfterEach
    void noSecretIsLogged() {
        log.close();
        assertThat(log.text()).doesNotContain(PASSWORD, BASIC);
    }

    @AfterAll
    void closeAll() throws Exception {
        for (ScriptedProxy proxy : proxies) {
            proxy.close();
        }
        tls.close();
    }

    private Exchange fetchAs(String profile, String uri) {
        return send(uri, null, Map.of(SessionsConstants.PROFILE, profile));
    }

    private String tlsUri() {
        return "sessions:fetch/" + tls.url()
                + "/?http.sslContextParameters=#tls&http.responseTimeout=500&http.connectTimeout=2000";
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "badGateway, opened no tunnel: status 502",
        "drops, dropped the tunnel before TLS was up",
        "silent, gave no answer when it was asked for a tunnel",
        "slow, gave no answer when it was asked for a tunnel",
        "babbles, gave no answer when it was asked for a tunnel",
        "never, refuses the credentials: status 407",
        "unknown, cannot be reached",
        "noTls, cannot be reached",
        "goneSocks, cannot be reached",
        "refusingSocks, made no connection: connection refused",
        "wrongSocks, refuses the credentials",
        "bareSocks, asks for credentials",
        "notSocks, does not speak SOCKS 5",
    })
    void aTunnelThatFailsIsAFailureOfTheProxy(String profile, String what) {
        int before = tls.requests().size();

        Exception failure = fetchAs(profile, tlsUri()).getException();

        assertThat(failure)
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageStartingWith("profile '" + profile + "': its proxy ")
                .hasMessageContaining(" " + what);
        assertThat(((ProxyFailedException) failure).profile().name()).isEqualTo(profile);
        assertThat(trace(failure)).doesNotContain(PASSWORD, BASIC);
        assertThat(tls.requests()).hasSize(before);
    }

    @Test
    void theRefusalOfATunnelIsNotReadBeyondMaxResponseSize() {
        Exception failure =
                fetchAs("endless", tlsUri() + "&maxResponseSize=1000").getException();

        assertThat(trace(failure)).contains("maxResponseSize");
    }

    @Test
    void aSocksProxyThatStillTriesToReachTheSiteIsNotBlamed() {
        Exception failure = fetchAs("waitingSocks", fetchUri("/echo") + "?http.connectTimeout=200")
                .getException();

        assertThat(failure)
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("gave no answer in time when it was asked for a connection");
        assertThat(((ProxyFailedException) failure).isSiteInDoubt()).isTrue();
    }

    @Test
    void aNameThatNoSocksProxyCanBeAskedForIsNotSentInPart() {
        String part = "127.0.0.1";
        String name = part + "x".repeat(60) + ("." + "x".repeat(60)).repeat(3) + ".xxxx";
        assertThat(name).hasSizeGreaterThan(255);

        Exception failure = fetchAs("socks", "sessions:fetch/http://" + name + ":" + site.port() + "/echo")
                .getException();

        assertThat(failure)
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("takes no host name of more than 255 octets");
        assertThat(((ProxyFailedException) failure).isSiteInDoubt()).isTrue();
        assertThat(destinations).noneMatch(seen -> seen.contains(part));
    }

    @Test
    @Timeout(30)
    void aTunnelInWhichNobodySpeaksTlsEndsByTheConnectTimeout() {
        Exception failure = fetchAs(
                        "stalls",
                        "sessions:fetch/" + tls.url() + "/?http.sslContextParameters=#tls&http.connectTimeout=300")
                .getException();

        assertThat(failure).isInstanceOf(ProxyFailedException.class);
        assertThat(((ProxyFailedException) failure).isSiteInDoubt()).isTrue();
    }

    @Test
    void whatAProxySetsWhenItAsksForCredentialsIsNotTheSites() {
        Exchange failed = fetchAs("marks", fetchUri("/echo") + "?capture.token=header:X-Token");

        assertThat(failed.getException()).isInstanceOf(ProxyFailedException.class);
        assertThat(sessions().session(session).cookieMap()).isEmpty();
        assertThat(sessions().session(session).variables()).isEmpty();
    }

    @Test
    void anAnswerOfAPlainProxyIsAnAnswer() {
        Exchange exchange = fetchAs("badGateway", fetchUri("/echo"));

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(502);
        assertThat(exchange.getException()).isNotInstanceOf(ProxyFailedException.class);
    }

    @Test
    void aPlainRequestThatGetsNoAnswerMayHaveReachedTheSite() {
        assertThat(fetchAs("silent", fetchUri("/echo")).getException())
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ProxyFailedException.class);
    }

    @Test
    void aSiteThatIsNotTrustedIsNoFailureOfTheProxy() {
        assertThat(fetchAs("tunnels", "sessions:fetch/" + tls.url() + "/").getException())
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aProxyThatInsistsOnItsOwnChallengeGetsTheCredentialsOnceMore() {
        int before = requests(insists);

        assertThat(text(fetchAs("insists", tlsUri()))).isEqualTo("tls");

        assertThat(requests(insists) - before).isEqualTo(2);
        assertThat(insists.heads()).allMatch(head -> head.contains("Proxy-Authorization: Basic " + BASIC));
    }

    @Test
    void aProxyThatNeverTakesTheCredentialsIsAskedTwice() {
        int before = requests(never);

        assertThat(fetchAs("never", fetchUri("/echo")).getException()).isInstanceOf(ProxyFailedException.class);

        assertThat(requests(never) - before).isEqualTo(2);
    }

    @Test
    void namesAreResolvedByASocksProxyAndNoOtherSecretOrNameIsOffered() {
        String echo = text(fetchAs("socks", "sessions:fetch/http://localhost:" + site.port() + "/echo"));

        assertThat(echo).startsWith("GET /echo");
        assertThat(destinations).containsExactly("methods [0]", "localhost");
        assertThat(text(fetchAs("socks", tlsUri()))).isEqualTo("tls");
    }

    @Test
    void addressesGoToASocksProxyAsAddresses() {
        text(fetchAs("socks", fetchUri("/echo")));

        assertThat(destinations).containsExactly("methods [0]", "127.0.0.1");
    }

    @Test
    void aSocksProxyGetsTheCredentialsOfTheProfile() {
        assertThat(text(fetchAs("askingSocks", tlsUri()))).isEqualTo("tls");
        assertThat(destinations).containsExactly("methods [0, 2]", "localhost");
    }

    @Test
    void noProxyHoldsForSocksToo() {
        text(fetchAs("socks", fetchUri("/echo") + "?noProxy=127.0.0.1"));
        assertThat(destinations).isEmpty();

        text(fetchAs("socks", fetchUri("/echo")));
        assertThat(destinations).as("another connection, through the proxy").hasSize(2);
    }

    @Test
    void failuresLeaveNeitherConnectionsNorThreads() {
        int threads = Thread.activeCount();
        for (int i = 0; i < 30; i++) {
            assertThat(fetchAs("badGateway", tlsUri() + "&http.maxTotalConnections=1")
                            .getException())
                    .isInstanceOf(ProxyFailedException.class);
            assertThat(fetchAs("badGateway", tlsUri() + "&http.connectionRequestTimeout=2000")
                            .getException())
                    .isInstanceOf(ProxyFailedException.class);
        }
        assertThat(Thread.activeCount()).isLessThan(threads + 30);
    }
}
