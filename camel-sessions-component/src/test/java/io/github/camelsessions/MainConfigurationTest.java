/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.spi.ContextReloadStrategy;
import org.apache.camel.spi.PropertiesReload;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.OrderedLocationProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The component configured by camel-main, as an application.properties file does it. */
class MainConfigurationTest {

    private static final String COMPONENT = "camel.component.sessions.";

    @TempDir
    private Path folder;

    private final LoopbackSite site = new LoopbackSite();
    private final Main main = new Main();

    @AfterEach
    void stop() {
        main.stop();
        site.close();
    }

    @Test
    void optionsOfComponentAndSitesAreBound() throws Exception {
        Path profiles = folder.resolve("profiles.yaml");
        Files.writeString(profiles, "- name: anna\n  userAgent: Anna/1\n");
        start(Map.of(
                "profiles", "file:" + profiles,
                "maxSessions", "7",
                "sites[my-portal].uris", site.url() + "/*",
                "sites[my-portal].session-id", "of site",
                "sites[my-portal].http[connectTimeout]", "5000",
                "http[responseTimeout]", "6000",
                "cookiesEnabled", "false",
                "max-redirects", "3"));

        SessionsComponent component = component();
        assertThat(component.getMaxSessions()).isEqualTo(7);
        assertThat(component.getConfiguration().getCookiesEnabled()).isFalse();
        assertThat(component.getConfiguration().getMaxRedirects()).isEqualTo(3);
        assertThat(component.getConfiguration().getHttp())
                .containsExactlyInAnyOrderEntriesOf(Map.of("responseTimeout", "6000"));
        assertThat(component.getSites()).containsOnlyKeys("my-portal");
        assertThat(component.getSites().get("my-portal").getHttp())
                .containsExactlyInAnyOrderEntriesOf(Map.of("connectTimeout", "5000"));

        fetch("/set?sid=1");
        fetch("/echo");
        assertThat(site.lastRequest().userAgent()).isEqualTo("Anna/1");
        assertThat(site.lastRequest().cookies()).isEmpty();
        assertThat(sessions().site("my-portal").ids()).containsExactly("of site");
    }

    @Test
    void camelHttpOptionsOfTheSiteWinOverThoseOfTheComponent() throws Exception {
        start(Map.of(
                "http[userAgent]", "component",
                "http[connectionClose]", "true",
                "sites[portal].uris", site.url() + "/echo",
                "sites[portal].http[userAgent]", "site"));

        assertThat(fetch("/echo")).contains("User-agent: site", "Connection: close");
        assertThat(fetch("/echo/other")).contains("User-agent: component", "Connection: close");
    }

    @ParameterizedTest
    @CsvSource({
        "sites.portal.uris,                 https://portal.example/*",
        "sites.portal.http[connectTimeout], 5000",
        "sites.portal,                      https://portal.example/*",
        "sites[portal],                     https://portal.example/*"
    })
    void aSiteWithoutBracketsIsRefusedWithTheWayOut(String name, String value) {
        assertThatThrownBy(() -> start(Map.of(name, value)))
                .hasStackTraceContaining("sites.portal cannot be set")
                .hasStackTraceContaining("camel.component.sessions.sites[portal].uris");
    }

