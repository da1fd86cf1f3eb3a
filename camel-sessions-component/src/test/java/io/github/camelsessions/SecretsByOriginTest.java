/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.camelsessions.api.CaptureFrom;
import io.github.camelsessions.api.SiteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets stay with the origin that they belong to: another port of the same host is another one. */
@Timeout(60)
class SecretsByOriginTest {

    private static final String SECRET = "geheim";
    private static final String AUTH = "authMethod=Basic&authUsername=anna&authPassword=" + SECRET;

    private final LoopbackSite own = new LoopbackSite();
    private final LoopbackSite other = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        own.page("/away", http -> redirect(http, other.url() + "/asks"));
        own.page("/there-and-back", http -> redirect(http, other.url() + "/back"));
        own.page("/asks", SecretsByOriginTest::ask);
        other.page("/asks", SecretsByOriginTest::ask);
        other.page("/back", http -> {
            http.getResponseHeaders().add("X-Token", "of the other");
            redirect(http, own.url() + "/asks");
        });
        Files.writeString(
                folder.resolve("profiles.yaml"),
                "- {name: p, userAgent: Test/1, headers: {Authorization: Bearer " + SECRET + ", X-Api-Key: " + SECRET
                        + ", X-Plain: plain}}\n");
        Files.writeString(folder.resolve("plain.yaml"), "- {name: plain, userAgent: Test/1}\n");
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfiles("file:" + folder.resolve("profiles.yaml"));
        component.getConfiguration().setCapture(Map.of("token", "header:X-Token"));
        component.getConfiguration().setCaptureFrom(CaptureFrom.all);
        component.getConfiguration().setSessionHeaders(Map.of("X-Session", SECRET));
        context.disableJMX();
    }

    @AfterEach
    void stop() {
        context.stop();
        own.close();
        other.close();
    }

    private static void redirect(HttpExchange http, String location) throws IOException {
        http.getResponseHeaders().add("Location", location);
        LoopbackSite.answer(http, 302, "");
    }

    /** Asks for credentials, and shows what it was sent. */
    private static void ask(HttpExchange http) throws IOException {
        boolean basic = http.getRequestHeaders().getOrDefault("Authorization", List.of()).stream()
                .anyMatch(value -> value.startsWith("Basic"));
        http.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"shop\"");
        http.getResponseHeaders().add("X-Token", "of " + http.getLocalAddress().getPort());
        StringBuilder seen = new StringBuilder();
        http.getRequestHeaders().forEach((name, values) -> seen.append(name).append(values));
        LoopbackSite.answer(http, basic ? 200 : 401, seen.toString());
    }

    private Exchange send(String uri) throws Exception {
        context.start();
        return context.createFluentProducerTemplate().to(uri).request(Exchange.class);
    }

    private String seen(String uri) throws Exception {
        return send(uri).getMessage().getBody(String.class);
    }

    private String fetch(String path, String options) {
        return "sessions:fetch/" + own.url() + path + "?throwExceptionOnFailure=false"
                + (options.isEmpty() ? "" : "&" + options);
    }

    private Object token() {
        return Sessions.get(context).session("0").variable("token");
    }

    @Test
    void theFirstOriginGetsAllOfThem() throws Exception {
        assertThat(seen(fetch("/asks", ""))).contains("Bearer " + SECRET, "X-api-key[" + SECRET, "X-session[" + SECRET);
    }

    @Test
    void anotherPortGetsNone() throws Exception {
        assertThat(seen(fetch("/away", ""))).contains("Test/1", "plain").doesNotContain(SECRET);
        assertThat(token()).isNull();
    }

    @Test
    void onTheWayBackTheFirstOriginGetsThemAgain() throws Exception {
        assertThat(seen(fetch("/there-and-back", ""))).contains("Bearer " + SECRET, "X-session[" + SECRET);
        assertThat(token()).isEqualTo("of " + own.port());
    }

    @ParameterizedTest
    @CsvSource({"/asks, 200", "/away, 401", "/there-and-back, 200"})
    void credentialsAreTheTargetsOnly(String path, int status) throws Exception {
        plainProfile();
        String http = "http." + AUTH.replace("&", "&http.");

        assertThat(send(fetch(path, http)).getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/asks, 200", "/away, 401", "/there-and-back, 200"})
    void preemptiveOnesAsWell(String path, int status) throws Exception {
        plainProfile();
        String http = "http." + AUTH.replace("&", "&http.") + "&http.authenticationPreemptive=true";

        assertThat(send(fetch(path, http)).getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/asks, 200", "/away, 401", "/there-and-back, 200"})
    void soAreThoseOfAWrappedEndpoint(String path, int status) throws Exception {
        plainProfile();
        siteOfBoth().setWrap(true);
        String uri = own.url() + path + "?throwExceptionOnFailure=false&followRedirects=true&" + AUTH;

        assertThat(send(uri).getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(status);
    }

    @Test
    void credentialsForAnotherHostThanTheTargetsAreForThatHost() throws Exception {
        plainProfile();
        String http = "http." + AUTH.replace("&", "&http.") + "&http.authHost=127.0.0.1";
        String uri = fetch("/away", http).replace("127.0.0.1:" + own.port() + "/", "localhost:" + own.port() + "/");

        assertThat(send(uri).getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/away", "/there-and-back"})
    void aSiteSaysByItsUrisWhereItsSessionHeadersGo(String path) throws Exception {
        siteOfBoth();
        String uri = fetch(path, "");

        assertThat(seen(uri)).contains("X-session[" + SECRET);
    }

    private SiteConfiguration siteOfBoth() {
        SiteConfiguration both = new SiteConfiguration();
        both.setUris(own.url() + "/*," + other.url() + "/*");
        context.getComponent("sessions", SessionsComponent.class).getSites().put("both", both);
        return both;
    }

    private void plainProfile() {
        context.getComponent("sessions", SessionsComponent.class).setProfiles("file:" + folder.resolve("plain.yaml"));
    }
}
