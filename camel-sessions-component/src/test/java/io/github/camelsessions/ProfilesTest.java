/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.profile.ProfileFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client profiles from their file to the request on the wire. */
class ProfilesTest {

    private static final String THREE = """
            - name: anna
              userAgent: Anna/1
              headers: {Accept-Language: de, X-Client: "{{client}}"}
            - name: benjamin
              userAgent: Ben/1
            - name: cleo
              userAgent: Cleo/1
            """;

    @TempDir
    private Path folder;

    private final LoopbackSite site = new LoopbackSite();
    private final LoopbackSite other = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate template;

    @AfterEach
    void stop() {
        context.stop();
        site.close();
        other.close();
    }

    @Test
    void sessionsTakeTheProfilesInTurn() throws Exception {
        start(THREE);

        assertThat(agentOf("1")).isEqualTo("Anna/1");
        assertThat(agentOf("2")).isEqualTo("Ben/1");
        assertThat(agentOf("1")).as("kept").isEqualTo("Anna/1");
        assertThat(agentOf("3")).isEqualTo("Cleo/1");
        assertThat(agentOf("4")).as("all are used before any repeats").isEqualTo("Anna/1");

        Exchange done = fetch("2", "/echo");
        assertThat(done.getMessage().getHeader(SessionsConstants.USED_PROFILE)).isEqualTo("benjamin");
    }

    @Test
    void aClearedSessionGivesItsProfileBackAndTakesTheNext() throws Exception {
        start(THREE);
        agentOf("1");
        agentOf("2");

        template.request("sessions:clear", exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, "1"));

