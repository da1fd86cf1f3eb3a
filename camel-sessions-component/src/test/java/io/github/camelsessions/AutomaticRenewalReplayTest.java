/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests are sent again, and what becomes of answers that come after their session was renewed. */
class AutomaticRenewalReplayTest extends AutomaticRenewalSupport {

    private static final String LATE = "renewFirst=false";
    private static final String ROOMY = "http.connectionsPerRoute=200&http.maxTotalConnections=200";

    @TempDir
    private static Path files;

    AutomaticRenewalReplayTest() {
        super(siteOfAnna());
    }

    private void logIn() {
        sessions()
                .session(session)
                .addCookies(site.url(), Map.of(ExpiringSite.SESSION_COOKIE, site.newSession("anna")));
    }

    private void renew() throws Exception {
        sessions().session(session).renew("direct:login").get();
    }

    // ---- bodies

    static Stream<Arguments> bodies() throws Exception {
        String text = "order 7 für Anna";
        Path file = Files.writeString(files.resolve("order.txt"), text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                body("String", () -> text),
                body("byte[]", () -> bytes),
                body("File", file::toFile),
                body("InputStream", () -> new ByteArrayInputStream(bytes)),
                body("Reader", () -> new StringReader(text)),
                body("Map", () -> Map.of("order", text)),
                body(
                        "multipart",
                        () -> MultipartEntityBuilder.create()
                                .addTextBody("order", text, ContentType.create("text/plain", StandardCharsets.UTF_8))));
    }