    @Test
    void aSiteWithoutBracketsIsRefusedWhenBoundByCode() {
        start(Map.of());
        assertThatThrownBy(() -> PropertyBindingSupport.build()
                        .bind(main.getCamelContext(), component(), "sites.portal.uris", "https://portal.example/*"))
                .hasStackTraceContaining("camel.component.sessions.sites[portal].uris");
        PropertyBindingSupport.build()
                .bind(main.getCamelContext(), component(), "sites[portal].uris", "https://portal.example/*");
        assertThat(component().getSites().get("portal").getUris()).isEqualTo("https://portal.example/*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sites[portal].uri              | https://portal.example/* | uri",
                "sites[portal].uris             | portal.example           | sites[portal].uris",
                "sites[portal].wrap             | true                     | sites[portal].wrap=true needs",
                "sites[portal].http[conectTimeout] | 1                     | did you mean http.connectTimeout?",
                "sites[portal].http[cookieStore]   | #none                 | http.cookieStore cannot be used",
                "sites[portal].maxRedirects     | 0                        | maxRedirects=0",
                "sites[portal].profile          | anna                     | sites[portal]: profile 'anna' is unknown",
                "http[conectTimeout]            | 1                        | component sessions: option http.conectTimeout",
                "cookiesDebug                   | names                    | cookiesDebug=names",
                "maxSessions                    | 0                        | maxSessions=0",
                "sites[portal].keepAlive        | soon                     | sites[portal]: option keepAlive=soon: must be",
                "sites[portal].keep-aliv        | 5m                       | sites[portal]: unknown option 'keepAliv', did",
                "keep-alive                     | soon                     | component sessions: option keepAlive=soon: must",
                "max-sesions                    | 5                        | unknown option 'maxSesions', did you mean",
                "profiles                       | file:no/such.yaml        | file:no/such.yaml"
            })
    void aWrongOptionStopsTheStartAndIsNamed(String name, String value, String named) {
        assertThatThrownBy(() -> start(Map.of(name, value))).hasStackTraceContaining(named);
    }

    @Test
    void sessionsProfilesAndEndpointsOutliveAReloadOfProperties() throws Exception {
        Path profiles = folder.resolve("profiles.yaml");
        Files.writeString(profiles, "[{name: anna, userAgent: Anna/1}, {name: ben, userAgent: Ben/1}]");
        start(Map.of("profiles", "file:" + profiles));
        fetch("/set?sid=1");
        SessionsComponent before = component();

        reload(Map.of(COMPONENT + "profiles", "file:" + profiles));

        assertThat(component()).isNotSameAs(before);
        assertThat(sessions().session("0").cookieMap()).containsEntry("sid", "1");
        fetch("/echo");
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=1");
        assertThat(site.lastRequest().userAgent()).isEqualTo("Anna/1");
        fetch("/echo", "second");
        assertThat(site.lastRequest().userAgent()).as("the rotation goes on").isEqualTo("Ben/1");

        ContextReloadStrategy routes = main.getCamelContext().hasService(ContextReloadStrategy.class);
        routes.onReload(this);

        fetch("/echo");
        assertThat(site.lastRequest().cookie()).isEqualTo("sid=1");
    }

    @Test
    void optionsSetByAReloadOfPropertiesHold() throws Exception {
        start(Map.of());
        fetch("/set?sid=1");

        reload(Map.of(COMPONENT + "sites[portal].uris", site.url() + "/*"));
        main.getCamelContext().hasService(ContextReloadStrategy.class).onReload(this);

        fetch("/set?sid=2");
        assertThat(sessions().site("portal").session("0").cookieMap()).containsEntry("sid", "2");
        assertThat(sessions().session("0").cookieMap()).containsEntry("sid", "1");
    }

    private void reload(Map<String, String> properties) throws Exception {
        OrderedLocationProperties reloaded = new OrderedLocationProperties();
        properties.forEach((name, value) -> reloaded.put("test", name, value));
        PropertiesReload reload = main.getCamelContext().hasService(PropertiesReload.class);
        reload.onReload("test", reloaded);
    }

    private void start(Map<String, String> options) {
        Properties properties = new Properties();
        options.forEach((name, value) -> properties.put(COMPONENT + name, value));
        main.setOverrideProperties(properties);
        main.configure().setContextReloadEnabled(true);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fetch").routeId("fetch").to("sessions:fetch");
            }
        });
        main.start();
    }

    private String fetch(String path) {
        return fetch(path, null);
    }

    private String fetch(String path, String session) {
        CamelContext context = main.getCamelContext();
        try (ProducerTemplate template = context.createProducerTemplate()) {
            return template.request("direct:fetch", exchange -> {
                        exchange.getMessage().setHeader("CamelHttpUri", site.url() + path);
                        exchange.getMessage().setHeader(SessionsConstants.ID, session);
                    })
                    .getMessage()
                    .getBody(String.class);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private SessionsComponent component() {
        return main.getCamelContext().getComponent("sessions", SessionsComponent.class);
    }

    private Sessions sessions() {
        return Sessions.get(main.getCamelContext());
    }
}