        assertThat(agentOf("1")).isEqualTo("Cleo/1");
        assertThat(agentOf("3")).as("given back").isEqualTo("Anna/1");
    }

    @Test
    void aSessionCanHaveAFixedProfile() throws Exception {
        start(THREE);

        template.request("direct:cleo", exchange -> {});
        assertThat(site.lastRequest().userAgent()).isEqualTo("Cleo/1");
        assertThat(Sessions.get(context).session("fixed").profile().name()).isEqualTo("cleo");

        template.request("direct:cleo", exchange -> {
            exchange.getMessage().setHeader(SessionsConstants.PROFILE, "benjamin");
            exchange.getMessage().setHeader(SessionsConstants.ID, "by header");
        });
        assertThat(site.lastRequest().userAgent()).as("the header wins").isEqualTo("Ben/1");
        assertThat(agentOf("next")).as("the others are not consumed").isEqualTo("Anna/1");
    }

    @Test
    void anUnknownProfileIsRefusedWithTheNearestName() throws Exception {
        start(THREE);

        Exchange done = template.request("direct:fetch", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, site.url() + "/echo");
            exchange.getMessage().setHeader(SessionsConstants.PROFILE, "benjamim");
        });
        assertThat(done.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'benjamim'")
                .hasMessageContaining("did you mean benjamin?");
        Exchange right = template.request("direct:fetch", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, site.url() + "/echo");
            exchange.getMessage().setHeader(SessionsConstants.PROFILE, "benjamin");
        });
        assertThat(right.getException()).as("the session is as it was").isNull();
        assertThat(site.lastRequest().userAgent()).isEqualTo("Ben/1");

        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:wrong").to("sessions:fetch/" + site.url() + "/echo?profile=clo");
                    }
                }))
                .hasStackTraceContaining("did you mean cleo?");
    }

    @Test
    void aProfileGoesWithEachHopAndRequestAfterARedirectOfAPost() throws Exception {
        start(THREE);
        StringBuilder languages = new StringBuilder();
        for (LoopbackSite each : new LoopbackSite[] {site, other}) {
            each.page("/hop", http -> {
                languages
                        .append(http.getRequestMethod())
                        .append(' ')
                        .append(http.getRequestHeaders().getFirst("User-Agent"))
                        .append(' ')
                        .append(http.getRequestHeaders().get("Accept-Language"))
                        .append(' ')
                        .append(http.getRequestHeaders().get("X-Client"))
                        .append('\n');
                String to = http.getRequestURI().getQuery();
                if (to != null) {
                    http.getResponseHeaders().add("Location", to);
                }
                LoopbackSite.answer(http, to == null ? 200 : 302, "");
            });
        }

        Exchange done = template.request("direct:fetch", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, site.url() + "/hop?/hop?" + other.url() + "/hop");
            exchange.getMessage().setHeader("Accept-Language", "of the message");
            exchange.getMessage().setBody("a=b");
        });

        assertThat(done.getException()).isNull();
        assertThat(languages)
                .hasToString("POST Anna/1 [de] [of the test]\n" + "GET Anna/1 [de] [of the test]\n"
                        + "GET Anna/1 [de] [of the test]\n");
    }

    @Test
    void withoutProfilesNothingIsAdded() throws Exception {
        start(null);

        Exchange done = fetch("1", "/echo");

        assertThat(done.getMessage().getBody(String.class))
                .containsIgnoringCase("User-Agent: Apache-HttpClient")
                .doesNotContainIgnoringCase("Accept-Language");
        assertThat(done.getMessage().getHeaders()).doesNotContainKey(SessionsConstants.USED_PROFILE);
        assertThat(Sessions.get(context).session("1").profile().name()).isEmpty();
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> startWith("classpath:no/such.yaml"))
                .hasStackTraceContaining("option profiles: there is no resource classpath:no/such.yaml");
    }

    @Test
    void wrongEntriesAreNamedWithIndexAndReason() {
        assertThatThrownBy(() -> start("[{name: anna}, {name: ben, agent: x}, {name: anna}]"))
                .hasStackTraceContaining("profiles.yaml")
                .hasStackTraceContaining("entry 1")
                .hasStackTraceContaining("agent")
                .hasStackTraceContaining("has the same name as entry 0");
    }

    @Test
    void aPlaceholdersValueCannotChangeTheFilesStructure() throws Exception {
        String text =
                "{\"anna\":{\"proxy\":{\"url\":\"http://127.0.0.1:1\",\"username\":\"a\",\"password\":\"{{p}}\"}}}";

        String password = ProfileFile.parse("p.json", text, value -> value.replace("{{p}}", "a\"b\\c: #}"))
                .get(0)
                .proxy()
                .password();

        assertThat(password).isEqualTo("a\"b\\c: #}");
    }

    @Test
    void aPlaceholderThatCannotBeResolvedIsNamed() {
        assertThatThrownBy(() -> start("- name: \"{{no.such}}\""))
                .hasStackTraceContaining("profiles.yaml")
                .hasStackTraceContaining("no.such")
                .hasStackTraceContaining("line 1");
    }

    @Test
    void aProxyOfAnUnknownSchemeIsRefused() {
        assertThatThrownBy(() -> start("- {name: anna, proxy: {url: \"ftp://proxy.example:3128\", password: geheim,"
                        + " username: anna}}"))
                .hasStackTraceContaining("('anna')")
                .hasStackTraceContaining("the scheme of the proxy is not http, https or socks5")
                .message()
                .doesNotContain("geheim");
    }

    @Test
    void aChangedFileIsLoadedAndSessionsKeepTheProfilesThatTheyHave() throws Exception {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfilesReload(Duration.ofMillis(5));
        start(THREE);
        agentOf("1");
        agentOf("2");

        Files.writeString(
                folder.resolve("profiles.yaml"), "- {name: anna, userAgent: New/1}\n- {name: ben, userAgent: New/2}\n");
        await().untilAsserted(() -> assertThat(Sessions.get(context).profiles())
                .extracting(ProfileStats::name)
                .containsExactly("anna", "ben"));

        assertThat(agentOf("1")).as("kept").isEqualTo("Anna/1");
        assertThat(agentOf("3")).isEqualTo("New/1");
        context.stop();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("SessionsProfiles") && name.contains(context.getName())));
    }

    @Test
    void aFileThatIsNotToBeLookedAtIsReadOnce() throws Exception {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.setProfilesReload(Duration.ZERO);
        start(THREE);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("SessionsProfiles") && name.contains(context.getName()));
    }

    private void start(String profiles) throws Exception {
        if (profiles == null) {
            startWith(null);
        } else {
            Path file = Files.writeString(folder.resolve("profiles.yaml"), profiles);
            startWith("file:" + file);
        }
    }

    private void startWith(String profiles) throws Exception {
        context.disableJMX();
        Properties properties = new Properties();
        properties.putAll(Map.of("client", "of the test"));
        context.getPropertiesComponent().setInitialProperties(properties);
        context.getComponent("sessions", SessionsComponent.class).setProfiles(profiles);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:fetch").to("sessions:fetch");
                if (profiles != null) {
                    from("direct:cleo").to("sessions:fetch/" + site.url() + "/echo?sessionId=fixed&profile=cleo");
                }
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    private String agentOf(String session) {
        assertThat(fetch(session, "/echo").getException()).isNull();
        return site.lastRequest().userAgent();
    }

    private Exchange fetch(String session, String path) {
        return template.request("direct:fetch", exchange -> {
            exchange.getMessage().setHeader(Exchange.HTTP_URI, site.url() + path);
            exchange.getMessage().setHeader(SessionsConstants.ID, session);
        });
    }
}
