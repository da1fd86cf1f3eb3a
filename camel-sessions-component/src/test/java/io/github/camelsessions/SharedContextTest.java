/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConstants;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/**
 * One context and one site for all tests of a class; each test has a session of its own. Not CamelTestSupport, whose
 * context for a whole class is deprecated.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SharedContextTest {

    final DefaultCamelContext context = new DefaultCamelContext();
    ProducerTemplate template;

    final LoopbackSite site = new LoopbackSite();

    /** The session that requests of the running test go to, unless their headers name another one. */
    String session;

    private int tests;

    @BeforeEach
    void nameSession(TestInfo test) {
        session = test.getTestMethod().orElseThrow().getName() + ++tests;
    }

    @BeforeAll
    void startContext() throws Exception {
        configure(context);
        context.addRoutes(routes());
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterAll
    void stopContext() {
        context.stop();
        site.close();
    }

    /** What the context needs before it starts. */
    void configure(CamelContext context) {}

    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {}
        };
    }

    Sessions sessions() {
        return Sessions.get(context);
    }

    /** The URI that fetches a page of the site. */
    String fetchUri(String path) {
        return "sessions:fetch/" + site.url() + path;
    }

    /** Fetches a page of the site. */
    Exchange fetch(String path) {
        return send(fetchUri(path), null);
    }

    /** Fetches a page of the site that must answer well, and gives its text. */
    String page(String path) {
        return text(fetch(path));
    }

    Exchange send(String uri, Object body) {
        return send(uri, body, Map.of());
    }

    Exchange send(String uri, Object body, Map<String, ?> headers) {
        return template.request(uri, exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
            headers.forEach(exchange.getMessage()::setHeader);
        });
    }

    /** The answer's body as text; what failed is thrown. */
    static String text(Exchange exchange) {
        if (exchange.getException() != null) {
            throw new CamelExecutionException("the exchange failed", exchange, exchange.getException());
        }
        return exchange.getMessage().getBody(String.class);
    }

    /** The cookies that the responses of a call set. */
    @SuppressWarnings("unchecked")
    static Map<String, String> receivedCookies(Exchange exchange) {
        return exchange.getMessage().getHeader(SessionsConstants.COOKIES, Map.class);
    }

    /** All messages and the stack traces of what sending fails with; fails when it does not. */
    String failure(String uri, Object body, Map<String, ?> headers) {
        Throwable failure;
        try {
            failure = send(uri, body, headers).getException();
        } catch (RuntimeException e) {
            failure = e;
        }
        if (failure == null) {
            throw new AssertionError("no failure: " + uri);
        }
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    String failure(String uri) {
        return failure(uri, null, Map.of());
    }
}
