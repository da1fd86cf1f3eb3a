/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ExchangeHelper;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer is one, whether or not its body can be decoded: a good page is delivered, and a refusal is seen. */
@Timeout(60)
class UndecodableTest {

    private static final String LONG =
            IntStream.range(0, 10_000).mapToObj(i -> "<p>" + i * 7919 % 10_007).collect(Collectors.joining());

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger logIns = new AtomicInteger();
    private volatile String coding;
    private volatile String type;
    private volatile byte[] body = {};
    private volatile int length; // as the header says
    private volatile boolean always;

    @BeforeEach
    void start() throws Exception {
        web.page(
                "/page", http -> answer(http, always || http.getRequestHeaders().containsKey("Cookie") ? 200 : 401));
        web.page("/moved", http -> {
            http.getResponseHeaders().add("Location", "/page");
            answer(http, 302);
        });
        web.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + logIns.incrementAndGet() + "; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        web.page("/refusing", http -> {
            logIns.incrementAndGet();
            answer(http, 401);
        });
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(web.url());
        site.setWrap(true);
        site.setRenewalUri("direct:login");
        site.setRenewFirst(false);
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        HttpClientConfigurer without = HttpClientBuilder::disableContentCompression;
        context.getRegistry().bind("without", without);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + web.url() + "/login");
                from("direct:refusing").to("sessions:fetch/" + web.url() + "/refusing");
                from("direct:fetch").to("sessions:fetch/" + web.url() + "/page?method=GET");
                from("direct:moved").to("sessions:fetch/" + web.url() + "/moved?method=GET");
                from("direct:wrap").to(web.url() + "/page?httpMethod=GET");
                from("direct:off")
                        .to("sessions:fetch/" + web.url()
                                + "/page?method=GET&http.httpClient.contentCompressionEnabled=false");
                from("direct:without")
                        .to("sessions:fetch/" + web.url() + "/page?method=GET&http.httpClientConfigurer=#without");
                from("direct:refused")
                        .to("sessions:fetch/" + web.url() + "/page?method=GET&renewalUri=direct:refusing");
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        web.close();
    }

    private void answer(HttpExchange http, int status) throws IOException {
        if (coding != null) {
            http.getResponseHeaders().add("Content-Encoding", coding);
        }
        if (type != null) {
            http.getResponseHeaders().add("Content-Type", type);
        }
        int said = Math.max(length, body.length);
        http.sendResponseHeaders(status, said == 0 ? -1 : said);
        http.getResponseBody().write(body);
        http.getResponseBody().flush();
    }

    private Exchange send(String route) {
        return context.createFluentProducerTemplate().to(route).request(Exchange.class);
    }

    private interface Coder {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] coded(byte[] text, Coder coder) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (OutputStream out = coder.over(octets)) {
            out.write(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return octets.toByteArray();
    }

    private static OutputStream raw(OutputStream out) {
        return new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static Stream<Arguments> bodies() {
        byte[] plain = octets("plain");
        byte[] gzip = coded(plain, GZIPOutputStream::new);
        byte[] deflate = coded(plain, DeflaterOutputStream::new);
        return Stream.of(
                Arguments.of("gzip", gzip, "plain"),
                Arguments.of("x-gzip", gzip, "plain"),
                Arguments.of("GZIP , identity", gzip, "plain"),
                Arguments.of("deflate", deflate, "plain"),
                Arguments.of("deflate", coded(plain, UndecodableTest::raw), "plain"),
                Arguments.of("deflate", coded(new byte[0], UndecodableTest::raw), ""),
                Arguments.of("deflate", coded(octets(LONG), UndecodableTest::raw), LONG),
                Arguments.of("deflate", coded(octets(LONG), DeflaterOutputStream::new), LONG),
                Arguments.of("deflate", plain, "plain"),
                Arguments.of("deflate", octets("{\"a\":1}"), "{\"a\":1}"),
                Arguments.of("deflate", octets("80 pieces"), "80 pieces"), // begins as zlib does
                Arguments.of("deflate", octets(LONG), LONG),
                Arguments.of("deflate", gzip, new String(gzip, StandardCharsets.UTF_8)),
                Arguments.of("deflate, gzip", coded(deflate, GZIPOutputStream::new), "plain"),
                Arguments.of("gzip", new byte[0], ""),
                Arguments.of("deflate", new byte[0], ""),
                Arguments.of("gzip", plain, "plain"),
                Arguments.of("identity", plain, "plain"),
                Arguments.of("utf-8", plain, "plain"),
                Arguments.of("br", plain, "plain"),
                Arguments.of("gzip, foo", plain, "plain"),
                Arguments.of("gzip,gzip,gzip,gzip,gzip,gzip", plain, "plain"),
                Arguments.of("", plain, "plain"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aPageIsDeliveredAndARefusalIsSeen(String said, byte[] sent, String text) {
        coding = said;
        body = sent;

        for (String route : new String[] {"direct:fetch", "direct:wrap", "direct:moved"}) {
            Sessions.get(context).site("shop").session("0").clear();
            Exchange exchange = send(route);

            assertThat(exchange.getException()).as(route).isNull();
            String page = exchange.getMessage().getBody(String.class);
            assertThat(page == null ? "" : page).as(route).isEqualTo(text);
        }
        assertThat(logIns.get()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "br,br",
                "'gzip, foo','gzip, foo'",
                "'gzip,gzip,gzip,gzip,gzip,gzip','gzip,gzip,gzip,gzip,gzip,gzip'",
                "gzip,none",
                "deflate,none",
                "identity,none",
            })
    void theRouteIsToldOfACodingThatIsStillThere(String said, String told) {
        coding = said;
        body = coded(
                "plain".getBytes(StandardCharsets.US_ASCII),
                said.equals("deflate") ? DeflaterOutputStream::new : GZIPOutputStream::new);

        for (String route : new String[] {"direct:fetch", "direct:wrap"}) {
            Exchange exchange = send(route);
            assertThat(exchange.getException()).as(route).isNull();
            assertThat(exchange.getMessage().getHeader("Content-Encoding"))
                    .as(route)
                    .isEqualTo(told);
            if (told != null) {
                assertThat(exchange.getMessage().getBody(byte[].class))
                        .as(route)
                        .isEqualTo(body);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html; charset=utf8mb4", "text/html; charset=", "text/html; charset=\"utf 8", "x"})
    void anUnreadableCharsetIsNone(String said) {
        type = said;
        body = "plain".getBytes(StandardCharsets.US_ASCII);

        for (String route : new String[] {"direct:fetch", "direct:wrap"}) {
            Sessions.get(context).site("shop").session("0").clear();
            Exchange exchange = send(route);

            assertThat(exchange.getException()).as(route).isNull();
            assertThat(exchange.getMessage().getBody(String.class)).as(route).isEqualTo("plain");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "text/html; charset=ISO-8859-1, application/json,                     UTF-8",
        "text/html; charset=ISO-8859-1, application/vnd.x+json; version=1,    UTF-8",
        "text/html; charset=ISO-8859-1, application/json; charset=ISO-8859-1, ISO-8859-1",
        "text/html; charset=utf8mb4,    ,                                     UTF-8",
    })
    void whatIsSentAfterAPageHasItsOwnCharset(String page, String sent, Charset charset) throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        web.page("/page", http -> {
            http.getResponseHeaders().add("Content-Type", page);
            LoopbackSite.answer(http, 200, "page");
        });
        try (RawSite site = new RawSite(bodies)) {
            Exchange exchange = send("direct:fetch");
            ExchangeHelper.prepareOutToIn(exchange); // as a route does
            exchange.getMessage().setBody("{\"name\":\"gr\u00fcn\"}");
            if (sent != null) {
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, sent);
            }
            context.createProducerTemplate().send("sessions:fetch/" + site.url() + "/?method=POST", exchange);

            assertThat(exchange.getException()).isNull();
        }
        assertThat(new String(bodies.get(0), charset)).isEqualTo("{\"name\":\"gr\u00fcn\"}");
    }

    /** Notes the octets of the bodies. */
    private static final class RawSite implements AutoCloseable {

        private final HttpServer server;

        RawSite(List<byte[]> bodies) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", http -> {
                bodies.add(http.getRequestBody().readAllBytes());
                LoopbackSite.answer(http, 200, "");
                http.close();
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void aRefusalWhoseBodyBreaksOffIsARefusal() {
        body = "pla".getBytes(StandardCharsets.US_ASCII);
        length = 100;
        always = false;

        Exchange exchange = send("direct:refused");

        // the log-in is refused as well, and not tried again
        assertThat(exchange.getException()).isInstanceOf(SessionRenewalException.class);
        assertThat(logIns).hasValue(1);
    }

    /** camel-http would cut the page, or fill it up, to the length of what came. */
    @ParameterizedTest
    @ValueSource(strings = {"direct:off", "direct:without"})
    void aPageIsWholeThoughHttpClientIsToldNotToDecode(String route) {
        always = true;
        coding = "gzip";
        for (String page : new String[] {"a page", LONG}) {
            body = coded(octets(page), GZIPOutputStream::new);

            assertThat(send(route).getMessage().getBody(String.class)).isEqualTo(page);
        }
    }

    @Test
    void aPageThatBreaksOffIsNoPage() {
        always = true;
        coding = "gzip";
        byte[] gzip = coded("a page that breaks off".getBytes(StandardCharsets.US_ASCII), GZIPOutputStream::new);
        body = Arrays.copyOf(gzip, gzip.length - 9);

        assertThat(send("direct:fetch").getException()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"gzip,direct:fetch", "deflate,direct:fetch", "'gzip, deflate',direct:fetch", "gzip,direct:wrap"})
    void aPageThatBreaksOffBehindItsTextIsNoPage(String said, String route) {
        always = true;
        coding = said;
        body = octets("a page");
        for (String each : said.split(", ")) {
            body = coded(body, each.equals("gzip") ? GZIPOutputStream::new : DeflaterOutputStream::new);
        }

        length = body.length + 40;
        assertThat(send(route).getException()).isInstanceOf(IOException.class);

        length = 0;
        body = Arrays.copyOf(body, body.length + 4); // zeros, that do not matter
        assertThat(send(route).getMessage().getBody(String.class)).isEqualTo("a page");
    }
}
