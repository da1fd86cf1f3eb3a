/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is stopped in the middle of a request is told so. */
@Timeout(60)
class StoppedSendsTest {

    private final CountDownLatch over = new CountDownLatch(1);
    private final LoopbackSite web = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        over.countDown();
        context.stop();
        web.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:fetch", "direct:isolated", "direct:wrap", "direct:process"})
    void aRequestEndsWithAnErrorThatSaysSo(String route) throws Exception {
        web.page("/slow", http -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(web.url());
        site.setWrap(true);
        context.getComponent("sessions", SessionsComponent.class).getSites().put("shop", site);
        context.disableJMX();
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setTimeout(100);
        String one = "connectionsPerRoute=1&maxTotalConnections=1";
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                String options = one.replaceAll("(^|&)", "$1http.");
                from("direct:fetch").to("sessions:fetch/" + web.url() + "/slow?" + options);
                from("direct:isolated").to("sessions:fetch/" + web.url() + "/slow?isolation=session&" + options);
                from("direct:wrap").to(web.url() + "/slow?" + one);
                from("direct:process").process(Sessions.get(context).wrap(web.url() + "/slow?" + one));
            }
        });
        context.start();
        ProducerTemplate template = context.createProducerTemplate();
        CompletableFuture<Exchange> first = new CompletableFuture<>();
        CompletableFuture<Exchange> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(template.request(route, exchange -> {})));
        new Thread(() -> first.complete(template.request(route, exchange -> {}))).start();
        Awaitility.await().until(() -> web.requests().size() == 1);
        waiting.start();
        Awaitility.await()
                .until(() -> Stream.of(waiting.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith("org.apache.hc.core5.pool.")));
        context.stop();

        for (CompletableFuture<Exchange> done : List.of(second, first)) {
            assertThat(done.get(30, TimeUnit.SECONDS).getException())
                    .isInstanceOf(IOException.class)
                    .hasMessage("GET " + web.url()
                            + "/slow: its route or the context was stopped before there was an answer");
        }
    }
}
