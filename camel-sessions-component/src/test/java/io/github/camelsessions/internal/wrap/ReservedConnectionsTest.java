/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.LoopbackSite;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.http.TestCalls;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A renewal's requests get a connection while ordinary ones use up the pool, which has one. */
class ReservedConnectionsTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final LoopbackSite SITE = new LoopbackSite();
    private static final String RESERVED = "reserved";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile CountDownLatch arrived = new CountDownLatch(1);
    private volatile CountDownLatch release = new CountDownLatch(1);

    @BeforeAll
    static void startContext() {
        CONTEXT.disableJMX();
        CONTEXT.start();
    }

    @AfterAll
    static void stopContext() {
        CONTEXT.stop();
        SITE.close();
    }

    @BeforeEach
    void start() {
        SITE.page("/slow", http -> {
            arrived.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            LoopbackSite.answer(http, 200, "slow");
        });
    }

    @AfterEach
    void stop() {
        release.countDown();
        threads.shutdownNow();
    }

    /** Sends each exchange in a session, with reserved connections when its property says so. */
    private static final class Calls implements CallSource {

        @Override
        public boolean process(Object owner, Exchange exchange, HttpSending sending, AsyncCallback callback) {
            try {
                boolean reserved = exchange.getProperty(RESERVED, false, boolean.class);
                sending.send(exchange, TestCalls.newCall().reserved(reserved));
            } catch (Exception e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }

        @Override
        public void stop(Object owner) {}
    }

    @Test
    void aFetchOfARenewalNeedsNoConnectionOfOthers() throws Exception {
        SessionHttpClient client = new SessionHttpClient(
                CONTEXT, Map.of("maxTotalConnections", 1, "connectionsPerRoute", 1, "userAgent", "Own/1"));
        client.start();

        assertThatAReservedCallPasses(exchange -> {
            boolean reserved = exchange.getProperty(RESERVED, false, boolean.class);
            String page = exchange.getMessage().getHeader(Exchange.HTTP_PATH, String.class);
            HttpSending sending = client.sending(URI.create(SITE.url() + page), HttpMethods.GET);
            sending.send(exchange, TestCalls.newCall().reserved(reserved));
        });
        client.stop();

        HttpSending late = client.sending(URI.create(SITE.url() + "/echo"), HttpMethods.GET);
        assertThatThrownBy(() -> late.send(
                        new DefaultExchange(CONTEXT), TestCalls.newCall().reserved(true)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRenewalThroughASenderNeedsNoConnectionOfOthers() throws Exception {
        SessionHttpSender sender = new SessionHttpSender(
                CONTEXT.getComponent("http", HttpComponent.class),
                SITE.url() + "?maxTotalConnections=1&connectionsPerRoute=1&userAgent=Own/1",
                new Calls());
        sender.start();

        assertThatAReservedCallPasses(sender);
        sender.stop();
    }

    @Test
    void aRenewalThroughAWrappedEndpointNeedsNoConnectionOfOthers() throws Exception {
        HttpEndpoint plain = (HttpEndpoint) CONTEXT.getComponent("http")
                .createEndpoint(SITE.url() + "?maxTotalConnections=1&connectionsPerRoute=1&userAgent=Own/1");
        WrappedHttpEndpoint endpoint = new WrappedHttpEndpoint(plain, new Calls());
        endpoint.start();
        Producer producer = endpoint.createProducer();
        producer.start();

        assertThatAReservedCallPasses(producer);
        producer.stop();
        endpoint.stop();
        endpoint.start(); // and makes its clients anew
        arrived = new CountDownLatch(1);
        release = new CountDownLatch(1);
        producer.start();
        assertThatAReservedCallPasses(producer);
        producer.stop();
        endpoint.stop();
    }

    private void assertThatAReservedCallPasses(Processor sender) throws Exception {
        Future<Exchange> stuck = threads.submit(() -> send(sender, "/slow", false));
        arrived.await();

        Future<Exchange> first = threads.submit(() -> send(sender, "/echo", true));
        assertThat(first.get(10, TimeUnit.SECONDS).getMessage().getBody(String.class))
                .contains("User-agent: Own/1");
        assertThat(stuck).isNotDone();
        Future<Exchange> followed = threads.submit(() -> send(sender, "/echo", true));
        assertThat(followed.get(10, TimeUnit.SECONDS).getException()).isNull();

        release.countDown();
        assertThat(stuck.get(10, TimeUnit.SECONDS).getMessage().getBody(String.class))
                .isEqualTo("slow");
    }

    private static Exchange send(Processor sender, String page, boolean reserved) throws Exception {
        Exchange exchange = new DefaultExchange(CONTEXT);
        exchange.setProperty(RESERVED, reserved);
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, page);
        sender.process(exchange);
        return exchange;
    }
}
