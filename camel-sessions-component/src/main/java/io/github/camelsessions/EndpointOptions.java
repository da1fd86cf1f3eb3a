/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.internal.config.ValueRules;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.PropertiesHelper;
import org.apache.camel.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an endpoint's URI: which are options, which belong to the target, and which are refused because they
 * are neither or would have no effect. Thread-safe.
 */
final class EndpointOptions {

    private static final List<String> PREFIXES =
            List.of("http.", "query.", "sessionHeaders.", "sessionFields.", "capture.", "loginFields.", "field.");
    private static final List<String> OPERATIONS =
            Arrays.stream(SessionsOperation.values()).map(Enum::name).toList();

    // those that one operation alone has
    private static final Map<SessionsOperation, Set<String>> OWN = Map.of(
            SessionsOperation.fetch,
            Set.of(
                    "pool",
                    "poolSize",
                    "poolStrategy",
                    "maxErrorScore",
                    "errorScoreDecrement",
                    "blockedStatusCodeRange",
                    "maxConcurrentPerSession",
                    "minDelay",
                    "poolLogins",
                    "poolWarm"),
            SessionsOperation.submit,
            Set.of("form", "submit", "field"),
            SessionsOperation.login,
            Set.of("explain"),
            SessionsOperation.getCookies,
            Set.of("format", "domain"),
            SessionsOperation.list,
            Set.of("offset", "limit", "of"));

    // which session, and what each endpoint has
    private static final Set<String> OF_THE_NAME = Set.of("httpUri", "site", "sessionId", "lazyStartProducer");
    private static final Set<String> OF_THE_LOG_OUT = Set.of("closeUri", "renewalTimeout", "holdTimeout");

    private final CamelContext context;

    EndpointOptions(CamelContext context) {
        this.context = context;
    }

    // ---- operations

    /** @throws IllegalArgumentException when there is none of that name */
    static SessionsOperation operation(String name) {
        if (OPERATIONS.contains(name)) {
            return SessionsOperation.valueOf(name);
        }
        if (name.startsWith("fetch:") || name.startsWith("http:") || name.startsWith("https:")) {
            throw new IllegalArgumentException("unknown operation " + Quoted.of(name)
                    + ": write a slash before the target, as in sessions:fetch/https://host/path");
        }
        String nearest = NearestName.of(name, OPERATIONS);
        throw new IllegalArgumentException("unknown operation " + Quoted.of(name) + ": "
                + (nearest == null
                        ? "must be one of " + String.join(", ", OPERATIONS)
                        : "did you mean " + nearest + "?"));
    }

