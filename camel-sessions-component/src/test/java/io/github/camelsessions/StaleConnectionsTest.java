/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that closes kept connections as a request arrives; it notes what it was sent on which connection. */
@Timeout(60)
class StaleConnectionsTest {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket server = listen();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private volatile String last = ""; // what is sent before a kept connection is closed
    private volatile int kept = 1; // connections up to this number are closed at their second request
    private volatile boolean reset;

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        threads.execute(this::accept);
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(url());
        site.setWrap(true);
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fetch").to("sessions:fetch/" + url() + "/page");
                from("direct:isolated").to("sessions:fetch/" + url() + "/page?isolation=session");
                from("direct:wrap").to(url() + "/page");
                from("direct:process").process(Sessions.get(context).wrap(url() + "/page?connectionsPerRoute=4"));
            }
        });
        context.start();
    }

    @AfterEach
    void stop() throws IOException {
        context.stop();
        server.close();
        threads.shutdownNow();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                int number = connections.incrementAndGet();
                threads.execute(() -> serve(socket, number));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int request = 1; ; request++) {
                String read = read(in);
                if (read == null) {
                    return;
                }
                seen.add(number + ": " + read);
                if (request > 1 && number <= kept) {
                    out.write(last.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                    socket.setSoLinger(reset, 0);
                    return;
                }
                out.write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
        } catch (IOException e) {
            // the client closed
        }
    }

    /** Method and body of the next request, null at the end. */
    private static String read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            head.append((char) octet);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int length = lower.indexOf("content-length: ");
        int body = length < 0 ? 0 : Integer.parseInt(lower.substring(length + 16, lower.indexOf("\r\n", length)));
        return head.substring(0, head.indexOf(" ")) + " " + new String(in.readNBytes(body), StandardCharsets.UTF_8);
    }

    private Exchange send(String route, String method, String body) {
        return context.createFluentProducerTemplate()
                .to(route)
                .withHeader("CamelHttpMethod", method)
                .withBody(body)
                .request(Exchange.class);
    }

    private long reconnects() {
        return Sessions.get(context)
                .engine()
                .registry()
                .stats()
                .mapToLong(stats -> stats.reconnects())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:isolated", "direct:wrap", "direct:process"})
    void aRequestOnAKeptConnectionThatTheServerClosesIsSentOnceMore(String route) {
        send(route, "GET", null);
        Exchange exchange = send(route, "GET", null);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("ok");
        assertThat(seen).containsExactly("1: GET ", "1: GET ", "2: GET ");
        assertThat(reconnects()).isEqualTo(1);
        assertThat(Sessions.get(context)
                        .engine()
                        .registry()
                        .stats()
                        .findFirst()
                        .orElseThrow()
                        .uses())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"PUT, body", "DELETE, ", "HEAD, "})
    void soIsEachIdempotentOne(String method, String body) {
        reset = true;
        send("direct:fetch", "GET", null);

        assertThat(send("direct:fetch", method, body).getException()).isNull();
        String sent = method + " " + (body == null ? "" : body);
        assertThat(seen).containsExactly("1: GET ", "1: " + sent, "2: " + sent);
    }

    @Test
    void anOwnRequestExecutorIsAskedAndNothingIsSentOnceMore() {
        AtomicInteger asked = new AtomicInteger();
        HttpClientConfigurer own = builder -> builder.setRequestExecutor(new HttpRequestExecutor() {
            @Override
            public ClassicHttpResponse execute(
                    ClassicHttpRequest request,
                    HttpClientConnection connection,
                    HttpResponseInformationCallback informed,
                    HttpContext context)
                    throws IOException, HttpException {
                asked.incrementAndGet();
                return super.execute(request, connection, informed, context);
            }
        });
        context.getRegistry().bind("own", own);
        String uri = "sessions:fetch/" + url() + "/page?http.httpClientConfigurer=#own";
        assertThat(send(uri, "GET", null).getException()).isNull();
        assertThat(send(uri, "GET", null).getException()).isInstanceOf(IOException.class);
        assertThat(asked).hasValue(2);
        assertThat(reconnects()).isZero();
    }

    @Test
    void aPostIsNot() {
        send("direct:fetch", "GET", null);

        assertThat(send("direct:fetch", "POST", "body").getException()).isInstanceOf(IOException.class);
        assertThat(seen).containsExactly("1: GET ", "1: POST body");
        assertThat(reconnects()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n"})
    void norWhatAnAnswerHasBegunTo(String begun) {
        last = begun;
        send("direct:fetch", "GET", null);
        send("direct:fetch", "GET", null);

        assertThat(seen).containsExactly("1: GET ", "1: GET ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX-A: b\r\n", "HTTP/1.1 200 OK\r\nX-A: b\r\n\r"})
    void anAnswerThatIsCutWithinItsHeadersIsNone(String cut) {
        last = cut;
        send("direct:fetch", "GET", null);

        for (String method : new String[] {"GET", "POST"}) {
            kept = connections.get();
            Exchange exchange = send("direct:fetch", method, "body");
            assertThat(exchange.getException()).as(method).isInstanceOf(IOException.class);
            send("direct:fetch", "GET", null); // over a connection that is kept for the next one
        }
    }

    @Test
    void norWhatGoesOutOnAFreshConnectionAndFails() {
        kept = 2;
        send("direct:fetch", "GET", null);
        Exchange second = send("direct:fetch", "GET", null); // on a fresh connection, which is kept then
        Exchange third = send("direct:fetch", "GET", null);

        assertThat(second.getException()).isNull();
        assertThat(third.getException()).isNull();
        assertThat(seen).containsExactly("1: GET ", "1: GET ", "2: GET ", "2: GET ", "3: GET ");
    }
}
