/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.LoopbackSite;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.TypeConversionException;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An exchange that waits with the response of disableStreamCache owns no connection. The pool has one. */
class ResponseBodyTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final LoopbackSite SITE = new LoopbackSite();
    private static final String LARGE = "0123456789".repeat(30_000);

    private SessionHttpClient client;

    @BeforeAll
    static void startContext() {
        CONTEXT.disableJMX();
        CONTEXT.getStreamCachingStrategy().setDenyClasses("java.io.InputStream"); // of routes, not of what waits
        CONTEXT.start();
        SITE.page("/large", http -> LoopbackSite.answer(http, 200, LARGE));
        SITE.page("/large-failure", http -> LoopbackSite.answer(http, 500, LARGE));
        SITE.page("/torn", http -> {
            http.sendResponseHeaders(200, 1_000_000);
            http.getResponseBody().write(LARGE.getBytes(StandardCharsets.UTF_8));
            http.getResponseBody().flush();
        });
    }

    @AfterAll
    static void stopContext() {
        CONTEXT.stop();
        SITE.close();
    }

    @AfterEach
    void stop() {
        client.stop();
    }

    private void start(Map<String, Object> options) throws Exception {
        Map<String, Object> all = new LinkedHashMap<>(options);
        all.put("disableStreamCache", true);
        all.put("maxTotalConnections", 1);
        all.put("connectionsPerRoute", 1);
        all.put("connectionRequestTimeout", "5000");
        client = new SessionHttpClient(CONTEXT, all);
        client.start();
    }

    private Exchange send(String page) throws Exception {
        Exchange exchange = new DefaultExchange(CONTEXT);
        send(exchange, page);
        return exchange;
    }

    private void send(Exchange exchange, String page) throws Exception {
        client.sending(URI.create(SITE.url() + page), HttpMethods.GET).send(exchange, TestCalls.newCall());
    }

    @Test
    void aDetachedResponseLeavesItsConnectionAndStaysReadable() throws Exception {
        start(Map.of());
        Exchange waiting = send("/large");

        ResponseBody.detach(waiting);

        assertThat(send("/large").getException()).isNull();
        assertThat(waiting.getMessage().getBody()).isInstanceOf(StreamCache.class);
        assertThat(waiting.getMessage().getBody(String.class)).isEqualTo(LARGE);
    }

    @Test
    void aResponseThatCannotBeReadLeavesItsConnectionToo() throws Exception {
        start(Map.of());
        Exchange waiting = send("/torn");

        assertThatThrownBy(() -> ResponseBody.detach(waiting)).isInstanceOf(TypeConversionException.class);

        assertThat(send("/large").getException()).isNull();
    }

    @Test
    void aResponseThatIsIgnoredLeavesItsConnectionAtOnce() throws Exception {
        start(Map.of("ignoreResponseBody", true));

        Exchange waiting = send("/large");

        assertThat(send("/large").getException()).isNull();
        assertThat(waiting.getMessage().getBody()).isNull();
    }

    @Test
    void aRefusedResponseLeavesItsConnectionAtOnce() throws Exception {
        start(Map.of());
        Exchange refused = new DefaultExchange(CONTEXT);

        assertThatThrownBy(() -> send(refused, "/large-failure")).isInstanceOf(HttpOperationFailedException.class);

        assertThat(send("/large").getException()).isNull();
    }

    @Test
    void aRequestBodyIsNoResponse() throws Exception {
        start(Map.of());
        Exchange exchange = send("/large");
        Object response = exchange.getMessage().getBody();
        exchange.getIn().setBody(response);
        exchange.setOut(null);

        ResponseBody.detach(exchange);

        assertThat(exchange.getMessage().getBody()).isSameAs(response);
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo(LARGE);
    }
}
