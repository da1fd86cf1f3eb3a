/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.config.Sites;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** What is told when a log-in page is delivered as what was asked for, and when targets belong to no site. */
class LogInPagesTest extends SharedContextTest {

    private static final String FORM =
            "<html><form action='/login'><INPUT name=pw Type = \"Password\"></form>" + " ".repeat(1000) + "</html>";

    private final LoopbackSite other = new LoopbackSite();

    LogInPagesTest() {
        page(site, "/form", "text/html; charset=UTF-8", FORM);
        page(site, "/plain", "text/plain", FORM);
        page(other, "/form", "text/html", FORM);
        page(other, "/long", "text/html", FORM + " ".repeat(20_000));
        page(other, "/text", "text/html", "<p>The password type=password is not <input type=text> here");
    }

    private static void page(LoopbackSite site, String path, String type, String body) {
        site.page(path, http -> {
            http.getResponseHeaders().add("Content-Type", type);
            LoopbackSite.answer(http, 200, body);
        });
    }

    @Override
    void configure(CamelContext context) {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.getSites().put("portal", renewed(site.url() + "/*"));
        component.getSites().put("long", renewed(other.url() + "/long"));
        component.getSites().put("other", renewed(other.url() + "/*"));
    }

    private static SiteConfiguration renewed(String uris) {
        SiteConfiguration renewed = new SiteConfiguration();
        renewed.setUris(uris);
        renewed.setRenewalUri("direct:login");
        renewed.setRenewFirst(false);
        return renewed;
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:login").log("log-in");
                from("direct:stream")
                        .to(fetchUri("/form") + "?http.disableStreamCache=true")
                        .convertBodyTo(String.class);
            }
        };
    }

    @Override
    void stopContext() {
        super.stopContext();
        other.close();
    }

    @Test
    void aLogInPageThatNoRuleSeesIsToldOnceForItsSiteAndDeliveredWhole() {
        try (LogCapture log = new LogCapture()) {
            assertThat(page("/plain")).isEqualTo(FORM);
            assertThat(text(send("direct:stream", null))).isEqualTo(FORM);
            assertThat(told(log)).as("no page, or a stream that is not read").isEmpty();

            assertThat(page("/form?token=geheim")).isEqualTo(FORM);
            assertThat(page("/form")).isEqualTo(FORM);
            assertThat(told(log))
                    .singleElement(STRING)
                    .contains("WARN", "session 'portal/" + session + "': GET " + site.url() + "/form was answered")
                    .contains("set expiredUri or expiredText")
                    .doesNotContain("geheim");
        }
    }

    @Test
    void otherPagesAreNotTold() {
        try (LogCapture log = new LogCapture()) {
            assertThat(text(send("sessions:fetch/" + other.url() + "/text", null)))
                    .startsWith("<p>");
            assertThat(told(log)).isEmpty();
        }
    }

    @Test
    void aPageThatIsCachedIsReadOnlyToLookAtIt() {
        try (LogCapture log = new LogCapture()) {
            assertThat(text(send("sessions:fetch/" + other.url() + "/long", null)))
                    .startsWith(FORM);
            assertThat(told(log)).hasSize(1);
        }
    }

    @Test
    void aTargetInNoSiteIsTold() {
        try (LogCapture log = new LogCapture()) {
            text(send("sessions:fetch/http://localhost:" + site.port() + "/plain", null, Map.of()));

            assertThat(log.of(Sites.class.getName()))
                    .singleElement(STRING)
                    .contains("http://localhost:" + site.port() + " belongs to no site", "[long, other, portal]");
        }
    }

    private static List<String> told(LogCapture log) {
        return log.of("io.github.camelsessions.internal.renewal.LogInPages");
    }
}
