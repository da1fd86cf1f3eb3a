/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.testkit.ExpiringSite;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a route is tested against a site whose sessions end: the sample of the test kit's documentation. */
class ExpiringSiteRouteTest extends CamelTestSupport {

    @RegisterExtension
    static final ExpiringSite site =
            ExpiringSite.builder().user("anna", "secret").expiresAfterUses(2).start();

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                onException(HttpOperationFailedException.class)
                        .onWhen(exchange ->
                                exchange.getProperty("CamelExceptionCaught", HttpOperationFailedException.class)
                                                .getStatusCode()
                                        == 401)
                        .maximumRedeliveries(1)
                        .redeliveryDelay(0)
                        .onRedelivery(exchange -> template.requestBody("direct:login", (Object) null));

                from("direct:login")
                        .setBody(exchange -> Map.of("user", "anna", "password", "secret"))
                        .to("sessions:fetch/" + site.url("/login") + "?sessionId=anna");
                from("direct:page").toD("sessions:fetch/" + site.url("/page/") + "${body}?sessionId=anna&method=GET");
            }
        };
    }

    @Test
    void aRouteThatLogsInAgainLosesNoPage() {
        IntStream.range(0, 5)
                .mapToObj(page -> template.requestBody("direct:page", page, String.class))
                .forEach(page -> assertThat(page).contains("user=anna"));

        assertThat(site.loginsSucceeded()).isEqualTo(3);
        assertThat(site.accepted()).isEqualTo(5);
        assertThat(site.mixUps()).isEmpty();
    }
}
