/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfilesAsideException;
import io.github.camelsessions.profile.ProxyFailedException;
import io.github.camelsessions.profile.ProxyServer;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A profile whose proxy fails is put aside, and its sessions go on with the next one. */
class RotationTest extends AutomaticRenewalSupport {

    private static final Duration COOLDOWN = Duration.ofMinutes(5);
    private static int sets;

    private final LoopbackSite open = new LoopbackSite(); // asks for no session
    private String set;

    RotationTest() {
        super(siteOfAnna());
    }

    @AfterAll
    void closeSite() {
        open.close();
    }

    /** Each test has profiles of its own. */
    @BeforeEach
    void nameSet() {
        set = "s" + sets++ + "-";
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ClientProfile at(String name, int port) {
        ProxyServer proxy = new ProxyServer("http", "127.0.0.1", port, "anna", "s3cret");
        return new ClientProfile(set + name, proxy, null, Map.of(), Map.of());
    }

    private ClientProfile dead(String name) {
        return at(name, closedPort());
    }

    private ClientProfile direct(String name) {
        return new ClientProfile(set + name, null, "Direct/1", Map.of(), Map.of());
    }

    private void use(ClientProfile... profiles) {
        sessions().engine().registry().setProfiles(List.of(profiles));
    }

    private List<ProfileStats> aside() {
        return sessions().profiles().stream()
                .filter(profile -> profile.asideUntil() != null)
                .toList();
    }

    private Instant returning() {
        return now.get().plus(COOLDOWN);
    }

    private static Object profileOf(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getHeader(SessionsConstants.USED_PROFILE);
    }

    /** The session has the first profile, and is one that the site knows. */
    private void fill() {
        sessions()
                .session(session)
                .addCookies(site.url(), Map.of(ExpiringSite.SESSION_COOKIE, site.newSession("anna")));
    }

    private Exchange fetchOpen(String path, Object body, String options) {
        return send("sessions:fetch/" + open.url() + path + options, body, Map.of());
    }

    @Test
    void aRenewalGoesOnWithTheNextProfileAtOnceAndItsAttemptIsNotCounted() {
        use(dead("a"), dead("b"), dead("c"), direct("d"));
        int logins = site.loginsAttempted();

        Exchange done = fetch("/page", "renewalAttempts=1&renewalBackoff=1h");

        assertThat(profileOf(done)).isEqualTo(set + "d");
        assertThat(site.loginsAttempted() - logins).isEqualTo(1);
        assertThat(aside()).extracting(ProfileStats::name).containsExactly(set + "a", set + "b", set + "c");
        assertThat(aside()).allMatch(stats -> returning().equals(stats.asideUntil()));
        assertThat(stats().failures()).isZero();
    }

    @Test
    void aSessionWhoseProxyIsGoneIsRenewedOnceForAllThatSeeIt() {
        use(dead("a"), direct("b"));
        fill();
        int logins = site.loginsSucceeded();

        List<CompletableFuture<Exchange>> all =
                IntStream.range(0, 40).mapToObj(i -> start("/page/" + i)).toList();

        all.forEach(done -> assertThat(profileOf(done.join())).isEqualTo(set + "b"));
        assertThat(site.loginsSucceeded() - logins).isEqualTo(1);
        SessionStats stats = stats();
        assertThat(stats.renewals()).isEqualTo(1);
        assertThat(stats.refused()).isZero();
    }

    private CompletableFuture<Exchange> start(String path) {
        return start(uri(path, ""), null, Map.of());
    }

    @Test
    void aRequestThatDidNotReachTheSiteIsSentAgainWhateverItsMethod() {
        use(dead("a"), direct("b"));
        fill();

        Exchange done = send(
                uri("/page", ""),
                new ByteArrayInputStream("order".getBytes()),
                Map.of(ExpiringSite.KEY_HEADER, session));

        assertThat(profileOf(done)).isEqualTo(set + "b");
        assertThat(done.getMessage().getHeader(SessionsConstants.REPLAYS)).isEqualTo(1);
        assertThat(site.acceptedPosts(session)).isEqualTo(1);
    }

    @Test
    void withoutARenewalUriTheSessionBeginsANewGenerationWithTheNextProfile() {
        use(dead("a"), dead("b"), direct("c"));

        Exchange done = fetchOpen("/echo", new ByteArrayInputStream("order".getBytes()), "");

        assertThat(profileOf(done)).isEqualTo(set + "c");
        assertThat(open.lastRequest().userAgent()).isEqualTo("Direct/1");
        assertThat(open.lastRequest().body()).isEqualTo("order");
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(2L);
        assertThat(done.getMessage().getHeader(SessionsConstants.REPLAYS)).isEqualTo(2);
        assertThat(profileOf(fetchOpen("/echo", null, ""))).isEqualTo(set + "c");
    }

    @Test
    void aProxyThatDoesNotGetToTheSiteKeepsItsSession() throws Exception {
        try (ScriptedProxy gateway = new ScriptedProxy(connection -> {
            connection.head();
            connection.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        })) {
            use(at("a", gateway.port()), direct("b"));

            Exception failure = send("sessions:fetch/https://site.invalid/page", null, Map.of())
                    .getException();

            assertThat(failure)
                    .isInstanceOf(ProxyFailedException.class)
                    .hasMessageContaining("opened no tunnel: status 502")
                    .hasMessageNotContaining("s3cret");
            assertThat(((ProxyFailedException) failure).isSiteInDoubt()).isTrue();
            assertThat(gateway.heads()).hasSize(1);
            assertThat(aside()).isEmpty();
            assertThat(sessions().session(session).profile().name()).isEqualTo(set + "a");
        }
    }

    /** A site that does not answer must not cost the profile whose proxy waits for it. */
    @Test
    void aLogInThatIsAbortedWhileItsProxyIsAskedKeepsTheProfile() throws Exception {
        try (ScriptedProxy waiting = new ScriptedProxy(connection -> {
            connection.head();
            connection.hang();
        })) {
            use(at("a", waiting.port()), direct("b"));
            route("direct:far" + set, loginOf("anna"), "sessions:fetch/https://site.invalid/login");

            Exchange failed =
                    fetch(uri(site, "/page", "renewalUri=direct:far" + set + "&renewalTimeout=300&renewalAttempts=1"));

            assertThat(failed.getException()).isInstanceOf(SessionRenewalException.class);
            await(() -> assertThat(stats().inFlight()).isZero());
            await(() -> assertThat(context.getInflightRepository().size()).isZero());
            assertThat(waiting.heads()).hasSize(1);
            assertThat(aside()).isEmpty();
        }
    }

    @Test
    void whenNoneIsLeftTheRenewalFailsUntilTheFirstReturns() {
        use(dead("a"), dead("b"));
        int logins = site.loginsAttempted();

        Exchange failed = fetch("/page", "renewalCooldown=1");

        assertThat(failed.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("all 2 client profiles are put aside")
                .hasMessageContaining("free again at " + returning())
                .hasMessageContaining("mend the proxies")
                .hasRootCauseInstanceOf(ConnectException.class);
        assertThat(((SessionRenewalException) failed.getException()).getRetryAt())
                .isEqualTo(returning());
        assertThat(fetch("/page", "").getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(stats().attempts()).as("without another attempt").isEqualTo(3);
        assertThat(site.loginsAttempted()).isEqualTo(logins);

        now.set(returning());
        use(direct("c"));
        assertThat(profileOf(fetch("/page", ""))).isEqualTo(set + "c");
    }

    @Test
    void whenNoneIsLeftASessionWithoutRenewalUriFailsUntilTheFirstReturns() {
        use(dead("a"), dead("b"));

        for (int i = 0; i < 3; i++) {
            Exchange failed = fetchOpen("/echo", null, "");
            assertThat(failed.getException())
                    .isInstanceOf(SessionRenewalException.class)
                    .hasMessageContaining("has no client profile")
                    .hasMessageContaining("next attempt at " + returning())
                    .hasMessageContaining("all 2 client profiles are put aside")
                    .hasCauseInstanceOf(ProfilesAsideException.class);
            assertThat(((SessionRenewalException) failed.getException()).getRetryAt())
                    .isEqualTo(returning());
        }
        assertThat(stats().inFlight()).isZero();

        use(dead("a"), dead("b"), direct("c")); // two others of these names
        assertThat(profileOf(fetchOpen("/echo", null, ""))).isEqualTo(set + "c");
    }

    @Test
    void whereProfilesReturnAtOnceAnExchangeTriesEachOnce() {
        sessions().engine().registry().setRotation(ProfileOrder.sequential, Duration.ZERO);
        try {
            use(dead("a"), dead("b"), dead("c"));
            Exchange failed = fetchOpen("/echo", null, "");
            assertThat(failed.getException())
                    .isInstanceOf(ProxyFailedException.class)
                    .hasMessageContaining("was not sent again: all other profiles have failed it, too");
            assertThat(fetch("/page", "sessionId=" + session + "x&renewalAttempts=2&renewalBackoff=1")
                            .getException())
                    .isInstanceOf(SessionRenewalException.class);
            assertThat(sessions().session(session).stats().orElseThrow().attempts())
                    .as("each once, then as many as there are attempts")
                    .isLessThanOrEqualTo(5);
        } finally {
            sessions().engine().registry().setRotation(ProfileOrder.sequential, COOLDOWN);
        }
    }

    @Test
    void aFixedProfileIsNotExchanged() {
        use(dead("a"), direct("b"));
        Exchange failed = fetchOpen("/echo", null, "?profile=" + set + "a");
        assertThat(failed.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("profile '" + set + "a': its proxy http://127.0.0.1:")
                .hasMessageContaining("the session keeps this profile")
                .hasMessageNotContaining("s3cret");
        assertThat(stats().generation()).isZero();
        session = session + "-";
        assertThat(profileOf(fetchOpen("/echo", null, "")))
                .as("others do not get it")
                .isEqualTo(set + "b");
    }

    @Test
    void aProfileThatIsToStayTheSameIsNotExchanged() {
        use(dead("a"), direct("b"));
        Exchange failed = fetchOpen("/echo", null, "?renewalProfile=same");
        assertThat(failed.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("renewalProfile=same");
        assertThat(stats().generation()).isZero();
    }

    @Test
    void theProxyOfAFixedProfileFailsARenewalAsAnyTransientFailure() throws Exception {
        use(dead("a"), direct("b"));
        String fixed = "profile=" + set + "a";
        route("direct:fixed", loginOf("anna"), "sessions:fetch/" + site.url("/login") + "?" + fixed);
        Exchange failed =
                fetch(uri(site, "/page", "renewalUri=direct:fixed&renewalAttempts=2&renewalBackoff=1&" + fixed));
        assertThat(failed.getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("the session keeps this profile");
        assertThat(stats().attempts()).isEqualTo(2);
    }

    @Test
    void withoutReplaysTheFailureStandsAndTheNextExchangeHasTheNextProfile() {
        use(dead("a"), direct("b"));
        Exchange failed = fetchOpen("/echo", null, "?maxReplays=0");
        assertThat(failed.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("was not sent again: maxReplays=0");
        assertThat(profileOf(fetchOpen("/echo", null, "?maxReplays=0"))).isEqualTo(set + "b");
    }

    @Test
    void aBodyThatCanBeSentOnceIsNotSentAgain() {
        use(dead("a"), direct("b"));
        InputStreamEntity body =
                new InputStreamEntity(new ByteArrayInputStream("order".getBytes()), ContentType.TEXT_PLAIN);
        Exchange failed = fetchOpen("/echo", body, "");
        assertThat(failed.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("was not sent again: the HttpEntity is not repeatable");
        assertThat(profileOf(fetchOpen("/echo", null, ""))).isEqualTo(set + "b");
    }

    /** A proxy that answers one request with a redirect of the site, and is gone before that is followed. */
    private ClientProfile redirectingOnce(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try (Socket client = server.accept()) {
                server.close();
                InputStream in = client.getInputStream();
                for (int last = 0; last != 0x0d0a0d0a && last != -1; ) {
                    last = last << 8 | in.read();
                }
                client.getOutputStream()
                        .write(("HTTP/1.1 302 Found\r\nLocation: " + open.url() + "/echo\r\n"
                                        + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return at(name, server.getLocalPort());
    }

    @Test
    void aRequestThatIsNotSafeIsNotSentAgainWhenItWasRedirectedBefore() throws IOException {
        use(redirectingOnce("a"), direct("b"));
        Exchange failed = fetchOpen("/echo", Map.of("a", "b"), "");
        assertThat(failed.getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("was not sent again: it was redirected, so the site has had it already");
        assertThat(profileOf(fetchOpen("/echo", null, ""))).isEqualTo(set + "b");
    }

    @Test
    void aSafeOneIsSentAgainFromTheBeginning() throws IOException {
        use(redirectingOnce("a"), direct("b"));
        Exchange done = fetchOpen("/echo", null, "");
        assertThat(profileOf(done)).isEqualTo(set + "b");
        assertThat(done.getMessage().getHeader(SessionsConstants.FINAL_URI)).isEqualTo(open.url() + "/echo");
    }

    @Test
    void aRequestThatRenewsTheSessionItselfGoesOnToo() {
        use(dead("a"), direct("b"));
        Map<String, String> form = Map.of("user", "anna", "password", "secret");
        Exchange done = send("sessions:renew/" + site.url("/login") + "?renewalAttempts=1", form, Map.of());
        assertThat(profileOf(done)).isEqualTo(set + "b");
        assertThat(done.getMessage().getHeader(SessionsConstants.RENEWED)).isEqualTo(true);
    }

    @Test
    void aWrappedEndpointGoesOnToo() throws Exception {
        use(dead("a"), direct("b"));
        route("direct:wrapped", sessions().wrap(open.url() + "/echo"));
        Exchange done = send("direct:wrapped", null, Map.of());
        assertThat(profileOf(done)).isEqualTo(set + "b");
    }

    @Test
    void aTransactedExchangeGoesOnOnItsThread() {
        use(dead("a"), direct("b"));
        fill();
        Exchange exchange = exchange(null, Map.of());
        exchange.getExchangeExtension().setTransacted(true);
        template.send(uri("/page", ""), exchange);
        assertThat(profileOf(exchange)).isEqualTo(set + "b");
    }

    @Test
    void whatThereIsToLog() {
        ClientProfile dead = dead("a");
        use(dead, direct("b"));
        try (LogCapture log = new LogCapture()) {
            Stream.generate(() -> start("sessions:fetch/" + open.url() + "/echo?maxReplays=1", null, Map.of()))
                    .limit(20)
                    .toList()
                    .forEach(CompletableFuture::join);
            assertThat(log.of("io.github.camelsessions.internal.renewal"))
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains(
                            "profile '" + set + "a': its proxy " + dead.proxy(),
                            "put aside until " + returning(),
                            "profiles left: 1");
            assertThat(log.text()).doesNotContain("s3cret");
        }
        assertThat(sessions().profiles().get(0))
                .hasToString("ProfileStats[name=" + set + "a, users=0, taken=1," + " asideUntil=" + returning() + "]");
    }
}
