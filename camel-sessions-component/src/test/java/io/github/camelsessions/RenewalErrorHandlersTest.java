/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionRenewalException;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.junit.jupiter.api.Test;

/** What Camel's error handlers and try blocks make of a failed log-in: it stays a failure, and is theirs to handle. */
class RenewalErrorHandlersTest extends RenewingContextTest {

    private static final Map<String, String> WRONG = Map.of("user", "nobody", "password", "wrong");

    @Test
    void anExchangeWhoseRenewalFailedGoesToTheDeadLetterChannel() throws Exception {
        routes(routes -> {
            routes.from(login()).setBody(routes.constant(WRONG)).to(loginUri());
            routes.from("direct:dead-letters")
                    .errorHandler(routes.deadLetterChannel("mock:dead").useOriginalMessage())
                    .to(fetchUri("/page/1", "method=POST"));
        });
        MockEndpoint dead = context.getEndpoint("mock:dead", MockEndpoint.class);

        Exchange ended = ended(send("direct:dead-letters", "my order", Map.of()));

        assertThat(ended.getException()).isNull();
        assertThat(dead.getExchanges()).singleElement().satisfies(letter -> {
            assertThat(letter.getMessage().getBody(String.class)).isEqualTo("my order");
            assertThat(letter.getProperty(Exchange.EXCEPTION_CAUGHT)).isInstanceOf(SessionRenewalException.class);
        });
    }

    @Test
    void anExchangeThatIsHeldAndAnsweredNeverMeetsTheDeadLetterChannel() throws Exception {
        loginRoute();
        routes(routes -> routes.from("direct:no-dead-letters")
                .errorHandler(routes.deadLetterChannel("mock:none").maximumRedeliveries(2))
                .to(fetchUri("/page/1")));

        assertThat(text(send("direct:no-dead-letters", null, Map.of()))).contains("user=" + user);
        site.expireNow();
        assertThat(text(send("direct:no-dead-letters", null, Map.of()))).contains("user=" + user);

        assertThat(context.getEndpoint("mock:none", MockEndpoint.class).getExchanges())
                .isEmpty();
        assertThat(site.requests("/page/1")).isEqualTo(3);
    }

