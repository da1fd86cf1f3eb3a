/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.engine.LogOutsOfStop;
import io.github.camelsessions.internal.values.VariableInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultChannel;
import org.apache.camel.processor.errorhandler.ErrorHandlerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar on the class path leaves routes that use no sessions as they are. */
class RoutesWithoutSessionsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() throws Exception {
        context.close();
    }

    private void start(RouteBuilder... builders) throws Exception {
        for (RouteBuilder routes : builders) {
            context.addRoutes(routes);
        }
        context.start();
    }

    /** Code of all kinds, and an endpoint that could be wrapped. */
    private static RouteBuilder plain(String id, String from) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(from)
                        .routeId(id)
                        .process(exchange -> {})
                        .bean("plain")
                        .script(constant("x"))
                        .setBody(constant("{{greeting:hello}}"))
                        .choice()
                        .when(simple("${body} == 'never'"))
                        .process(exchange -> {})
                        .to("http://127.0.0.1:1/never")
                        .end();
            }
        };
    }

    private static RouteBuilder reading(String id, String from) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(from)
                        .routeId(id)
                        .process(exchange ->
                                exchange.getMessage().setBody(exchange.getVariable("session:token", String.class)));
            }
        };
    }

    private static RouteBuilder route(String from, String to) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(from).to(to);
            }
        };
    }

    /** What stands around the nodes of a route, the interceptors' doing. */
    private List<String> around(String routeId) {
        List<String> found = new ArrayList<>();
        Route route = context.getRoute(routeId);
        collect(route.navigate(), found);
        return found;
    }

    private static void collect(Navigate<Processor> from, List<String> found) {
        if (from instanceof DefaultChannel channel) {
            Processor around = ((ErrorHandlerSupport) channel.getErrorHandler()).getOutput();
            while (around != channel.getNextProcessor()) {
                found.add(around.getClass().getName());
                around = ((DelegateAsyncProcessor) around).getProcessor();
            }
        }
        if (from.hasNext()) {
            for (Processor next : from.next()) {
                if (next instanceof Navigate<?>) {
                    @SuppressWarnings("unchecked")
                    Navigate<Processor> deeper = (Navigate<Processor>) next;
                    collect(deeper, found);
                }
            }
        }
    }

    private List<Service> ourServices() {
        return context.getRoutes().stream()
                .flatMap(route -> route.getServices().stream())
                .filter(service -> service.getClass().getName().startsWith("io.github.camelsessions"))
                .toList();
    }

    private Object read(String uri) {
        return context.createFluentProducerTemplate()
                .to(uri)
                .withHeader(SessionsConstants.ID, "anna")
                .request();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:plain", "seda:plain", "timer:plain?repeatCount=1"})
    void inAContextWithoutSessionsNothingStandsAroundANode(String from) throws Exception {
        context.getRegistry().bind("plain", new Object() {
            @Override
            public String toString() {
                return "plain";
            }
        });

        start(plain("plain", from));

        assertThat(around("plain")).isEmpty();
        assertThat(context.getCamelContextExtension().getInterceptStrategies()).isEmpty();
        assertThat(ourServices()).isEmpty();
    }

    @Test
    void aRouteThatBeginsItsExchangesIsLeftAloneBesideOneWithSessions() throws Exception {
        context.getRegistry().bind("plain", new Object());

        start(plain("plain", "timer:plain?delay=1h"), route("direct:fetch", "sessions:fetch"));

        assertThat(around("plain")).isEmpty();
        assertThat(ourServices()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void codeOfASubRouteReadsTheSessionWhicheverRouteIsAddedFirst(boolean first) throws Exception {
        RouteBuilder code = reading("code", "direct:code");
        RouteBuilder fetch = route("direct:fetch", "sessions:fetch");
        start(first ? code : fetch, first ? fetch : code);
        Sessions.get(context).session("anna").setVariable("token", "hers");

        assertThat(read("direct:code")).isEqualTo("hers");
    }

    @Test
    void codeOfASubRouteAddedToARunningContextReadsTheSession() throws Exception {
        start(route("direct:fetch", "sessions:fetch"));
        context.addRoutes(reading("code", "direct:code"));
        Sessions.get(context).session("anna").setVariable("token", "hers");

        assertThat(read("direct:code")).isEqualTo("hers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions:clear", "{{target}}", "log:CamelSessions", "log:x?marker=renewSession:anna"})
    void aRouteThatMentionsSessionsNeedsNoOther(String mention) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("target", "sessions:clear");
        context.getPropertiesComponent().setInitialProperties(properties);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:begin").to("direct:code");
                from("timer:code?delay=1h").routeId("code").to(mention).process(exchange -> {});
            }
        });

        assertThat(around("code")).contains(VariableInterceptor.class.getName() + "$Told");
    }

    @Test
    void ourProcessorsAndPoliciesAreMentions() throws Exception {
        context.getRegistry().bind("renew", new RenewSessionPolicy("anna"));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:wrapped?delay=1h")
                        .routeId("wrapped")
                        .process(Sessions.get(getContext()).wrap("http://127.0.0.1:1/"))
                        .process(exchange -> {});
                from("timer:renewing?delay=1h")
                        .routeId("renewing")
                        .policy("renew")
                        .process(exchange -> {})
                        .end();
            }
        });

        assertThat(around("wrapped")).contains(VariableInterceptor.class.getName() + "$Told");
        assertThat(around("renewing")).contains(VariableInterceptor.class.getName() + "$Told");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void codeBehindWrappedEndpointsIsToldWhetherTheComponentIsThereOrABean(boolean there) throws Exception {
        SessionsComponent component = new SessionsComponent();
        SiteConfiguration site = new SiteConfiguration();
        site.setUris("http://127.0.0.1:1/*");
        site.setWrap(true);
        component.setSites(Map.of("portal", site));
        if (there) {
            context.addComponent("sessions", component);
        } else {
            context.getRegistry().bind("sessions-component", component);
        }
        context.getRegistry().bind("plain", new Object());

        start(
                reading("inner", "direct:inner"),
                plain("plain", "timer:plain?delay=1h"),
                reading("code", "timer:code?delay=1h"));

        assertThat(around("inner")).contains(VariableInterceptor.class.getName() + "$Told");
        assertThat(around("plain")).contains(VariableInterceptor.class.getName() + "$Told");
        assertThat(around("code")).isEmpty();
    }

    @Test
    void codeThatIsNotToldSaysWhatToDo() throws Exception {
        start(reading("code", "direct:code"));

        assertThatThrownBy(() -> read("direct:code"))
                .rootCause()
                .hasMessageContaining("variable session:token: here it is not known which exchange asks")
                .hasMessageContaining("mention");
    }

    @Test
    void onlyTheStopOfAContextWithSessionsIsAskedForLogOuts() throws Exception {
        List<Service> atStop = new ArrayList<>();
        context.addLifecycleStrategy(
                new LifecycleStrategySupport() { // asked after ours
                    @Override
                    public void onContextStopping(CamelContext stopping) {
                        atStop.addAll(ourServices());
                    }
                });
        start(reading("code", "direct:code"));

        context.stop();
        assertThat(atStop).isEmpty();
        assertThat(context.getCamelContextExtension().getContextPlugin(Sessions.class))
                .isNull();

        start(route("direct:fetch", "sessions:fetch"));
        assertThat(ourServices()).isEmpty();
        context.stop();
        assertThat(atStop).hasSize(2).hasOnlyElementsOfType(LogOutsOfStop.class);
    }
}
