/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.profile.ProxyFailedException;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLEngine;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.littleshoot.proxy.HttpFilters;
import org.littleshoot.proxy.HttpFiltersAdapter;
import org.littleshoot.proxy.HttpFiltersSourceAdapter;
import org.littleshoot.proxy.HttpProxyServer;
import org.littleshoot.proxy.HttpProxyServerBootstrap;
import org.littleshoot.proxy.ProxyAuthenticator;
import org.littleshoot.proxy.SslEngineSource;
import org.littleshoot.proxy.impl.DefaultHttpProxyServer;

/** Sessions through real proxies: to sites with and without TLS, with and without credentials, past them by noProxy. */
class ProxiesTest extends SharedContextTest {

    private static final String PASSWORD = "wonder:land %";

    /** A proxy that notes what it was asked, before it looks at credentials. */
    private static final class RealProxy implements AutoCloseable {

        final Queue<String> seen = new ConcurrentLinkedQueue<>();
        final HttpProxyServer server;

        RealProxy(String username, boolean tls) {
            HttpProxyServerBootstrap bootstrap = DefaultHttpProxyServer.bootstrap()
                    .withAddress(new InetSocketAddress("127.0.0.1", 0))
                    .withFiltersSource(new HttpFiltersSourceAdapter() {
                        @Override
                        public HttpFilters filterRequest(HttpRequest original) {
                            return new HttpFiltersAdapter(original) {
                                @Override
                                public HttpResponse clientToProxyRequest(HttpObject object) {
                                    if (object instanceof HttpRequest request) {
                                        seen.add(request.method() + " " + request.uri() + " "
                                                + request.headers().get("User-Agent"));
                                    }
                                    return null;
                                }
                            };
                        }
                    });
            if (username != null) {
                bootstrap.withProxyAuthenticator(new ProxyAuthenticator() {
                    @Override
                    public boolean authenticate(String name, String password) {
                        return name.equals(username) && password.equals(PASSWORD);
                    }

                    @Override
                    public String getRealm() {
                        return "proxy";
                    }
                });
            }
            if (tls) {
                bootstrap.withAuthenticateSslClients(false).withSslEngineSource(new SslEngineSource() {
                    @Override
                    public SSLEngine newSslEngine() {
                        SSLEngine engine = TlsSite.serverContext().createSSLEngine();
                        engine.setUseClientMode(false);
                        return engine;
                    }

                    @Override
                    public SSLEngine newSslEngine(String peerHost, int peerPort) {
                        return newSslEngine();
                    }
                });
            }
            server = bootstrap.start();
        }

        int port() {
            return server.getListenAddress().getPort();
        }

        @Override
        public void close() {
            server.abort();
        }
    }

    private final TlsSite tls = new TlsSite();
    private final RealProxy open = new RealProxy(null, false);
    private final RealProxy anna = new RealProxy("anna", false);
    private final RealProxy ben = new RealProxy("ben", true);

    @AfterAll
    void closeAll() {
        List.of(open, anna, ben).forEach(RealProxy::close);
        tls.close();
    }

    @BeforeEach
    void forget() {
        List.of(open, anna, ben).forEach(proxy -> proxy.seen.clear());
    }

