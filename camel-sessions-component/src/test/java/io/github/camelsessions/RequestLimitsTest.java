/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A site that answers without an end, in time or in size: each request of each form has its bounds. */
@Tag("long")
class RequestLimitsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int SIZE = 10_000;
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();
    private static final Queue<String> CLOSED = new ConcurrentLinkedQueue<>(); // pages whose client has closed
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static ServerSocket server;
    private static ProducerTemplate template;

    @BeforeAll
    static void start() throws Exception {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        THREADS.submit(() -> {
            while (true) {
                Socket client = server.accept();
                THREADS.submit(() -> serve(client));
            }
        });
        CONTEXT.disableJMX();
        CONTEXT.setStreamCaching(false); // else a route reads a stream before its step does
        SessionsComponent component = CONTEXT.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setMaxReplays(0);
        site(component, "slow").setRequestTimeout(TIMEOUT);
        site(component, "large").setMaxResponseSize(String.valueOf(SIZE));
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch");
                from("direct:wrap").to(url("/none") + "?followRedirects=true");
                from("direct:processor")
                        .process(Sessions.get(getContext()).wrap(url("/none") + "?followRedirects=true"));
                from("direct:stream")
                        .to("sessions:fetch?http.disableStreamCache=true")
                        .process(exchange -> exchange.getMessage()
                                .getBody(InputStream.class)
                                .transferTo(OutputStream.nullOutputStream()));
                from("direct:unread")
                        .to("sessions:fetch?http.disableStreamCache=true")
                        .setBody(constant("unread"));
                from("direct:packed").to("sessions:fetch?http.httpClient.contentCompressionEnabled=false");
            }
        });
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    private static SiteConfiguration site(SessionsComponent component, String name) {
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(url("/" + name + "/*"));
        site.setWrap(true);
        component.getSites().put(name, site);
        return site;
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + server.getLocalPort() + path;
    }

    @AfterAll
    static void stop() throws IOException {
        CONTEXT.stop();
        server.close();
        THREADS.shutdownNow();
    }

    private static Void serve(Socket client) throws Exception {
        String path = "";
        try (client) {
            client.setSoTimeout(20);
            client.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = client.getOutputStream();
            for (String line = line(in); line != null; line = line(in)) {
                path = line.split(" ")[1];
                while (!line.isEmpty()) {
                    line = line(in);
                }
                answer(path.substring(path.lastIndexOf('/')), in, out);
            }
        } catch (IOException e) {
            // the client has closed while a page went on
        } finally {
            CLOSED.add(path);
        }
        return null;
    }

    private static String line(BufferedReader in) throws IOException {
        while (true) {
            try {
                return in.readLine();
            } catch (SocketTimeoutException e) {
                // heads come at once or not at all: nothing was read
            }
        }
    }

    private static void answer(String page, BufferedReader in, OutputStream out) throws IOException {
        switch (page) {
            case "/ok" -> write(out, OK + "Content-Length: 4\r\n\r\ngood");
            case "/full" -> write(out, OK + "Content-Length: " + SIZE + "\r\n\r\n" + "x".repeat(SIZE));
            case "/silent" -> goOn(in, out, "");
            case "/drips" -> {
                write(out, OK + CHUNKED);
                goOn(in, out, "1\r\nx\r\n");
            }
            case "/interim" -> goOn(in, out, "HTTP/1.1 102 Processing\r\n\r\n");
            case "/field" -> {
                write(out, OK + "X: ");
                goOn(in, out, "y");
            }
            case "/hop" -> write(out, "HTTP/1.1 302 Found\r\nLocation: drips\r\nContent-Length: 0\r\n\r\n");
            case "/declared" -> {
                write(out, OK + "Content-Length: 1000000000000\r\n\r\n");
                flood(out, "x".repeat(1000));
            }
            case "/chunked" -> {
                write(out, OK + CHUNKED);
                flood(out, "3e8\r\n" + "x".repeat(1000) + "\r\n");
            }
            case "/nolength" -> {
                write(out, OK + "Connection: close\r\n\r\n");
                flood(out, "x".repeat(1000));
            }
            case "/refused" -> {
                write(out, "HTTP/1.1 404 Not Found\r\n" + CHUNKED);
                flood(out, "3e8\r\n" + "x".repeat(1000) + "\r\n");
            }
            case "/floodedHop" -> {
                write(out, "HTTP/1.1 302 Found\r\nLocation: ok\r\n" + CHUNKED);
                flood(out, "3e8\r\n" + "x".repeat(1000) + "\r\n");
            }
            case "/packed" -> {
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                    gzip.write(new byte[1_000_000]);
                }
                assertThat(packed.size()).isLessThan(SIZE);
                write(out, OK + "Content-Encoding: gzip\r\nContent-Length: " + packed.size() + "\r\n\r\n");
                out.write(packed.toByteArray());
            }
            default -> throw new IOException("unknown page " + page);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void flood(OutputStream out, String text) throws IOException {
        while (true) {
            write(out, text);
        }
    }

    /** Goes on a little at a time until the client closes. */
    private static void goOn(BufferedReader in, OutputStream out, String text) throws IOException {
        while (true) {
            try {
                if (in.read() < 0) {
                    throw new IOException("closed");
                }
            } catch (SocketTimeoutException e) {
                write(out, text);
            }
        }
    }

    private static Exchange fetch(String form, String path) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(Exchange.HTTP_URI, url(path));
        headers.put(SessionsConstants.ID, form);
        return template.request(
                "direct:" + form, exchange -> exchange.getMessage().setHeaders(headers));
    }

    private static void isClosed(String path) {
        Awaitility.await().untilAsserted(() -> assertThat(CLOSED).contains(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "wrap", "processor", "stream", "unread"})
    void aRequestEndsWhenItsTimeIsUp(String form) throws Exception {
        Map<String, CompletableFuture<Exchange>> sendings = new HashMap<>();
        for (String page : new String[] {"silent", "drips", "interim", "field", "hop"}) {
            String path = "/slow/" + form + "/" + page;
            sendings.put(path, CompletableFuture.supplyAsync(() -> fetch(form, path), THREADS));
        }
        for (Map.Entry<String, CompletableFuture<Exchange>> sending : sendings.entrySet()) {
            Exchange done = sending.getValue().get(60, TimeUnit.SECONDS);
            String path = sending.getKey();
            boolean unread = form.equals("unread") && (path.endsWith("drips") || path.endsWith("hop"));
            if (!unread) { // else it has ended well before, and what it did not read is read for the next request
                assertThat(done.getException())
                        .hasStackTraceContaining("SocketTimeoutException: GET " + url(path)
                                + ": no whole answer within 3000 ms, which is as long as requestTimeout allows");
            }
            isClosed(path.replace("hop", "drips"));
        }
        assertThat(fetch(form, "/slow/" + form + "/ok").getException()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "wrap", "processor", "stream", "unread", "packed"})
    void anAnswerIsReadNoFurtherThanItMayBe(String form) {
        for (String page : new String[] {"declared", "chunked", "nolength", "refused", "floodedHop", "packed"}) {
            String path = "/large/" + form + "/" + page;

            Exchange done = fetch(form, path);

            boolean unread = form.equals("unread")
                    && !page.equals("declared")
                    && !page.equals("floodedHop")
                    && !page.equals("refused");
            if (!unread) {
                assertThat(done.getException())
                        .as(page)
                        .hasStackTraceContaining("IOException: GET " + url(path)
                                + ": the answer is longer than the 10000 bytes that maxResponseSize allows");
            }
            if (!page.equals("packed")) { // which was sent to its end
                isClosed(path);
            }
        }
        assertThat(fetch(form, "/large/" + form + "/ok").getException()).isNull();
        assertThat(fetch(form, "/large/" + form + "/full").getException()).isNull();
    }

    @Test
    void whatExceedsALimitTellsTheSessionNothing() {
        fetch("fetch", "/large/x/ok");
        long refused = stats("large").refused();
        long generation = stats("large").generation();

        fetch("fetch", "/large/x/refused");

        assertThat(stats("large").inFlight()).isZero();
        assertThat(stats("large").refused()).isEqualTo(refused);
        assertThat(stats("large").generation()).isEqualTo(generation);
    }

    private static io.github.camelsessions.api.SessionStats stats(String site) {
        return Sessions.get(CONTEXT).site(site).session("fetch").stats().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"requestTimeout=-1000ms", "maxResponseSize=-1"})
    void aNegativeLimitIsRefused(String option) {
        assertThatThrownBy(() -> template.request("sessions:fetch?" + option, exchange -> {}))
                .hasStackTraceContaining(option + ": must ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requestTimeout=2x",
                "requestTimeout=2sec",
                "requestTimeout=s",
                "maxResponseSize=1XB",
                "maxResponseSize=1.5MB",
                "maxResponseSize=MB",
                "maxResponseSize=99999999999999999999"
            })
    void whatIsNoLimitIsRefused(String option) {
        assertThatThrownBy(() -> template.request("sessions:fetch?" + option, exchange -> {}))
                .hasStackTraceContaining(option + ": must be a ");
    }

    @ParameterizedTest
    @CsvSource({"5000,5000", "5000B,5000", "5K,5120", "5kb,5120"})
    void aSizeMayHaveAUnit(String option, int bytes) {
        Exchange done = template.request(
                "sessions:fetch?maxResponseSize=" + option,
                exchange -> exchange.getMessage().setHeader(Exchange.HTTP_URI, url("/large/own/chunked")));
        assertThat(done.getException()).hasMessageContaining("longer than the " + bytes + " bytes");
    }

    @Test
    void theEndpointsLimitsWinOverThoseOfTheSite() {
        String path = "/large/own/chunked";
        Exchange done = template.request(
                "sessions:fetch?maxResponseSize=5000",
                exchange -> exchange.getMessage().setHeader(Exchange.HTTP_URI, url(path)));
        assertThat(done.getException()).hasMessageContaining("longer than the 5000 bytes");
    }
}
