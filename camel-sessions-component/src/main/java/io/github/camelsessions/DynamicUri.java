/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.internal.http.SessionHttpClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.EndpointHelper;
import org.apache.camel.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * A dynamic URI ({@code toD}, {@code wireTap}, {@code enrich}) as the route has it. Its options are those that stand there,
 * and all but the session, the method and the target have the values that stand there. What a message brings is evaluated
 * for each of these alone, and is data: in the URI that Camel evaluates as one it could be any option. Immutable.
 */
final class DynamicUri {

    private static final String SESSION_ID = "sessionId";
    private static final String METHOD = "method";
    private static final String HTTP_URI = "httpUri";
    private static final String QUERY = "query.";
    // they speak of the answer and are evaluated later, as in a URI that is not dynamic
    private static final Set<String> EVALUATED_LATER = Set.of(
            "expiredWhen",
            "renewedWhen",
            "validWhen",
            "renewAfter",
            "sessionHeaders",
            "sessionFields",
            "loginFields",
            "field");
    // so that no value needs encoding, which the next reader of the URI might see through
    private static final String PLAIN = ".:*_[]-";

    private final CamelContext context;
    private final EndpointOptions known;
    private final String text;
    private final boolean evaluates;
    private final SessionsOperation operation;
    private final List<String> options = new ArrayList<>();
    private final Map<String, DynamicText> ownOptions = new LinkedHashMap<>();
    private @Nullable DynamicText sessionId;
    private @Nullable DynamicText method;
    private @Nullable DynamicTarget target;
    private final @Nullable DynamicUri constant;

    /** What it comes to for one exchange: an endpoint that is the same for all, and what differs. */
    record Values(
            String endpointUri,
            @Nullable String sessionId,
            @Nullable String method,
            @Nullable String target) {}

    /**
     * @param uri as written in the route
     * @throws IllegalArgumentException when something stands there as an expression that must not be one
     */
    static DynamicUri of(CamelContext context, String uri) {
        String resolved = EndpointHelper.resolveEndpointUriPropertyPlaceholders(context, uri);
        return new DynamicUri(context, resolved.trim(), true);
    }

    private DynamicUri(CamelContext context, String text, boolean evaluates) {
        this.context = context;
        this.text = text;
        this.evaluates = evaluates;
        int end = DynamicText.endOfPart(text, 0, '?');
        String path = StringHelper.after(text.substring(0, end), ":", "");
        path = path.startsWith("//") ? path.substring(2) : path;
        String name = StringHelper.before(path, "/", path);
        if (isExpression(name)) {
            throw new IllegalArgumentException("the operation of a dynamic URI cannot be an expression, but is " + name
                    + ": write one of " + List.of(SessionsOperation.values()) + ", or choose between routes");
        }
        this.known = new EndpointOptions(context);
        this.operation = EndpointOptions.operation(name);
        String pathTarget = StringHelper.after(path, "/", "");
        List<String> parameters = new ArrayList<>();
        String optionTarget = null;
        for (int begin = end + 1; begin < text.length(); begin = end + 1) {
            end = DynamicText.endOfPart(text, begin, '&');
            String part = text.substring(begin, end);
            if (nameOf(part).equals(HTTP_URI)) {
                refuseSecond(HTTP_URI, optionTarget);
                optionTarget = valueOf(part);
            } else if (!part.isEmpty()) {
                parameters.add(part);
            }
        }
        if (optionTarget != null && !pathTarget.isEmpty()) {
            throw EndpointOptions.targetGivenTwice();
        }
        boolean hasTarget = optionTarget != null || !pathTarget.isEmpty();
        List<Map.Entry<String, DynamicText>> query = new ArrayList<>();
        parameters.forEach(part -> sort(part, hasTarget, query));
        if (optionTarget != null) {
            target = new DynamicTarget(ofValue(optionTarget, Function.identity()), query);
        } else if (hasTarget) {
            target = new DynamicTarget(cut(pathTarget, Function.identity()), query);
        }
        this.constant = evaluates && DynamicText.hasFunction(text) ? new DynamicUri(context, text, false) : null;
    }

    private void sort(String part, boolean hasTarget, List<Map.Entry<String, DynamicText>> query) {
        String name = nameOf(part);
        String value = valueOf(part);
        if (isExpression(name)) {
            throw new IllegalArgumentException("the name of an option or parameter of a dynamic URI cannot be an"
                    + " expression, but is " + name + ": write the name and '=' before it, or give target and query in"
                    + " the headers CamelHttpUri and CamelHttpQuery");
        }
        if (name.equals(SESSION_ID)) {
            refuseSecond(name, sessionId);
            sessionId = whole(value);
        } else if (name.equals(METHOD) && operation.sendsRequest() && isExpression(value)) {
            refuseSecond(name, method);
            method = whole(value);
        } else if (name.startsWith(QUERY) && hasTarget) {
            query.add(parameter(part.substring(QUERY.length())));
        } else if (hasTarget && isParameter(name)) {
            query.add(parameter(part));
        } else if (isExpression(value) && isOwn(name)) {
            refuseSecond(name, ownOptions.get(name));
            ownOptions.put(name, whole(value));
        } else {
            if (isExpression(value)) {
                refuseExpression(name);
            }
            // Camel cuts at each & outside of raw values
            options.add(part.indexOf('&') < 0 ? part : raw(name, value));
        }
    }

