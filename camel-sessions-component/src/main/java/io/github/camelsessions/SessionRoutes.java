/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.values.NodeText;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Tells which routes of a context have to do with sessions, so that all others stay as they are without us. Judged by what
 * their definitions say, for routes are made before and after the component is. Thread-safe.
 */
public final class SessionRoutes {

    // sessions: endpoints, session: variables, renewSession: and pinSession: policies; headers
    private static final Pattern MENTION = Pattern.compile("(?i:sessions?:)|CamelSessions");
    private static final Pattern HTTP = Pattern.compile("(?<![\\w:/])https?:");
    // an exchange comes from another route, perhaps with a session; all others begin new exchanges
    private static final Pattern WITHIN = Pattern.compile("(direct|seda|disruptor|disruptor-vm|stub|kamelet):.*");

    private final CamelContext context;
    private final Set<RouteDefinition> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean used; // any of them mentions sessions
    private volatile boolean http; // any of them has an endpoint that could be wrapped

    SessionRoutes(CamelContext context) {
        this.context = context;
    }

    /**
     * Whether code in the route may meet an exchange that has a session: the route mentions sessions or sends through
     * endpoints that are wrapped, or goes on with exchanges of routes that do.
     */
    boolean has(Route route) {
        if (!(route.getRoute() instanceof RouteDefinition definition)) {
            return false;
        }
        if (mentions(definition)) {
            used = true;
            return true;
        }
        if (!WITHIN.matcher(route.getEndpoint().getEndpointUri()).lookingAt()) {
            return isHttp(definition) && wraps();
        }
        look();
        return used || (http && wraps());
    }

    /** Looks at all routes, made or not yet. */
    private void look() {
        if (!used && context instanceof ModelCamelContext model) {
            List<RouteDefinition> definitions = model.getRouteDefinitions();
            seen.retainAll(Set.copyOf(definitions)); // those that were removed are not kept
            for (RouteDefinition definition : definitions) {
                if (!seen.contains(definition)) {
                    if (mentions(definition)) {
                        used = true;
                    }
                    if (isHttp(definition)) {
                        http = true;
                    }
                    seen.add(definition); // last: whoever finds it there finds its flags, too
                }
            }
        }
    }

    private boolean isHttp(RouteDefinition route) {
        return HTTP.matcher(NodeText.resolved(context, route.toString())).find();
    }

    // Asks for the component, as its endpoint will: so one that is a bean is there for the first route, too.
    private boolean wraps() {
        return context.getComponent("sessions") instanceof SessionsComponent component && component.wrapsEndpoints();
    }

    private boolean mentions(RouteDefinition route) {
        String from = route.getInput() == null ? null : route.getInput().getVariableReceive();
        return isMention(context, route.toString() + " " + from)
                || nodes(route).stream()
                        .anyMatch(node -> isMention(context, NodeText.names(context, node)) || isOurs(node));
    }

    @SuppressWarnings("rawtypes")
    private static Collection<ProcessorDefinition> nodes(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class);
    }

    private static boolean isMention(CamelContext context, String text) {
        return MENTION.matcher(NodeText.resolved(context, text)).find();
    }

    private boolean isOurs(ProcessorDefinition<?> node) {
        return node instanceof ProcessDefinition process && isOurs(process.getProcessor(), process.getRef())
                || node instanceof PolicyDefinition policy && isOurs(policy.getPolicy(), policy.getRef());
    }

    private boolean isOurs(@Nullable Object given, @Nullable String ref) {
        Object found = given != null || ref == null
                ? given
                : context.getRegistry()
                        .lookupByName(NodeText.resolved(context, ref).trim());
        return found instanceof SessionHttpProcessor
                || found instanceof RenewSessionPolicy
                || found instanceof PinSessionPolicy;
    }
}
