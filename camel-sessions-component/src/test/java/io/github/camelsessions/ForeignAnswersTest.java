/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionExpiredException;
import io.github.camelsessions.api.SiteConfiguration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another site answers behind a redirect ends no session by its status. */
class ForeignAnswersTest {

    private final LoopbackSite site = new LoopbackSite();
    private final LoopbackSite foreign = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger logIns = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        foreign.page("/ad", http -> {
            asked.incrementAndGet();
            LoopbackSite.answer(http, 401, "who?");
        });
        foreign.page("/sso", http -> LoopbackSite.answer(http, 401, "log in here"));
        site.page("/ad", http -> {
            http.getResponseHeaders().add("Location", foreign.url() + "/ad");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/private", http -> {
            if (http.getRequestHeaders().containsKey("Cookie")) {
                LoopbackSite.answer(http, 200, "private");
                return;
            }
            http.getResponseHeaders().add("Location", foreign.url() + "/sso");
            LoopbackSite.answer(http, 302, "");
        });
        site.page("/login", http -> {
            http.getResponseHeaders().add("Set-Cookie", "sid=" + logIns.incrementAndGet() + "; Path=/");
            LoopbackSite.answer(http, 200, "in");
        });
        SiteConfiguration shop = new SiteConfiguration();
        shop.setUris(site.url());
        shop.setRenewalUri("direct:login");
        shop.setRenewFirst(false);
        shop.setExpiredUri(foreign.url() + "/sso");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", shop);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:login").to("sessions:fetch/" + site.url() + "/login");
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        site.close();
        foreign.close();
    }

    private Exchange fetch(String uri) {
        return context.createProducerTemplate().request("sessions:fetch/" + uri, exchange -> {});
    }

    @Test
    void a401OfAnotherSiteIsAnAnswer() {
        assertThat(fetch(site.url() + "/ad").getException())
                .isInstanceOf(HttpOperationFailedException.class)
                .isNotInstanceOf(SessionExpiredException.class);
        assertThat(asked).hasValue(1);
        assertThat(logIns).hasValue(0);
    }

    @Test
    void theLogInPageOfAnotherSiteIsTheEndByItsAddress() {
        assertThat(fetch(site.url() + "/private").getMessage().getBody(String.class))
                .isEqualTo("private");
        assertThat(logIns).hasValue(1);
    }

    @Test
    void aTargetBeyondTheUrisThatIsAskedInTheSessionSpeaksForIt() {
        assertThat(fetch(foreign.url() + "/ad?site=shop").getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(logIns).hasValue(1);
    }

    @Test
    void aHostThatJavaCannotNameSpeaksForItself() {
        String uri = "http://under_score.example/ad?expiredStatusCodeRange=401&http.proxyHost=127.0.0.1&http.proxyPort="
                + foreign.port();

        assertThat(fetch(uri).getException()).isInstanceOf(SessionExpiredException.class);
        assertThat(asked).hasValue(1);
    }
}