    private static Arguments body(String name, Supplier<Object> body) {
        return Arguments.of(name, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void aRefusedPostIsAcceptedOnceWithItsWholeBody(String name, Supplier<Object> body) {
        Exchange done = send(uri("/page/1", LATE), body.get(), Map.of());

        assertThat(text(done)).contains("user=anna");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(site.refused()).isEqualTo(1);
        assertThat(site.acceptedPosts()).hasSize(1).allSatisfy((sent, times) -> {
            assertThat(times).isEqualTo(1);
            assertThat(sent).contains(name.equals("Map") ? "order=order+7+f%C3%BCr+Anna" : "order 7 für Anna");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aStreamIsSentAgainWithAndWithoutStreamCachingOfTheRoute(String caching) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:caching-" + caching).streamCache(caching).to(uri("/page/1", LATE));
            }
        });
        Exchange done = send(
                "direct:caching-" + caching,
                new ByteArrayInputStream("x".repeat(300_000).getBytes()),
                Map.of());

        assertThat(text(done)).contains("user=anna");
        assertThat(site.acceptedPosts()).containsOnly(entry("x".repeat(300_000), 1));
    }

    @Test
    void withoutReplaysTheExceptionSaysThatSendingAgainHelps() {
        String options = LATE + "&maxReplays=0";
        Exchange refused = fetch("/page/1", options);

        assertThat(refused.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("the session is renewed, but maxReplays=0")
                .hasMessageContaining("send the message once more");
        assertThat(text(fetch("/page/1", options))).contains("user=anna");
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }

    @Test
    void aBodyThatCannotBeSentAgainIsToldAsSuch() {
        MultipartEntityBuilder form =
                MultipartEntityBuilder.create().addBinaryBody("file", new ByteArrayInputStream(new byte[10]));
        Exchange done = send(uri("/page/1", LATE), form, Map.of());

        assertThat(done.getException())
                .isInstanceOf(SessionExpiredException.class)
                .hasMessageContaining("the request cannot be sent again: a part of the multipart form is a stream");
        assertThat(site.acceptedPosts()).isEmpty();
        assertThat(site.requests("/page/1")).isEqualTo(1);
    }

    // ---- each send from the same state

    @Test
    void eachSendStartsFromTheSameState() throws Exception {
        try (LoopbackSite pages = new LoopbackSite()) {
            pages.page("/page", http -> {
                boolean first = pages.requests().stream()
                                .filter(request -> request.uri().equals("/page"))
                                .count()
                        == 1;
                http.getResponseHeaders().add("Content-Type", "text/plain; charset=ISO-8859-1");
                http.getResponseHeaders().add(first ? "X-Refusal" : "X-Answer", "yes");
                String told = String.valueOf(http.getRequestHeaders().getFirst("X-Refusal"));
                LoopbackSite.answer(http, first ? 401 : 200, told);
            });
            route("direct:set", exchange -> {}, "sessions:fetch/" + pages.url() + "/set?in=yes");
            Exchange done = send(
                    "sessions:fetch/" + pages.url() + "/page?renewalUri=direct:set&renewFirst=false"
                            + "&throwExceptionOnFailure=false",
                    "naïve €",
                    Map.of("X-Own", "1"));

            assertThat(text(done)).isEqualTo("null");
            assertThat(done.getMessage().getHeaders())
                    .containsKeys("X-Own", "X-Answer")
                    .doesNotContainKey("X-Refusal");
            assertThat(pages.requests())
                    .filteredOn(request -> request.uri().equals("/page"))
                    .extracting(LoopbackSite.Request::body)
                    .containsExactly("naïve €", "naïve €");
        }
    }

    @Test
    void theIdempotencyHeaderIsTheSameForAllSendsOfAnExchangeOnly() throws Exception {
        try (LoopbackSite pages = new LoopbackSite()) {
            Queue<String> keys = new ConcurrentLinkedQueue<>();
            pages.page("/page", http -> {
                keys.add(String.valueOf(http.getRequestHeaders().getFirst("Idempotency-Key")));
                LoopbackSite.answer(http, http.getRequestHeaders().containsKey("Cookie") ? 200 : 401, "page");
            });
            route("direct:set2", exchange -> {}, "sessions:fetch/" + pages.url() + "/set?in=yes");
            String uri = "sessions:fetch/" + pages.url() + "/page?renewalUri=direct:set2&renewFirst=false"
                    + "&idempotencyHeader=Idempotency-Key";
            text(send(uri, "a", Map.of()));
            text(send(uri, "b", Map.of()));
            text(send(uri, "c", Map.of("Idempotency-Key", "mine")));

            List<String> sent = List.copyOf(keys);
            assertThat(sent).hasSize(4).doesNotContain("null");
            assertThat(sent.get(1)).isEqualTo(sent.get(0));
            assertThat(sent.get(2)).isNotEqualTo(sent.get(0));
            assertThat(sent.get(3)).isEqualTo("mine");
        }
    }

    // ---- stale answers

    @Test
    void anAnswerThatCameTooLateIsAskedForAgainWhenThatIsSafe() throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start("/slow/1", ROOMY);
        site.awaitSlow(1);
        renew();
        site.releaseSlow();
        site.awaitSlow(1);
        site.releaseSlow();
        Exchange done = get(sending);

        assertThat(text(done)).contains("path=/slow/1\nuser=anna\n");
        assertThat(replays(done)).isEqualTo(1);
        assertThat(done.getMessage().getHeader(SessionsConstants.GENERATION)).isEqualTo(1L);
        assertThat(site.accepted("/slow/1")).isEqualTo(2);
        assertThat(stats().staleReplays()).isEqualTo(1);
    }

    @Test
    void thatHoldsWithoutRenewalUriTooWhereTheEndpointKnowsAnExpiredSession() throws Exception {
        logIn();
        CompletableFuture<Exchange> sending =
                start(uri(site, "/slow/1", ROOMY + "&expiredStatusCodeRange=401"), null, Map.of());
        CompletableFuture<Exchange> unaware = start(uri(site, "/slow/2", ROOMY), null, Map.of());
        site.awaitSlow(2);
        renew();
        site.releaseSlow();
        site.awaitSlow(1);
        site.releaseSlow();

        assertThat(replays(get(sending))).isEqualTo(1);
        assertThat(replays(get(unaware))).isEqualTo(0);
        assertThat(text(get(unaware))).contains("path=/slow/2\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"safe", "none"})
    void anAnswerToAPostThatCameTooLateStands(String rule) throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start(uri("/slow/1", "replayStale=" + rule), "order", Map.of());
        site.awaitSlow(1);
        renew();
        site.releaseSlow();
        Exchange done = get(sending);

        assertThat(text(done)).contains("key=order");
        assertThat(replays(done)).isEqualTo(0);
        assertThat(site.acceptedPosts("order")).isEqualTo(1);
        assertThat(stats().stale()).isEqualTo(1);
    }

    @Test
    void anAnswerThatCameTooLateStandsWhenNoneIsToBeReplayed() throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start("/slow/1", "replayStale=none");
        site.awaitSlow(1);
        renew();
        site.releaseSlow();

        assertThat(text(get(sending))).contains("path=/slow/1\n");
        assertThat(site.accepted("/slow/1")).isEqualTo(1);
    }

    @Test
    void aPostIsSentAgainForALateAnswerOnlyWhenAskedFor() throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start(uri("/slow/1", "replayStale=all"), "order", Map.of());
        site.awaitSlow(1);
        renew();
        site.releaseSlow();
        site.awaitSlow(1);
        site.releaseSlow();

        assertThat(replays(get(sending))).isEqualTo(1);
        assertThat(site.acceptedPosts("order")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "throwExceptionOnFailure=false",
                "http.disableStreamCache=true&http.connectionsPerRoute=1&http.maxTotalConnections=1"
            })
    void aLateAnswerStandsWhenItsReplayFails(String options) throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start("/slow/1", options);
        site.awaitSlow(1);
        renew();
        site.status(500, 1);
        site.releaseSlow();
        Exchange done = get(sending);

