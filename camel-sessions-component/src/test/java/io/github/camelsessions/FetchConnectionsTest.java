/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.ClientProtocolException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each request goes out once, and whatever becomes of its response, its connection is free for the next. All routes share
 * a pool of one connection: were it kept by anyone, the next request would fail after two seconds.
 */
class FetchConnectionsTest {

    private static final int CALLS = 50;
    private static final String ONE_CONNECTION = "http.connectionsPerRoute=1&http.maxTotalConnections=1"
            + "&http.connectionRequestTimeout=2000&http.responseTimeout=20000";
    private static final String LARGE = "0123456789".repeat(30_000);

    private static CamelContext context;
    private static ProducerTemplate template;

    private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();
    private LoopbackSite site;

    @BeforeAll
    static void start() {
        context = new DefaultCamelContext();
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterAll
    static void stop() throws Exception {
        context.close();
    }

    @BeforeEach
    void openSite() {
        site = new LoopbackSite();
        page("/ok", http -> LoopbackSite.answer(http, 200, "ok"));
        page("/large", http -> LoopbackSite.answer(http, 200, LARGE));
        page("/failure", http -> LoopbackSite.answer(http, 500, "out of order"));
        page("/large-failure", http -> LoopbackSite.answer(http, 500, LARGE));
        page("/hop", http -> {
            http.getResponseHeaders().add("Location", "/ok");
            http.getResponseHeaders().add("Set-Cookie", "hop=1");
            LoopbackSite.answer(http, 302, LARGE);
        });
        page("/circle", http -> {
            http.getResponseHeaders().add("Location", "/circle");
            LoopbackSite.answer(http, 302, LARGE);
        });
        page("/lost", http -> {
            http.getResponseHeaders().add("Location", "nowhere://at all");
            LoopbackSite.answer(http, 302, LARGE);
        });
        page("/odd-cookies", http -> {
            http.getResponseHeaders().add("Set-Cookie", "");
            http.getResponseHeaders().add("Set-Cookie", "a=1; Domain=elsewhere.example");
            LoopbackSite.answer(http, 200, "ok");
        });
    }

    private void page(String path, LoopbackSite.Page page) {
        site.page(path, http -> {
            clientPorts.add(http.getRemoteAddress().getPort());
            page.answer(http);
        });
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    private Exchange fetch(String page, String options) {
        return template.request("sessions:fetch/" + site.url() + page + "?" + ONE_CONNECTION + options, exchange -> {});
    }

    private void fetchManyTimes(String page, String options, Class<? extends Exception> failure) {
        for (int i = 0; i < CALLS; i++) {
            Exchange exchange = fetch(page, options);
            if (failure == null) {
                assertThat(exchange.getException()).isNull();
            } else {
                assertThat(exchange.getException()).isInstanceOf(failure);
            }
        }
    }

    private void assertOneConnectionWasReused(String options) {
        assertThat(fetch("/odd-cookies", options).getMessage().getHeader(SessionsConstants.FINAL_URI))
                .isEqualTo(site.url() + "/odd-cookies");
        assertThat(clientPorts).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/failure, ''",
        "/large-failure, ''",
        "/hop, &followRedirects=false",
        "/large, &http.okStatusCodeRange=201"
    })
    void aRefusedResponseLeavesItsConnectionToTheNext(String page, String options) {
        fetchManyTimes(page, options, HttpOperationFailedException.class);
        assertOneConnectionWasReused(options);
    }

    @ParameterizedTest
    @CsvSource({
        "/failure, &throwExceptionOnFailure=false",
        "/hop, ''",
        "/large, ''",
        "/large, &http.ignoreResponseBody=true",
        "/odd-cookies, ''"
    })
    void anAcceptedResponseLeavesItsConnectionToTheNext(String page, String options) {
        fetchManyTimes(page, options, null);
        assertOneConnectionWasReused(options);
    }

    @Test
    void aLargeBodyThatNobodyReadsLeavesItsConnectionToTheNext() {
        // another set of options, hence another pool, of one connection too
        fetchManyTimes("/large", "&http.disableStreamCache=true", null);

        assertThat(clientPorts).hasSize(1);
    }

    @Test
    void redirectsWithoutEndLeaveTheConnectionToTheNext() {
        fetchManyTimes("/circle", "&maxRedirects=2", ClientProtocolException.class);

        assertThat(site.requests()).hasSize(3 * CALLS);
        assertThat(fetch("/ok", "").getException()).isNull();
    }

    @Test
    void aRedirectToNowhereLeavesTheConnectionToTheNext() {
        fetchManyTimes("/lost", "", Exception.class);

        assertThat(site.requests()).hasSize(CALLS);
        assertThat(fetch("/ok", "").getException()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"503, GET", "429, GET", "503, POST", "429, POST"})
    void aRequestThatIsToldToComeBackLaterIsSentOnce(int status, String method) {
        page("/busy", http -> {
            http.getResponseHeaders().add("Retry-After", "3600"); // longer than the exchange may wait
            LoopbackSite.answer(http, status, "busy");
        });

        Exchange exchange = fetch("/busy", "&method=" + method + "&sessionId=" + method + status);

        assertThat(exchange.getException(HttpOperationFailedException.class).getStatusCode())
                .isEqualTo(status);
        assertThat(site.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"503", "429"})
    void aWrappedRequestThatIsToldToComeBackLaterIsSentOnce(int status) throws Exception {
        page("/busy", http -> {
            http.getResponseHeaders().add("Retry-After", "3600"); // longer than the exchange may wait
            LoopbackSite.answer(http, status, "busy");
        });
        Exchange exchange = context.getEndpoint("direct:unused").createExchange();
        exchange.getMessage().setHeader(SessionsConstants.ID, "wrapped" + status); // the others wait

        try (SessionHttpProcessor processor = Sessions.get(context).wrap(site.url() + "/busy")) {
            processor.start();
            processor.process(exchange);
        }

        assertThat(exchange.getException(HttpOperationFailedException.class).getStatusCode())
                .isEqualTo(status);
        assertThat(site.requests()).hasSize(1);
    }
}
