/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a site has carried out is not asked of it again: a POST that it answers by a redirect, and whose session ends before
 * what the redirect leads to. The site counts what it was asked.
 */
@Timeout(60)
class NothingTwiceTest {

    private static final String OPTIONS = "renewalUri=direct:login&renewalCooldown=1ms&expiredUri=%s/login*";

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Queue<String> orders = new ConcurrentLinkedQueue<>();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger usesLeft = new AtomicInteger();
    private final AtomicBoolean logsIn = new AtomicBoolean(true);
    private volatile int usesAfterLogIn = 100;
    private volatile int status = 303;
    private volatile int refusal = 302;
    private volatile String location = "/orders/1";

    @BeforeEach
    void start() throws Exception {
        web.page("/orders", this::order);
        web.page("/orders/1", http -> page(http, "order " + http.getRequestMethod() + LoopbackSite.body()));
        web.page("/moved", http -> redirect(http, 302, "/orders/1"));
        web.page("/login", this::login);
        context.disableJMX();
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(web.url());
        site.setWrap(true);
        site.setRenewalUri("direct:login");
        site.setExpiredUri(web.url() + "/login*");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login")
                        .setHeader("CamelHttpMethod", constant("POST"))
                        .to("sessions:fetch/" + web.url() + "/login");
                from("direct:fetch").to(uri("/orders", "method=POST&" + OPTIONS));
                from("direct:pool").to(uri("/orders", "method=POST&pool=many&poolSize=2&" + OPTIONS));
                from("direct:wrap").to(web.url() + "/orders?httpMethod=POST&followRedirects=true");
                from("direct:process")
                        .process(Sessions.get(context)
                                .wrap(web.url() + "/orders?httpMethod=POST&followRedirects=true"
                                        + "&connectionsPerRoute=4"));
                from("direct:status")
                        .to(uri("/orders", "method=POST&renewalUri=direct:login&expiredStatusCodeRange=401"));
                from("direct:text")
                        .to(uri("/orders", "method=POST&expiredUri=http://none.example/&expiredText=please log in"));
                for (String method : List.of("PUT", "PATCH", "DELETE")) {
                    from("direct:" + method).to(uri("/orders", "method=" + method + "&" + OPTIONS));
                }
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        web.close();
    }

    private String uri(String path, String options) {
        return "sessions:fetch/" + web.url() + path + "?" + String.format(options, web.url());
    }

