/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.net.ssl.SSLSocket;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that refuses an upload before it has read it: its answer counts, and the upload is carried out once. */
@Timeout(120)
class EarlyAnswersTest {

    private static final int SIZE = 20 * 1024 * 1024;
    private static final byte[] UPLOAD = upload();
    private static final List<String> ROUTES =
            List.of("direct:fetch", "direct:wrap", "direct:process", "direct:pool", "direct:isolated");

    /** What the server does when it has sent a refusal. */
    private enum Then {
        /** Closes at once: with the unread body there, its kernel resets the connection. */
        CLOSES,
        /** Ends its side, and reads what comes until the client ends its own. */
        LINGERS,
        /** Neither reads nor closes. */
        WAITS
    }

    /** How the upload lies on the message. */
    private enum Body {
        STREAM,
        FILE,
        BYTES,
        CACHE
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<String> carriedOut = new CopyOnWriteArrayList<>();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger uploads = new AtomicInteger();
    private final List<String> expecting = new CopyOnWriteArrayList<>(); // the request lines
    private ServerSocket server;
    private volatile String refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
    private volatile Then then = Then.CLOSES;
    private volatile boolean answered;
    private final CountDownLatch closedByTest = new CountDownLatch(1);
    private volatile int readFirst = 1000;
    private volatile int times = Integer.MAX_VALUE; // that the first session is refused

    @TempDir
    private Path folder;

    private static byte[] upload() {
        byte[] octets = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            octets[i] = (byte) (i ^ (i >> 9));
        }
        return octets;
    }

