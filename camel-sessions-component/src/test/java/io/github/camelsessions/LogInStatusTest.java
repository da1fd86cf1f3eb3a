/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the answer to a log-in says about the next attempt, whether or not it is an exception in the route. That a server
 * asks for an hour shows in that there is no next attempt: it would be after the renewalTimeout.
 */
class LogInStatusTest {

    private static final LoopbackSite SITE = new LoopbackSite();
    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final AtomicInteger LOG_INS = new AtomicInteger();
    private static ProducerTemplate template;
    private static volatile int status;
    private static volatile String retryAfter;
    private static int sessions;

    @BeforeAll
    static void start() throws Exception {
        SITE.page("/login", http -> {
            LOG_INS.incrementAndGet();
            if (retryAfter != null) {
                http.getResponseHeaders().add("Retry-After", retryAfter);
            }
            LoopbackSite.answer(http, status, "no");
        });
        CONTEXT.disableJMX();
        CONTEXT.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:throws").to("sessions:fetch/" + SITE.url() + "/login");
                from("direct:lenient").to("sessions:fetch/" + SITE.url() + "/login?throwExceptionOnFailure=false");
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
    void forget() {
        LOG_INS.set(0);
        retryAfter = null;
    }

    private static void logIn(String route) {
        String session = "session" + ++sessions;
        Exchange done = template.request(
                "sessions:fetch/" + SITE.url() + "/echo?renewalBackoff=1ms&renewalUri=direct:" + route,
                exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, session));
        assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "throws, 503, 3", "throws, 599, 3", "throws, 429, 3", "throws, 600, 1", "throws, 999, 1", "throws, 403, 1",
        "lenient, 503, 3", "lenient, 599, 3", "lenient, 429, 3", "lenient, 600, 1", "lenient, 999, 1", "lenient, 403, 1"
    })
    void statusesOf600AndMoreAreFinal(String route, int answered, int attempts) {
        status = answered;
        logIn(route);
        assertThat(LOG_INS).hasValue(attempts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throws | s",
                "throws | EEE, dd MMM yyyy HH:mm:ss 'GMT'",
                "throws | EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
                "throws | EEE MMM ppd HH:mm:ss yyyy",
                "lenient | s",
                "lenient | EEE, dd MMM yyyy HH:mm:ss 'GMT'",
                "lenient | EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
                "lenient | EEE MMM ppd HH:mm:ss yyyy"
            })
    void whatTheServerAsksForIsWaitedInEachForm(String route, String form) {
        status = 503;
        retryAfter = form.equals("s")
                ? "3600"
                : DateTimeFormatter.ofPattern(form, Locale.ENGLISH)
                        .format(Instant.now().plusSeconds(3600).atZone(ZoneOffset.UTC));
        logIn(route);
        assertThat(LOG_INS).as(retryAfter).hasValue(1);
    }
}
