/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionFailure;
import io.github.camelsessions.api.SessionHoldException;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.internal.renewal.RenewalListener;
import io.github.camelsessions.internal.renewal.RenewalRules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a session and its exchanges when it cannot be renewed, or not in time. */
class AutomaticRenewalFailureTest extends AutomaticRenewalSupport {

    private static final String QUICK = "renewalBackoff=1ms";
    private static final String SHORT = "renewalTimeout=300ms&holdTimeout=20s";

    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch late = new CountDownLatch(1);
    private final CountDownLatch posted = new CountDownLatch(1);
    private volatile Throwable zombie;

    AutomaticRenewalFailureTest() {
        super(siteOfAnna());
    }

    @Override
    void configure() throws Exception {
        route(
                "direct:flaky",
                exchange -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new IOException("connection reset");
                    }
                },
                "direct:login");
        route("direct:throws", exchange -> {
            throw new IllegalArgumentException("no password in the vault");
        });
        route("direct:fetchesRefused", exchange -> attempts.incrementAndGet(), uri(site, "/page/own", ""));
        route(
                "direct:reenters",
                exchange -> {
                    attempts.incrementAndGet();
                    exchange.getMessage().setBody(null);
                },
                "sessions:renew?renewalUri=direct:login",
                "direct:login");
        route(
                "direct:wakesLate",
                exchange -> {
                    late.await();
                    exchange.getMessage().removeHeaders("*");
                },
                "direct:postsLate");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:postsLate")
                        .doTry()
                        .process(loginOf("anna"))
                        .to(uri(site, "/login", ""))
                        .doCatch(Exception.class)
                        .process(exchange -> zombie = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))
                        .end()
                        .process(exchange -> posted.countDown());
            }
        });
        route(
                "direct:loginOfA",
                exchange -> exchange.getMessage().setBody(null),
                uri(site, "/page/b", "renewalUri=direct:loginOfB&sessionId=cycleB"),
                "direct:login");
        route(
                "direct:loginOfB",
                exchange -> exchange.getMessage().setBody(null),
                uri(site, "/page/a", "renewalUri=direct:loginOfA&sessionId=cycleA"),
                "direct:login");
    }

    private SessionRenewalException failed(Exchange done) {
        assertThat(done.getException()).isInstanceOf(SessionRenewalException.class);
        return (SessionRenewalException) done.getException();
    }

    private String renewedBy(String route, String options) {
        return uri(site, "/page/1", "renewalUri=" + route + (options.isEmpty() ? "" : "&" + options));
    }

    // ---- what may pass

    @Test
    void aLogInThatFailsForAWhileIsTriedAgain() {
        site.failLogins(503, 2);
        site.retryAfter(Duration.ZERO);

        assertThat(text(fetch("/page/1", QUICK))).contains("user=anna");
        assertThat(site.loginsAttempted()).isEqualTo(3);
        assertThat(stats().attempts()).isEqualTo(3);
        assertThat(stats().renewals()).isEqualTo(1);
        assertThat(stats().failures()).isZero();
    }

    @Test
    void aLogInThatCannotBeReachedIsTriedAgain() {
        attempts.set(0);

        assertThat(text(fetch(renewedBy("direct:flaky", QUICK)))).contains("user=anna");
        assertThat(attempts).hasValue(3);
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aServerThatAsksToWaitLongerThanARenewalMayTakeIsLeftAlone() {
        site.failLogins(503);
        site.retryAfter(Duration.ofHours(1));

        failed(fetch("/page/1", QUICK));
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 200})
    void aRefusedLogInIsNotTriedAgain(int status) {
        site.failLogins(status);

        failed(fetch("/page/1", QUICK));
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.accepted() + site.refused()).isZero();
    }

    // ---- cool-down

    @Test
    void aLogInThatAlwaysFailsIsTriedAsOftenAsAllowedForAThousandExchanges() throws Exception {
        site.failLogins(503);
        List<Exchange> done = all(start(1000, n -> start("/page/" + n, QUICK)));

        assertThat(done)
                .allSatisfy(exchange -> assertThat(exchange.getException())
                        .isInstanceOfSatisfying(SessionRenewalException.class, failure -> {
                            assertThat(failure).isInstanceOf(SessionFailure.class);
                            assertThat(failure).hasMessageContaining("HTTP operation failed");
                            assertThat(failure.getRetryAt()).isEqualTo(now.get().plusSeconds(30));
                            assertThat(failure.getSessionId()).isEqualTo(session);
                            assertThat(failure.getSite()).isEmpty();
                            assertThat(failure.getGeneration()).isZero();
                            assertThat(failure.getHeld()).isNotNegative();
                            assertThat(failure).hasMessageContaining("session '" + session + "': could not be renewed");
                        }));
        assertThat(site.loginsAttempted()).isEqualTo(3);
        assertThat(site.accepted() + site.refused()).isZero();
    }

    @Test
    void theExceptionTellsHowManyWereHeld() throws Exception {
        site.failLogins(403);
        site.hangLogins();
        List<CompletableFuture<Exchange>> sendings = start(20, n -> start("/page/" + n, ""));
        awaitHeld(20);
        site.releaseLogins();

        assertThat(all(sendings))
                .anySatisfy(exchange -> assertThat(failed(exchange).getHeld()).isBetween(1, 20));
    }

    @Test
    void theCoolDownDoublesUpToItsLongestAndASuccessEndsItsRow() {
        String options = "renewalCooldown=10s&renewalCooldownMax=35s";
        site.failLogins(403);
        Instant retryAt = null;
        for (int seconds : new int[] {10, 20, 35, 35}) {
            retryAt = failed(fetch("/page/1", options)).getRetryAt();
            assertThat(retryAt).isEqualTo(now.get().plusSeconds(seconds));
            now.set(retryAt.minusSeconds(seconds / 2));
            assertThat(failed(fetch("/page/1", options)).getRetryAt()).isEqualTo(retryAt);
            now.set(retryAt);
        }
        assertThat(site.loginsAttempted()).isEqualTo(4);

        site.repairLogins();
        assertThat(text(fetch("/page/1", options))).contains("user=anna");
        site.failLogins(403);
        site.expireNow();
        assertThat(failed(fetch("/page/1", options)).getRetryAt())
                .isEqualTo(now.get().plusSeconds(10));
    }

    @Test
    void noRouteShortensTheCoolDownByClosingTheSession() {
        site.failLogins(403);
        Instant retryAt = failed(fetch("/page/1", "")).getRetryAt();

        for (int i = 0; i < 5; i++) {
            assertThat(send("sessions:close", null, Map.of()).getException()).isNull();
            assertThat(failed(fetch("/page/1", "")).getRetryAt()).isEqualTo(retryAt);
        }

        assertThat(site.loginsAttempted()).isEqualTo(1);
        now.set(retryAt);
        site.repairLogins();
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
    }

    @Test
    void aRouteOfAnOperatorEndsTheCoolDown() {
        site.failLogins(403);
        failed(fetch("/page/1", ""));
        site.repairLogins();
        failed(fetch("/page/1", ""));

        send("sessions:endCooldown", null, Map.of());

        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
    }

    @Test
    void itEndsTheCoolDownOfAClosedSessionToo() {
        site.failLogins(403);
        failed(fetch("/page/1", ""));
        send("sessions:close", null, Map.of());
        site.repairLogins();

        send("sessions:endCooldown", null, Map.of());

        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
    }

    @Test
    void theListSaysWhenTheNextAttemptIsMade() {
        site.failLogins(403);
        Instant retryAt = failed(fetch("/page/1", "")).getRetryAt();

        List<?> rows = send("sessions:list", null, Map.of()).getMessage().getBody(List.class);

        assertThat(rows)
                .anySatisfy(row -> assertThat(row)
                        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                        .containsEntry("id", session)
                        .containsEntry("state", "FAILED")
                        .containsEntry("retryAt", retryAt));
    }

    @Test
    void exchangesThatEndureAreHeldOverTheCoolDown() throws Exception {
        String options = "onRenewalFailure=hold&renewalCooldown=10m";
        site.failLogins(403);
        List<CompletableFuture<Exchange>> held = start(10, i -> start("/page/" + i, options));
        awaitHeld(10);
        await(() -> assertThat(stats().state()).isEqualTo("FAILED"));
        CompletableFuture<Exchange> later = start("/page/later", options);
        awaitHeld(11);
        assertThat(site.loginsAttempted()).isEqualTo(1);
        site.repairLogins();

        sessions().session(session).endCooldown();

        assertThat(all(held)).allSatisfy(exchange -> assertThat(text(exchange)).contains("user=anna"));
        assertThat(text(get(later))).contains("user=anna");
        assertThat(site.loginsAttempted()).isEqualTo(2);
    }

    @Test
    void theEndOfTheCoolDownLetsThoseThatEndureGoOn() throws Exception {
        String options = "onRenewalFailure=hold&renewalCooldown=100ms";
        site.failLogins(403);
        CompletableFuture<Exchange> held = start("/page/1", options);
        await(() -> assertThat(site.loginsAttempted()).isGreaterThan(1));
        site.repairLogins();

        assertThat(text(get(held))).contains("user=anna");
    }

    @Test
    void whoeverEnduresEndsWithItsHoldTimeout() throws Exception {
        site.failLogins(403);
        CompletableFuture<Exchange> held =
                start("/page/1", "onRenewalFailure=hold&renewalCooldown=10m&renewalTimeout=50ms&holdTimeout=200ms");

        assertThat(get(held).getException())
                .isInstanceOf(SessionHoldException.class)
                .hasMessageContaining("the latest renewal has failed, the next attempt is made at");
    }

    @Test
    void afterTheCoolDownThereIsOneAttemptOnly() {
        site.failLogins(503);
        fetch("/page/1", QUICK);
        now.getAndUpdate(time -> time.plusSeconds(30));
        failed(fetch("/page/1", QUICK));

        assertThat(site.loginsAttempted()).isEqualTo(3 + 1);
    }

    @Test
    void clearDoesNotEndTheCoolDownButAnOperatorDoes() {
        site.failLogins(403);
        fetch("/page/1", "");
        fetch("sessions:clear");
        sessions().session(session).clear();
        failed(fetch("/page/1", ""));
        assertThat(site.loginsAttempted()).isEqualTo(1);

        site.repairLogins();
        sessions().session(session).endCooldown();
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
        assertThat(site.loginsAttempted()).isEqualTo(2);
    }

    @Test
    void anExplicitRenewalWaitsForTheEndOfTheCoolDownToo() throws Exception {
        site.failLogins(403);
        fetch("/page/1", "");
        site.repairLogins();

        failed(fetch("sessions:renew?renewalUri=direct:login"));
        failed(send("sessions:renew/" + site.url("/login"), Map.of("user", "anna", "password", "secret"), Map.of()));
        assertThat(sessions().session(session).renew("direct:login"))
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(SessionRenewalException.class);
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aCoolDownIsOneLineInTheLog() throws Exception {
        site.failLogins(403);
        try (LogCapture log = new LogCapture()) {
            all(start(100, n -> start("/page/" + n, "")));
            failed(fetch("/page/1", ""));
            String first = now.get().plusSeconds(30).toString();
            now.getAndUpdate(time -> time.plusSeconds(30));
            failed(fetch("/page/1", ""));
            failed(fetch("/page/1", ""));

            // the thread that logs it may be another than the one that ends the exchange, and later than the next one
            await(() -> assertThat(log.of("io.github.camelsessions"))
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("session '" + session + "' could not be renewed", "403", "sessions:endCooldown"))
                    .filteredOn(line -> line.contains(first))
                    .hasSize(1));
        }
    }

    @Test
    void aFailedLogInIsOneStackTraceHoweverManyFailByIt() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler());
                from("direct:logged").to(uri("/page/1", ""));
            }
        });
        site.failLogins(403);
        site.hangLogins();
        try (LogCapture log = new LogCapture()) {
            List<CompletableFuture<Exchange>> sendings = start(500, n -> start("direct:logged", null, Map.of()));
            awaitHeld(500);
            site.releaseLogins();
            List<Exchange> done = all(sendings);
            Exchange late = fetch("direct:logged");

            assertThat(done)
                    .filteredOn(exchange -> failed(exchange).getCause() != null)
                    .hasSize(1);
            assertThat(failed(late))
                    .hasNoCause()
                    .hasMessageContaining(HttpOperationFailedException.class.getName() + ": HTTP operation failed")
                    .hasMessageContaining("statusCode: 403");
            assertThat(failed(late).getRetryAt()).isEqualTo(now.get().plusSeconds(30));
            await(() -> assertThat(log.text()).contains("session '" + session + "' could not be renewed"));
            List<String> frames =
                    log.text().lines().filter(line -> line.startsWith("\tat ")).toList();
            assertThat(frames).hasSizeBetween(10, 1_000); // of the ERROR line, and of the one that began the renewal
            assertThat(log.text().lines().count()).isLessThan(15_000);
        }
    }

    @Test
    void aListenerThatTakesItsTimeDelaysNobodyAndIsToldInOrder() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        List<String> told = new CopyOnWriteArrayList<>();
        RenewalListener slow = new RenewalListener() {
            @Override
            public void renewed(SessionKey session) {
                told.add("renewed");
            }

            @Override
            public void failed(SessionKey session, RenewalRules rules, Instant retryAt) {
                told.add("failed");
                awaitQuietly(done);
            }

            @Override
            public void cooldownEnded(SessionKey session) {
                told.add("cooldownEnded");
                throw new IllegalStateException("to be logged, and to stop nothing");
            }
        };
        sessions().engine().traffic().addListener(slow);
        try {
            site.hangLogins();
            failed(fetch("/page/1", SHORT)); // by its time-out, which the timer tells
            await(() -> assertThat(told).containsExactly("failed"));
            sessions().session(session).endCooldown();
            CompletableFuture<Exchange> patient = start("/page/1", "");
            awaitHeld(1);
            holdFailure(fetch("/page/2", "renewalTimeout=50ms&holdTimeout=100ms")); // the timer is free
            site.releaseLogins();
            assertThat(text(get(patient))).contains("user=anna");
            assertThat(told).containsExactly("failed");
            done.countDown();
            await(() -> assertThat(told.stream().distinct()).containsExactly("failed", "cooldownEnded", "renewed"));
        } finally {
            done.countDown();
            sessions().engine().traffic().removeListener(slow);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- a renewal that does not help

    @Test
    void aLogInAfterWhichEverythingIsRefusedHasFailed() throws Exception {
        site.acceptLoginsButRefuseAll();
        List<Exchange> done = all(start(200, n -> start("/page/" + n, "")));

        assertThat(done)
                .allSatisfy(exchange -> assertThat(exchange.getException())
                        .isInstanceOfAny(SessionRenewalException.class, SessionExpiredException.class));
        assertThat(site.loginsAttempted()).isLessThanOrEqualTo(3 + 1); // the first one was not caused by a refusal
        int before = site.loginsAttempted();
        for (int n = 0; n < 20; n++) {
            assertThat(fetch("/page/" + n, "").getException()).isNotNull();
        }
        assertThat(site.loginsAttempted()).isLessThanOrEqualTo(Math.max(before, 4));
    }

    @Test
    void forbiddenPagesStandAndChangeNobodyElsesOutcome() throws Exception {
        String options = "expiredStatusCodeRange=401,403";
        List<CompletableFuture<Exchange>> sendings =
                start(400, n -> start((n % 20 == 7 ? "/forbidden/" : "/page/") + n, options));
        for (int n = 0; n < 400; n++) {
            Exchange done = get(sendings.get(n));
            if (n % 20 == 7) {
                assertThat(done.getException()).isInstanceOf(SessionExpiredException.class);
            } else {
                assertThat(text(done)).contains("path=/page/" + n + "\n");
            }
        }
        assertThat(site.loginsAttempted()).isLessThan(30);
        assertThat(stats().failures()).isZero();
    }

    // ---- a renewal that goes wrong

    @Test
    void aLogInThatNeverEndsIsAbortedAndFailsThoseThatAreHeld() throws Exception {
        site.hangLogins();
        List<Exchange> done = all(start(5, n -> start("/page/" + n, SHORT)));

        assertThat(done)
                .allSatisfy(exchange -> assertThat(failed(exchange))
                        .hasMessageContaining("no end within 300 ms")
                        .hasMessageContaining("ProducerTemplate"));
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aLogInThatWakesUpLateReachesNeitherTheServerNorAnySession() throws Exception {
        failed(fetch(renewedBy("direct:wakesLate", SHORT)));
        sessions().session(session).endCooldown();
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
        Map<String, String> cookies = sessions().session(session).cookieMap();
        List<String> ids = sessions().ids();

        late.countDown();
        assertThat(posted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(zombie).isInstanceOf(SessionRenewalException.class).hasMessageContaining("has failed or timed out");
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(sessions().session(session).cookieMap()).isEqualTo(cookies);
        assertThat(sessions().ids()).isEqualTo(ids);
        assertThat(stats().renewals()).isEqualTo(1);
    }

    @Test
    void aLateSuccessIsDropped() throws Exception {
        site.hangLogins();
        failed(fetch("/page/1", SHORT));
        sessions().session(session).endCooldown();
        site.releaseLogins();

        assertThat(sessions().session(session).cookieMap()).isEmpty();
        assertThat(stats().renewals()).isZero();
        assertThat(text(fetch("/page/1", ""))).contains("user=anna");
    }

    @Test
    void aLogInThatThrowsIsTheCause() {
        SessionRenewalException failure = failed(fetch(renewedBy("direct:throws", "")));

        assertThat(failure).hasMessageContaining("no password in the vault");
        assertThat(failure.getCause()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLogInWhoseOwnFetchIsRefusedFailsAndRenewsNothing() {
        attempts.set(0);
        SessionRenewalException failure = failed(fetch(renewedBy("direct:fetchesRefused", "")));

        assertThat(failure.getCause()).isExactlyInstanceOf(HttpOperationFailedException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aLogInThatRenewsItsOwnSessionJoinsItself() {
        attempts.set(0);

        assertThat(text(fetch(renewedBy("direct:reenters", "")))).contains("user=anna");
        assertThat(attempts).hasValue(1);
        assertThat(stats().renewals()).isEqualTo(1);
    }

    @Test
    void logInsThatWaitForEachOtherAreToldSo() {
        Exchange exchange = new DefaultExchange(context);
        template.send(uri(site, "/page/1", "renewalUri=direct:loginOfA&sessionId=cycleA"), exchange);

        assertThat(failed(exchange))
                .hasStackTraceContaining("renewals wait for each other: 'cycleB' for 'cycleA' for 'cycleB'");
        assertThat(site.loginsAttempted()).isZero();
    }

    // ---- time and room

    @Test
    void anExchangeIsHeldForItsOwnTimeOnly() throws Exception {
        site.hangLogins();
        CompletableFuture<Exchange> patient = start("/page/1", "");
        site.awaitHangingLogins(1);
        Exchange impatient = fetch("/page/2", "renewalTimeout=50ms&holdTimeout=100ms");

        SessionHoldException failure = holdFailure(impatient);
        assertThat(failure)
                .hasMessageContaining("session '" + session + "': held for ")
                .hasMessageContaining("holdTimeout");
        assertThat(failure.getHeld()).isEqualTo(1);
        assertThat(failure.getSessionId()).isEqualTo(session);
        site.releaseLogins();
        assertThat(text(get(patient))).contains("user=anna");
    }

    @Test
    void releaseAndTheEndOfTheHoldRaceForEachExchangeOnce() throws Exception {
        String options = "renewalTimeout=20ms&holdTimeout=40ms";
        site.hangLogins();
        CompletableFuture<Exchange> patient = start("/page/first", "");
        site.awaitHangingLogins(1);
        List<CompletableFuture<Exchange>> sendings = start(300, n -> start("/page/" + n, options));
        CompletableFuture.anyOf(sendings.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        site.releaseLogins();

        assertThat(text(get(patient))).contains("user=anna");
        for (int n = 0; n < 300; n++) {
            Exchange done = get(sendings.get(n));
            if (done.getException() == null) {
                assertThat(text(done)).contains("path=/page/" + n + "\n");
            } else {
                holdFailure(done);
            }
        }
    }

    @Test
    void noMoreAreHeldThanTheSessionAllows() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> sendings = start(3, n -> start("/page/" + n, "maxHeld=3&whenFull=fail"));
        awaitHeld(3);
        SessionHoldException failure = holdFailure(fetch("/page/4", "maxHeld=3&whenFull=fail"));

        assertThat(failure).hasMessageContaining("as maxHeld allows").hasMessageContaining("held=3");
        site.releaseLogins();
        assertThat(all(sendings)).allSatisfy(done -> assertThat(text(done)).contains("user=anna"));
    }

    @Test
    void noMoreAreHeldThanTheComponentAllows() throws Exception {
        sessions().engine().traffic().setMaxHeldTotal(3);
        try {
            site.hangLogins();
            List<CompletableFuture<Exchange>> sendings = start(3, n -> start("/page/" + n, ""));
            awaitHeld(3);
            assertThat(holdFailure(fetch("/page/4", "whenFull=fail")))
                    .hasMessageContaining("the component's maxHeldTotal allows");
            site.releaseLogins();
            assertThat(all(sendings)).allSatisfy(done -> assertThat(text(done)).contains("user=anna"));
        } finally {
            sessions().engine().traffic().setMaxHeldTotal(100_000);
        }
    }

    @Test
    void tenThousandAreHeldWithoutAThreadEach() throws Exception {
        site.hangLogins();
        List<CompletableFuture<Exchange>> sendings = new ArrayList<>();
        sendings.add(start("/page/0", "maxHeld=10000"));
        site.awaitHangingLogins(1);
        AsyncProducer route = route("sessions:fetch?renewalUri=direct:login&maxHeld=10000");
        for (int n = 1; n < 10_000; n++) {
            Exchange made = exchange(null, Map.of());
            made.getMessage().setHeader(Exchange.HTTP_URI, site.url("/page/" + n));
            CompletableFuture<Exchange> result = new CompletableFuture<>();
            sendings.add(result);
            route.process(made, sync -> result.complete(made)); // on this one thread
        }
        assertThat(stats().held()).isEqualTo(10_000);
        site.releaseLogins();

        for (int n = 0; n < 10_000; n++) {
            assertThat(text(get(sendings.get(n)))).contains("path=/page/" + n + "\n");
        }
        assertThat(site.loginsAttempted()).isEqualTo(1);
        assertThat(site.accepted()).isEqualTo(10_000);
        assertThat(site.highestConcurrency()).isLessThanOrEqualTo(16);
    }

    // ---- stop

    @Test
    void aContextThatStopsInARenewalEndsAllThatAreHeld() throws Exception {
        try (DefaultCamelContext other = new DefaultCamelContext()) {
            other.disableJMX();
            other.getShutdownStrategy().setTimeout(1);
            other.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("direct:login").process(loginOf("anna")).to(uri(site, "/login", ""));
                    from("direct:page").to(uri("/page/1", ""));
                }
            });
            other.start();
            site.hangLogins();
            List<CompletableFuture<Exchange>> sendings = start(10, n -> {
                Exchange made = new DefaultExchange(other);
                CompletableFuture<Exchange> result = new CompletableFuture<>();
                threads.execute(() -> {
                    try {
                        var producer = other.getEndpoint("direct:page").createAsyncProducer();
                        producer.start();
                        producer.process(made, sync -> result.complete(made));
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                });
                return result;
            });
            await(() ->
                    assertThat(Sessions.get(other).engine().traffic().waiting()).isEqualTo(10));
            CompletableFuture.runAsync(other::stop, threads).get(30, TimeUnit.SECONDS);

            assertThat(all(sendings))
                    .allSatisfy(done -> assertThat(done.getException())
                            .isInstanceOfAny(SessionHoldException.class, SessionRenewalException.class));
        }
    }
}
