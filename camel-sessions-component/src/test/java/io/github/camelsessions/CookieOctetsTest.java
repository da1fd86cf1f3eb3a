/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes over the wire, octet by octet, whichever form the route has. In this class one char is one octet. */
class CookieOctetsTest {

    private static final Map<String, String> VALUES = Map.of(
            "UTF-8", octets("Grüße-€-漢字-😀"),
            "C1 controls", chars(0x80, 0x9F),
            "Latin-1", chars(0xA0, 0xFF),
            "next line and no-break space at both ends", "\u0085\u00A0x\u00A0\u0085",
            "no UTF-8", "\u00FF\u00FE\u00C3",
            "JSON", "{\"k\":\"v, w\"}",
            "quotes and spaces", "\"b  c\"",
            "signs of all kinds", "a=b==&%41+:@/?#[]!$'()*,<>\\^`|~");

    private static RawSite site;
    private static CamelContext context;
    private static ProducerTemplate template;

    private static String chars(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(Character::toString).collect(Collectors.joining());
    }

    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @BeforeAll
    static void start() throws Exception {
        site = new RawSite();
        context = new DefaultCamelContext();
        SessionsComponent sessions = context.getComponent("sessions", SessionsComponent.class);
        SiteConfiguration wrapped = new SiteConfiguration();
        wrapped.setUris(site.url("/wrapped/*"));
        wrapped.setWrap(true);
        sessions.setSites(Map.of("wrapped", wrapped));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fetch").to("sessions:fetch/" + site.url("/page"));
                from("direct:wrap").to(site.url("/wrapped/page"));
                from("direct:processor").process(Sessions.get(context).wrap(site.url("/page")));
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterAll
    static void stop() throws Exception {
        context.close();
        site.close();
    }

    static Stream<Arguments> formsAndValues() {
        return forms().flatMap(form -> VALUES.keySet().stream().map(value -> Arguments.of(form, value)));
    }

    static Stream<String> forms() {
        return Stream.of("fetch", "wrap", "processor");
    }

    private List<String> cookieLines(String form, String session) throws InterruptedException {
        template.requestBodyAndHeader("direct:" + form, null, SessionsConstants.ID, session);
        return site.head()
                .lines()
                .filter(line -> line.regionMatches(true, 0, "Cookie:", 0, 7))
                .toList();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("formsAndValues")
    void aValueComesBackOctetByOctet(String form, String name) throws Exception {
        String value = VALUES.get(name);
        String session = form + "-" + name;

        site.answerNextWith("Set-Cookie: a=" + value + "; Path=/\r\n");
        assertThat(cookieLines(form, session)).isEmpty();

        assertThat(cookieLines(form, session)).containsExactly("Cookie: a=" + value);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void severalCookiesOfOneResponseGoOutInOneLine(String form) throws Exception {
        site.answerNextWith("Set-Cookie: a=1, 2\r\nset-cookie: \u00E9=\u00E8\r\nX-Other: x\r\nSET-COOKIE:b=\"3;4\"\r\n"
                + "Set-Cookie: a=5; HttpOnly\r\n");
        cookieLines(form, "several");

        assertThat(cookieLines(form, "several")).containsExactly("Cookie: a=5; \u00E9=\u00E8; b=\"3");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aLineBreakInAHeaderOfTheMessageIsRefused(String form) throws Exception {
        Map<String, Object> headers = Map.of("Value", "1\r\nInjected: by its value\u0000");
        Exchange answer = template.request(
                "direct:" + form, exchange -> exchange.getMessage().setHeaders(new HashMap<>(headers)));

        assertThat(answer.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of the message contains a control character");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aLineBreakInTheContentTypeIsRefused(String form) {
        Exchange answer = template.request("direct:" + form, exchange -> {
            exchange.getMessage().setBody("text");
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/plain\r\nInjected: 1");
        });

        assertThat(answer.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("header Content-Type of the message contains a control character");
    }

    /** Speaks HTTP/1.1 in octets: hands out each request's head as it came, answers with the head lines it was given. */
    private static final class RawSite implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

        RawSite() throws IOException {
            thread(() -> {
                while (!server.isClosed()) {
                    Socket socket = server.accept();
                    connections.add(socket);
                    thread(() -> serve(socket));
                }
            });
        }

        String url(String path) {
            return "http://127.0.0.1:" + server.getLocalPort() + path;
        }

        void answerNextWith(String headerLines) {
            answers.add(headerLines);
        }

        String head() throws InterruptedException {
            return heads.poll(10, TimeUnit.SECONDS);
        }

        private void serve(Socket socket) throws IOException {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = readHead(in); head != null; head = readHead(in)) {
                heads.add(head);
                String more = answers.poll();
                String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + (more == null ? "" : more) + "\r\nok";
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        }

        private static String readHead(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int octet = in.read();
                if (octet < 0) {
                    return null;
                }
                head.write(octet);
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void thread(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // closed by the test's end or by the client
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : connections) {
                socket.close();
            }
        }
    }
}
