/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ProxyFailedException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions through squid, which asks for credentials. */
class SquidIT extends SharedContextTest {

    private static final String PASSWORD = "s3cret";

    @TempDir
    private static Path folder;

    private static Process squid;
    private static int port;

    private final TlsSite tls = new TlsSite();

    private static void startSquid() throws IOException {
        Path program = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> Path.of(place, "squid"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(program != null, "squid is not installed (apt-get install squid)");
        // squid gives up the rights of root, if it has them
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path helper = Files.writeString(folder.resolve("credentials.sh"), """
                #!/bin/sh
                while read -r line; do
                  case "$line" in
                    "anna %1$s"|"ben %1$s") echo OK ;;
                    *) echo ERR ;;
                  esac
                done
                """.formatted(PASSWORD));
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config = Files.writeString(folder.resolve("squid.conf"), """
                http_port 127.0.0.1:%1$d
                pid_filename none
                visible_hostname squid.test
                cache deny all
                cache_mem 8 MB
                max_filedescriptors 1024
                pinger_enable off
                shutdown_lifetime 0 seconds
                coredump_dir %2$s
                cache_log %2$s/cache.log
                logformat short %%rm %%ru %%un %%{User-Agent}>h
                access_log stdio:%2$s/access.log short
                auth_param basic program %2$s/credentials.sh
                auth_param basic children 2 startup=1 idle=1
                auth_param basic realm squid
                acl users proxy_auth REQUIRED
                http_access allow users
                http_access deny all
                """.formatted(port, folder));
        squid = new ProcessBuilder(program.toString(), "-N", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        await().atMost(60, TimeUnit.SECONDS).until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                if (!squid.isAlive()) {
                    throw new IllegalStateException("squid: " + Files.readString(folder.resolve("output")));
                }
                return false;
            }
        });
    }

    @AfterAll
    static void stopSquid() throws InterruptedException {
        if (squid != null) {
            squid.destroy();
            if (!squid.waitFor(30, TimeUnit.SECONDS)) {
                squid.destroyForcibly();
            }
        }
    }

    @AfterAll
    void closeTls() {
        tls.close();
    }

    @Override
    void configure(CamelContext context) {
        try {
            startSquid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        context.getRegistry().bind("profiles", """
                - {name: anna, userAgent: Anna/1, proxy: "http://anna:%1$s@127.0.0.1:%2$d"}
                - {name: ben, userAgent: Ben/1, proxy: "http://ben:%1$s@127.0.0.1:%2$d"}
                - {name: wrong, proxy: "http://anna:wrong@127.0.0.1:%2$d"}
                - {name: bare, proxy: "http://127.0.0.1:%2$d"}
                """.formatted(PASSWORD, port));
        context.getRegistry().bind("tls", TlsSite.trust());
        context.getComponent("sessions", SessionsComponent.class).setProfiles("ref:profiles");
    }

    private Exchange fetchAs(String profile, String uri) {
        return send(
                uri, null, Map.of(SessionsConstants.PROFILE, profile, SessionsConstants.ID, session + "-" + profile));
    }

    private String tlsUri() {
        return "sessions:fetch/" + tls.url() + "/?http.sslContextParameters=#tls";
    }

    @Test
    void plainRequestsPassWithTheirCredentialsWhichTheSiteDoesNotSee() throws IOException {
        assertThat(text(fetchAs("anna", fetchUri("/echo/a"))))
                .contains("User-agent: Anna/1", "Via: 1.1 squid.test")
                .doesNotContain("roxy-authorization");
        assertThat(text(fetchAs("ben", fetchUri("/echo/b")))).contains("User-agent: Ben/1");

        assertThat(log("/echo"))
                .containsExactly(
                        "GET " + site.url() + "/echo/a anna Anna/1", "GET " + site.url() + "/echo/b ben Ben/1");
    }

    @Test
    void eachIdentityHasOneTunnelOfItsOwn() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(text(fetchAs("anna", tlsUri()))).isEqualTo("tls");
            assertThat(text(fetchAs("ben", tlsUri()))).isEqualTo("tls");
        }

        assertThat(tls.requests()).hasSize(10);
        assertThat(tls.requests().stream().map(TlsSite.Request::clientPort).distinct())
                .hasSize(2);
        context.stop(); // squid logs a tunnel when it ends
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(log("CONNECT localhost:"))
                        .containsExactlyInAnyOrder(
                                "CONNECT localhost:" + tls.port() + " anna Anna/1",
                                "CONNECT localhost:" + tls.port() + " ben Ben/1"));
        context.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong: refuses the credentials: status 407", "bare: asks for credentials: status 407"})
    void otherCredentialsAreAFailureOfTheProxy(String expected) {
        String[] parts = expected.split(": ", 2);
        for (String uri : List.of(fetchUri("/echo"), tlsUri())) {
            assertThat(fetchAs(parts[0], uri).getException())
                    .isInstanceOf(ProxyFailedException.class)
                    .hasMessageContaining(parts[1]);
        }
    }

    @Test
    void aSiteThatIsNotThereIsToldThroughATunnelAsAFailureOfTheProxyAndElseAsAnAnswer() throws IOException {
        int gone;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = free.getLocalPort();
        }

        assertThat(fetchAs("anna", "sessions:fetch/https://127.0.0.1:" + gone + "/")
                        .getException())
                .isInstanceOf(ProxyFailedException.class)
                .hasMessageContaining("opened no tunnel: status 50");
        assertThat(fetchAs("anna", "sessions:fetch/http://127.0.0.1:" + gone + "/")
                        .getMessage()
                        .getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class))
                .isBetween(502, 504);
    }

    private static List<String> log(String what) throws IOException {
        return Files.readAllLines(folder.resolve("access.log")).stream()
                .filter(line -> line.contains(what) && line.endsWith("/1")) // those with a profile that names an agent
                .toList();
    }
}
