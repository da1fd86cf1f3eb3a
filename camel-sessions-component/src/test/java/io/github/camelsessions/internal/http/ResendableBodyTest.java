/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.LoopbackSite;
import io.github.camelsessions.internal.wrap.CallSource;
import io.github.camelsessions.internal.wrap.SessionHttpSender;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.sax.SAXSource;
import javax.xml.transform.stream.StreamSource;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.TypeConversionException;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bodies can be sent again, and that those arrive whole each time. */
class ResendableBodyTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final LoopbackSite SITE = new LoopbackSite();
    private static SessionHttpClient client;

    @TempDir
    private static Path files;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(files.resolve("order.txt"), "content");
        CONTEXT.disableJMX();
        CONTEXT.start();
        client = new SessionHttpClient(CONTEXT, Map.of());
        client.start();
    }

    @AfterAll
    static void stop() {
        client.stop();
        CONTEXT.stop();
        SITE.close();
    }

    private static File file() {
        return files.resolve("order.txt").toFile();
    }

    private static InputStream stream() {
        // of a kind that cannot be put back
        return new ByteArrayInputStream("content".getBytes(StandardCharsets.UTF_8)) {
            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }

    private static GenericFile<Object> wrapped(Object body) {
        GenericFile<Object> wrapped = new GenericFile<>();
        wrapped.setFile(file());
        wrapped.setBody(body);
        return wrapped;
    }

    private static MultipartEntityBuilder form() {
        return MultipartEntityBuilder.create().addTextBody("name", "content").addBinaryBody("file", file());
    }

    private static Exchange exchange(Object body) {
        Exchange exchange = new DefaultExchange(CONTEXT);
        exchange.getMessage().setBody(body);
        return exchange;
    }

    static Stream<Object> resendable() {
        return Stream.of(
                null,
                "content",
                "content".getBytes(StandardCharsets.UTF_8),
                file(),
                wrapped(file()),
                wrapped(null),
                Map.of("name", "content"),
                List.of("content"),
                form(),
                new StringEntity("content"),
                new DOMSource());
    }

    @ParameterizedTest
    @MethodSource
    void resendable(Object body) {
        Exchange exchange = exchange(body);

        assertThat(ResendableBody.obstacle(exchange.getMessage())).isNull();
        ResendableBody.cache(exchange);
        assertThat(exchange.getMessage().getBody()).isSameAs(body);
    }

    static Stream<Arguments> onceOnly() {
        return Stream.of(
                Arguments.of(stream(), "an InputStream can be read once"),
                Arguments.of(wrapped(stream()), "an InputStream can be read once"),
                Arguments.of(new StringReader("content"), "a Reader can be read once"),
                Arguments.of(List.of("content").iterator(), "an Iterator can be read once"),
                Arguments.of(Stream.of("content"), "a Stream can be read once"),
                Arguments.of(new StreamSource(stream()), "a StreamSource can be read once"),
                Arguments.of(new SAXSource(), "a SAXSource can be read once"),
                Arguments.of(
                        MultipartEntityBuilder.create().addBinaryBody("file", stream()),
                        "a part of the multipart form is a stream, which can be read once"),
                Arguments.of(
                        new InputStreamEntity(stream(), ContentType.TEXT_PLAIN), "the HttpEntity is not repeatable"));
    }

    @ParameterizedTest
    @MethodSource
    void onceOnly(Object body, String obstacle) {
        assertThat(ResendableBody.obstacle(exchange(body).getMessage())).isEqualTo(obstacle);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamIsCachedWhetherOrNotTheContextCachesStreams(boolean streamCaching) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.disableJMX();
            context.setStreamCaching(streamCaching);
            context.getStreamCachingStrategy().setSpoolEnabled(true);
            context.getStreamCachingStrategy().setSpoolThreshold(1);
            context.start();
            for (Object body : List.of(stream(), wrapped(stream()), new StringReader("content"))) {
                Exchange exchange = new DefaultExchange(context);
                exchange.getMessage().setBody(body);

                ResendableBody.cache(exchange);

                assertThat(exchange.getMessage().getBody()).isInstanceOf(StreamCache.class);
                assertThat(ResendableBody.obstacle(exchange.getMessage())).isNull();
                for (int i = 0; i < 2; i++) {
                    ResendableBody.reset(exchange.getMessage());
                    assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("content");
                }
            }
        }
    }

    @Test
    void whatCannotBeCachedStays() {
        Object body = List.of("content").iterator();
        Exchange exchange = exchange(body);

        ResendableBody.cache(exchange);

        assertThat(exchange.getMessage().getBody()).isSameAs(body);
    }

    @Test
    void aStreamThatCannotBeReadIsToldSo() {
        Exchange exchange = exchange(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk failure");
            }
        });

        assertThatThrownBy(() -> ResendableBody.cache(exchange))
                .isInstanceOf(TypeConversionException.class)
                .hasRootCauseMessage("disk failure");
    }

    static Stream<Object> sent() {
        return Stream.of(
                "content",
                "content".getBytes(StandardCharsets.UTF_8),
                file(),
                wrapped(file()),
                Map.of("name", "content"),
                form(),
                form().build(),
                stream(),
                new StringReader("content"));
    }

    @ParameterizedTest
    @MethodSource
    void sent(Object body) throws Exception {
        Exchange exchange = exchange(body);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/html");
        ResendableBody.cache(exchange);
        HttpSending sending = client.sending(URI.create(SITE.url() + "/echo"), HttpMethods.POST);

        for (int i = 0; i < 2; i++) {
            exchange.setOut(null);
            ResendableBody.reset(exchange.getIn());
            sending.send(exchange, TestCalls.newCall());

            assertThat(exchange.getMessage().getBody(String.class)).startsWith("POST /echo");
            assertThat(SITE.lastRequest().body()).contains("content");
        }
    }

    @Test
    void aCachedStreamArrivesWholeEachTimeThroughAWrappedEndpointToo() throws Exception {
        CallSource twice = new CallSource() {
            @Override
            public boolean process(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback) {
                ResendableBody.cache(exchange);
                try {
                    for (int i = 0; i < 2; i++) {
                        exchange.setOut(null);
                        ResendableBody.reset(exchange.getIn());
                        sending.send(exchange, TestCalls.newCall());
                        assertThat(SITE.lastRequest().body()).isEqualTo("content");
                    }
                } catch (Exception e) {
                    exchange.setException(e);
                }
                callback.done(true);
                return true;
            }

            @Override
            public void stop(Object owner) {}
        };
        SessionHttpSender sender =
                new SessionHttpSender(CONTEXT.getComponent("http", HttpComponent.class), SITE.url() + "/echo", twice);
        sender.start();
        int before = SITE.requests().size();

        for (Object body : List.of(stream(), new StringReader("content"))) {
            Exchange exchange = exchange(body);
            sender.process(exchange);
            assertThat(exchange.getException()).isNull();
        }

        assertThat(SITE.requests()).hasSize(before + 4);
        sender.stop();
    }

    @Test
    void aMultipartBuilderIsSentWithItsOwnTypeAndBoundary() throws Exception {
        Exchange exchange = exchange(form().setBoundary("b0undary"));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/html");

        client.sending(URI.create(SITE.url() + "/echo"), HttpMethods.POST).send(exchange, TestCalls.newCall());

        assertThat(exchange.getMessage().getBody(String.class))
                .containsPattern("Content-type: multipart/form-data; .*boundary=\"?b0undary")
                .doesNotContain("text/html");
        assertThat(SITE.lastRequest().body()).contains("--b0undary", "name=\"name\"", "filename=\"order.txt\"");
    }
}