        assertThat(text(done)).contains("path=/slow/1\nuser=anna\n");
        assertThat(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
        assertThat(replays(done)).isEqualTo(1);
        assertThat(site.failed()).isEqualTo(1);
    }

    @Test
    void aLateAnswerStandsWhenItsReplayGetsNoAnswer() throws Exception {
        logIn();
        CompletableFuture<Exchange> sending = start("/slow/1", "");
        site.awaitSlow(1);
        renew();
        site.releaseSlow();
        site.awaitSlow(1);
        site.dropConnections(1, 1);
        await(
                () -> { // twice when its connection was a kept one
                    site.releaseSlow();
                    assertThat(sending).isDone();
                });

        assertThat(text(get(sending))).contains("path=/slow/1\nuser=anna\n");
    }

    // ---- clear

    @Test
    void answersUnderWayDoNotRefillAClearedSessionAndNobodyIsHeld() throws Exception {
        logIn();
        List<CompletableFuture<Exchange>> sendings =
                start(64, n -> start(uri(site, "/slow/" + n, ROOMY), null, Map.of()));
        site.awaitSlow(64);
        assertThat(sessions().session(session).clear()).isTrue();
        logIn();
        Map<String, String> fresh = sessions().session(session).cookieMap();
        site.releaseSlow();

        assertThat(all(sendings)).allSatisfy(done -> assertThat(text(done)).contains("user=anna"));
        assertThat(sessions().session(session).cookieMap()).isEqualTo(fresh);
        assertThat(stats().heldInAll()).isZero();
        assertThat(stats().generation()).isEqualTo(1);
    }

    // ---- the wire

    @Test
    void aPostThatIsAnswered503ReachesTheServerOnce() {
        logIn();
        site.status(503, 1);
        Exchange done = send(uri("/page/1", ""), "order", Map.of());

        assertThat(done.getException()).isExactlyInstanceOf(HttpOperationFailedException.class);
        assertThat(site.requests()).isEqualTo(1);
        assertThat(site.loginsAttempted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void aRefusedResponseLeavesItsConnectionToTheRenewal(String raw) throws Exception {
        String options = LATE + "&throwExceptionOnFailure=false&http.connectionsPerRoute=1&http.maxTotalConnections=1"
                + "&http.connectionRequestTimeout=20000&http.disableStreamCache=" + raw;
        String name = "direct:loginOnTheSame-" + raw;
        route(name, loginOf("anna"), uri(site, "/login", options.replace(LATE + "&", "")));
        List<Exchange> done = all(start(
                5, n -> start(uri(site, "/page/" + n, "renewalUri=" + name + "&" + options), null, Map.of())));

        assertThat(done)
                .hasSize(5)
                .allSatisfy(exchange -> assertThat(exchange.getException()).isNull());
        assertThat(site.accepted()).isGreaterThanOrEqualTo(5);
        assertThat(site.loginsAttempted()).isEqualTo(1);
    }
}