    private void start(boolean tls) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = tls
                ? TlsSite.serverContext().getServerSocketFactory().createServerSocket(0, 50, loopback)
                : new ServerSocket(0, 50, loopback);
        threads.execute(this::accept);
        String url = (tls ? "https://localhost:" : "http://127.0.0.1:") + server.getLocalPort();
        if (tls) {
            context.getComponent("https", HttpComponent.class).setSslContextParameters(TlsSite.trust());
        }
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(url);
        site.setWrap(true);
        site.setRenewalUri("direct:login");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + url + "/login?method=GET");
                from("direct:fetch").to("sessions:fetch/" + url + "/upload");
                from("direct:isolated").to("sessions:fetch/" + url + "/upload?isolation=session");
                from("direct:pool").to("sessions:fetch/" + url + "/upload?pool=shop&poolSize=1&maxErrorScore=100");
                from("direct:plain").to("sessions:fetch/" + url + "/upload?throwExceptionOnFailure=false");
                from("direct:expecting")
                        .to("sessions:fetch/" + url + "/upload?http.httpClient.expectContinueEnabled=true");
                from("direct:challenged")
                        .to("sessions:fetch/" + url + "/upload?http.authUsername=anna&http.authPassword=secret");
                from("direct:wrap").to(url + "/upload");
                from("direct:process").process(Sessions.get(context).wrap(url + "/upload?connectionsPerRoute=4"));
            }
        });
        context.start();
    }

    @AfterEach
    void stop() throws IOException {
        closedByTest.countDown();
        context.stop();
        server.close();
        threads.shutdownNow();
    }

    // ---- the server

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 512);
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); head != null; head = head(in)) {
                boolean expects = head.contains("expect: 100-continue");
                if (expects) {
                    expecting.add(head.substring(0, head.indexOf("\r\n")));
                }
                if (head.startsWith("GET /login")) {
                    write(
                            out,
                            "HTTP/1.1 200 OK\r\nSet-Cookie: sid=" + logIns.incrementAndGet()
                                    + "; Path=/\r\nContent-Length: 2\r\n\r\nin");
                    continue;
                }
                if (head.startsWith("GET ")) {
                    write(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
                    continue;
                }
                int number = uploads.incrementAndGet();
                if (number <= times
                        && head.contains("cookie: sid=1\r\n")
                        && !head.contains("authorization: basic ")) { // the first session ends at once
                    in.readNBytes(expects ? 0 : readFirst);
                    write(out, refusal);
                    answered = true;
                    if (refusal.contains(" 200 ")) {
                        carriedOut.add("without reading it");
                    }
                    end(socket, in);
                    return;
                }
                if (expects) {
                    write(out, "HTTP/1.1 100 Continue\r\n\r\n");
                }
                carriedOut.add(read(in, head));
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
            }
        } catch (IOException | InterruptedException e) {
            // the client closed, or the test is over
        }
    }

    private void end(Socket socket, InputStream in) throws IOException, InterruptedException {
        switch (then) {
            case CLOSES -> {}
            case LINGERS -> {
                if (socket instanceof SSLSocket) {
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                socket.shutdownOutput();
                in.transferTo(OutputStream.nullOutputStream());
            }
            case WAITS -> closedByTest.await();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            head.append((char) octet);
        }
        String text = head.toString();
        int line = text.indexOf("\r\n");
        return text.substring(0, line) + text.substring(line).toLowerCase(Locale.ROOT);
    }

    /** Length and checksum of a body. */
    private static String read(InputStream in, String head) throws IOException {
        CRC32 sum = new CRC32();
        long length = 0;
        int field = head.indexOf("content-length: ");
        if (field >= 0) {
            length = Long.parseLong(head.substring(field + 16, head.indexOf("\r\n", field)));
            sum.update(in.readNBytes((int) length));
        } else {
            for (int chunk = chunk(in); chunk > 0; chunk = chunk(in)) {
                sum.update(in.readNBytes(chunk));
                length += chunk;
                in.readNBytes(2);
            }
            in.readNBytes(2);
        }
        return length + " " + sum.getValue();
    }

    private static int chunk(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append((char) in.read());
        }
        return Integer.parseInt(line.substring(0, line.length() - 2), 16);
    }

    // ---- the client

    private Exchange send(String route, String method, Body body, boolean expect) throws IOException {
        Object upload = body(body);
        return context.createFluentProducerTemplate()
                .to(route)
                .withProcessor(exchange -> {
                    exchange.getMessage().setHeader("CamelHttpMethod", method);
                    exchange.getMessage().setHeader("Content-Type", "application/octet-stream");
                    if (expect) {
                        exchange.getMessage().setHeader("Expect", "100-continue");
                    }
                    exchange.getMessage().setBody(upload);
                })
                .request(Exchange.class);
    }

    private Object body(Body kind) throws IOException {
        return switch (kind) {
            case STREAM -> new ByteArrayInputStream(UPLOAD);
            case FILE -> Files.write(folder.resolve("upload"), UPLOAD).toFile();
            case BYTES -> UPLOAD;
            case CACHE -> new InputStreamCache(UPLOAD);
        };
    }

    private static String whole() {
        CRC32 sum = new CRC32();
        sum.update(UPLOAD);
        return SIZE + " " + sum.getValue();
    }

    private void isCarriedOutOnce(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("done");
        assertThat(carriedOut).containsExactly(whole());
        assertThat(logIns).hasValue(2);
        assertThat(uploads).hasValue(2);
    }

    /** A body of which the server answers the first part before there is a second. */
    private final class Interrupted extends HttpEntityWrapper {

        Interrupted() {
            super(new ByteArrayEntity(UPLOAD, ContentType.APPLICATION_OCTET_STREAM));
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(UPLOAD, 0, 100_000); // which fits into the buffers of any socket
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered);
            out.write(UPLOAD, 100_000, SIZE - 100_000);
        }
    }

    static Stream<String> routes() {
        return ROUTES.stream();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void anUploadThatIsRefusedBeforeItWasReadIsSentAgainWhole(String route) throws Exception {
        start(false);
        isCarriedOutOnce(send(route, "POST", Body.STREAM, false));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void soIsOneThatExpectsToBeAskedFor(String route) throws Exception {
        start(false);
        isCarriedOutOnce(send(route, "POST", Body.STREAM, true));
    }

    @Test
    void theOptionOfCamelHttpMakesItExpectSo() throws Exception {
        start(false);
        isCarriedOutOnce(send("direct:expecting", "POST", Body.STREAM, false));
        assertThat(expecting).hasSize(2).allMatch("POST /upload HTTP/1.1"::equals);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChallengeIsAnsweredBeforeTheUploadIsRead(boolean expect) throws Exception {
        refusal = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nConnection: close\r\n\r\n";
        start(false);

        Exchange exchange = send("direct:challenged", "POST", Body.STREAM, expect);
        assertThat(exchange.getException()).isNull();
        assertThat(carriedOut).containsExactly(whole());
        assertThat(logIns).hasValue(1);
        assertThat(uploads).hasValue(2);
    }

    @Test
    void anUploadThatIsAskedToComeLaterIsSentLater() throws Exception {
        refusal = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
        times = 1;
        start(false);

        Exchange exchange = send("direct:fetch", "POST", Body.FILE, false);
        assertThat(exchange.getException()).isNull();
        assertThat(carriedOut).containsExactly(whole());
        assertThat(logIns).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void soIsEachKindOfBody(Body body) throws Exception {
        start(false);
        isCarriedOutOnce(send("direct:fetch", "PUT", body, false));
    }

    @ParameterizedTest
    @EnumSource
    void soIsEachKindOfBodyOfAWrappedEndpoint(Body body) throws Exception {
        start(false);
        isCarriedOutOnce(send("direct:wrap", "PUT", body, false));
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void soItIsWhateverTheServerDoesNext(boolean tls, boolean expect) throws Exception {
        start(tls);
        int rounds = 0;
        for (Then next : List.of(Then.CLOSES, Then.LINGERS)) {
            then = next;
            carriedOut.clear();
            logIns.set(0);
            Sessions.get(context).site("shop").session("0").clear();
            Exchange exchange = send("direct:fetch", "POST", Body.BYTES, expect);
            assertThat(exchange.getException()).as(next + "").isNull();
            assertThat(carriedOut).as(next + "").containsExactly(whole());
            assertThat(uploads).as(next + "").hasValue(++rounds * 2);
        }
    }

    @Test
    void soItIsWhenTheServerReadsNoFurtherAndKeepsTheConnection() throws Exception {
        then = Then.WAITS;
        start(false);

        Exchange exchange = context.createFluentProducerTemplate()
                .to("direct:fetch")
                .withHeader("CamelHttpMethod", "POST")
                .withBody(new Interrupted())
                .request(Exchange.class);
        isCarriedOutOnce(exchange);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100_000, 4_000_000})
    void soItIsHoweverMuchTheServerHasRead(int read) throws Exception {
        readFirst = read;
        start(false);
        isCarriedOutOnce(send("direct:fetch", "POST", Body.FILE, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\nno",
                "HTTP/1.0 401 Unauthorized\r\n\r\nno",
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nno",
                "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n",
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            })
    void soItIsHoweverTheRefusalIsWritten(String written) throws Exception {
        refusal = written;
        start(false);
        isCarriedOutOnce(send("direct:fetch", "POST", Body.BYTES, false));
    }

    @ParameterizedTest
    @CsvSource({"direct:fetch,false", "direct:fetch,true", "direct:wrap,false", "direct:pool,false"})
    void aRefusalForAnotherReasonIsTheAnswerOfTheRoute(String route, boolean expect) throws Exception {
        refusal = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nX-Most: 1\r\n\r\ntoo large";
        start(false);

        Exchange exchange = send(route, "POST", Body.FILE, expect);
        assertThat(exchange.getException()).isInstanceOfSatisfying(HttpOperationFailedException.class, failed -> {
            assertThat(failed.getStatusCode()).isEqualTo(413);
            assertThat(failed.getResponseBody()).isEqualTo("too large");
            assertThat(failed.getResponseHeaders()).containsEntry("X-Most", "1");
        });
        assertThat(uploads).hasValue(1);
        assertThat(logIns).hasValue(1);
    }

    @Test
    void soItIsWhereFailuresAreAnswers() throws Exception {
        refusal = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\ntoo large";
        start(false);

        Exchange exchange = send("direct:plain", "POST", Body.FILE, false);
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(413);
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("too large");
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true"})
    void aRedirectIsFollowedBeforeTheUploadIsRead(boolean tls, boolean expect) throws Exception {
        refusal = "HTTP/1.1 303 See Other\r\nLocation: /page\r\nConnection: close\r\n\r\nthere";
        start(tls);

        Exchange exchange = send("direct:fetch", "POST", Body.BYTES, expect);
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("page");
        assertThat(uploads).hasValue(1);
        assertThat(expecting).hasSize(expect ? 1 : 0); // and not the GET, which has no body
    }

    @Test
    void whatIsAcceptedEarlyIsSentToItsEnd() throws Exception {
        refusal = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        then = Then.LINGERS;
        start(false);

        Exchange exchange = send("direct:fetch", "POST", Body.BYTES, false);
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("ok");
        assertThat(uploads).hasValue(1);
    }

    @Test
    void aServerThatClosesWithoutAnAnswerHasGivenNone() throws Exception {
        refusal = "";
        start(false);

        assertThat(send("direct:fetch", "POST", Body.BYTES, false).getException())
                .isInstanceOf(IOException.class);
        assertThat(uploads).hasValue(1);
    }
}