    /** The operation that alone has this option, null when it is no operation's own. */
    static @Nullable SessionsOperation ownerOf(String option) {
        String name = StringHelper.before(option, ".", option);
        return OWN.entrySet().stream()
                .filter(own -> own.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Whether an option that is no operation's own has an effect on this one. */
    private static boolean isUsed(SessionsOperation operation, String option) {
        return switch (operation) {
            case submit, login -> !option.equals("method"); // forms have their own
            case fetch, renew, check, addCookies -> true; // they send in a session, or make one
            case close -> OF_THE_NAME.contains(option) || OF_THE_LOG_OUT.contains(option);
            case list -> option.equals("site") || option.equals("lazyStartProducer");
            default -> OF_THE_NAME.contains(option);
        };
    }

    // ---- names

    private Set<String> all() {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory("sessions");
        return factory == null ? Set.of() : factory.propertyNames();
    }

    /** Whether it is the name of an option, or begins as those of options with many names do. */
    boolean isOption(String name) {
        return all().contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
    }

    /** The option that the name is but for case and dashes, null when it is none or written as it should be. */
    @Nullable
    String otherSpelling(String name) {
        Set<String> options = all();
        if (options.contains(name)) {
            return null;
        }
        String plain = name.replace("-", "");
        return options.stream().filter(plain::equalsIgnoreCase).findFirst().orElse(null);
    }

    /** The option of the operation whose name is near to this one, null when none is. */
    @Nullable
    String nearest(SessionsOperation operation, String name) {
        List<String> options = all().stream()
                .filter(option -> {
                    SessionsOperation owner = ownerOf(option);
                    return owner == null || owner == operation;
                })
                .toList();
        return NearestName.of(name, options);
    }

    // ---- parameters

    /**
     * Sets the options of an endpoint; parameters of its target become part of that.
     *
     * @param httpUri    what the path says of the target, empty for nothing
     * @param parameters emptied
     * @throws IllegalArgumentException when there is something wrong with one of them
     */
    void read(SessionsComponent component, SessionsEndpoint endpoint, String httpUri, Map<String, Object> parameters)
            throws Exception {
        SessionsOperation operation = endpoint.getOperation();
        refuseForeign(operation, parameters.keySet());
        refuseOtherSpellings(parameters.keySet());
        Map<String, Object> targetParameters = takeTargetParameters(httpUri, parameters);
        endpoint.getConfiguration().setHttp(PropertiesHelper.extractProperties(parameters, "http."));
        endpoint.getConfiguration().setSessionHeaders(takeValues("sessionHeaders", parameters));
        endpoint.getConfiguration().setSessionFields(takeValues("sessionFields", parameters));
        endpoint.getConfiguration().setCapture(takeValues("capture", parameters));
        endpoint.getConfiguration().setLoginFields(takeValues("loginFields", parameters));
        endpoint.setField(takeValues("field", parameters));
        endpoint.setQuery(PropertiesHelper.extractProperties(parameters, "query."));
        bind(component, endpoint, parameters);

        if (httpUri.isEmpty()) {
            refuseUnknown(operation, parameters.keySet());
        } else if (endpoint.getHttpUri() != null) {
            throw targetGivenTwice();
        } else if (httpUri.startsWith("RAW(")) {
            // cut at its ? by now; it comes from YAML with operation and httpUri both among the parameters
            throw new IllegalArgumentException(
                    "httpUri=RAW(...) works as an option only, not in the path: in YAML write uri: sessions:"
                            + operation + " with httpUri among the parameters");
        } else {
            refuseNearMisses(operation, parameters.keySet());
            targetParameters.putAll(parameters);
            endpoint.setHttpUri(HttpTarget.addQuery(httpUri, targetParameters));
            parameters.clear();
        }
    }

    // No others: Camel would look for setters of their names, which makes options of what is the target's; and its
    // first
    // look in a context is not thread-safe.
    private void bind(SessionsComponent component, SessionsEndpoint endpoint, Map<String, Object> parameters)
            throws Exception {
        Map<String, Object> others = new LinkedHashMap<>(parameters);
        others.keySet().removeIf(this::isOption);
        parameters.keySet().removeAll(others.keySet());
        try {
            component.bind(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw badValue(e);
        }
        parameters.putAll(others);
    }

    // what Camel wraps around what is wrong names no option, or one of Camel's classes
    private static IllegalArgumentException badValue(PropertyBindingException e) {
        if (e.getCause() instanceof NoSuchBeanException missing) {
            return new IllegalArgumentException("option " + e.getPropertyName() + "=" + Quoted.bare(e.getValue())
                    + ": there is no bean " + Quoted.of(missing.getName()) + " in the registry");
        }
        return e.getCause() instanceof IllegalArgumentException told
                ? told
                : new IllegalArgumentException(
                        "option " + e.getPropertyName() + "=" + Quoted.bare(e.getValue()) + ": cannot be used", e);
    }

    // in one text for YAML's parameters, which lose the dashes of names
    private static Map<String, Object> takeValues(String option, Map<String, Object> parameters) {
        Object text = parameters.remove(option);
        Map<String, Object> values =
                text == null ? new LinkedHashMap<>() : ValueRules.inOneText(option, text.toString());
        values.putAll(PropertiesHelper.extractProperties(parameters, option + "."));
        return values;
    }

    // The names of the prefixes are no options themselves, and query is what many a search calls its parameter
    private static Map<String, Object> takeTargetParameters(String httpUri, Map<String, Object> parameters) {
        Map<String, Object> taken = new LinkedHashMap<>();
        if (!httpUri.isEmpty()) {
            for (String name : List.of("query", "http")) {
                if (parameters.containsKey(name)) {
                    taken.put(name, parameters.remove(name));
                }
            }
        }
        return taken;
    }

    static IllegalArgumentException targetGivenTwice() {
        return new IllegalArgumentException(
                "the target is given twice, in the path and as option httpUri: remove one of them");
    }

    // limit and format are names that targets use for their own parameters: they must not vanish without a word
    private void refuseForeign(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            SessionsOperation owner = ownerOf(name);
            if (owner != null && owner != operation) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " belongs to the operation " + owner
                        + ", not to " + operation + "; a query parameter of this name is written query." + name);
            }
            if (owner == null && isOption(name) && !isUsed(operation, name)) {
                throw new IllegalArgumentException(
                        "option '" + name + "' has no effect on the operation " + operation + ": remove it");
            }
        }
    }

    // Camel would take sessionid for sessionId, but it may as well be a parameter of the target
    private void refuseOtherSpellings(Set<String> names) {
        for (String name : names) {
            String option = otherSpelling(name);
            if (option != null) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " is written " + option
                        + "; a query parameter of this name is written query." + name);
            }
        }
    }

    private void refuseUnknown(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            String nearest = nearest(operation, name);
            throw new IllegalArgumentException("unknown option " + Quoted.of(name)
                    + (nearest == null
                            ? ": options of camel-http are written http." + name
                                    + ", query parameters of the target query." + name
                            : ", did you mean " + nearest + "?"));
        }
    }

    // With a target in the path an unknown parameter is the target's, as in camel-http, but a mistyped option must not
    // silently go out in the query.
    private void refuseNearMisses(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            if (SessionHttpClient.isOption(name)) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " of camel-http is written http."
                        + name + "; a query parameter of this name is written query." + name);
            }
            String nearest = nearest(operation, name);
            if (nearest != null) {
                throw new IllegalArgumentException("unknown option " + Quoted.of(name) + ", did you mean " + nearest
                        + "? A query parameter of this name is written query." + name);
            }
        }
    }
}
