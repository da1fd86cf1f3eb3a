/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.LoopbackSite;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.SessionCall;
import io.github.camelsessions.internal.http.TestCalls;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.TypeConversionException;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.component.http.HttpProducer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The request of a wrapped endpoint's exchange is camel-http's own, and the source of calls sends it when it likes. */
class WrappedHttpProducerTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final LoopbackSite SITE = new LoopbackSite();

    private final HoldingCalls calls = new HoldingCalls();
    private WrappedHttpEndpoint endpoint;
    private AsyncProducer producer;

    private record Held(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback) {}

    /** Holds each exchange until the test sends it. */
    private static final class HoldingCalls implements CallSource {

        final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
        final BlockingQueue<Object> stopped = new LinkedBlockingQueue<>();

        @Override
        public boolean process(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback) {
            held.add(new Held(owner, exchange, sending, callback));
            return false;
        }

        @Override
        public void stop(Object owner) {
            stopped.add(owner);
        }
    }

    @BeforeAll
    static void startContext() {
        CONTEXT.disableJMX();
        CONTEXT.getPropertiesComponent().addInitialProperty("page", "placed");
        CONTEXT.start();
    }

    @AfterAll
    static void stopContext() {
        CONTEXT.stop();
        SITE.close();
    }

    @AfterEach
    void stop() {
        producer.stop();
        endpoint.stop();
    }

    private void start(String uri) throws Exception {
        endpoint = new WrappedHttpEndpoint(plain(uri), calls);
        endpoint.start();
        producer = endpoint.createAsyncProducer();
        producer.start();
    }

    /** One of its own for each test: wrapped and plain endpoint share connections, which end with either. */
    private static HttpEndpoint plain(String uri) throws Exception {
        return (HttpEndpoint) CONTEXT.getComponent("http").createEndpoint(uri);
    }

    private static Exchange exchange(Map<String, Object> headers, Object body) {
        Exchange exchange = new DefaultExchange(CONTEXT);
        exchange.getMessage().setHeaders(new LinkedHashMap<>(headers));
        exchange.getMessage().setBody(body);
        return exchange;
    }

    @Test
    void aHeldExchangeIsSentFromAnotherThreadAndMoreThanOnce() throws Exception {
        start(SITE.url() + "/echo");
        Exchange exchange = exchange(Map.of(), "body");
        CountDownLatch done = new CountDownLatch(1);
        int before = SITE.requests().size();

        boolean sync = producer.process(exchange, doneSync -> done.countDown());

        assertThat(sync).isFalse();
        assertThat(SITE.requests()).hasSize(before);
        Held held = calls.held.remove();
        assertThat(held.exchange()).isSameAs(exchange);
        Thread thread = new Thread(() -> {
            try {
                for (int i = 0; i < 2; i++) {
                    exchange.setOut(null);
                    held.sending().send(exchange, TestCalls.newCall());
                }
            } catch (Exception e) {
                exchange.setException(e);
            }
            held.callback().done(false);
        });
        thread.start();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(exchange.getException()).isNull();
        assertThat(SITE.requests()).hasSize(before + 2);
        assertThat(SITE.lastRequest().body()).isEqualTo("body");
    }

    static Stream<Arguments> requests() {
        String other = SITE.url() + "/other";
        return Stream.of(
                Arguments.of("/page", Map.of(), null),
                Arguments.of("", Map.of(), null),
                Arguments.of("/page", Map.of(), "body"),
                Arguments.of("/page?a=b", Map.of(), "body"),
                Arguments.of("/page?q=a b&r=%20c", Map.of(), null),
                Arguments.of("/page?httpMethod=PUT", Map.of(Exchange.HTTP_METHOD, "DELETE"), "body"),
                Arguments.of("/page", Map.of(Exchange.HTTP_METHOD, HttpMethods.PATCH), "body"),
                Arguments.of("/page?a=b", Map.of(Exchange.HTTP_URI, other), null),
                Arguments.of("/page", Map.of(Exchange.HTTP_URI, other + "?c=d"), "body"),
                Arguments.of("/page", Map.of(Exchange.HTTP_URI, SITE.url() + "/{{page}}"), null),
                Arguments.of("/page?a=b", Map.of(Exchange.HTTP_PATH, "/sub path"), null),
                Arguments.of("/page", Map.of(Exchange.HTTP_QUERY, "x=1&y=ä"), "body"),
                Arguments.of("/page", Map.of(Exchange.HTTP_RAW_QUERY, "x=%31", Exchange.HTTP_QUERY, "x=2"), null),
                Arguments.of("/page", Map.of(Exchange.REST_HTTP_URI, other, Exchange.HTTP_URI, "http://x"), null),
                Arguments.of("/page", Map.of(Exchange.REST_HTTP_URI, other, Exchange.REST_HTTP_QUERY, "id=7"), "body"),
                Arguments.of("/page?bridgeEndpoint=true", Map.of(Exchange.HTTP_URI, other), null),
                Arguments.of(
                        "/page?skipControlHeaders=true",
                        Map.of(
                                Exchange.HTTP_URI,
                                other,
                                Exchange.HTTP_QUERY,
                                "x=1",
                                Exchange.HTTP_METHOD,
                                "PUT",
                                Exchange.REST_HTTP_URI,
                                other),
                        null));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void targetAndMethodAreThoseOfCamelHttp(String page, Map<String, Object> headers, Object body) throws Exception {
        SITE.page("/", http -> LoopbackSite.answer(http, 200, "answer"));
        start(SITE.url() + page);
        Exchange plain = exchange(headers, body);
        HttpProducer camelHttp = new HttpProducer(plain(SITE.url() + page));
        camelHttp.start();
        camelHttp.process(plain);
        LoopbackSite.Request expected = SITE.lastRequest();

        Exchange exchange = exchange(headers, body);
        producer.process(exchange, doneSync -> {});

        HttpSending sending = calls.held.remove().sending();
        assertThat(exchange.getMessage().getHeaders()).isEqualTo(headers);
        assertThat(sending.target()).isEqualTo(URI.create(SITE.url() + expected.uri()));
        assertThat(sending.method()).hasToString(expected.method());
        for (SessionCall call : new SessionCall[] {TestCalls.newCall(), null, TestCalls.newCall()}) {
            exchange.setOut(null);
            sending.send(exchange, call);
            assertThat(SITE.lastRequest().uri()).isEqualTo(expected.uri());
            assertThat(SITE.lastRequest().method()).isEqualTo(expected.method());
            assertThat(SITE.lastRequest().body()).isEqualTo(expected.body());
            assertThat(exchange.getMessage().getHeaders().keySet())
                    .isEqualTo(plain.getMessage().getHeaders().keySet());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CamelHttpUri, relative/page",
        "CamelHttpUri, http://no host/page",
        "CamelHttpUri, http://under_score/page",
        "CamelHttpUri, http://x/{{missing}}",
        "CamelHttpMethod, FETCH"
    })
    void aBadRequestFailsAsInCamelHttp(String header, String value) throws Exception {
        start(SITE.url() + "/page");
        Exchange plain = exchange(Map.of(header, value), null);
        Producer camelHttp = plain(SITE.url() + "/page").createProducer();
        camelHttp.start();
        Throwable expected = catchThrowable(camelHttp, plain);

        Exchange exchange = exchange(Map.of(header, value), null);
        boolean[] done = new boolean[1];
        boolean sync = producer.process(exchange, doneSync -> done[0] = doneSync);

        assertThat(sync).isTrue();
        assertThat(done[0]).isTrue();
        assertThat(exchange.getException()).hasSameClassAs(expected);
        if (!(expected instanceof TypeConversionException)) {
            assertThat(exchange.getException().getMessage())
                    .isEqualTo(expected.getMessage().replace(plain.getExchangeId(), exchange.getExchangeId()));
        }
        assertThat(calls.held).isEmpty();
    }

    private static Throwable catchThrowable(Producer producer, Exchange exchange) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> producer.process(exchange));
    }

    @Test
    void theSourceLearnsWhoseExchangesItHoldsAndWhenThatOneStops() throws Exception {
        start(SITE.url() + "/page");
        AsyncProducer other = endpoint.createAsyncProducer();
        other.start();
        producer.process(exchange(Map.of(), null), doneSync -> {});
        other.process(exchange(Map.of(), null), doneSync -> {});
        Object owner = calls.held.remove().owner();
        Object otherOwner = calls.held.remove().owner();

        other.stop();

        assertThat(otherOwner).isNotSameAs(owner);
        assertThat(calls.stopped).hasSize(1);
        assertThat(calls.stopped.remove()).isSameAs(otherOwner);
    }

    @Test
    void aSenderIsAsynchronousTooAndStopsWithItsOwner() throws Exception {
        start(SITE.url() + "/unused");
        SessionHttpSender sender =
                new SessionHttpSender(CONTEXT.getComponent("http", HttpComponent.class), SITE.url() + "/echo", calls);
        sender.start();
        Exchange exchange = exchange(Map.of(), null);
        CountDownLatch done = new CountDownLatch(1);

        boolean sync = sender.process(exchange, doneSync -> done.countDown());

        assertThat(sync).isFalse();
        Held held = calls.held.remove();
        assertThat(held.sending().target()).isEqualTo(URI.create(SITE.url() + "/echo"));
        held.sending().send(exchange, TestCalls.newCall());
        held.callback().done(false);
        assertThat(done.getCount()).isZero();
        assertThat(exchange.getMessage().getBody(String.class)).startsWith("GET /echo");
        sender.stop();
        assertThat(calls.stopped.remove()).isSameAs(held.owner());
    }
}
