/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules look at the beginning of a text; the rest of a download is the route's, as a stream. */
@Tag("long")
class LongDownloadTest {

    private static final long SIZE = 300L * 1024 * 1024;
    private static final byte[] LINES =
            "0123456789abcdef\n".repeat(4096).substring(0, 64 * 1024).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private final LoopbackSite site = new LoopbackSite();
    private final CountDownLatch looked = new CountDownLatch(1);

    @BeforeEach
    void openSite() {
        for (String page : LongDownload.PAGES) {
            site.page("/" + page, http -> answer(http, page));
            site.page("/wrapped/" + page, http -> answer(http, page));
        }
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=1; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
    }

    private static void answer(HttpExchange http, String page) throws IOException {
        http.getResponseHeaders()
                .add("Content-Type", page.startsWith("text") ? "text/plain" : "application/octet-stream");
        OutputStream out;
        if (page.endsWith("gzip")) {
            http.getResponseHeaders().add("Content-Encoding", "gzip");
            http.sendResponseHeaders(200, 0);
            out = new GZIPOutputStream(http.getResponseBody()) {
                {
                    def.setLevel(Deflater.BEST_SPEED);
                }
            };
        } else {
            http.sendResponseHeaders(200, page.endsWith("chunked") ? 0 : SIZE);
            out = http.getResponseBody();
        }
        for (long sent = 0; sent < SIZE; sent += LINES.length) {
            out.write(LINES);
        }
        out.close();
    }

    @AfterEach
    void closeSite() {
        looked.countDown();
        site.close();
    }

    @Test
    @Timeout(600)
    void aDownloadMayBeLargerThanTheHeapWithAllRulesOn() throws Exception {
        File output = folder.resolve("output").toFile();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LongDownload.class.getName(),
                site.url(),
                folder.resolve("spool").toString(),
                String.valueOf(SIZE));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES))
                    .as(() -> "it has ended:\n" + end(output.toPath()))
                    .isTrue();
            assertThat(process.exitValue()).as(() -> end(output.toPath())).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(site.requests()).noneMatch(request -> request.uri().equals("/login"));
    }

    /** Sends a page that begins with a text, and goes on when the route has read of it. */
    private void begun(String type, int length) {
        site.page("/begun", http -> {
            http.getResponseHeaders().add("Content-Type", type);
            http.sendResponseHeaders(200, 0);
            http.getResponseBody().write("b".repeat(length).getBytes(StandardCharsets.US_ASCII));
            http.getResponseBody().flush();
            try {
                looked.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            http.getResponseBody().write("end".getBytes(StandardCharsets.US_ASCII));
        });
    }

    private Exchange fetch(String page, String options, Processor step) throws Exception {
        return fetch(page, options, false, step);
    }

    private Exchange fetch(String page, String options, boolean caches, Processor step) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("direct:login").to("sessions:fetch/" + site.url() + "/login");
                    from("direct:page")
                            .streamCache(String.valueOf(caches))
                            .to("sessions:fetch/" + site.url() + page + "?renewalUri=direct:login&renewFirst=false&"
                                    + options)
                            .process(step);
                }
            });
            context.start();
            return context.createProducerTemplate().request("direct:page", exchange -> {});
        }
    }

    private void read(Exchange exchange) throws IOException {
        InputStream body = exchange.getMessage().getBody(InputStream.class);
        int first = body.read();
        looked.countDown();
        exchange.getMessage().setBody((char) first + new String(body.readAllBytes(), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @Timeout(60)
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "text/plain, 65536, expiredText=Please",
                "text/plain, 65536, RAW(expiredWhen=${bodyAs(String)} contains 'Please')",
                "text/plain, 1, expiredWhen=${header.X-State} == 'expired'",
                "text/event-stream, 1, expiredText=Please",
                "application/octet-stream, 1, expiredText=Please",
                "application/octet-stream, 1, RAW(expiredWhen=${bodyAs(String)} contains 'Please')",
                "application/zip, 1, expiredUri=http://portal.example/login",
            })
    void theRouteReadsWhileTheSiteSends(String type, int length, String rule) throws Exception {
        begun(type, length);
        String option = rule.replaceFirst("RAW\\((\\w+=)", "$1RAW(");
        Exchange done = fetch("/begun", option + "&http.disableStreamCache=true", this::read);

        assertThat(done.getException()).isNull();
        assertThat(done.getMessage().getBody(String.class)).isEqualTo("b".repeat(length) + "end");
        assertThat(site.requests()).hasSize(1);
    }

    private void expiring(String type, String before) {
        site.page("/page", http -> {
            http.getResponseHeaders().add("Content-Type", type);
            boolean in = http.getRequestHeaders().containsKey("Cookie");
            LoopbackSite.answer(http, 200, in ? "page" : before + "Please log in");
        });
    }

    @ParameterizedTest
    @Timeout(60)
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void aPredicateReadsTheBeginningAsOftenAsItLikes(boolean stream, boolean caches) throws Exception {
        expiring("text/html", "x".repeat(70_000));
        String twice = "expiredWhen=RAW(${bodyAs(String)} contains 'x' && ${bodyAs(String)} contains 'Please')";
        Processor text =
                exchange -> exchange.getMessage().setBody(exchange.getMessage().getBody(String.class));
        Exchange late = fetch("/page", twice + "&http.disableStreamCache=" + stream, caches, text);
        assertThat(late.getMessage().getBody(String.class)).hasSize(70_013);

        expiring("text/html", "x".repeat(60_000));
        Exchange early = fetch("/page", twice + "&http.disableStreamCache=" + stream, caches, text);
        assertThat(early.getMessage().getBody(String.class)).isEqualTo("page");
    }

    @ParameterizedTest
    @Timeout(60)
    @CsvSource({"text/html,true", "application/octet-stream,false"})
    void whatIsNoTextIsNotReadForAPredicate(String type, boolean seen) throws Exception {
        expiring(type, "x".repeat(10_000));
        Exchange done = fetch(
                "/page",
                "expiredWhen=RAW(${bodyAs(String)} contains 'Please')&http.disableStreamCache=true",
                exchange -> exchange.getMessage().setBody(exchange.getMessage().getBody(String.class)));
        assertThat(done.getMessage().getBody(String.class).equals("page")).isEqualTo(seen);
    }

    @Test
    @Timeout(60)
    void whatBreaksOffBreaksOffForTheRoute() throws Exception {
        site.page("/torn", http -> {
            http.getResponseHeaders().add("Content-Type", "text/plain");
            http.sendResponseHeaders(200, 1000);
            http.getResponseBody().write("half a page".getBytes(StandardCharsets.US_ASCII));
            http.getResponseBody().flush();
        });
        StringBuilder read = new StringBuilder();
        Exchange done = fetch("/torn", "expiredText=Please&http.disableStreamCache=true", exchange -> {
            InputStream body = exchange.getMessage().getBody(InputStream.class);
            for (int octet = body.read(); octet >= 0; octet = body.read()) {
                read.append((char) octet);
            }
        });
        assertThat(read).hasToString("half a page");
        assertThat(done.getException()).isInstanceOf(IOException.class);
    }

    private static String end(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(Math.max(0, text.length() - 20_000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