    private void login(HttpExchange http) throws IOException {
        if (!http.getRequestMethod().equals("POST")) {
            LoopbackSite.answer(http, 200, "please log in");
            return;
        }
        int number = logIns.incrementAndGet();
        if (logsIn.get()) {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + number + "; Path=/");
            usesLeft.set(usesAfterLogIn);
        }
        LoopbackSite.answer(http, logsIn.get() ? 200 : 403, "log-in");
    }

    private boolean isUsable() {
        return usesLeft.getAndDecrement() > 0;
    }

    /** Keeps the order; the next use of the session is the last. */
    private void order(HttpExchange http) throws IOException {
        if (!isUsable()) {
            redirect(http, 302, "/login");
            return;
        }
        orders.add(http.getRequestMethod() + " " + LoopbackSite.body());
        redirect(http, status, location);
    }

    private void page(HttpExchange http, String text) throws IOException {
        if (isUsable()) {
            LoopbackSite.answer(http, 200, text);
        } else if (refusal == 401) {
            LoopbackSite.answer(http, refusal, "who?");
        } else {
            redirect(http, 302, "/login");
        }
    }

    private static void redirect(HttpExchange http, int status, String location) throws IOException {
        http.getResponseHeaders().add("Location", location);
        LoopbackSite.answer(http, status, "");
    }

    /** Orders in a session that the site ends after that number of uses. */
    private Exchange order(String route, int uses) {
        usesLeft.set(100);
        context.createProducerTemplate().requestBody(route, "before"); // logs in
        orders.clear();
        logIns.set(0);
        usesLeft.set(uses);
        return context.createFluentProducerTemplate()
                .to(route)
                .withHeader("X-Tag", "t")
                .withBody("book")
                .request(Exchange.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:pool", "direct:wrap", "direct:process"})
    void after303OnlyTheAnswerIsFetchedAgain(String route) {
        Exchange exchange = order(route, 1);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order GET");
        assertThat(orders).containsExactly("POST book");
        assertThat(logIns).hasValue(1);
        assertThat(web.lastRequest().uri()).isEqualTo("/orders/1");
        assertThat(exchange.getMessage().getHeader(SessionsConstants.FINAL_URI)).isEqualTo(web.url() + "/orders/1");
    }

    @ParameterizedTest
    @CsvSource({"direct:fetch, 301", "direct:fetch, 302", "direct:pool, 302", "direct:wrap, 301", "direct:process, 302"
    })
    void after301And302ItEndsAndSaysThatItMayHaveBeenCarriedOut(String route, int redirect) {
        status = redirect;

        Exchange exchange = order(route, 1);

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("POST " + web.url() + "/orders ")
                .hasMessageContaining("the site has answered it by redirect " + redirect + " to " + web.url()
                        + "/orders/1, so that it may have carried it out");
        assertThat(orders).containsExactly("POST book");
    }

    @ParameterizedTest
    @CsvSource({"direct:fetch, 307", "direct:pool, 308", "direct:wrap, 307", "direct:process, 308"})
    void after307And308WhatRefusesTheRequestHasRefusedIt(String route, int redirect) {
        status = redirect;

        Exchange exchange = order(route, 1);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order POSTbook");
        assertThat(orders).containsExactly("POST book", "POST book"); // the first hop keeps nothing, it sends on
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:pool", "direct:wrap", "direct:process"})
    void aRedirectToTheLogInIsARefusal(String route) {
        Exchange exchange = order(route, 0);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order GET");
        assertThat(orders).containsExactly("POST book");
        assertThat(logIns).hasValue(1);
    }

    @Test
    void aRefusalOnTheWayBeyondTheFirstTargetIsNoRefusalOfTheRequest() {
        status = 302;
        location = "/moved";

        Exchange exchange = order("direct:fetch", 1);

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("redirect 302 to " + web.url() + "/moved");
        assertThat(orders).hasSize(1);
    }

    @Test
    void aPutThatIsSentOnUnchangedIsSentAgain() {
        status = 308;

        Exchange exchange = order("direct:PUT", 1);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order PUTbook");
    }

    @Test
    void aFailedLogInDoesNotHideThatTheSiteHasHadTheRequest() {
        usesLeft.set(100);
        context.createProducerTemplate().requestBody("direct:fetch", "before");
        orders.clear();
        usesLeft.set(1);
        logsIn.set(false);

        Exchange exchange = context.createFluentProducerTemplate()
                .to("direct:fetch")
                .withBody("book")
                .request(Exchange.class);

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining(
                        "redirect 303 to " + web.url() + "/orders/1, so that it has most likely carried it out");
        assertThat(exchange.getException().getSuppressed()).hasAtLeastOneElementOfType(SessionRenewalException.class);
        assertThat(orders).containsExactly("POST book");
    }

    @Test
    void aRefusalByStatusBehindA303IsNoneOfTheRequest() {
        refusal = 401;

        Exchange exchange = order("direct:status", 1);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order GET");
        assertThat(orders).containsExactly("POST book");
    }

    @Test
    void whereNoUriTellsRefusalsTheMessageSaysHowToNameIt() {
        Exchange exchange = order("direct:text", 0);

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("redirect 302 to " + web.url() + "/login, so that it may have carried it out")
                .hasMessageContaining("if refusals lead there, say so by expiredUri");
        assertThat(orders).isEmpty();
    }

    /** As Rails and Laravel answer. HttpClient follows with the same method. */
    @ParameterizedTest
    @CsvSource({"PUT, 301", "PUT, 302", "PATCH, 301", "PATCH, 302", "DELETE, 301", "DELETE, 302"})
    void noMethodIsCarriedOutAgainAfter301And302(String method, int redirect) {
        status = redirect;

        Exchange exchange = order("direct:" + method, 1);

        assertThat(exchange.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("the site has answered it by redirect " + redirect);
        assertThat(orders).hasSize(1);
    }

    /** Sessions end after a number of uses that has nothing to do with where a POST is; every POST has a body of its own. */
    @ParameterizedTest
    @ValueSource(ints = {303, 302})
    void manyPostsInSessionsThatEndAllTheTimeAreCarriedOutOnceEach(int redirect) throws Exception {
        status = redirect;
        usesAfterLogIn = 37;
        int posts = 2000;
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<Exchange>> sendings = new ArrayList<>();
            ProducerTemplate template = context.createProducerTemplate();
            for (int i = 0; i < posts; i++) {
                String body = "book " + i;
                sendings.add(threads.submit(() -> template.send(
                        "direct:fetch", exchange -> exchange.getMessage().setBody(body))));
            }
            int delivered = 0;
            for (int i = 0; i < posts; i++) {
                Exchange exchange = sendings.get(i).get(60, TimeUnit.SECONDS);
                long times = Collections.frequency(orders, "POST book " + i);
                if (exchange.getException() == null) {
                    assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("order GET");
                    assertThat(times).as("POST %d, delivered", i).isEqualTo(1);
                    delivered++;
                } else {
                    assertThat(exchange.getException())
                            .isInstanceOf(SessionExpiredException.class)
                            .hasMessageContaining("the site has answered it by redirect " + redirect);
                    assertThat(times).as("POST %d, in doubt", i).isEqualTo(1);
                }
            }
            assertThat(delivered).isGreaterThan(posts / 2);
            assertThat(logIns.get()).isGreaterThan(20);
        } finally {
            threads.shutdownNow();
        }
    }
}