    private static String nameOf(String part) {
        return DynamicText.decoded(StringHelper.before(part, "=", part));
    }

    private static String valueOf(String part) {
        return StringHelper.after(part, "=", "");
    }

    private static String raw(String name, String value) {
        String meant = meant(value);
        return name + (meant.contains(")&") ? "=RAW{" + meant + "}" : "=RAW(" + meant + ")");
    }

    private Map.Entry<String, DynamicText> parameter(String part) {
        int equals = part.indexOf('=');
        String value = part.substring(equals + 1);
        if (equals < 0) {
            return Map.entry(DynamicTarget.ofRoute(part), DynamicText.ofRoute(""));
        }
        return Map.entry(
                DynamicTarget.ofRoute(part.substring(0, equals + 1)),
                DynamicText.isRaw(value)
                        ? cut(DynamicText.withoutRaw(value), DynamicTarget::encoded)
                        : cut(value, DynamicTarget::ofRoute));
    }

    private DynamicText whole(String value) {
        return evaluates ? DynamicText.whole(context, meant(value)) : DynamicText.ofRoute(meant(value));
    }

    private static String meant(String value) {
        return DynamicText.isRaw(value) ? DynamicText.withoutRaw(value) : DynamicText.decoded(value);
    }

    private DynamicText ofValue(String value, Function<String, String> ofRoute) {
        return DynamicText.isRaw(value)
                ? cut(DynamicText.withoutRaw(value), ofRoute)
                : cut(value, ofRoute.compose(DynamicText::decoded));
    }

    private DynamicText cut(String value, Function<String, String> ofRoute) {
        return evaluates ? DynamicText.cut(context, value, ofRoute::apply) : DynamicText.ofRoute(ofRoute.apply(value));
    }

    private boolean isExpression(String value) {
        return evaluates && DynamicText.hasFunction(value);
    }

    /** Whether it goes to the target; what is neither that nor an option goes to the endpoint, which tells what is wrong. */
    private boolean isParameter(String name) {
        if (name.equals("query") || name.equals("http")) {
            return true; // prefixes of options, and none themselves
        }
        return !known.isOption(name)
                && !SessionHttpClient.isOption(name)
                && known.otherSpelling(name) == null
                && known.nearest(operation, name) == null;
    }

    /** Whether it only says what this operation tells, as the page of a list. */
    private boolean isOwn(String name) {
        return EndpointOptions.ownerOf(name) == operation && !operation.sendsRequest();
    }

    private void refuseExpression(String name) {
        SessionsOperation owner = EndpointOptions.ownerOf(name);
        if (EVALUATED_LATER.contains(StringHelper.before(name, ".", name))
                || name.startsWith(QUERY)
                || !known.isOption(name)
                || owner != null && owner != operation) {
            return; // either evaluated later, or nothing that the endpoint takes
        }
        String wayOut = switch (name) {
            case "profile" -> "; set the header " + SessionsConstants.PROFILE;
            case "site" -> "; leave it out, and the site is found by the URL of the target";
            default -> "; write its value, or choose between routes";
        };
        throw new IllegalArgumentException(
                "option " + name + " holds an expression, but a message must not choose it: in"
                        + " a dynamic URI only sessionId, method and the target with its query are evaluated" + wayOut);
    }

    private static void refuseSecond(String name, @Nullable Object first) {
        if (first != null) {
            throw new IllegalArgumentException("option " + name + " is given twice: remove one of them");
        }
    }

    /** The URI as Camel has evaluated it: where that has changed nothing, as a constant, no text of it is a function. */
    DynamicUri asEvaluated(String evaluated) {
        return constant != null && evaluated.equals(text) ? constant : this;
    }

    /**
     * @throws IllegalArgumentException when what the message brings cannot stand where the route has put it
     */
    Values values(Exchange exchange) {
        List<String> all = new ArrayList<>(options);
        ownOptions.forEach((name, value) -> all.add(name + "=" + plain(name, value.value(exchange))));
        String scheme = StringHelper.before(text, ":", text);
        return new Values(
                scheme + ":" + operation + (all.isEmpty() ? "" : "?" + String.join("&", all)),
                sessionId == null ? null : sessionId.value(exchange),
                method == null ? null : method.value(exchange),
                target == null ? null : target.value(exchange));
    }

    private static String plain(String name, String value) {
        if (!DynamicTarget.consistsOf(value, PLAIN)) {
            throw new IllegalArgumentException(
                    "option " + name + ": what its expression gives must consist of letters, digits and .:*_[]-");
        }
        return value;
    }
}
