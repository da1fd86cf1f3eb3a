/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A log-in whose last answer is the log-in form again has not succeeded, though the form sets a cookie. */
@Timeout(60)
class LogInFormTest {

    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger posts = new AtomicInteger();
    private volatile String leadsTo;

    @BeforeEach
    void start() throws Exception {
        web.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "visitor=1; Path=/");
            if (!http.getRequestMethod().equals("POST")) {
                LoopbackSite.answer(http, 200, "please log in");
                return;
            }
            posts.incrementAndGet();
            if (leadsTo.startsWith("/")) {
                http.getResponseHeaders().add("Location", leadsTo);
                LoopbackSite.answer(http, 302, "");
            } else {
                LoopbackSite.answer(http, 200, leadsTo);
            }
        });
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login")
                        .to(uri("/login", "method=GET"))
                        .setBody(constant("user=anna"))
                        .to(uri("/login", "method=POST"));
                from("direct:page")
                        .to(uri(
                                "/echo",
                                "method=GET&renewalUri=direct:login&renewalAttempts=3&expiredText=please log in&expiredUri="
                                        + web.url() + "/login*"));
                from("direct:judged")
                        .to(
                                uri(
                                        "/echo",
                                        "method=GET&renewalUri=direct:login&renewedWhen=RAW(${header.CamelHttpResponseCode} == 200)"));
            }
        });
        SiteConfiguration shop = new SiteConfiguration();
        shop.setUris(web.url());
        shop.setExpiredText("please log in");
        shop.setExpiredUri(web.url() + "/login*");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", shop);
        context.start();
    }

    private String uri(String path, String options) {
        return "sessions:fetch/" + web.url() + path + "?" + options;
    }

    @AfterEach
    void stop() {
        context.stop();
        web.close();
    }

    private Exchange send(String route) {
        return context.createFluentProducerTemplate().to(route).request(Exchange.class);
    }

    @ParameterizedTest
    @CsvSource({"/login?error", "wrong password: please log in"})
    void theFormAgainIsNoSuccess(String answer) {
        leadsTo = answer;

        assertThat(send("direct:page").getException())
                .isInstanceOf(SessionRenewalException.class)
                .hasMessageContaining("its last answer is one that tells of an expired session");
        assertThat(posts).as("a wrong password is not tried again").hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"/echo, direct:page", "you are in, direct:page", "/login?error, direct:judged"})
    void anotherPageIsOneAndSoIsWhatRenewedWhenSays(String answer, String route) {
        leadsTo = answer;

        assertThat(send(route).getException()).isNull();
        assertThat(posts).hasValue(1);
    }
}
