/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Camel's EIPs around a fetch, while its session is renewed: all that is held goes on where it was. */
class HeldExchangesInRoutesTest extends RenewingContextTest {

    private static final AggregationStrategy JOINED = (older, newer) -> {
        String text = newer.getMessage().getBody(String.class);
        newer.getMessage().setBody(older == null ? text : older.getMessage().getBody(String.class) + text);
        return newer;
    };

    private String route() {
        return "direct:route-" + user;
    }

    private String page(int n) {
        return fetchUri("/page/" + n, "method=GET");
    }

    /** Sends an exchange whose session is not there, and lets the log-in end when so many wait. */
    private Exchange whileRenewing(int held, Object body) throws Exception {
        loginRoute();
        site.hangLogins();
        CompletableFuture<Exchange> sent = send(route(), body, Map.of());
        site.awaitHangingLogins(1);
        awaitWaiting(held);
        site.releaseLogins();
        Exchange ended = ended(sent);
        assertThat(site.loginsAttempted(user)).isOne();
        return ended;
    }

    @Test
    void aWireTappedCopyIsHeldBesideItsOriginal() throws Exception {
        CompletableFuture<Exchange> tapped = new CompletableFuture<>();
        routes(routes -> {
            routes.from(route()).wireTap("direct:tap-" + user).to(page(1));
            routes.from("direct:tap-" + user).to(page(2)).process(exchange -> tapped.complete(exchange.copy()));
        });

        assertThat(text(whileRenewing(2, null))).contains("path=/page/1", "user=" + user);
        assertThat(text(tapped)).contains("path=/page/2", "user=" + user);
    }

    @Test
    void aParallelSplitGetsEachAnswer() throws Exception {
        routes(routes -> routes.from(route())
                .split(routes.body(), JOINED)
                .parallelProcessing()
                .toD("sessions:fetch/" + site.url("/page/") + "${body}?method=GET&sessionId=" + user + "&renewalUri="
                        + login()));

        assertThat(text(whileRenewing(10, IntStream.range(0, 10).boxed().toList())))
                .contains(IntStream.range(0, 10)
                        .mapToObj(n -> "path=/page/" + n + "\n")
                        .toList());
        assertThat(site.accepted()).isEqualTo(10);
    }

    @Test
    void aSequentialSplitIsHeldAtItsFirstPart() throws Exception {
        routes(routes -> routes.from(route()).split(routes.body(), JOINED).to(page(1)));

        assertThat(text(whileRenewing(1, List.of(1, 2, 3)))).contains("path=/page/1");
        assertThat(site.accepted("/page/1")).isEqualTo(3);
    }

    @Test
    void aParallelMulticastGetsEachAnswer() throws Exception {
        routes(routes ->
                routes.from(route()).multicast(JOINED).parallelProcessing().to(page(1), page(2), page(3)));

        assertThat(text(whileRenewing(3, null))).contains("path=/page/1\n", "path=/page/2\n", "path=/page/3\n");
        assertThat(site.accepted()).isEqualTo(3);
    }

    @Test
    void aMulticastThatGivesUpLeavesNobodyBehind() throws Exception {
        routes(routes -> routes.from(route())
                .multicast(JOINED)
                .parallelProcessing()
                .timeout(1_000)
                .to(page(1), page(2), "direct:at-once-" + user)
                .end());
        routes(routes -> routes.from("direct:at-once-" + user).setBody(routes.constant("at once")));
        loginRoute();
        site.hangLogins();

        assertThat(text(send(route(), null, Map.of()))).isEqualTo("at once");
        awaitWaiting(2);
        site.releaseLogins();
        awaitEnds();
        assertThat(site.accepted()).isEqualTo(2);
    }

    @Test
    void anEnrichedExchangeKeepsWhatItWas() throws Exception {
        routes(routes -> routes.from(route()).enrich(page(1), (original, page) -> {
            original.getMessage()
                    .setBody(original.getMessage().getBody() + " "
                            + page.getMessage()
                                    .getBody(String.class)
                                    .lines()
                                    .findFirst()
                                    .orElseThrow());
            return original;
        }));

        assertThat(text(whileRenewing(1, "original"))).isEqualTo("original path=/page/1");
    }

