/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SeatStats;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions are logged out by closeUri: once for each log-in, with the cookies of the generation that ends. */
class LogOutTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SeatSite site = new SeatSite(1);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Queue<Map<String, Object>> logOuts = new ConcurrentLinkedQueue<>();
    private final SiteConfiguration rules = new SiteConfiguration();
    private ProducerTemplate template;

    @AfterEach
    void stop() {
        site.close();
        context.stop();
    }

    private LogOutTest start() throws Exception {
        context.disableJMX();
        rules.setUris(site.url("/*"));
        rules.setRenewalUri(rules.getRenewalUri() == null ? "direct:login" : rules.getRenewalUri());
        rules.setCloseUri(rules.getCloseUri() == null ? "direct:logout" : rules.getCloseUri());
        context.getComponent("sessions", SessionsComponent.class).getSites().put("portal", rules);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").setBody(constant("user")).to(fetchUri("/login"));
                from("direct:logout")
                        .process(exchange ->
                                logOuts.add(Map.copyOf(exchange.getMessage().getHeaders())))
                        .to(fetchUri("/logout"));
                from("direct:handled")
                        .onException(Exception.class)
                        .handled(true)
                        .end()
                        .to(fetchUri("/logout"));
                from("direct:page").to(fetchUri("/page"));
                from("direct:slow").to(fetchUri("/slow"));
                from("direct:close").to("sessions:close?site=portal").setHeader("closed", constant(true));
                from("direct:renewingLogout")
                        .to("sessions:renew?site=portal&renewalUri=direct:login")
                        .to(fetchUri("/logout"));
                from("direct:block")
                        .policy("renewSession:portal/anna")
                        .to("direct:login")
                        .end();
            }
        });
        context.start();
        template = context.createProducerTemplate();
        return this;
    }

    private String fetchUri(String path) {
        return "sessions:fetch/" + site.url(path);
    }

    private Exchange exchange(String session) {
        Exchange made = new DefaultExchange(context, ExchangePattern.InOut);
        made.getMessage().setHeader(SessionsConstants.ID, session);
        return made;
    }

    private Exchange send(String uri, String session) {
        return template.send(uri, exchange(session));
    }

    private String page(String session) {
        Exchange done = send("direct:page", session);
        assertThat(done.getException()).isNull();
        return done.getMessage().getBody(String.class);
    }

    private CompletableFuture<Exchange> begin(String uri, String session) throws Exception {
        AsyncProducer producer = context.getEndpoint(uri).createAsyncProducer();
        producer.start();
        Exchange made = exchange(session);
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> producer.process(made, sync -> done.complete(made)));
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static void await(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
    }

    private Sessions portal() {
        return Sessions.get(context).site("portal");
    }

    private SessionStats stats(String session) {
        return portal().session(session).stats().orElseThrow();
    }

    @Test
    void aRenewalLogsTheOldSessionOutFirst() throws Exception {
        start();
        assertThat(page("anna")).isEqualTo("page of s1");

        portal().session("anna").renew().get();

        assertThat(page("anna")).isEqualTo("page of s2");
        assertThat(site.taken()).containsExactly("s2");
        assertThat(site.mostTaken).hasValue(1);
        assertThat(stats("anna"))
                .returns(2L, SessionStats::logIns)
                .returns(1L, SessionStats::logOuts)
                .returns(0L, SessionStats::failedLogOuts);
        assertThat(portal().seats()).isEqualTo(new SeatStats(2, 1, 0));
        assertThat(portal().seats().seats()).isOne();
        assertThat(logOuts)
                .singleElement()
                .satisfies(headers -> assertThat(headers)
                        .containsEntry(SessionsConstants.ID, "anna")
                        .containsEntry(SessionsConstants.SITE, "portal")
                        .containsEntry(SessionsConstants.GENERATION, 1L)
                        .containsEntry(SessionsConstants.CAUSE, "renewal"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBlockLogsTheOldSessionOutFirst(boolean transacted) throws Exception {
        start();
        page("anna");

        Exchange exchange = exchange("anna");
        exchange.getExchangeExtension().setTransacted(transacted);
        template.send("direct:block", exchange);

        assertThat(exchange.getException()).isNull();
        assertThat(page("anna")).isEqualTo("page of s2");
        assertThat(site.taken()).containsExactly("s2");
    }

    @Test
    void theNextOneGetsInWhenOneIsClosed() throws Exception {
        start();
        site.seats.set(2);
        page("anna");
        page("ben");
        assertThat(send("direct:page", "carl").getException()).isInstanceOf(SessionRenewalException.class);

        assertThat(portal().session("ben").close().get()).isTrue();
        portal().session("carl").endCooldown();

        assertThat(page("carl")).isEqualTo("page of s3");
        assertThat(portal().ids()).containsExactly("anna", "carl");
        assertThat(portal().seats().seats()).isEqualTo(2).isEqualTo(site.taken().size());
    }

    @Test
    void aClosedSessionIsLoggedOutOnce() throws Exception {
        start();
        page("anna");

        assertThat(portal().session("anna").close().get()).isTrue();
        assertThat(portal().session("anna").close().get()).isFalse();

        assertThat(site.logOuts).hasValue(1);
        assertThat(site.taken()).isEmpty();
        assertThat(portal().session("anna").stats()).isEmpty();
    }

    @Test
    void closingWaitsForTheLastExchangeAndUsesNoThread() throws Exception {
        start();
        page("anna");
        site.slowWaits = new CountDownLatch(1);
        CompletableFuture<Exchange> slow = begin("direct:slow", "anna");
        assertThat(site.slowCame.await(30, TimeUnit.SECONDS)).isTrue();
        AsyncProducer close = context.getEndpoint("direct:close").createAsyncProducer();
        close.start();
        Exchange closing = exchange("anna");
        CompletableFuture<Exchange> closed = new CompletableFuture<>();

        boolean sync = close.process(closing, doneSync -> closed.complete(closing));

        assertThat(sync).isFalse();
        assertThat(site.logOuts).hasValue(0);
        assertThat(portal().session("anna").stats()).as("it is gone at once").isEmpty();
        site.slowWaits.countDown();
        assertThat(slow.get(30, TimeUnit.SECONDS).getMessage().getBody(String.class))
                .isEqualTo("page of s1");
        assertThat(closed.get(30, TimeUnit.SECONDS).getMessage().getHeader("closed"))
                .isEqualTo(true);
        assertThat(site.taken()).isEmpty();
    }

    @Test
    void aTransactedExchangeWaitsForTheLogOut() throws Exception {
        start();
        page("anna");
        Exchange exchange = exchange("anna");
        exchange.getExchangeExtension().setTransacted(true);

        template.send("direct:close", exchange);

        assertThat(site.taken()).isEmpty();
    }

    @Test
    void aFailedLogOutIsLoggedOnceAndKeepsNobodyFromGoingOn() throws Exception {
        start();
        site.seats.set(9);
        site.logOutStatus = 500;
        page("anna");
        try (LogCapture log = new LogCapture()) {
            portal().session("anna").renew().get();
            portal().session("anna").renew().get();

            assertThat(log.of("io.github.camelsessions.internal.renewal.LogOuts"))
                    .singleElement()
                    .asString()
                    .startsWith("WARN")
                    .contains("session 'portal/anna' could not be logged out (generation=1)", "statusCode: 500");
        }
        assertThat(page("anna")).isEqualTo("page of s3");
        assertThat(portal().seats()).isEqualTo(new SeatStats(3, 0, 2));
        assertThat(stats("anna").failedLogOuts()).isEqualTo(2);
    }

    @Test
    void aFailureThatItsRouteHandledIsAFailedLogOut() throws Exception {
        rules.setCloseUri("direct:handled");
        start();
        site.logOutStatus = 500;
        page("anna");

        portal().session("anna").close().get();

        assertThat(portal().seats()).isEqualTo(new SeatStats(1, 0, 1));
    }

    @Test
    void aLogOutThatHangsIsGivenUp() throws Exception {
        rules.setRenewalTimeout(Duration.ofSeconds(6));
        start();
        site.seats.set(9);
        site.logOutWaits = new CountDownLatch(1);
        page("anna");

        portal().session("anna").renew().get();

        assertThat(page("anna")).isEqualTo("page of s2");
        assertThat(portal().seats()).isEqualTo(new SeatStats(2, 0, 1));
    }

    @Test
    void aSessionThatTheSiteHasEndedItselfCountsAsLoggedOut() throws Exception {
        start();
        page("anna");
        site.forget();

        assertThat(page("anna")).isEqualTo("page of s2");

        assertThat(site.logOuts).hasValue(1);
        assertThat(portal().seats()).isEqualTo(new SeatStats(2, 1, 0));
    }

    @Test
    void manyExchangesThatFindASessionExpiredLogItOutOnce() throws Exception {
        start();
        page("anna");
        site.forget();

        List<CompletableFuture<Exchange>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(begin("direct:page", "anna"));
        }
        for (CompletableFuture<Exchange> one : all) {
            assertThat(one.get(30, TimeUnit.SECONDS).getException()).isNull();
        }

        assertThat(site.logOuts).hasValue(1);
        assertThat(site.taken()).containsExactly("s2");
    }

    @Test
    void aClearIsLocal() throws Exception {
        start();
        site.seats.set(2);
        page("anna");

        portal().session("anna").clear();
        page("anna");

        assertThat(site.logOuts).hasValue(0);
        assertThat(site.taken()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(portal().seats().seats()).isEqualTo(2);
    }

    @Test
    void whatNobodyHasLoggedInIsNotLoggedOut() throws Exception {
        start();
        send("sessions:fetch/" + site.url("/echo?renewFirst=false"), "anna");

        assertThat(portal().session("anna").close().get()).isTrue();

        assertThat(site.logOuts).hasValue(0);
    }

    @Test
    void aSessionFilledByHandIsLoggedOutToo() throws Exception {
        start();
        portal().session("anna").addCookies(site.url("/"), Map.of("sid", "x"));

        portal().session("anna").close().get();

        assertThat(site.logOuts).hasValue(1);
        assertThat(portal().seats()).isEqualTo(new SeatStats(1, 1, 0));
    }

    @Test
    void aSessionThatMakesRoomIsLoggedOut() throws Exception {
        context.getComponent("sessions", SessionsComponent.class).setMaxSessions(1);
        start();
        site.seats.set(2);
        page("anna");

        page("ben");

        await(() -> assertThat(site.taken()).containsExactly("s2"));
        await(() -> assertThat(portal().seats()).isEqualTo(new SeatStats(2, 1, 0)));
        assertThat(logOuts)
                .singleElement()
                .satisfies(headers -> assertThat(headers)
                        .containsEntry(SessionsConstants.ID, "anna")
                        .containsEntry(SessionsConstants.CAUSE, "eviction"));
    }

    @Test
    void aLogOutCannotRenewItsSession() throws Exception {
        rules.setCloseUri("direct:renewingLogout");
        start();
        page("anna");
        try (LogCapture log = new LogCapture()) {
            portal().session("anna").close().get();

            assertThat(log.of("io.github.camelsessions.internal.renewal.LogOuts"))
                    .singleElement()
                    .asString()
                    .contains("cannot be renewed by its own log-out");
        }
        assertThat(portal().ids()).isEmpty();
    }

    @Test
    void aStoppingContextLogsOutWhatHasCloseOnStop() throws Exception {
        rules.setCloseOnStop(true);
        start();
        site.seats.set(3);
        page("anna");
        page("ben");
        page("carl");

        context.stop();

        assertThat(site.taken()).isEmpty();
        assertThat(site.logOuts).hasValue(3);
        assertThat(logOuts).allSatisfy(headers -> assertThat(headers).containsEntry(SessionsConstants.CAUSE, "stop"));
    }

    @Test
    void aStoppingContextLogsOutWhenTheLastExchangeHasEnded() throws Exception {
        rules.setCloseOnStop(true);
        start();
        page("anna");
        site.slowWaits = new CountDownLatch(1);
        AtomicReference<String> answer = new AtomicReference<>();
        CompletableFuture<Exchange> slow = begin("direct:slow", "anna");
        assertThat(site.slowCame.await(30, TimeUnit.SECONDS)).isTrue();
        Thread stopping = new Thread(context::stop);
        stopping.start();
        await(() -> assertThat(context.isStopping()).isTrue());
        assertThat(site.logOuts).hasValue(0);
        site.slowWaits.countDown();
        answer.set(slow.get(30, TimeUnit.SECONDS).getMessage().getBody(String.class));
        stopping.join(PATIENCE.toMillis());

        assertThat(answer).hasValue("page of s1");
        assertThat(site.taken()).isEmpty();
    }

    @Test
    void aStoppingContextLeavesOthersAlone() throws Exception {
        start();
        page("anna");

        context.stop();

        assertThat(site.taken()).containsExactly("s1");
    }

    @Test
    void aContextWithoutRoutesLogsOutAsWell() throws Exception {
        try (DefaultCamelContext bare = new DefaultCamelContext()) {
            bare.disableJMX();
            SessionsComponent component = bare.getComponent("sessions", SessionsComponent.class);
            component.getConfiguration().setRenewalUri(fetchUri("/login"));
            component.getConfiguration().setCloseUri(fetchUri("/logout"));
            component.getConfiguration().setCloseOnStop(true);
            bare.start();
            Exchange done = bare.createProducerTemplate().send(fetchUri("/page"), exchange -> {});
            assertThat(done.getException()).isNull();
            assertThat(site.taken()).containsExactly("s1");

            bare.stop();
        }

        assertThat(site.taken()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "closeUri=nosuch:logout | closeUri=nosuch:logout: there is no component 'nosuch'; give one such as direct:logout",
                "closeUri=logout | closeUri=logout: must be the URI of an endpoint",
                "closeOnStop=true | closeOnStop=true: there is no closeUri that logs the session out",
                "closeOnStop=perhaps | option closeOnStop=perhaps: must be true or false",
                "closeuri=direct:logout | option 'closeuri' is written closeUri"
            })
    void aWrongOptionIsNamed(String option, String why) {
        context.start();

        assertThatThrownBy(() -> context.getEndpoint("sessions:fetch/" + site.url("/page") + "?" + option)
                        .createProducer()
                        .start())
                .hasStackTraceContaining(why);
    }
}