    @Test
    void aRedeliveryAfterTheCooldownRenewsTheSession() throws Exception {
        loginRoute();
        site.failLogins(401, 1);
        routes(routes -> {
            routes.onException(SessionRenewalException.class)
                    .maximumRedeliveries(1)
                    .redeliveryDelay(0)
                    .onRedelivery(
                            exchange -> Sessions.get(context).session(user).endCooldown());
            routes.from("direct:redelivered").to(fetchUri("/page/1"));
        });

        assertThat(text(send("direct:redelivered", null, Map.of()))).contains("user=" + user);
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void aLogInWhoseFailureADeadLetterChannelTakesIsAFailure() throws Exception {
        routes(routes -> routes.from(login())
                .errorHandler(routes.deadLetterChannel("mock:dead-log-in"))
                .setBody(routes.constant(WRONG))
                .to(loginUri()));

        assertFailedLogIn(401);
        assertThat(context.getEndpoint("mock:dead-log-in", MockEndpoint.class).getExchanges())
                .hasSize(1);
    }

    @Test
    void aLogInWhoseFailureIsHandledIsAFailureThoughACookieCame() throws Exception {
        routes(routes -> {
            routes.from(login())
                    .onException(HttpOperationFailedException.class)
                    .handled(true)
                    .setBody(routes.constant("all is well"))
                    .end()
                    .setBody(routes.constant(form()))
                    .to(loginUri())
                    .removeHeaders("*")
                    .to("sessions:fetch/" + site.url("/forbidden/1") + "?method=GET");
        });

        assertFailedLogIn(403);
        assertThat(site.loginsSucceeded(user)).isOne();
    }

    @Test
    void aHandledFailureBeatsARenewedWhenThatHolds() throws Exception {
        Predicate allIsWell =
                exchange -> "all is well".equals(exchange.getMessage().getBody());
        context.getRegistry().bind("allIsWell", Predicate.class, allIsWell);
        routes(routes -> routes.from(login())
                .onException(HttpOperationFailedException.class)
                .handled(true)
                .setBody(routes.constant("all is well"))
                .end()
                .setBody(routes.constant(WRONG))
                .to(loginUri()));

        Exception failure = failure(send(fetchUri("/page/1", "renewedWhen=#bean:allIsWell"), null, Map.of()));

        assertThat(failure).isInstanceOf(SessionRenewalException.class);
        assertThat(stats().renewals()).isZero();
    }

    @Test
    void aLogInWhoseFailureIsContinuedIsAFailure() throws Exception {
        routes(routes -> {
            routes.from(login())
                    .onException(HttpOperationFailedException.class)
                    .continued(true)
                    .end()
                    .setBody(routes.constant(form()))
                    .to(loginUri())
                    .removeHeaders("*")
                    .to("sessions:fetch/" + site.url("/forbidden/1") + "?method=GET");
        });

        assertFailedLogIn(403);
    }

    @Test
    void aLogInWhoseFailureIsCaughtIsAFailureThoughACookieCame() throws Exception {
        routes(routes -> routes.from(login())
                .doTry()
                .setBody(routes.constant(form()))
                .to(loginUri())
                .removeHeaders("*")
                .to("sessions:fetch/" + site.url("/forbidden/1") + "?method=GET")
                .doCatch(HttpOperationFailedException.class)
                .setBody(routes.constant("all is well"))
                .end());

        assertFailedLogIn(403);
    }

    @Test
    void aTransientFailureThatTheLogInRouteHandlesIsTriedAgain() throws Exception {
        site.failLogins(503, 1);
        routes(routes -> routes.from(login())
                .onException(HttpOperationFailedException.class)
                .handled(true)
                .end()
                .setBody(routes.constant(form()))
                .to(loginUri()));

        assertThat(text(send(fetchUri("/page/1", "renewalBackoff=1"), null, Map.of())))
                .contains("user=" + user);
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void redeliveriesOfTheLogInRouteAreOneAttempt() throws Exception {
        site.failLogins(503, 2);
        routes(routes -> routes.from(login())
                .errorHandler(
                        routes.defaultErrorHandler().maximumRedeliveries(2).redeliveryDelay(0))
                .setBody(routes.constant(form()))
                .to(loginUri()));

        assertThat(text(send(fetchUri("/page/1"), null, Map.of()))).contains("user=" + user);
        assertThat(stats().attempts()).isOne();
        assertThat(site.loginsAttempted(user)).isEqualTo(3);
    }

    @Test
    void aTryBlockCatchesTheFailureOfAHeldExchangeAndGoesOn() throws Exception {
        loginRoute();
        routes(routes -> routes.from("direct:caught")
                .doTry()
                .to(fetchUri("/page/1"))
                .doCatch(SessionRenewalException.class)
                .setBody(routes.simple("caught ${exception.sessionId}"))
                .doFinally()
                .setHeader("finally", routes.constant(true))
                .end());
        site.hangLogins();
        var held = send(3, "direct:caught");
        site.awaitHangingLogins(1);
        awaitWaiting(3);
        site.failLogins(401);
        site.releaseLogins();

        for (var exchange : held) {
            assertThat(text(exchange)).isEqualTo("caught " + user);
            assertThat(ended(exchange).getMessage().getHeader("finally")).isEqualTo(true);
        }
        assertThat(site.loginsAttempted(user)).isOne();
    }

    /** A fetch fails with the log-in's status, and nothing was renewed. */
    private void assertFailedLogIn(int status) throws Exception {
        Exception failure = failure(send(fetchUri("/page/1"), null, Map.of()));
        assertThat(failure).isInstanceOf(SessionRenewalException.class);
        assertThat(failure.getCause())
                .isInstanceOfSatisfying(
                        HttpOperationFailedException.class,
                        cause -> assertThat(cause.getStatusCode()).isEqualTo(status))
                .isNotInstanceOf(IOException.class);
        assertThat(stats().renewals()).isZero();
        assertThat(site.requests("/page/1")).isZero();
    }
}
