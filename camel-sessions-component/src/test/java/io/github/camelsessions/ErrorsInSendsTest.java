/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An Error in one send, wherever it happens, costs that send and its connection, in each form of sending: with one
 * connection to be had, the next request is answered.
 */
class ErrorsInSendsTest {

    private static final String ONE = "connectionsPerRoute=1&maxTotalConnections=1&connectionRequestTimeout=5000";
    private static final LoopbackSite SITE = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    /** Where the next send meets an Error, null for nowhere. */
    private static final AtomicReference<String> PLACE = new AtomicReference<>();

    private static ProducerTemplate template;

    /** Throws in HttpClient's interceptors, or while the body of the answer is read. */
    private static final HttpClientConfigurer FAULTY =
            builder -> builder.addRequestInterceptorLast((request, entity, context) -> failAt("request"))
                    .addResponseInterceptorLast((response, entity, context) -> failAt("response"))
                    .addExecInterceptorFirst("faulty body", (request, scope, chain) -> {
                        var response = chain.proceed(request, scope);
                        response.setEntity(new FaultyEntity(response.getEntity()));
                        return response;
                    });

    private static final class FaultyEntity extends HttpEntityWrapper {

        FaultyEntity(HttpEntity entity) {
            super(entity);
        }

        @Override
        public InputStream getContent() throws IOException {
            failAt("body");
            return super.getContent();
        }
    }

    private static void failAt(String place) {
        if (PLACE.compareAndSet(place, null)) {
            throw new NoClassDefFoundError(place);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        CONTEXT.disableJMX();
        CONTEXT.setStreamCaching(false); // else it is the route that reads the stream
        SITE.page("/page", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=1");
            LoopbackSite.answer(http, 200, "page of " + LoopbackSite.body());
        });
        CONTEXT.getRegistry().bind("faulty", FAULTY);
        CONTEXT.getRegistry().bind("profiles", "[{name: one, user-agent: One/1}]");
        SessionsComponent component = CONTEXT.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("ref:profiles");
        WrapTest.wrap(component, SITE);
        String http = ONE.replaceAll("(^|&)", "$1http.");
        String page = SITE.url() + "/page";
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch/" + page + "?http.httpClientConfigurer=#faulty&" + http);
                from("direct:renew").to("sessions:renew/" + page + "?http.httpClientConfigurer=#faulty&" + http);
                from("direct:wrap").to(page + "?httpClientConfigurer=#faulty&" + ONE);
                from("direct:processor")
                        .process(Sessions.get(getContext()).wrap(page + "?httpClientConfigurer=#faulty&" + ONE));
            }
        });
        CONTEXT.start();
        template = CONTEXT.createProducerTemplate();
    }

    @AfterAll
    static void stop() {
        CONTEXT.stop();
        SITE.close();
    }

    @BeforeEach
    void noFault() {
        PLACE.set(null);
    }

    @ParameterizedTest
    @CsvSource({
        "fetch, entity", "fetch, request", "fetch, response", "fetch, body",
        "renew, entity", "renew, request", "renew, response", "renew, body",
        "wrap, entity", "wrap, request", "wrap, response", "wrap, body",
        "processor, entity", "processor, request", "processor, response", "processor, body"
    })
    void theNextRequestIsAnswered(String form, String place) {
        for (int time = 0; time < 3; time++) {
            Sessions.get(CONTEXT).site("portal").session(form).endCooldown(); // of the renewal that has just failed
            PLACE.set(place.intern()); // compared by identity
            Object body = place.equals("entity") ? new FaultyStream() : "text";

            Exchange failed = send(form, body);

            assertThat(failed.getException()).hasRootCauseInstanceOf(NoClassDefFoundError.class);
            assertThat(PLACE).hasNullValue();
        }
        Sessions.get(CONTEXT).site("portal").session(form).endCooldown();
        Exchange good = send(form, "text");
        assertThat(good.getException()).isNull();
        assertThat(good.getMessage().getBody(String.class)).isEqualTo("page of text");
    }

    private static Exchange send(String form, Object body) {
        return template.request("direct:" + form, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeader(SessionsConstants.ID, form);
        });
    }

    private static final class FaultyStream extends InputStream {

        @Override
        public int read() {
            failAt("entity");
            return -1;
        }

        @Override
        public int read(byte[] octets, int offset, int length) {
            return read();
        }
    }

    @Test
    void theConnectionsOfTheApplicationStayOpen() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext();
                PoolingHttpClientConnectionManager own = new PoolingHttpClientConnectionManager()) {
            own.setMaxTotal(1);
            context.disableJMX();
            context.getRegistry().bind("faulty", FAULTY);
            context.getComponent("http", HttpComponent.class).setClientConnectionManager(own);
            WrapTest.wrap(context.getComponent("sessions", SessionsComponent.class), SITE);
            context.start();
            ProducerTemplate sending = context.createProducerTemplate();
            String uri = SITE.url() + "/echo?httpClientConfigurer=#faulty&connectionRequestTimeout=5000";
            for (String place : new String[] {"request", "response"}) {
                PLACE.set(place.intern()); // compared by identity
                assertThat(sending.request(uri, exchange -> {}).getException())
                        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            }

            assertThat(sending.request(uri, exchange -> {}).getException()).isNull();
            assertThat(own.getTotalStats().getLeased()).isZero();
        }
    }
}
