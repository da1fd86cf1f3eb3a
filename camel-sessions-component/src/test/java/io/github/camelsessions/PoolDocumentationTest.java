/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.testkit.ExpiringSite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples of src-docs/pools.adoc against a site that allows 25 requests for each session. */
class PoolDocumentationTest {

    private static final String PORTAL = "https://portal.example";

    @RegisterExtension
    static final ExpiringSite site =
            ExpiringSite.builder().user("anna", "rain").expiresAfterUses(25).start();

    @TempDir
    private static Path folder;

    private SnippetContexts contexts;
    private Main main;

    @BeforeEach
    void start() throws Exception {
        Snippets snippets = Snippets.of("src-docs/pools.adoc");
        assertThat(snippets.all())
                .containsOnlyKeys("pool-properties", "pool-routes", "pool-another", "pool-judge", "pool-facade");
        contexts = new SnippetContexts(
                snippets,
                folder,
                text -> text.replace(PORTAL + "/orders", site.url("/page/orders"))
                        .replace(PORTAL, site.url()));
        site.reset();
        main = contexts.start(
                snippets.text("pool-properties"),
                List.of("pool-routes", "pool-another", "pool-judge"),
                List.of("pool-facade"));
    }

    @AfterEach
    void stop() {
        contexts.close();
    }

    private Exchange send(String to) {
        var template = main.getCamelContext().createProducerTemplate();
        Exchange exchange = template.send(to, new DefaultExchange(main.getCamelContext()));
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    private Sessions sessions() {
        return Sessions.get(main.getCamelContext()).site("portal");
    }

    @Test
    void noRequestIsRefusedBecauseThePoolKnowsTheLimit() {
        for (int i = 0; i < 60; i++) {
            assertThat(send("direct:page").getMessage().getBody(String.class)).contains("user=anna");
        }
        assertThat(site.refused()).isZero();
        assertThat(site.loginsSucceeded()).isEqualTo(3);
        assertThat(sessions().pool("shop").orElseThrow().retired()).isEqualTo(Map.of("maxUses", 2L));
    }

    @Test
    void anotherSessionIsGivenWhenTheHeaderIsRemoved() {
        assertThat(send("direct:two-sessions").getMessage().getHeader(SessionsConstants.ID))
                .isEqualTo("shop-1"); // the first one is free again
    }

    @Test
    void aRouteThatSeesNothingWrongRetiresNothing() {
        send("direct:judged");
        assertThat(sessions().pool("shop").orElseThrow().retiredInAll()).isZero();
    }

    @Test
    void javaCodeLooksAfterThePool() {
        send("direct:page");
        send(SnippetContexts.RUN);
        assertThat(sessions().pool("shop").orElseThrow().retired()).isEqualTo(Map.of("asked", 1L));
    }
}
