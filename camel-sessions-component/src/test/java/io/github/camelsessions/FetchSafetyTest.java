/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not leave a session, and what must not get into its way, at the seams between Camel and HttpClient. */
class FetchSafetyTest extends SharedContextTest {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    void configure(CamelContext camel) {
        SessionsComponent component = new SessionsComponent();
        component.setProfiles(
                "file:" + getClass().getResource("/secret-profile.yaml").getPath());
        camel.addComponent("sessions", component);
        site.page("/seen", http -> {
            seen.add(http.getRequestHeaders().getFirst("Host") + " "
                    + http.getRequestHeaders().getFirst("X-Api-Key") + " "
                    + http.getRequestHeaders().getFirst("Accept-Language"));
            LoopbackSite.answer(http, 200, "seen");
        });
        site.page("/asks", http -> {
            if (http.getRequestHeaders().containsKey("Authorization")) {
                LoopbackSite.answer(http, 200, "in");
            } else {
                http.getResponseHeaders().add("WWW-Authenticate", "Basic realm=x");
                LoopbackSite.answer(http, 401, "out");
            }
        });
    }

    @Override
    RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:plain").to(site.url() + "/set?jar=plain");
                from("direct:wrappedEcho").process(sessions().wrap(site.url() + "/echo"));
                from("direct:wrapped").process(sessions().wrap(site.url() + "/set?jar=plain"));
            }
        };
    }

    private String otherHost(String path) {
        return "http://localhost:" + site.port() + path;
    }

    @Test
    void aSecretHeaderOfTheProfileStaysWithTheHostOfTheTarget() {
        page("/redirect?to=" + otherHost("/seen"));
        page("/redirect?to=/seen");

        assertThat(seen)
                .containsExactly("localhost:" + site.port() + " null de", "127.0.0.1:" + site.port() + " geheim de");
    }

    @Test
    void aCookieHeaderOfTheMessageStopsNoRedirectToAnotherHost() {
        Exchange answer = send(fetchUri("/redirect?to=" + otherHost("/echo")), null, Map.of("Cookie", "outside=1"));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody(String.class)).doesNotContain("outside");
    }

    @Test
    void credentialsForAProxyReachNoSiteWhereThereIsNoProxy() {
        Map<String, Object> header = Map.of("Proxy-Authorization", "Basic c3RyYW5nZTpvbmU=");

        assertThat(text(send(fetchUri("/echo"), null, header))).doesNotContain("roxy-authorization");
        assertThat(text(send("direct:wrappedEcho", null, header))).doesNotContain("roxy-authorization");
    }

    @Test
    void aFragmentStaysAtHome() {
        assertThat(page("/echo#part")).startsWith("GET /echo\n");
    }

    @Test
    void aParameterNamedAsAPrefixIsTheTargets() {
        assertThat(page("/echo?query=abc&http=1"))
                .startsWith("GET /echo?")
                .contains("query=abc")
                .contains("http=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authPassword=geheim", "connectTimeout=5000", "okStatusCodeRange=200"})
    void anOptionOfCamelHttpWithoutItsPrefixDoesNotGoToTheSite(String option) {
        assertThatThrownBy(() -> context.getEndpoint(fetchUri("/echo?" + option)))
                .hasStackTraceContaining("is written http." + option.substring(0, option.indexOf('=')));
        assertThat(page("/echo?query.connectTimeout=5")).startsWith("GET /echo?connectTimeout=5");
    }

    @Test
    void getCookiesGivesThoseOfItsTarget() {
        Map<String, Object> id = Map.of(SessionsConstants.ID, session);
        send("sessions:addCookies/https://first.example", "a=1", id);
        send("sessions:addCookies/https://other.example", "b=2".getBytes(StandardCharsets.US_ASCII), id);

        Exchange answer = send("sessions:getCookies/https://other.example", null, id);

        assertThat(answer.getMessage().getBody(Map.class)).isEqualTo(Map.of("b", "2"));
        assertThat(send("sessions:addCookies/https://other.example", "{\"c\": \"3\"}", id)
                        .getException())
                .hasMessageContaining("is a JSON object without an array 'cookies'");
    }

    @Test
    void threadsThatAskForTheComponentAtOnceFindItStarted() throws Exception {
        try (DefaultCamelContext fresh = new DefaultCamelContext()) {
            fresh.disableJMX();
            fresh.start();
            ExecutorService threads = Executors.newFixedThreadPool(16);
            try (ProducerTemplate sender = fresh.createProducerTemplate()) {
                CyclicBarrier together = new CyclicBarrier(16);
                List<Callable<String>> calls = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    String uri = fetchUri("/echo?n=" + i);
                    calls.add(() -> {
                        together.await();
                        return sender.requestBody(uri, null, String.class);
                    });
                }
                for (Future<String> answer : threads.invokeAll(calls)) {
                    assertThat(answer.get()).contains("GET /echo");
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void aParameterOfTheTargetSetsNothingOfTheEndpoint() {
        Endpoint endpoint = context.getEndpoint(fetchUri("/echo?exchangePattern=InOut"));
        assertThat(endpoint.getExchangePattern()).isEqualTo(ExchangePattern.InOnly);
        assertThat(template.requestBody(endpoint, null, String.class)).contains("GET /echo?exchangePattern=InOut");
    }

    @Test
    void anOptionInAnotherSpellingIsRefused() {
        assertThatThrownBy(() -> context.getEndpoint(fetchUri("/echo?sessionid=5")))
                .hasStackTraceContaining("option 'sessionid' is written sessionId")
                .hasStackTraceContaining("query.sessionid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http.bridge-endpoint=true",
                "http.bridgeendpoint=true",
                "http.clientConnectionManager=#x",
                "http.httpClient.cookieSpec=strict",
                "http.httpClient.circularRedirectsAllowed=false",
                "http.oauth2ClientId=x",
                "http.auth-bearer-token=x"
            })
    void anOptionWithoutEffectIsRefusedInAnySpelling(String option) {
        assertThatThrownBy(() -> send(fetchUri("/echo?" + option), null)).hasStackTraceContaining("cannot be used");
    }

    @Test
    void credentialsGoToTheHostOfTheTargetOnly() {
        String auth = "http.authMethod=Basic&http.authUsername=anna&http.authPassword=geheim";

        assertThat(page("/asks?" + auth)).isEqualTo("in");
        Exchange redirected = send(fetchUri("/redirect?to=" + otherHost("/asks") + "&" + auth), null);
        assertThat(redirected.getException()).hasMessageContaining("401");
        assertThatThrownBy(() -> send("sessions:fetch?" + auth, null)).hasStackTraceContaining("needs http.authHost");
        assertThatThrownBy(() -> send("sessions:fetch?" + auth.toLowerCase(Locale.ROOT), null))
                .hasStackTraceContaining("needs http.authHost");
    }

    @Test
    void preemptiveCredentialsGoToTheirHostOnly() {
        String auth = "http.authMethod=Basic&http.authUsername=anna&http.authPassword=geheim&http.authHost=127.0.0.1"
                + "&http.authenticationPreemptive=true";

        Exchange own = send("sessions:fetch?" + auth, null, Map.of(Exchange.HTTP_URI, site.url() + "/echo"));
        Exchange other = send("sessions:fetch?" + auth, null, Map.of(Exchange.HTTP_URI, otherHost("/echo")));

        assertThat(own.getMessage().getBody(String.class)).contains("Authorization: Basic");
        assertThat(other.getMessage().getBody(String.class)).startsWith("GET").doesNotContain("Authorization");
    }

    @Test
    void anErrorEndsTheExchangeAsItsException() {
        Map<String, String> broken = new HashMap<>() {
            @Override
            public void forEach(BiConsumer<? super String, ? super String> action) {
                throw new NoSuchMethodError("planted");
            }
        };

        Exchange answer = send(fetchUri("/echo"), null, Map.of(SessionsConstants.REQUEST_COOKIES, broken));

        assertThat(answer.getException()).hasStackTraceContaining("planted");
    }

    @Test
    void aConsumersRelativeUriDoesNotConcernOperationsWithoutATarget() {
        page("/set?a=1");

        Exchange answer =
                send("sessions:getCookies", null, Map.of(Exchange.HTTP_URI, "/orders", SessionsConstants.ID, session));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody(Map.class)).containsKey("a");
    }

    @Test
    void theProcessorFormLeavesThePlainEndpointAsItIs() {
        template.requestBody("direct:wrapped", (Object) null);
        template.requestBody("direct:plain", (Object) null);
        template.requestBody("direct:plain", (Object) null);

        assertThat(site.lastRequest().cookie())
                .as("camel-http's own cookie store")
                .isEqualTo("jar=plain");
    }

    @Test
    void theProcessorFormCanBeStoppedAndStartedAgain() throws Exception {
        SessionHttpProcessor processor = sessions().wrap(site.url() + "/echo");
        for (int i = 0; i < 2; i++) {
            processor.start();
            Exchange exchange = context.getEndpoint("direct:x").createExchange();
            processor.process(exchange);
            assertThat(exchange.getMessage().getBody(String.class)).contains("GET /echo");
            processor.stop();
        }
    }

    @Test
    void theProcessorFormWorksAfterARestartOfItsContext() throws Exception {
        try (DefaultCamelContext other = new DefaultCamelContext()) {
            other.disableJMX();
            other.start();
            SessionHttpProcessor processor = Sessions.get(other).wrap(site.url() + "/echo");
            for (int i = 0; i < 2; i++) {
                Exchange exchange = new DefaultExchange(other);
                processor.process(exchange);
                assertThat(exchange.getException()).isNull();
                assertThat(exchange.getMessage().getBody(String.class)).contains("GET /echo");
                other.stop();
                other.start();
            }
        }
    }
}
