/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer whose status is none is an I/O error at once, though the connection stays open. */
@Timeout(60)
class StatusLineTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger asked = new AtomicInteger();
    private ServerSocket server;
    private volatile String status;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException e) {
                // closed
            }
        });
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(url());
        site.setWrap(true);
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.disableJMX();
        context.start();
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    asked.incrementAndGet();
                    socket.getOutputStream()
                            .write((status + "\r\nContent-Length: 2\r\n\r\nok").getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // the client closed
        }
    }

    @AfterEach
    void stop() throws Exception {
        context.stop();
        server.close();
        threads.shutdownNow();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private Exchange send(String uri) {
        return context.createProducerTemplate().request(uri, exchange -> {});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 000 x",
                "HTTP/1.1 099 x",
                "HTTP/1.1 99 x",
                "HTTP/1.1 1000 x",
                "HTTP/1.1 -1 x",
                "HTTP/1.1 abc",
                "HTTP/1.1",
                "HTTP/x 200 OK",
                "http/1.1 200 OK"
            })
    void anAnswerWithoutAStatusIsAnIoError(String line) {
        for (String uri : new String[] {"sessions:fetch/" + url() + "/page", url() + "/page"}) {
            status = line;
            asked.set(0);
            assertThat(send(uri).getException()).as(uri).isInstanceOf(IOException.class);
            assertThat(asked).as(uri).hasValue(1);

            status = "HTTP/1.1 200 OK"; // the session is usable
            assertThat(send(uri).getMessage().getBody(String.class)).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1  299 x"})
    void anyStatusOfThreeDigitsIsOne(String line) {
        status = line;

        assertThat(send("sessions:fetch/" + url() + "/page").getMessage().getBody(String.class))
                .isEqualTo("ok");
    }
}
