/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionRenewalException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.junit.jupiter.api.Test;

/** The forms that a log-in route may have, and what those are told that cannot work. */
class RenewalRoutesTest extends RenewingContextTest {

    private String fetchBy(String renewalUri, String... options) {
        return fetchUri("/page/1", options).replace("renewalUri=" + login(), "renewalUri=" + renewalUri);
    }

    private String seda() {
        return "seda:login-" + user;
    }

    @Test
    void aLogInBehindSedaIsWaitedFor() throws Exception {
        routes(routes -> routes.from(seda()).setBody(routes.constant(form())).to(loginUri()));

        assertThat(text(send(fetchBy(seda()), null, Map.of()))).contains("user=" + user);
        assertThat(stats().renewals()).isOne();
    }

    @Test
    void aLogInThatNobodyWaitsForFailsAndTellsHowToWait() throws Exception {
        routes(routes -> routes.from(seda()).setBody(routes.constant(form())).to(loginUri()));
        site.hangLogins();

        Exception failure = failure(send(fetchBy("RAW(" + seda() + "?waitForTaskToComplete=Never)"), null, Map.of()));

        assertThat(failure)
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("waitForTaskToComplete=Never");
        site.releaseLogins();
        assertThat(Sessions.get(context).session(user).cookies()).isEmpty();
        assertThat(stats().renewals()).isZero();
    }

