/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.renewal.RenewalListener;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.testkit.ExpiringSite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Consumers wait while a log-in is in cool-down. */
class SessionsRoutePolicyTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);
    private static final String PORTAL = "seda:portal?pollTimeout=10";

    @RegisterExtension
    static final ExpiringSite site =
            ExpiringSite.builder().user("anna", "secret").user("ben", "secret").start();

    private final CamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template = context.createProducerTemplate();
    private final List<String> fetched = new CopyOnWriteArrayList<>();
    private final List<String> failed = new CopyOnWriteArrayList<>();
    private final List<String> renewed = new CopyOnWriteArrayList<>();
    private final SessionsRoutePolicy policy = new SessionsRoutePolicy();

    /** Fetches a page for each message, one after the other, as the consumers of Kafka and JMS do. */
    private final class Pages extends RouteBuilder {

        private final Duration cooldown;

        Pages(Duration cooldown) {
            this.cooldown = cooldown;
        }

        @Override
        public void configure() {
            errorHandler(noErrorHandler());
            from(PORTAL)
                    .routeId("portal")
                    .autoStartup(false)
                    .routePolicy(policy)
                    .process(this::fetch);
            from("direct:page")
                    .toD("sessions:fetch/" + site.url() + "${body}?method=GET&site=portal&sessionId=${header.user}"
                            + "&renewalUri=direct:login&renewalCooldown=" + cooldown.toMillis() + "&renewalCooldownMax="
                            + cooldown.toMillis());
            from("direct:login")
                    .setBody(exchange ->
                            Map.of("user", exchange.getMessage().getHeader(SessionsConstants.ID), "password", "secret"))
                    .to("sessions:fetch/" + site.url("/login"));
        }

        void fetch(Exchange exchange) {
            String page = exchange.getMessage().getBody(String.class);
            Exchange answer = template.request("direct:page", request -> {
                request.getMessage().setBody("/page/" + page);
                request.getMessage().setHeader("user", exchange.getMessage().getHeader("user", "anna", String.class));
            });
            (answer.getException() == null ? fetched : failed).add(page);
        }
    }

    @BeforeEach
    void configure() {
        policy.setSite("portal");
        SessionsComponent component = new SessionsComponent();
        for (String name : List.of("portal", "shop")) {
            component.getSites().put(name, new SiteConfiguration());
        }
        context.addComponent("sessions", component);
    }

    @AfterEach
    void stop() {
        context.getShutdownStrategy().setTimeout(1); // for what is left in a suspended route's queue
        context.stop();
    }

    @Test
    void messagesStayInTheQueueUntilATrialRenewalSucceeds() throws Exception {
        start(SHORT);
        site.failLogins(403);
        send("1", "2", "3", "4", "5");
        startRoute();

        // one attempt for the message, all others by the policy
        await().until(() -> site.loginsAttempted() >= 4);
        assertThat(failed).containsExactly("1");
        assertThat(fetched).isEmpty();
        assertThat(queued()).isEqualTo(4);
        assertThat(consumer().isSuspended()).isTrue();

        site.repairLogins();
        await().until(() -> fetched.size() == 4);
        assertThat(fetched).containsExactly("2", "3", "4", "5");
        assertThat(failed).containsExactly("1");
        assertThat(site.loginsSucceeded()).isOne();
        assertThat(consumer().isStarted()).isTrue();
    }

    @Test
    void theEndOfACooldownByAnOperatorResumesTheConsumerAfterATrial() throws Exception {
        failTheFirstOf("1", "2", "3");

        sessions().session("anna").endCooldown();
        await().until(() -> site.loginsAttempted() == 2);
        awaitCooldown();
        assertThat(consumer().isSuspended()).isTrue();

        site.repairLogins();
        sessions().session("anna").endCooldown();
        await().until(() -> fetched.size() == 2);
        assertThat(failed).containsExactly("1");
        assertThat(site.loginsAttempted()).isEqualTo(3);
    }

    @Test
    void aRouteOfAnotherSiteOrSessionGoesOn() throws Exception {
        SessionsRoutePolicy ofAnotherSite = new SessionsRoutePolicy();
        ofAnotherSite.setSite("shop");
        SessionsRoutePolicy ofAnotherSession = new SessionsRoutePolicy();
        ofAnotherSession.setSite("portal");
        ofAnotherSession.setSessionId("ben");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("seda:same").routeId("same").routePolicy(policy).to("mock:none");
                from("seda:shop").routeId("shop").routePolicy(ofAnotherSite).to("mock:none");
                from("seda:ben").routeId("ben").routePolicy(ofAnotherSession).to("mock:none");
            }
        });

        failTheFirstOf("1", "2");

        assertThat(consumer("same").isSuspended()).isTrue();
        assertThat(consumer("shop").isStarted()).isTrue();
        assertThat(consumer("ben").isStarted()).isTrue();

        site.repairLogins();
        sessions().session("anna").endCooldown();
        await().until(() -> consumer("same").isStarted() && consumer().isStarted());
    }

    @Test
    void theConsumerIsResumedWhenTheLastOfSeveralSessionsIsRenewed() throws Exception {
        failTheFirstOf("1", "2");
        context.getRouteController().stopRoute("portal", 1, TimeUnit.MILLISECONDS);
        assertThat(page("ben").getException()).isNotNull();
        startRoute();

        site.repairLogins();
        sessions().session("ben").endCooldown();
        awaitRenewed("ben");
        assertThat(consumer().isSuspended()).isTrue();

        sessions().session("anna").endCooldown();
        await().until(() -> consumer().isStarted());
    }

    @Test
    void aRouteStoppedDuringTheCooldownStaysStoppedAndWaitsAgainAfterItsStart() throws Exception {
        failTheFirstOf("1");
        DefaultConsumer first = consumer();
        context.getRouteController().stopRoute("portal");
        site.repairLogins();
        assertThat(sessions().session("anna").stats().orElseThrow().state()).isEqualTo("FAILED");

        startRoute();
        await().until(() -> consumer().isSuspended());
        context.getRouteController().stopRoute("portal");
        sessions().session("anna").endCooldown();
        assertThat(site.loginsAttempted()).as("nobody waits for it").isOne();
        assertThat(first.isStarted()).isFalse();
        assertThat(consumer().isStarted()).isFalse();

        send("2");
        startRoute();
        await().until(() -> fetched.contains("2"));
        assertThat(failed).containsExactly("1");
    }

    @Test
    void aRouteThatAnOperatorSuspendsStaysSuspendedAfterTheRenewal() throws Exception {
        failTheFirstOf("1");
        context.getRouteController().suspendRoute("portal");
        site.repairLogins();
        sessions().session("anna").endCooldown();

        assertThat(page("anna").getException()).isNull();
        awaitRenewed("anna");
        assertThat(consumer().isSuspended()).isTrue();
        assertThat(context.getRouteController().getRouteStatus("portal")).isEqualTo(ServiceStatus.Suspended);

        context.getRouteController().resumeRoute("portal");
        send("2");
        await().until(() -> fetched.contains("2"));
    }

    @Test
    void aConsumerThatAnOperatorSuspendedBeforeStaysSuspended() throws Exception {
        start(LONG);
        startRoute();
        consumer().suspend();
        site.failLogins(403);
        Exchange failing = page("anna");
        assertThat(failing.getException()).isNotNull();
        policy.onExchangeDone(context.getRoute("portal"), failing); // waits until the policy knows of the cool-down
        site.repairLogins();
        sessions().session("anna").endCooldown();

        awaitRenewed("anna");
        assertThat(consumer().isSuspended()).isTrue();
    }

    @Test
    void aRouteThatComesDuringACooldownWaitsToo() throws Exception {
        failTheFirstOf("1");
        SessionsRoutePolicy late = new SessionsRoutePolicy();
        late.setSite("portal");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("seda:late").routeId("late").routePolicy(late).to("mock:none");
            }
        });

        await().until(() -> consumer("late").isSuspended());
        site.repairLogins();
        sessions().session("anna").endCooldown();
        await().until(() -> consumer("late").isStarted());
    }

    @Test
    void aSessionThatItsRouteRenewsItselfIsTriedByTheNextMessage() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(PORTAL)
                        .routeId("portal")
                        .autoStartup(false)
                        .routePolicy(policy)
                        .process(exchange -> {
                            Exchange answer = template.request("direct:renew", request -> {});
                            String message = exchange.getMessage().getBody(String.class);
                            (answer.getException() == null ? fetched : failed).add(message);
                        });
                from("direct:renew")
                        .setBody(constant(Map.of("user", "anna", "password", "secret")))
                        .to("sessions:renew/" + site.url("/login")
                                + "?site=portal&sessionId=anna&renewalCooldown=50&renewalCooldownMax=50");
            }
        });
        context.start();
        site.failLogins(403, 2);
        send("1", "2", "3");
        startRoute();

        await().until(() -> fetched.size() == 1);
        assertThat(failed).containsExactly("1", "2");
        assertThat(fetched).containsExactly("3");
        assertThat(site.loginsAttempted()).isEqualTo(3);
    }

    @Test
    void aRouteInYamlNamesThePolicyAsABean() throws Exception {
        start(LONG);
        context.getRegistry().bind("fetch", (org.apache.camel.Processor) new Pages(LONG)::fetch);
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("policy.yaml", """
                - beans:
                    - name: waitForPortal
                      type: io.github.camelsessions.SessionsRoutePolicy
                      properties:
                        site: portal
                        sessionId: anna
                - route:
                    id: yaml
                    %s: waitForPortal
                    from:
                      uri: seda:yaml
                      steps:
                        - process:
                            ref: fetch
                """.formatted(
                        context.getVersion().startsWith("4.18.") ? "routePolicy" : "routePolicyRef")));
        site.failLogins(403);
        template.sendBody("seda:yaml", "1");

        await().until(() -> consumer("yaml").isSuspended());
        site.repairLogins();
        sessions().session("anna").endCooldown();
        await().until(() -> consumer("yaml").isStarted());
    }

    @Test
    void anUnknownSiteFailsTheStart() throws Exception {
        policy.setSite("potral");
        context.addRoutes(new Pages(LONG));

        assertThatThrownBy(context::start)
                .hasStackTraceContaining("site 'potral' is not configured: did you mean portal?");
    }

    private void start(Duration cooldown) throws Exception {
        context.addRoutes(new Pages(cooldown));
        context.start();
        Sessions.get(context).engine().traffic().addListener(new RenewalListener() {
            @Override
            public void renewed(SessionKey session) {
                renewed.add(session.toString());
            }

            @Override
            public void failed(SessionKey session, RenewalRules rules, Instant retryAt) {}

            @Override
            public void cooldownEnded(SessionKey session) {}
        });
    }

    /** The log-in is refused: the first message fails, the others wait for more than an hour. */
    private void failTheFirstOf(String... pages) throws Exception {
        start(LONG);
        site.failLogins(403);
        send(pages);
        startRoute();
        await().until(() -> failed.size() == 1 && consumer().isSuspended());
        assertThat(queued()).isEqualTo(pages.length - 1);
    }

    private void send(String... pages) {
        for (String page : pages) {
            template.sendBody(PORTAL, page);
        }
    }

    private Exchange page(String user) {
        return template.request("direct:page", request -> {
            request.getMessage().setBody("/page/0");
            request.getMessage().setHeader("user", user);
        });
    }

    private void startRoute() throws Exception {
        context.getRouteController().startRoute("portal");
    }

    private void awaitCooldown() {
        await().until(() ->
                sessions().session("anna").stats().orElseThrow().state().equals("FAILED"));
    }

    private void awaitRenewed(String user) {
        await().until(() -> renewed.contains("portal/" + user));
    }

    private Sessions sessions() {
        return Sessions.get(context).site("portal");
    }

    private int queued() {
        return context.getEndpoint(PORTAL, SedaEndpoint.class).getCurrentQueueSize();
    }

    private DefaultConsumer consumer() {
        return consumer("portal");
    }

    private DefaultConsumer consumer(String route) {
        return (DefaultConsumer) context.getRoute(route).getConsumer();
    }
}