    @Test
    void aLoopGoesOnAfterTheHold() throws Exception {
        routes(routes -> routes.from(route())
                .loop(5)
                .to(page(1))
                .process(exchange -> {
                    if (exchange.getProperty(Exchange.LOOP_INDEX, int.class) == 2) {
                        site.expireNow(user);
                    }
                    exchange.getMessage().setBody(null);
                })
                .end()
                .setBody(routes.exchangeProperty(Exchange.LOOP_SIZE)));
        loginRoute();

        assertThat(text(send(route(), null, Map.of()))).isEqualTo("5");
        assertThat(site.accepted("/page/1")).isEqualTo(5);
        assertThat(site.loginsAttempted(user)).isEqualTo(2);
    }

    @Test
    void aRecipientListIsHeldAndGoesOn() throws Exception {
        routes(routes -> routes.from(route())
                .recipientList(routes.constant(page(1) + ";" + page(2)), ";")
                .aggregationStrategy(JOINED)
                .parallelProcessing());

        assertThat(text(whileRenewing(2, null))).contains("path=/page/1\n", "path=/page/2\n");
    }

    @Test
    void aRoutingSlipIsHeldAndGoesOn() throws Exception {
        routes(routes -> routes.from(route()).routingSlip(routes.constant(page(1) + ";" + page(2)), ";"));

        assertThat(text(whileRenewing(1, null))).contains("path=/page/2\n");
        assertThat(site.accepted()).isEqualTo(2);
    }

    @Test
    void threadsBeforeAndAfterTheFetchMakeNoDifference() throws Exception {
        routes(routes ->
                routes.from(route()).threads(2).to(page(1)).threads(2).setHeader("user", routes.simple("${body}")));

        Exchange ended = whileRenewing(1, null);
        assertThat(text(ended)).contains("path=/page/1");
        assertThat(ended.getMessage().getHeader("user", String.class)).contains("user=" + user);
    }

    @Test
    void anAggregatorBehindTheFetchGetsAllThatWereHeld() throws Exception {
        CompletableFuture<Exchange> all = new CompletableFuture<>();
        routes(routes -> routes.from(route())
                .to(page(1))
                .aggregate(routes.constant(true), JOINED)
                .completionSize(8)
                .process(exchange -> all.complete(exchange.copy())));
        loginRoute();
        site.hangLogins();
        var held = send(8, route());
        site.awaitHangingLogins(1);
        awaitWaiting(8);
        site.releaseLogins();

        for (var exchange : held) {
            assertThat(text(exchange)).contains("path=/page/1");
        }
        assertThat(text(all).split("path=")).hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamThatWasRefusedIsSentAgainWhole(boolean streamCaching) throws Exception {
        loginRoute();
        routes(routes -> routes.from(route())
                .streamCache(Boolean.toString(streamCaching))
                .to(fetchUri("/page/1", "method=POST"))
                .convertBodyTo(String.class));
        assertThat(text(send(fetchUri("/page/0"), null, Map.of()))).contains("user=" + user);
        site.expireNow();
        site.hangLogins();
        List<CompletableFuture<Exchange>> held = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            InputStream body = new ByteArrayInputStream((n + "x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));
            held.add(send(route(), body, Map.of(ExpiringSite.KEY_HEADER, "key" + n)));
        }
        site.awaitHangingLogins(1);
        awaitWaiting(3);
        site.releaseLogins();

        for (int n = 0; n < 3; n++) {
            assertThat(text(held.get(n))).contains("key=key" + n);
            assertThat(site.acceptedPosts("key" + n)).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatStandsCanBeReadAfterTheWait(boolean streamCaching) throws Exception {
        loginRoute();
        site.acceptLoginsButRefuseAll();
        routes(routes -> routes.from(route())
                .streamCache(Boolean.toString(streamCaching))
                .doTry()
                .to(fetchUri("/page/1", "method=GET"))
                .doCatch(SessionExpiredException.class)
                .setBody(routes.simple("${exception.responseBody}"))
                .end());

        assertThat(text(send(route(), null, Map.of()))).contains("status 401");
    }
}