    @Test
    void aLateStepOfAFailedLogInSendsNothing() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        CompletableFuture<Exception> late = new CompletableFuture<>();
        routes(routes -> {
            routes.from(login()).wireTap("direct:late-" + user);
            routes.from("direct:late-" + user)
                    .onException(Exception.class)
                    .handled(true)
                    .process(
                            exchange -> late.complete(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)))
                    .end()
                    .process(exchange -> failed.await())
                    .setBody(routes.constant(form()))
                    .to(loginUri());
        });

        assertThat(failure(send(fetchUri("/page/1"), null, Map.of()))).isInstanceOf(SessionRenewalException.class);
        failed.countDown();

        assertThat(late.get()).isInstanceOf(SessionRenewalException.class);
        assertThat(site.loginsAttempted(user)).isZero();
    }

    @Test
    void aBeanThatLogsInByAProducerTemplateIsRecognised() throws Exception {
        routes(routes -> routes.from(login())
                .process(exchange -> template.requestBody(loginUri() + "&sessionId=" + user, form())));

        assertThat(text(send(fetchUri("/page/1"), null, Map.of()))).contains("user=" + user);
        assertThat(stats().renewals()).isOne();
    }

    @Test
    void aProducerTemplateOnAForeignThreadWaitsForItselfAndIsToldSo() throws Exception {
        AtomicReference<CompletableFuture<Exchange>> foreign = new AtomicReference<>();
        routes(routes -> routes.from(login()).process(exchange -> {
            foreign.set(send(fetchUri("/login", "method=POST", "renewalTimeout=300"), form(), Map.of()));
            foreign.get().get();
        }));

        Exception failure = failure(send(fetchUri("/page/1", "renewalTimeout=300"), null, Map.of()));

        assertThat(failure)
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("a ProducerTemplate on another thread and waits for itself")
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(failure(foreign.get())).isInstanceOf(SessionRenewalException.class);
        assertThat(site.loginsAttempted(user)).isZero();
    }

    @Test
    void stepsThatChangeThreadsOrCopyTheExchangeBelongToTheRenewal() throws Exception {
        routes(routes -> {
            routes.from(login())
                    .threads(1)
                    .setBody(routes.constant(form()))
                    .multicast((older, newer) -> newer)
                    .parallelProcessing()
                    .to("direct:copied-" + user)
                    .end()
                    .setBody(routes.constant("1,2,3"))
                    .removeHeaders("CamelHttp*")
                    .split(routes.body().tokenize(","))
                    .parallelProcessing()
                    .toD("sessions:fetch/" + site.url("/page/") + "${body}?method=GET")
                    .end()
                    .enrich("sessions:fetch/" + site.url("/page/4") + "?method=GET")
                    .recipientList(routes.constant("sessions:fetch/" + site.url("/page/5") + "?method=GET"))
                    .loop(2)
                    .to("sessions:fetch/" + site.url("/page/6") + "?method=GET");
            routes.from("direct:copied-" + user).to(seda());
            routes.from(seda()).to(loginUri());
        });

        assertThat(text(send(fetchUri("/page/7"), null, Map.of()))).contains("user=" + user);

        assertThat(stats().renewals()).isOne();
        assertThat(site.accepted()).isEqualTo(8);
    }

    @Test
    void aWireTappedCopyThatOutlivesTheRenewalIsHeldByTheNextOne() throws Exception {
        CountDownLatch renewedOnce = new CountDownLatch(1);
        CompletableFuture<Exchange> tapped = new CompletableFuture<>();
        routes(routes -> {
            routes.from(login())
                    .setBody(routes.constant(form()))
                    .to(loginUri())
                    .filter(exchange -> renewedOnce.getCount() > 0)
                    .wireTap("direct:tapped-" + user);
            routes.from("direct:tapped-" + user)
                    .process(exchange -> renewedOnce.await())
                    .removeHeaders("*")
                    .to(fetchUri("/page/2", "method=GET"))
                    .process(exchange -> tapped.complete(exchange.copy()));
        });
        assertThat(text(send(fetchUri("/page/1"), null, Map.of()))).contains("user=" + user);
        site.expireNow();
        site.hangLogins();
        var second = send(fetchUri("/page/1"), null, Map.of());
        site.awaitHangingLogins(1);
        renewedOnce.countDown();
        awaitWaiting(2);
        assertThat(tapped).isNotDone();

        site.releaseLogins();

        assertThat(text(second)).contains("user=" + user);
        assertThat(text(tapped)).contains("path=/page/2");
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void aStoppedLogInRouteFailsWithCamelsOwnReason() throws Exception {
        routes(routes -> routes.from(login())
                .routeId(login())
                .setBody(routes.constant(form()))
                .to(loginUri()));
        context.getRouteController().stopRoute(login());

        Exception failure = failure(send(fetchBy("RAW(" + login() + "?block=false)"), null, Map.of()));

        assertThat(failure)
                .isInstanceOf(SessionRenewalException.class)
                .hasCauseInstanceOf(DirectConsumerNotAvailableException.class)
                .hasMessageContaining("direct://login-" + user);
    }

    @Test
    void aSuspendedLogInRouteThatResumesTooLateDoesNotLogIn() throws Exception {
        CompletableFuture<Exception> late = new CompletableFuture<>();
        routes(routes -> routes.from(login())
                .routeId(login())
                .onException(Exception.class)
                .handled(true)
                .process(exchange -> late.complete(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)))
                .end()
                .setBody(routes.constant(form()))
                .to(loginUri()));
        context.getRouteController().suspendRoute(login());

        assertThat(failure(send(fetchUri("/page/1", "renewalTimeout=300"), null, Map.of())))
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("no end within 300 ms");
        context.getRouteController().resumeRoute(login());

        assertThat(late.get()).isInstanceOf(SessionRenewalException.class);
        assertThat(site.loginsAttempted(user)).isZero();
        Sessions.get(context).session(user).endCooldown();
        assertThat(text(send(fetchUri("/page/1"), null, Map.of()))).contains("user=" + user);
    }

    @Test
    void aSuspendedLogInRouteThatResumesInTimeRenews() throws Exception {
        routes(routes -> routes.from(login())
                .routeId(login())
                .setBody(routes.constant(form()))
                .to(loginUri()));
        context.getRouteController().suspendRoute(login());
        var held = send(5, fetchUri("/page/1", "method=GET"));
        awaitWaiting(5);
        context.getRouteController().resumeRoute(login());

        for (var exchange : held) {
            assertThat(text(exchange)).contains("user=" + user);
        }
        assertThat(site.loginsAttempted(user)).isOne();
    }
}
