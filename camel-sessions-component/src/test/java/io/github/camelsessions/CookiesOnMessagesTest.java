/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.aggregate.GroupedMessageAggregationStrategy;
import org.apache.camel.spi.BacklogTracer;
import org.apache.camel.support.DefaultExchangeHolder;
import org.apache.camel.support.MessageHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call has set is on the message for routes to ask for, and in nothing that shows messages. */
class CookiesOnMessagesTest {

    private static final String SECRET = "geheim";

    private static LoopbackSite site;
    private static DefaultCamelContext context;

    @BeforeAll
    static void start() throws Exception {
        site = new LoopbackSite();
        context = new DefaultCamelContext();
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + SECRET + "; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        site.page("/token", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + SECRET + "; Path=/");
            http.getResponseHeaders().add("X-Token", SECRET);
            LoopbackSite.answer(http, 200, "in");
        });
        context.setBacklogTracingStandby(true);
        String login = "sessions:fetch/" + site.url() + "/login?sessionId=anna";
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login").to(login);
                from("direct:logged").to("direct:login").to("log:seen?showAll=true&multiline=true");
                from("direct:variable")
                        .to("direct:login")
                        .setVariable("kept", header(SessionsConstants.COOKIES))
                        .setProperty("kept", header(SessionsConstants.COOKIES))
                        .to("log:seen?showAll=true&showVariables=true&multiline=true");
                from("direct:captured")
                        .to(login.replace("/login", "/token") + "&capture.X-Token=header:X-Token")
                        .removeHeader("X-Token")
                        .to("log:seen?showAll=true");
                from("direct:simple")
                        .to("direct:login")
                        .setBody(simple("${header.CamelSessionsCookies[sid]} ${headers.CamelSessionsCookies[sid]}"
                                + " ${header.CamelSessionsCookies.get('sid')}"));
                from("direct:predicate")
                        .to("direct:login")
                        .filter(simple("${header.CamelSessionsCookies[sid]} != null"))
                        .setBody(constant("known"));
                from("direct:multicast")
                        .to("direct:login")
                        .multicast(new GroupedMessageAggregationStrategy())
                        .to("direct:read", "direct:read");
                from("direct:split")
                        .to("direct:login")
                        .split(constant(List.of("a", "b")), new GroupedMessageAggregationStrategy())
                        .to("direct:read");
                from("direct:seda").to("direct:login").to("seda:read?waitForTaskToComplete=Always");
                from("seda:read").to("direct:read");
                from("direct:wireTap").to("direct:login").wireTap("mock:tapped");
                from("direct:read").setBody(simple("${header.CamelSessionsCookies[sid]}"));
                from("direct:removed").to("direct:login").removeHeaders("CamelSessions*");
                from("direct:handOver")
                        .to("direct:login")
                        .setBody(header(SessionsConstants.COOKIES))
                        .to("sessions:addCookies/" + site.url() + "/?sessionId=ben");
                from("direct:again")
                        .to("direct:login")
                        .setHeader(SessionsConstants.REQUEST_COOKIES, header(SessionsConstants.COOKIES))
                        .to("sessions:fetch/" + site.url() + "/echo?sessionId=carl");
            }
        });
        context.start();
    }

    @AfterAll
    static void stop() {
        context.stop();
        site.close();
    }

    private Exchange send(String uri) {
        Exchange exchange = context.createProducerTemplate().send(uri, created -> {});
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    private static String dumps(Exchange exchange) {
        Message message = exchange.getMessage();
        return MessageHelper.dumpAsJSon(message, true, true, true, 2, true, true, true, 10_000, true)
                + MessageHelper.dumpAsXml(message, true, true, true, 2, true, true, true, 10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:login", "direct:variable", "direct:captured"})
    void noDumpOfAMessageShowsAValue(String route) {
        assertThat(dumps(send(route))).contains("CamelSessionsCookies", "***").doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:logged", "direct:variable", "direct:captured"})
    void noLogOfAMessageShowsAValue(String route) {
        try (LogCapture log = new LogCapture()) {
            send(route);

            assertThat(log.of("seen")).isNotEmpty();
            assertThat(log.text()).contains("sid=***").doesNotContain(SECRET);
        }
    }

    @Test
    void theTracerOfJmxAndConsoleShowsNoValue() {
        BacklogTracer tracer = context.getCamelContextExtension().getContextPlugin(BacklogTracer.class);
        tracer.setEnabled(true);
        tracer.setIncludeExchangeProperties(true);
        tracer.setIncludeExchangeVariables(true);
        send("direct:variable");
        tracer.setEnabled(false);

        String traced = tracer.dumpAllTracedMessagesAsXml() + tracer.dumpAllTracedMessagesAsJSon();

        assertThat(traced).contains("CamelSessionsCookies", "***").doesNotContain(SECRET);
    }

    @Test
    void aSerializedExchangeHasNoValue() throws Exception {
        Exchange exchange = send("direct:login");
        exchange.getMessage().setBody(null); // a stream of this JVM
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(DefaultExchangeHolder.marshal(exchange, true, true));
        }

        assertThat(bytes.toString(StandardCharsets.ISO_8859_1))
                .contains("CamelSessionsCookies", "***")
                .doesNotContain(SECRET);
    }

    @Test
    void anExpressionReadsAValueByItsName() {
        assertThat(send("direct:simple").getMessage().getBody()).isEqualTo(SECRET + " " + SECRET + " " + SECRET);
        assertThat(send("direct:predicate").getMessage().getBody()).isEqualTo("known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:multicast", "direct:split"})
    void copiesOfTheMessageGiveTheValueToo(String route) {
        assertThat(send(route).getMessage().getBody(List.class))
                .extracting(message -> ((Message) message).getBody())
                .containsExactly(SECRET, SECRET);
    }

    @Test
    void anotherThreadsMessageGivesTheValueToo() throws Exception {
        assertThat(send("direct:seda").getMessage().getBody()).isEqualTo(SECRET);
        MockEndpoint tapped = context.getEndpoint("mock:tapped", MockEndpoint.class);
        tapped.expectedMessageCount(1);
        send("direct:wireTap");
        tapped.assertIsSatisfied();
        assertThat(tapped.getExchanges().get(0).getMessage().getHeader(SessionsConstants.COOKIES, Map.class))
                .containsEntry("sid", SECRET);
    }

    @Test
    void theHeaderGoesWithTheOthersOfItsKind() {
        assertThat(send("direct:removed").getMessage().getHeaders()).doesNotContainKey(SessionsConstants.COOKIES);
    }

    @Test
    void theHeaderAsAWholeCarriesItsValuesIntoAnotherSession() {
        send("direct:handOver");
        send("direct:again");

        assertThat(Sessions.get(context).session("ben").cookieMap()).isEqualTo(Map.of("sid", SECRET));
        assertThat(Sessions.get(context).session("carl").cookieMap()).isEqualTo(Map.of("sid", SECRET));
    }
}
