/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Pages that are refused for reasons of their own, beside good ones: no exchange pays for another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForbiddenPagesTest extends AutomaticRenewalSupport {

    private static final String OPTIONS = "expiredStatusCodeRange=401,403";

    private int pages;

    ForbiddenPagesTest() {
        super(siteOfAnna());
    }

    private void good() {
        Exchange exchange = fetch("/page/" + pages++, OPTIONS);
        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody(String.class)).contains("user=anna");
    }

    private void forbidden() {
        isForbidden(fetch("/forbidden/" + pages++, OPTIONS));
    }

    private static void isForbidden(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(exchange.getException(SessionExpiredException.class).getStatusCode())
                .isEqualTo(403);
    }

    @Test
    void fourForbiddenPagesBetweenTwoGoodOnesCostTwoLogInsAtMost() {
        good();
        long first = stats().attempts();
        IntStream.range(0, 4).forEach(i -> forbidden());
        good();
        assertThat(stats().attempts() - first).isLessThanOrEqualTo(2);
        assertThat(stats().failures()).isZero();
        assertThat(stats().state()).isEqualTo("ACTIVE");
    }

    @Test
    void twoForbiddenPagesBeforeEachOfThirtyGoodOnesCostSixLogInsAtMost() {
        for (int i = 0; i < 30; i++) {
            forbidden();
            forbidden();
            good();
        }
        assertThat(stats().attempts()).isLessThanOrEqualTo(6);
        assertThat(stats().failures()).isZero();
    }

    @Test
    void aForbiddenPageThatIsAskedForAgainAndAgainBesideGoodOnesCostsFewLogIns() {
        for (int i = 0; i < 50; i++) {
            assertThat(fetch("/page/same", OPTIONS).getException()).isNull();
            isForbidden(fetch("/forbidden/same", OPTIONS));
        }
        assertThat(stats().attempts()).isLessThanOrEqualTo(4);
    }

    @Test
    void anEndRightAfterALogInInVainIsSeenByThePagesThatWereAccepted() {
        for (int i = 0; i < 20; i++) {
            assertThat(fetch("/page/" + i % 3, OPTIONS).getException()).isNull();
        }
        forbidden();
        site.expireNow();

        for (int i = 0; i < 12; i++) {
            assertThat(fetch("/page/" + i % 3, OPTIONS).getException()).isNull();
        }
    }

    @Test
    void anEndRightAfterALogInInVainCostsAFewUnknownPages() {
        good();
        forbidden();
        site.expireNow();

        long lost = IntStream.range(0, 40)
                .filter(i -> fetch("/page/" + pages++, OPTIONS).getException() != null)
                .count();

        assertThat(lost).isLessThanOrEqualTo(16);
    }

    @Test
    void aForbiddenPageDoesNotWaitForASlowOne() throws Exception {
        good();
        CompletableFuture<Exchange> slow = start("/slow/" + pages++, OPTIONS);
        site.awaitSlow(1);

        forbidden(); // while the slow one is still awaited

        assertThat(slow).isNotDone();
        await(
                () -> { // again when it was sent again, because the session was renewed meanwhile
                    site.releaseSlow();
                    assertThat(slow).isDone();
                });
        assertThat(get(slow).getException()).isNull();
    }

    @Test
    void anEndOfTheSessionIsSeenAmongForbiddenPagesThatAreKnown() throws Exception {
        isForbidden(fetch("/forbidden/0", OPTIONS));
        for (int round = 0; round < 4; round++) {
            List<Exchange> ended = all(start(32, i -> start((i % 4 == 3 ? "/forbidden/" : "/page/") + i, OPTIONS)));
            for (int i = 0; i < 32; i++) {
                if (i % 4 == 3) { // known to be forbidden it has its answer at once, which may be that of the ended
                    // session
                    assertThat(ended.get(i).getException()).isInstanceOf(SessionExpiredException.class);
                } else {
                    assertThat(ended.get(i).getException()).isNull();
                }
            }
            // a generation that ends before it has accepted anything looks like one that helps nobody
            assertThat(fetch("/page/0", OPTIONS).getException()).isNull();
            site.expireNow();
        }
        assertThat(stats().attempts()).isLessThanOrEqualTo(10);
        assertThat(stats().failures()).isZero();
    }
}