    @Override
    void configure(CamelContext context) {
        context.getRegistry().bind("profiles", """
                - {name: open, userAgent: Open/1, proxy: "http://127.0.0.1:%d"}
                - {name: anna, userAgent: Anna/1, proxy: "http://anna:wonder%%3Aland%%20%%25@127.0.0.1:%d"}
                - {name: ben, userAgent: Ben/1, proxy: {url: "https://localhost:%d", username: ben, password: "wonder:land %%"}}
                - {name: wrong, proxy: "http://anna:wrong@127.0.0.1:%2$d"}
                - {name: bare, proxy: "http://127.0.0.1:%2$d"}
                - name: past
                  userAgent: Past/1
                  proxy: {url: "http://127.0.0.1:%1$d", noProxy: [127.0.0.1, "*.internal"]}
                """.formatted(open.port(), anna.port(), ben.port()));
        context.getRegistry().bind("tls", TlsSite.trust());
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        component.getConfiguration().setIsolation(Isolation.session); // so that no test finds the tunnels of another
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                SiteConfiguration wrapped = new SiteConfiguration();
                wrapped.setUris(site.url() + "/echo*");
                wrapped.setWrap(true);
                getContext()
                        .getComponent("sessions", SessionsComponent.class)
                        .getSites()
                        .put("wrapped", wrapped);
                from("direct:wrapped").to(site.url() + "/echo");
            }
        };
    }

    private Exchange fetchAs(String profile, String uri, Map<String, Object> headers) {
        Map<String, Object> all = new HashMap<>(headers);
        all.put(SessionsConstants.PROFILE, profile);
        all.put(SessionsConstants.ID, session + profile);
        return send(uri, null, all);
    }

    private Exchange fetchAs(String profile, String uri) {
        return fetchAs(profile, uri, Map.of());
    }

    private String tlsUri(String path) {
        return "sessions:fetch/" + tls.url() + path + "?http.sslContextParameters=#tls";
    }

    private RealProxy proxy(String profile) {
        return switch (profile) {
            case "open" -> open;
            case "anna" -> anna;
            default -> ben;
        };
    }

    @ParameterizedTest
    @CsvSource({"open, Open/1", "anna, Anna/1", "ben, Ben/1"})
    void aRequestGoesThroughTheProxyOfItsProfile(String profile, String agent) {
        String echo = text(fetchAs(profile, fetchUri("/echo") + "?http.sslContextParameters=#tls"));

        assertThat(echo).contains("User-agent: " + agent).doesNotContain("roxy-authorization");
        assertThat(proxy(profile).seen).containsExactly("GET " + site.url() + "/echo " + agent);
    }

    @ParameterizedTest
    @CsvSource({"open, Open/1", "anna, Anna/1", "ben, Ben/1"})
    void aTlsRequestGoesThroughATunnelThatIsUsedAgain(String profile, String agent) {
        int before = tls.requests().size();
        for (int i = 0; i < 3; i++) {
            assertThat(text(fetchAs(profile, tlsUri("/" + profile)))).isEqualTo("tls");
        }

        List<TlsSite.Request> requests = tls.requests().subList(before, before + 3);
        assertThat(requests)
                .allSatisfy(request -> assertThat(request.userAgent()).isEqualTo(agent))
                .allSatisfy(request -> assertThat(request.names()).doesNotContain("Proxy-authorization"));
        assertThat(proxy(profile).seen)
                .as("one tunnel, opened with the user agent of the profile")
                .containsExactly("CONNECT localhost:" + tls.port() + " " + agent);
    }

    @Test
    void eachHopGoesThroughTheProxyAndNoOtherHostLearnsTheCredentials() {
        Exchange exchange =
                fetchAs("anna", fetchUri("/redirect?to=" + tls.url() + "/hop") + "&http.sslContextParameters=#tls");

        assertThat(text(exchange)).isEqualTo("tls");
        assertThat(anna.seen)
                .containsExactly(
                        "GET " + site.url() + "/redirect?to="
                                + tls.url().replace(":", "%3A").replace("/", "%2F") + "%2Fhop Anna/1",
                        "CONNECT localhost:" + tls.port() + " Anna/1");
    }

    @ParameterizedTest
    @CsvSource({
        "wrong, refuses the credentials: status 407",
        "bare, asks for credentials: status 407",
    })
    void credentialsThatTheProxyDoesNotTakeAreItsFailureWithAndWithoutTls(String profile, String what) {
        int requests = site.requests().size() + tls.requests().size();

        for (String uri : List.of(fetchUri("/echo"), tlsUri("/never"))) {
            assertThat(fetchAs(profile, uri).getException())
                    .isInstanceOf(ProxyFailedException.class)
                    .hasMessageStartingWith(
                            "profile '" + profile + "': its proxy http://127.0.0.1:" + anna.port() + " " + what);
        }
        assertThat(site.requests().size() + tls.requests().size()).isEqualTo(requests);
    }

    @Test
    void hostsOfNoProxyAreReachedDirectly() {
        assertThat(text(fetchAs("past", fetchUri("/echo")))).contains("User-agent: Past/1");
        assertThat(open.seen).isEmpty();

        assertThat(text(fetchAs("past", tlsUri("/")))).isEqualTo("tls");
        assertThat(open.seen).as("localhost is another host").hasSize(1);

        text(fetchAs("anna", fetchUri("/echo") + "?noProxy=localhost, 127.0.0.1:" + site.port()));
        text(fetchAs("anna", tlsUri("/") + "&noProxy=localhost, 127.0.0.1:" + site.port()));
        assertThat(anna.seen).isEmpty();
    }

    @Test
    void noProxyIsJudgedAtEachHop() {
        Exchange exchange = fetchAs(
                "anna",
                fetchUri("/redirect?to=" + tls.url() + "/hop") + "&noProxy=127.0.0.1&http.sslContextParameters=#tls");

        assertThat(text(exchange)).isEqualTo("tls");
        assertThat(anna.seen).containsExactly("CONNECT localhost:" + tls.port() + " Anna/1");
    }

    @Test
    void aWrongNoProxyIsNamedWithTheWayOut() {
        assertThat(failure(fetchUri("/echo") + "?noProxy=localhost,http://x"))
                .contains("noProxy: entry 2 is a URL or a network, not a host; write hosts such as localhost");
    }

    @Test
    void aCredentialsHeaderOfTheMessageReachesNeitherProxyNorSite() {
        Map<String, Object> header = Map.of("Proxy-Authorization", "Basic c3RyYW5nZTpvbmU=");

        assertThat(text(fetchAs("anna", fetchUri("/echo"), header))).doesNotContain("roxy-authorization");
        assertThat(text(fetchAs("past", fetchUri("/echo"), header))).doesNotContain("roxy-authorization");
    }

    /** HttpClient puts the headers of the message back before it answers a challenge. */
    @ParameterizedTest
    @CsvSource({"anna", "past"})
    void aCredentialsHeaderOfTheMessageStaysBehindWhenASiteAsksForCredentials(String profile) {
        site.page("/auth", http -> {
            if (http.getRequestHeaders().containsKey("Authorization")) {
                LoopbackSite.answer(http, 200, http.getRequestHeaders().keySet().toString());
            } else {
                http.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"site\"");
                LoopbackSite.answer(http, 401, "");
            }
        });

        String names = text(fetchAs(
                profile,
                fetchUri("/auth") + "?http.authMethod=Basic&http.authUsername=u&http.authPassword=p",
                Map.of("Proxy-Authorization", "Basic c3RyYW5nZTpvbmU=")));

        assertThat(names).contains("Authorization").doesNotContain("roxy-authorization");
    }

    @Test
    void credentialsOfTheHttpOptionsAreNotGivenToTheProxyOfAProfile() {
        // camel-http would give these to any host that asks
        Exchange exchange = fetchAs(
                "bare",
                "sessions:fetch/" + site.url()
                        + "/echo?http.authMethod=Basic&http.authUsername=anna&http.authHost=127.0.0.1&http.authPassword=RAW("
                        + PASSWORD + ")");

        assertThat(exchange.getException()).hasMessageContaining("asks for credentials: status 407");
    }

    @Test
    void wrappedEndpointsUseTheProxyToo() {
        text(fetchAs("anna", "direct:wrapped"));

        assertThat(anna.seen).containsExactly("GET " + site.url() + "/echo Anna/1");
    }

    @Test
    void identitiesWithAProxyInCommonShareNoTunnel() {
        int before = tls.requests().size();
        text(fetchAs("open", tlsUri("/a") + "&isolation=profile"));
        text(fetchAs("past", tlsUri("/b") + "&isolation=profile"));
        text(fetchAs("open", tlsUri("/c") + "&isolation=profile"));

        assertThat(open.seen)
                .containsExactly(
                        "CONNECT localhost:" + tls.port() + " Open/1", "CONNECT localhost:" + tls.port() + " Past/1");
        assertThat(tls.requests().subList(before, before + 3).stream()
                        .map(TlsSite.Request::clientPort)
                        .distinct())
                .hasSize(2);
    }
}
