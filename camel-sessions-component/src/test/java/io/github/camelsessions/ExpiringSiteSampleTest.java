/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.testkit.ExpiringSite;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How to test a route whose session ends: a site that allows 100 requests, a route that fetches 500 pages. */
class ExpiringSiteSampleTest extends CamelTestSupport {

    // static: it is there before the routes are built, is reset before each test and closed after the last one
    @RegisterExtension
    static final ExpiringSite site =
            ExpiringSite.builder().user("anna", "secret").expiresAfterUses(100).start();

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:page")
                        .toD("sessions:fetch/" + site.url()
                                + "${body}?method=GET&sessionId=anna&renewalUri=direct:login");

                from("direct:login")
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:fetch/" + site.url("/login") + "?sessionId=anna");
            }
        };
    }

    /** The one of the documentation. */
    @Test
    void noPageIsLostWhenTheSessionEnds() {
        for (int n = 1; n <= 500; n++) {
            assertThat(template.requestBody("direct:page", "/page/" + n, String.class))
                    .contains("path=/page/" + n + "\n");
        }
        assertThat(site.loginsSucceeded()).isEqualTo(5);
        assertThat(site.mixUps()).isEmpty();
    }

    @Test
    void norIsItOneOfManyCallers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            var answers = IntStream.rangeClosed(1, 500)
                    .mapToObj(
                            n -> threads.submit(() -> template.requestBody("direct:page", "/page/" + n, String.class)))
                    .toList();
            int n = 0;
            for (Future<String> answer : answers) {
                assertThat(answer.get()).contains("path=/page/" + ++n + "\n", "user=anna\n");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(site.accepted())
                .isGreaterThanOrEqualTo(500); // more when an answer was stale, and its page fetched again
        assertThat(site.loginsSucceeded()).isBetween(5, 6);
        assertThat(site.mixUps()).isEmpty();
        assertThat(site.staleCookies()).isEmpty();
    }
}
