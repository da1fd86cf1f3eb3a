/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.wrap.CallSource;
import io.github.camelsessions.internal.wrap.SiteCalls;
import io.github.camelsessions.internal.wrap.WrapEndpointStrategy;
import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.support.DefaultInterceptSendToEndpoint;
import org.apache.camel.support.LifecycleStrategySupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wrapped endpoints together with what else Camel puts around endpoints, and over the life of a context. */
class WrapInterceptTest {

    private final LoopbackSite site = new LoopbackSite();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
        site.close();
    }

    @Test
    void anInterceptedEndpointIsStillWrapped() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("http*")
                        .onWhen(simple("${header.CamelSessionsId} != 'other'"))
                        .setHeader("seen", constant("yes"))
                        .afterUri("mock:after");
                routes(this);
            }
        });

        request("direct:set", "anna");
        Exchange echo = request("direct:echo", "anna");

        assertThat(echo.getMessage().getBody(String.class)).contains("Cookie: sid=1", "Seen: yes");
        assertThat(context.getEndpoint("mock:after", MockEndpoint.class).getReceivedCounter())
                .isEqualTo(2);
        assertThat(request("direct:echo", "other").getMessage().getBody(String.class))
                .doesNotContain("Seen:");
    }

    @Test
    void anInterceptThatSkipsSendsNothing() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("http*").skipSendToOriginalEndpoint().to("mock:instead");
                routes(this);
            }
        });

        request("direct:set", "anna");

        assertThat(site.requests()).isEmpty();
        assertThat(context.getEndpoint("mock:instead", MockEndpoint.class).getReceivedCounter())
                .isEqualTo(1);
    }

    // the context keeps its strategies in a set without order, so that an intercept may come before or after
    @Test
    void anEndpointIsWrappedWithinAnInterceptThatCameFirst() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {}
        });
        WrapEndpointStrategy strategy = new WrapEndpointStrategy(this::wrappedSites);
        DefaultCamelContext plainContext = new DefaultCamelContext();
        HttpEndpoint plain = plainContext.getEndpoint(site.url() + "/echo", HttpEndpoint.class);
        DefaultInterceptSendToEndpoint intercept = new DefaultInterceptSendToEndpoint(plain, true);
        intercept.setBefore(exchange -> {});
        intercept.setAfter(exchange -> {});
        intercept.setOnWhen(exchange -> true);

        Endpoint answer = strategy.registerEndpoint(plain.getEndpointUri(), intercept);

        assertThat(answer).isInstanceOfSatisfying(DefaultInterceptSendToEndpoint.class, around -> {
            assertThat(around.getOriginalEndpoint())
                    .isInstanceOf(HttpEndpoint.class)
                    .isNotSameAs(plain);
            assertThat(around.getBefore()).isSameAs(intercept.getBefore());
            assertThat(around.getAfter()).isSameAs(intercept.getAfter());
            assertThat(around.getOnWhen()).isSameAs(intercept.getOnWhen());
            assertThat(around.isSkip()).isTrue();
        });
        assertThat(strategy.registerEndpoint(plain.getEndpointUri(), answer))
                .as("wrapped once only")
                .isSameAs(answer);
        assertThat(((InterceptSendToEndpoint) answer).getEndpointUri()).isEqualTo(plain.getEndpointUri());
    }

    @Test
    void anEndpointOfNoInterestStaysAsItIs() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {}
        });
        WrapEndpointStrategy strategy = new WrapEndpointStrategy(this::wrappedSites);
        Endpoint mock = context.getEndpoint("mock:x");
        Endpoint intercepted = new DefaultInterceptSendToEndpoint(mock, false);

        assertThat(strategy.registerEndpoint("mock:x", mock)).isSameAs(mock);
        assertThat(strategy.registerEndpoint("mock:x", intercepted)).isSameAs(intercepted);
    }

    @Test
    void adviceReplacesAWrappedEndpoint() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });

        AdviceWith.adviceWith(
                context, "echo", route -> route.weaveByToUri("http:*").replace().to("mock:instead"));
        request("direct:echo", "anna");
        request("direct:set", "anna");

        assertThat(context.getEndpoint("mock:instead", MockEndpoint.class).getReceivedCounter())
                .isEqualTo(1);
        assertThat(site.requests()).hasSize(1);
    }

    @Test
    void mocksStandBesideOrInsteadOfWrappedEndpoints() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });

        AdviceWith.adviceWith(context, "set", route -> route.mockEndpoints("http:.*set.*"));
        AdviceWith.adviceWith(context, "echo", route -> route.mockEndpointsAndSkip("http:.*echo"));
        request("direct:set", "anna");
        request("direct:echo", "anna");

        assertThat(site.requests()).hasSize(1);
        assertThat(Sessions.get(context).site("portal").session("anna").cookieMap())
                .containsEntry("sid", "1");
        assertThat(context.getEndpoint("mock:http:127.0.0.1:" + site.port() + "/set", MockEndpoint.class)
                        .getReceivedCounter())
                .isEqualTo(1);
        assertThat(context.getEndpoint("mock:http:127.0.0.1:" + site.port() + "/echo", MockEndpoint.class)
                        .getReceivedCounter())
                .isEqualTo(1);
    }

    @Test
    void aContextThatWasStoppedAndStartedStillWrapsAndHasForgottenTheSessions() throws Exception {
        context.disableJMX();
        // Camel forgets its components when it stops, and makes new ones
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onComponentAdd(String name, Component component) {
                if (component instanceof SessionsComponent sessions) {
                    WrapTest.wrap(sessions, site);
                }
            }
        });
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });
        context.start();
        request("direct:set", "anna");
        assertThat(request("direct:echo", "anna").getMessage().getBody(String.class))
                .contains("Cookie: sid=1");

        context.stop();
        assertThat(Sessions.get(context).site("portal").ids()).isEmpty();
        context.start();

        assertThat(request("direct:echo", "anna").getMessage().getBody(String.class))
                .doesNotContain("Cookie:");
        request("direct:set", "anna");
        assertThat(request("direct:echo", "anna").getMessage().getBody(String.class))
                .contains("Cookie: sid=1");
        assertThat(context.getRegistry().lookupByName("sessions")).isSameAs(Sessions.get(context));

        context.stop();
        assertThat(Sessions.get(context).site("portal").ids()).isEmpty();
    }

    @Test
    void aComponentThatIsABeanWrapsWithoutASessionsEndpoint() throws Exception {
        SessionsComponent bean = new SessionsComponent();
        WrapTest.wrap(bean, site);
        context.getRegistry().bind("sessions-component", bean);
        context.disableJMX();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });
        context.start();

        request("direct:set", "anna");

        assertThat(Sessions.get(context).site("portal").session("anna").cookieMap())
                .containsEntry("sid", "1");
    }

    @Test
    void aStoppedAndStartedRouteKeepsItsSessions() throws Exception {
        start(false, new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });
        request("direct:set", "anna");

        context.getRouteController().stopRoute("echo");
        context.getRouteController().startRoute("echo");

        assertThat(request("direct:echo", "anna").getMessage().getBody(String.class))
                .contains("Cookie: sid=1");
    }

    @Test
    void wrappedEndpointsAreManagedLikePlainOnes() throws Exception {
        start(true, new RouteBuilder() {
            @Override
            public void configure() {
                routes(this);
            }
        });
        request("direct:set", "anna");

        ObjectName query = new ObjectName("org.apache.camel:context=" + context.getManagementName()
                + ",type=endpoints,name=\"http://127.0.0.1:" + site.port() + "/echo\"");
        assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(query, "EndpointUri"))
                .isEqualTo(site.url() + "/echo");
        assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(query, "ClientConnectionsPoolStatsMax"))
                .isEqualTo(200);
        assertThat(request("direct:echo", "anna").getMessage().getBody(String.class))
                .contains("Cookie: sid=1");
    }

    private void start(boolean jmx, RouteBuilder routes) throws Exception {
        if (!jmx) {
            context.disableJMX();
        }
        WrapTest.wrap(context.getComponent("sessions", SessionsComponent.class), site);
        context.addRoutes(routes);
        context.start();
    }

    private void routes(RouteBuilder builder) {
        builder.from("direct:set").routeId("set").to(site.url() + "/set?sid=1");
        builder.from("direct:echo").routeId("echo").to(site.url() + "/echo");
    }

    private Exchange request(String route, String session) throws Exception {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            return template.request(route, exchange -> exchange.getMessage().setHeader(SessionsConstants.ID, session));
        }
    }

    private CallSource wrappedSites() {
        return SiteCalls.ofWrappedSites(
                SessionEngine.get(context).calls(), context.getComponent("sessions", SessionsComponent.class));
    }
}
