/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.block.PinInterceptor;
import io.github.camelsessions.internal.engine.LogOutsOfStop;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.values.SessionBeans;
import io.github.camelsessions.internal.values.VariableInterceptor;
import io.github.camelsessions.internal.wrap.CallSource;
import io.github.camelsessions.internal.wrap.SiteCalls;
import io.github.camelsessions.internal.wrap.WrapEndpointStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * Found by Camel through its service file in each context: lets sites with {@code wrap=true} put sessions under plain
 * camel-http endpoints, routes refer to blocks as {@code renewSession:<id>} and {@code pinSession:<id>}, and Camel find the variables of sessions
 * and the functions of Simple. All must be known before the first route is made.
 */
public final class SessionsContextPlugin implements ContextServicePlugin {

    @Override
    public void load(CamelContext context) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                initializing
                        .getCamelContextExtension()
                        .registerEndpointCallback(new WrapEndpointStrategy(() -> wrappedSites(initializing)));
                findBeans(initializing);
            }
        });
        context.addLifecycleStrategy(new ForRoutes(context));
    }

    /** Gives routes what they need of us: most need nothing. */
    private static final class ForRoutes extends LifecycleStrategySupport {

        private final CamelContext context;
        private final SessionRoutes routes;

        ForRoutes(CamelContext context) {
            this.context = context;
            this.routes = new SessionRoutes(context);
        }

        @Override
        public void onRouteContextCreate(Route route) { // before its nodes are made
            if (routes.has(route)) {
                route.getInterceptStrategies().add(new VariableInterceptor());
                route.getInterceptStrategies().add(new PinInterceptor());
            }
        }

        @Override
        public void onContextStopping(CamelContext stopping) {
            SessionEngine engine = SessionEngine.find(context);
            if (engine == null) {
                return;
            }
            if (context.getRoutes().isEmpty()) { // no route is there to wait for log-outs
                engine.traffic().logOutsBeforeStop();
            } else {
                context.getRoutes().forEach(route -> route.addService(new LogOutsOfStop(engine.traffic())));
            }
        }
    }

    private static void findBeans(CamelContext context) {
        if (context.getRegistry() instanceof DefaultRegistry registry) { // that of all of Camel's runtimes
            registry.addBeanRepository(new BlockReferences());
            registry.addBeanRepository(new SessionBeans(context));
        }
    }

    // Asks for the component, so that one that is a bean or gets its options at creation is there for routes that have
    // no sessions: endpoint.
    private static @Nullable CallSource wrappedSites(CamelContext context) {
        return context.getComponent("sessions") instanceof SessionsComponent component && component.wrapsEndpoints()
                ? SiteCalls.ofWrappedSites(SessionEngine.get(context).calls(), component)
                : null;
    }
}
