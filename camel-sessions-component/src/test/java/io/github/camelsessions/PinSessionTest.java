/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionsConstants;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pinned block: its calls stay in one generation, or it starts again. */
class PinSessionTest extends SharedContextTest {

    private static final int PAGES = 5;
    private static final int CLAIMS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final WizardSite wizard = new WizardSite(PAGES);
    private final AtomicInteger deaths = new AtomicInteger();
    private final AtomicInteger runs = new AtomicInteger();
    private volatile Runnable meanwhile = () -> {};
    private volatile CompletableFuture<Void> tapped = new CompletableFuture<>();
    private final List<Object> bodies = new ArrayList<>();

    @BeforeEach
    void reset() {
        wizard.reset();
        deaths.set(0);
        runs.set(0);
        bodies.clear();
        tapped = new CompletableFuture<>();
        meanwhile = () -> {};
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sessions().engine().registry().stats())
                        .allSatisfy(stats ->
                                assertThat(stats.held() + stats.inFlight()).isZero()));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(sessions().engine().traffic().waiting()).isZero());
    }

    @Override
    void configure(CamelContext context) {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getConfiguration().setRenewalUri("direct:login");
        component.getConfiguration().setHoldTimeout(Duration.ofSeconds(25));
        component.getConfiguration().setRenewalTimeout(Duration.ofSeconds(20));
    }

    @Override
    void stopContext() {
        super.stopContext();
        wizard.close();
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(
                        deadLetterChannel("direct:dead").maximumRedeliveries(1).redeliveryDelay(0));
                from("direct:dead")
                        .process(exchange -> deaths.incrementAndGet())
                        .stop();
                from("direct:login").errorHandler(noErrorHandler()).to("sessions:fetch/" + wizard.url() + "/login");
                from("direct:page")
                        .process(PinSessionTest::nextForm)
                        .to("sessions:fetch/" + wizard.url() + "/wizard?method=POST");
                from("direct:seda-page").to("seda:page?waitForTaskToComplete=Always");
                from("seda:page?concurrentConsumers=20").to("direct:page");
                from("direct:multicast-page")
                        .multicast(AggregationStrategies.useLatest())
                        .parallelProcessing()
                        .to("direct:page")
                        .end();
                from("direct:recipients-page")
                        .recipientList(constant("direct:page"))
                        .aggregationStrategy(AggregationStrategies.useLatest());
                from("direct:enrich-page").enrich("direct:page");
                from("direct:try-page")
                        .doTry()
                        .to("direct:page")
                        .doCatch(Exception.class)
                        .process(exchange -> deaths.incrementAndGet())
                        .doFinally()
                        .log(LoggingLevel.DEBUG, "page")
                        .end();
                from("direct:threads-page").threads(4, 20).to("direct:page");
                from("direct:split-page")
                        .split(constant(List.of(1)), AggregationStrategies.useLatest())
                        .to("direct:page")
                        .end();

                wizard(from("direct:unpinned")).end();
                wizard(from("direct:pinned").policy("pinSession:${header.CamelSessionsId}"));
                wizard(from("direct:stubborn").policy("pinSession:${header.CamelSessionsId}?restarts=1000"));
                wizard(from("direct:noErrorHandler")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}?restarts=2"));
                wizard(from("direct:exclusive")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}?exclusive=true"));
                from("direct:way")
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> runs.incrementAndGet())
                        .process(PinSessionTest::firstForm)
                        .loop(PAGES)
                        .toD("${header.way}")
                        .process(PinSessionTest::readToken)
                        .process(exchange -> meanwhile.run());
                from("direct:split-of-two")
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> runs.incrementAndGet())
                        .process(PinSessionTest::firstForm)
                        .to("direct:page")
                        .process(PinSessionTest::readToken)
                        .process(exchange -> meanwhile.run())
                        .split(constant(List.of("a", "b")))
                        .parallelProcessing()
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .end()
                        .process(exchange -> bodies.add("after"))
                        .end()
                        .setHeader("done", constant(true));
                from("direct:renews")
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> runs.incrementAndGet())
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .toD("direct:${header.way}")
                        .setBody(constant(null))
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET");
                for (String operation : new String[] {"renew", "clear", "close"}) {
                    from("direct:" + operation).errorHandler(noErrorHandler()).to("sessions:" + operation);
                }
                from("direct:limited")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> runs.incrementAndGet())
                        .process(PinSessionTest::firstForm)
                        .loop(PAGES)
                        .process(PinSessionTest::nextForm)
                        .to("sessions:fetch/" + wizard.url() + "/wizard?method=POST&maxUses=7")
                        .process(PinSessionTest::readToken);
                from("direct:save")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> runs.incrementAndGet())
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .setBody(constant("a=b"))
                        .to("sessions:fetch/" + wizard.url() + "/save?method=POST");
                from("direct:tap").process(exchange -> tapped.join()).to("sessions:fetch/" + wizard.url() + "/page");
                from("direct:tapping")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}")
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .wireTap("direct:tap")
                        .end();
                from("direct:message")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}")
                        .process(exchange -> {
                            bodies.add(exchange.getMessage().getBody(String.class));
                            bodies.add(exchange.getMessage().getHeader("set"));
                            bodies.add(exchange.getProperty(Exchange.CHARSET_NAME));
                            exchange.getMessage().setHeader("set", "in the block");
                            exchange.setProperty(Exchange.CHARSET_NAME, "ISO-8859-1");
                            exchange.getMessage().setBody(null);
                        })
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .process(exchange -> meanwhile.run())
                        .setBody(constant(null))
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET");
                from("direct:default")
                        .policy("pinSession:" + "byName")
                        .setBody(constant(null))
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET&sessionId=other");
                from("direct:any")
                        .policy("pinSession:*")
                        .process(exchange -> runs.incrementAndGet())
                        .process(PinSessionTest::firstForm)
                        .loop(PAGES)
                        .process(PinSessionTest::nextForm)
                        .to("sessions:fetch/" + wizard.url() + "/wizard?method=POST&pool=claims&poolSize=2")
                        .process(PinSessionTest::readToken)
                        .process(exchange -> meanwhile.run());
                from("direct:nested")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}?exclusive=true")
                        .policy("pinSession:${header.CamelSessionsId}?exclusive=true")
                        .setBody(constant(null))
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET")
                        .end()
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET");
                from("direct:outer")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}")
                        .policy("pinSession:${header.CamelSessionsId}?exclusive=true")
                        .to("sessions:fetch/" + wizard.url() + "/page?method=GET");
                from("direct:failing")
                        .errorHandler(noErrorHandler())
                        .policy("pinSession:${header.CamelSessionsId}?exclusive=true")
                        .process(exchange -> {
                            throw new AssertionError("an error in the block");
                        });
            }

            private ProcessorDefinition<?> wizard(ProcessorDefinition<?> route) {
                return route.process(exchange -> runs.incrementAndGet())
                        .process(PinSessionTest::firstForm)
                        .loop(PAGES)
                        .process(PinSessionTest::nextForm)
                        .to("sessions:fetch/" + wizard.url() + "/wizard?method=POST")
                        .process(PinSessionTest::readToken)
                        .process(exchange -> meanwhile.run());
            }
        };
    }

    // ---- the wizard as a route sends it

    private static void firstForm(Exchange exchange) {
        exchange.setProperty("claim", exchange.getMessage().getBody(String.class));
        exchange.setProperty("page", 0);
        exchange.setProperty("token", "");
    }

    private static void nextForm(Exchange exchange) {
        exchange.getMessage()
                .setBody(Map.of(
                        "claim", exchange.getProperty("claim"),
                        "page", exchange.getProperty("page", Integer.class) + 1,
                        "token", exchange.getProperty("token")));
    }

    private static void readToken(Exchange exchange) {
        exchange.setProperty("page", exchange.getProperty("page", Integer.class) + 1);
        exchange.setProperty("token", exchange.getMessage().getBody(String.class));
    }

    private List<CompletableFuture<Exchange>> claims(String route) {
        return IntStream.range(0, CLAIMS)
                .mapToObj(i -> template.asyncSend(route, exchange -> {
                    exchange.getMessage().setBody("claim" + i);
                    exchange.getMessage().setHeader(SessionsConstants.ID, session);
                }))
                .toList();
    }

    private static Exchange end(CompletableFuture<Exchange> asked) {
        try {
            return asked.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Exchange claim(String route, Object... headers) {
        return end(claimAsync(route, headers));
    }

    private CompletableFuture<Exchange> claimAsync(String route, Object... headers) {
        return template.asyncSend(route, exchange -> {
            exchange.getMessage().setBody("claim");
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getMessage().setHeader((String) headers[i], headers[i + 1]);
            }
        });
    }

    /** The session is begun anew while the block runs, so often. */
    private void renewMeanwhile(int times) {
        AtomicInteger left = new AtomicInteger(times);
        meanwhile = () -> {
            if (left.getAndDecrement() > 0) {
                wizard.endSessions();
                sessions().session(session).renew().join();
            }
        };
    }

    // ---- many at once

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void allClaimsOfASharedSessionThatEndsAtRandomAreCompletedOnce(long seed) {
        endAtRandom(seed);

        List<Exchange> ended =
                claims("direct:pinned").stream().map(PinSessionTest::end).toList();

        assertThat(ended)
                .allSatisfy(exchange ->
                        assertThat(exchange.getException()).as("seed %s", seed).isNull());
        assertThat(wizard.completed()).as("seed %s", seed).hasSize(CLAIMS);
        assertThat(wizard.completed().values()).containsOnly(1);
        assertThat(wizard.wrongTokens()).isZero();
        assertThat(runs.get()).as("blocks have started again").isGreaterThan(CLAIMS);
        assertThat(runs.get()).isLessThanOrEqualTo(CLAIMS * 4);
        assertThat(deaths.get()).as("error handlers have seen nothing").isZero();
    }

    @Test
    void withoutThePolicySomeClaimsAreLost() {
        endAtRandom(42);

        claims("direct:unpinned").forEach(PinSessionTest::end);

        assertThat(wizard.completed()).hasSizeLessThan(CLAIMS);
        assertThat(wizard.wrongTokens()).isPositive();
    }

    /** Three times among the requests that there are at least. */
    private void endAtRandom(long seed) {
        Random random = new Random(seed);
        wizard.endAt(List.of(10 + random.nextInt(20), 40 + random.nextInt(20), 70 + random.nextInt(20)));
    }

    // ---- one block

    @ParameterizedTest
    @ValueSource(
            strings = {
                "direct:page",
                "direct:seda-page",
                "direct:threads-page",
                "direct:split-page",
                "direct:multicast-page",
                "direct:recipients-page",
                "direct:enrich-page",
                "direct:try-page"
            })
    void aBlockStartsAgainWhereverItsCallsAreMade(String way) {
        renewMeanwhile(2);

        Exchange ended = claim("direct:way", "way", way);

        assertThat(ended.getException()).isNull();
        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 1));
        assertThat(deaths.get()).isZero();
        assertThat(runs.get()).isEqualTo(3);
        assertThat(ended.isRouteStop()).isFalse();
    }

    @Test
    void whatFollowsASplitterWithACallThatWasLeftOutIsLeftOutToo() {
        renewMeanwhile(1);

        Exchange ended = claim("direct:split-of-two");

        assertThat(runs.get()).isEqualTo(2);
        assertThat(bodies).containsExactly("after");
        assertThat(ended.getMessage().getHeader("done")).isEqualTo(true);
        assertThat(wizard.asked("/page")).isEqualTo(2);
    }

    @Test
    void aLimitThatEndsTheSessionStartsItAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(claim("direct:limited").getException()).isNull();
        }

        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 3));
        assertThat(wizard.wrongTokens()).isZero();
        assertThat(runs.get()).isEqualTo(5); // 5 of 7, 2 of 7 and 5 of 7, 2 of 7 and 5 of 7
        assertThat(wizard.logIns()).isEqualTo(3);
    }

    @Test
    void aPostThatTheSiteHasCarriedOutIsNotRepeatedForThePageItLeadsTo() {
        Exchange ended = claim("direct:save");

        assertThat(ended.getException()).isNull();
        assertThat(wizard.log()).containsExactly("/page", "/save", "/page");
        assertThat(runs.get()).isEqualTo(1);
        assertThat(wizard.logIns()).isEqualTo(2);
    }

    @Test
    void whatACopySendsAfterTheBlockHasEndedIsNoCallOfIt() {
        Exchange ended = claim("direct:tapping");
        wizard.endSessions();
        sessions().session(session).renew().join();
        tapped.complete(null);

        assertThat(ended.getException()).isNull();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(wizard.asked("/page")).isEqualTo(2));
    }

    @Test
    void aSessionThatWasClearedMeanwhileStartsItAgain() {
        AtomicInteger left = new AtomicInteger(1);
        meanwhile = () -> {
            if (left.getAndDecrement() > 0) {
                sessions().session(session).clear();
            }
        };

        assertThat(claim("direct:pinned").getException()).isNull();
        assertThat(runs.get()).isEqualTo(2);
        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 1));
    }

    @Test
    void aSessionThatWasClosedMeanwhileStartsItAgain() {
        AtomicInteger left = new AtomicInteger(1);
        meanwhile = () -> {
            if (left.getAndDecrement() > 0) {
                sessions().session(session).close().join();
            }
        };

        assertThat(claim("direct:pinned").getException()).isNull();
        assertThat(runs.get()).isEqualTo(2);
        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 1));
    }

    @Test
    void anAnswerThatRefusesTheFirstCallIsNoRestart() {
        claim("direct:pinned");
        wizard.endSessions();
        runs.set(0);

        assertThat(claim("direct:pinned").getException()).isNull();
        assertThat(runs.get()).isEqualTo(1);
        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 2));
    }

    @Test
    void aBlockThatHasStartedAsOftenAsItMayFailsAndSaysSo() {
        renewMeanwhile(Integer.MAX_VALUE);

        Exchange ended = claim("direct:noErrorHandler");

        assertThat(runs.get()).isEqualTo(3);
        assertThat(ended.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("session '" + session + "'")
                .hasMessageContaining("restarts=2")
                .hasMessageContaining("exclusive=true");
        assertThat(ended.getException(SessionExpiredException.class).getStatusCode())
                .isZero();
    }

    @Test
    void aBlockThatWasRefusedTooOftenFailsWithThatAnswer() {
        meanwhile = wizard::endSessions;

        Exchange ended = claim("direct:noErrorHandler");

        assertThat(runs.get()).isEqualTo(3);
        assertThat(ended.getException()).isInstanceOfSatisfying(SessionExpiredException.class, expired -> {
            assertThat(expired.getStatusCode()).isEqualTo(401);
            assertThat(expired.getResponseBody()).isEqualTo("please log in");
            assertThat(expired).hasMessageContaining("restarts=2");
        });
    }

    @Test
    void theMessageIsThatOfBeforeAtEachStart() {
        renewMeanwhile(1);

        Exchange ended = template.send("direct:message", exchange -> {
            exchange.getMessage().setBody(new ByteArrayInputStream("grüß Gott".getBytes(StandardCharsets.UTF_8)));
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
            exchange.getMessage().setHeader("set", "before");
            exchange.setProperty(Exchange.CHARSET_NAME, "UTF-8");
        });

        assertThat(ended.getException()).isNull();
        assertThat(bodies).containsExactly("grüß Gott", "before", "UTF-8", "grüß Gott", "before", "UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"renew", "clear", "close"})
    void aBlockThatBeginsItsSessionAnewItselfGoesOn(String operation) {
        Exchange ended = claim("direct:renews", "way", operation);

        assertThat(ended.getException()).isNull();
        assertThat(runs.get()).isEqualTo(1);
        assertThat(wizard.asked("/page")).isEqualTo(2);
        assertThat(wizard.logIns()).isEqualTo(2);
    }

    @Test
    void callsThatNameNoSessionAreInThatOfTheBlock() {
        Exchange ended = template.send("direct:default", exchange -> {});

        assertThat(ended.getException()).isNull();
        assertThat(sessions().session("byName").stats()).isPresent();
        assertThat(ended.getMessage().getHeader(SessionsConstants.USED_ID)).isEqualTo("other");
    }

    @Test
    void aBlockPinsWhateverSessionItsPoolHasChosen() {
        AtomicInteger left = new AtomicInteger(1);
        meanwhile = () -> {
            if (left.getAndDecrement() > 0) {
                wizard.endSessions();
            }
        };

        Exchange ended =
                template.send("direct:any", exchange -> exchange.getMessage().setBody("claim"));

        assertThat(ended.getException()).isNull();
        assertThat(runs.get()).isEqualTo(2);
        assertThat(wizard.completed()).containsExactly(Map.entry("claim", 1));
        assertThat(wizard.wrongTokens()).isZero();
    }

    // ---- alone in the session

    @Test
    void nobodyElseUsesTheSessionOfAnExclusiveBlock() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        meanwhile = () -> {
            inside.countDown();
            awaitLatch(goOn);
        };
        CompletableFuture<Exchange> block = claimAsync("direct:exclusive");
        awaitLatch(inside);

        List<CompletableFuture<Exchange>> others =
                IntStream.range(0, 10).mapToObj(i -> page()).toList();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(held()).isEqualTo(10));
        goOn.countDown();

        assertThat(end(block).getException()).isNull();
        assertThat(others)
                .allSatisfy(other -> assertThat(end(other).getException()).isNull());
        assertThat(wizard.log().subList(0, PAGES))
                .containsExactly("claim:1", "claim:2", "claim:3", "claim:4", "claim:5");
        assertThat(wizard.asked("/page")).isEqualTo(10);
    }

    @Test
    void exclusiveBlocksGoOneAfterAnotherAndNoneOfThemIsBroken() {
        List<Exchange> ended =
                claims("direct:exclusive").stream().map(PinSessionTest::end).toList();

        assertThat(ended)
                .allSatisfy(exchange -> assertThat(exchange.getException()).isNull());
        assertThat(runs.get()).isEqualTo(CLAIMS);
        List<String> log = wizard.log();
        for (int i = 0; i < CLAIMS; i++) {
            String claim = log.get(i * PAGES).replaceAll(":.*", ":");
            assertThat(log.subList(i * PAGES, (i + 1) * PAGES)).allMatch(line -> line.startsWith(claim));
        }
    }

    @Test
    void aRenewalThatAnExclusiveBlockNeedsRunsAllTheSame() {
        AtomicInteger left = new AtomicInteger(1);
        meanwhile = () -> {
            if (left.getAndDecrement() > 0) {
                IntStream.range(0, 5).forEach(i -> page());
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(held()).isEqualTo(5));
                wizard.endSessions();
            }
        };

        assertThat(claim("direct:exclusive").getException()).isNull();

        assertThat(runs.get()).isEqualTo(2);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(wizard.asked("/page")).isEqualTo(5));
        assertThat(wizard.log().subList(0, PAGES + 1)).doesNotContain("/page");
        assertThat(wizard.logIns()).isEqualTo(2);
    }

    @Test
    void anExclusiveBlockWithinItselfHasTheSessionAlready() {
        assertThat(claim("direct:nested").getException()).isNull();
        assertThat(wizard.asked("/page")).isEqualTo(2);
    }

    @Test
    void anExclusiveBlockWithinOneThatIsNotFailsAndSaysWhy() {
        assertThat(claim("direct:outer").getException())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("make the outer one exclusive");
    }

    @Test
    void anExclusiveBlockThatEndsWithAnErrorLetsOthersIn() {
        assertThat(claim("direct:failing").getException()).hasRootCauseInstanceOf(AssertionError.class);

        assertThat(end(page()).getException()).isNull();
    }

    @Test
    void aStopEndsAnExclusiveBlockAndWhoWaitsForIt() throws Exception {
        DefaultCamelContext own = new DefaultCamelContext();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        own.getShutdownStrategy().setTimeout(1);
        own.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:block").policy("pinSession:anna?exclusive=true").process(exchange -> {
                    inside.countDown();
                    awaitLatch(goOn);
                });
                from("direct:other").policy("pinSession:anna?exclusive=true").to("log:never");
            }
        });
        own.start();
        CompletableFuture<Exchange> block = own.createProducerTemplate().asyncSend("direct:block", exchange -> {});
        awaitLatch(inside);
        CompletableFuture<Exchange> other = own.createProducerTemplate().asyncSend("direct:other", exchange -> {});
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(Sessions.get(own).engine().traffic().waiting())
                                .isEqualTo(1));

        own.stop();

        assertThat(end(other).getException()).isInstanceOf(SessionHoldException.class);
        goOn.countDown();
        end(block);
    }

    @Test
    void whoWaitsForAnExclusiveBlockForTooLongIsToldWhy() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        meanwhile = () -> {
            inside.countDown();
            awaitLatch(goOn);
        };
        CompletableFuture<Exchange> block = claimAsync("direct:exclusive");
        awaitLatch(inside);

        Exchange late =
                send("sessions:fetch/" + wizard.url() + "/page?method=GET&holdTimeout=200&renewalTimeout=100", null);

        assertThat(late.getException())
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("a pinned block has the session to itself");
        goOn.countDown();
        assertThat(end(block).getException()).isNull();
    }

    private CompletableFuture<Exchange> page() {
        return template.asyncSend(
                "sessions:fetch/" + wizard.url() + "/page?method=GET",
                exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, session));
    }

    private int held() {
        return sessions().session(session).stats().map(stats -> stats.held()).orElse(0);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- what a route says

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pinSession:anna?restart=5",
                "pinSession:anna?restarts=many",
                "pinSession:anna?exclusive=yes",
                "pinSession:*?exclusive=true",
                "pinSession:"
            })
    void whatIsWrongInAReferenceShowsAtTheStart(String reference) throws Exception {
        try (DefaultCamelContext own = new DefaultCamelContext()) {
            own.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:wrong").policy(reference).to("log:never");
                }
            });
            assertThatThrownBy(own::start).rootCause().hasMessageContaining(reference);
        }
    }
}
