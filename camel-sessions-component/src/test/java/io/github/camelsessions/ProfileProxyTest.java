/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.Base64;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Requests go through the proxy of the session's profile, with its credentials, and carry the profile's identity. */
class ProfileProxyTest extends SharedContextTest {

    private static final String CREDENTIALS = "Basic " + Base64.getEncoder().encodeToString("anna:gehe:im".getBytes());

    /** A plain HTTP proxy that asks for credentials if it has any. */
    private static final class LoopbackProxy implements AutoCloseable {

        private final HttpServer server;
        private final String credentials;
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();

        LoopbackProxy(String credentials) {
            this.credentials = credentials;
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.createContext("/", this::forward);
            server.start();
        }

        private void forward(HttpExchange http) throws IOException {
            try (http) {
                String given = http.getRequestHeaders().getFirst("Proxy-Authorization");
                seen.add(http.getRequestMethod() + " " + http.getRequestURI() + " " + given);
                if (credentials != null && !credentials.equals(given)) {
                    http.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"proxy\"");
                    LoopbackSite.answer(http, 407, "");
                    return;
                }
                HttpURLConnection onward =
                        (HttpURLConnection) http.getRequestURI().toURL().openConnection(Proxy.NO_PROXY);
                onward.setInstanceFollowRedirects(false);
                http.getRequestHeaders().forEach((name, values) -> {
                    if (!name.startsWith("Proxy-")) {
                        values.forEach(value -> onward.addRequestProperty(name, value));
                    }
                });
                onward.addRequestProperty("X-Via", "proxy");
                int status = onward.getResponseCode();
                onward.getHeaderFields().forEach((name, values) -> {
                    if (name != null && (name.equals("Set-cookie") || name.equals("Location"))) {
                        http.getResponseHeaders().put(name, values);
                    }
                });
                LoopbackSite.answer(
                        http, status, new String(onward.getInputStream().readAllBytes()));
            }
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private final LoopbackProxy asking = new LoopbackProxy(CREDENTIALS);
    private final LoopbackProxy open = new LoopbackProxy(null);

    @AfterAll
    void closeProxies() {
        asking.close();
        open.close();
    }

    @Override
    void configure(CamelContext context) {
        LoopbackProxy gone = new LoopbackProxy(null);
        gone.close();
        context.getRegistry().bind("profiles", """
                        - name: basic
                          proxy: ["http://127.0.0.1:%1$d", "%2$s"]
                          user-agent: Old/1.0
                        - name: apart
                          proxy: {url: "http://127.0.0.1:%1$d", username: anna, password: "gehe:im"}
                          userAgent: New/1.0
                          headers: {X-Shop: "7", Accept-Language: de}
                        - name: wrong
                          proxy: {url: "http://127.0.0.1:%1$d", username: anna, password: wrong}
                        - name: open
                          proxy: "http://127.0.0.1:%3$d"
                        - name: gone
                          proxy: "http://127.0.0.1:%4$d"
                        - name: direct
                        """.formatted(asking.port(), CREDENTIALS, open.port(), gone.port()));
        context.getComponent("sessions", SessionsComponent.class).setProfiles("ref:profiles");
    }

    private Exchange fetchAs(String profile, String path) {
        asking.seen.clear();
        open.seen.clear();
        return send(fetchUri(path), null, Map.of(SessionsConstants.PROFILE, profile));
    }

    @Test
    void theCredentialsComeWithTheFirstRequestAndOnlyTheProxySeesThem() {
        String echo = text(fetchAs("basic", "/echo"));

        assertThat(asking.seen).containsExactly("GET " + site.url() + "/echo " + CREDENTIALS);
        assertThat(echo).contains("X-via: proxy", "User-agent: Old/1.0").doesNotContain("uthorization");
    }

    @Test
    void credentialsGivenApartAreTheSame() {
        Exchange exchange = fetchAs("apart", "/echo");

        assertThat(text(exchange)).contains("X-via: proxy", "User-agent: New/1.0", "X-shop: 7", "Accept-language: de");
        assertThat(asking.seen).containsExactly("GET " + site.url() + "/echo " + CREDENTIALS);
        assertThat(exchange.getMessage().getHeader(SessionsConstants.USED_PROFILE))
                .isEqualTo("apart");
    }

    @Test
    void eachHopGoesThroughTheProxyWithItsCredentialsAndTheIdentity() {
        String echo = text(fetchAs("apart", "/redirect?to=http://localhost:" + site.port() + "/echo"));

        assertThat(asking.seen)
                .hasSize(2)
                .allSatisfy(request -> assertThat(request).endsWith(CREDENTIALS));
        assertThat(echo).contains("X-via: proxy", "User-agent: New/1.0", "X-shop: 7");
    }

    @Test
    void theCookiesPassTheProxy() {
        text(fetchAs("basic", "/set?a=1"));
        text(fetchAs("basic", "/echo"));

        assertThat(site.lastRequest().cookie()).isEqualTo("a=1");
    }

    @Test
    void wrongCredentialsAreAFailureOfTheProxyAndNeverReachTheSite() {
        int requests = site.requests().size();

        Exchange exchange = fetchAs("wrong", "/echo");

        assertThat(exchange.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageStartingWith("profile 'wrong': its proxy http://127.0.0.1:" + asking.port()
                        + " refuses the credentials: status 407");
        assertThat(site.requests()).hasSize(requests);
    }

    @Test
    void aProxyWithoutCredentialsGetsNone() {
        assertThat(text(fetchAs("open", "/echo"))).contains("X-via: proxy");
        assertThat(open.seen).containsExactly("GET " + site.url() + "/echo null");
    }

    @Test
    void aBypassedRequestUsesNoProxy() {
        asking.seen.clear();
        String echo = text(send(
                fetchUri("/echo"), null, Map.of(SessionsConstants.PROFILE, "apart", SessionsConstants.BYPASS, true)));

        assertThat(asking.seen).isEmpty();
        assertThat(echo).doesNotContain("X-via: proxy", "New/1.0", "X-shop");
    }

    @Test
    void theProxyOfTheHttpOptionsServesSessionsWithoutOneOfTheirOwn() {
        String proxyHost = "?http.proxyHost=127.0.0.1&http.proxyPort=" + open.port();

        assertThat(text(fetchAs("direct", "/echo" + proxyHost))).contains("X-via: proxy");
        assertThat(open.seen).containsExactly("GET " + site.url() + "/echo null");
    }

    @Test
    void theProxyOfTheProfileWinsOverThatOfTheHttpOptions() {
        String proxyHost = "?http.proxyHost=127.0.0.1&http.proxyPort=" + open.port();

        assertThat(text(fetchAs("apart", "/echo" + proxyHost))).contains("X-via: proxy");
        assertThat(asking.seen).hasSize(1);
        assertThat(open.seen).isEmpty();
    }

    @Test
    void aProxyThatIsNotThereFailsAndTheRequestGoesNowhereElse() {
        int requests = site.requests().size();

        Exchange exchange = fetchAs("gone", "/echo");

        assertThat(exchange.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining(" cannot be reached; the session keeps this profile")
                .hasCauseInstanceOf(ConnectException.class);
        assertThat(site.requests()).hasSize(requests);
    }
}
