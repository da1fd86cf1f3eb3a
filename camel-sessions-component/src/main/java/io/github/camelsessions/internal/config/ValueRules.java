/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.CaptureFrom;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.capture.Captures;
import io.github.camelsessions.internal.http.Origin;
import io.github.camelsessions.internal.http.SessionValues;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.HeaderRules;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which values of answers become variables of the session, and which request headers and fields of forms are made of them.
 * Immutable.
 *
 * @param captures what becomes a variable
 * @param from     from which answers
 * @param headers  request headers, and what their values are made by
 * @param fields   fields of forms, and what their values are made by
 */
public record ValueRules(
        Sites sites,
        String site,
        Captures captures,
        CaptureFrom from,
        Map<String, Expression> headers,
        Map<String, Expression> fields) {

    private static final String HEADERS = "sessionHeaders";
    private static final String FIELDS = "sessionFields";
    private static final List<String> ONE_TEXT = List.of(HEADERS, FIELDS, "capture", "loginFields");

    /** A function of a session without a name, for which Camel would take the body. */
    private static final Pattern NAMELESS =
            Pattern.compile("\\{(sessionCookie|sessionVar|sessionAccount)\\s*(\\(\\s*\\))?\\s*}");

    /** One that takes no name, whatever is written there: it would be that of another session, and is not. */
    private static final Pattern NAMED_TOTP = Pattern.compile("\\{sessionTotp\\s*\\(\\s*[^\\s)]");

    static ValueRules of(CamelContext context, Sites sites, String site, Places places) {
        Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(places.entries(SessionsConfiguration::getSessionHeaders));
        Map<String, Object> fields = places.entries(SessionsConfiguration::getSessionFields);
        headers.keySet()
                .forEach(name -> headerName(HEADERS + "." + Quoted.bare(name), name, HeaderRules.problem(name)));
        if (fields.keySet().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    FIELDS + ".: a field of a form needs a name, as in " + FIELDS + "._csrf=${sessionVar(csrf)}");
        }
        boolean ofEndpoint = !places.own().rules().getCapture().isEmpty();
        return new ValueRules(
                sites,
                site,
                Captures.parse(places.entries(SessionsConfiguration::getCapture)),
                places.first(SessionsConfiguration::getCaptureFrom, ofEndpoint ? CaptureFrom.all : CaptureFrom.logIn),
                expressions(context, HEADERS, headers),
                expressions(context, FIELDS, fields));
    }

    private static String headerName(String option, String name, @Nullable String problem) {
        if (problem != null) {
            throw new IllegalArgumentException(option + ": " + Quoted.of(name) + " " + problem);
        }
        return name;
    }

    /** Whether an option has many names, and may be written in one text. */
    public static boolean isOne(String option) {
        return ONE_TEXT.stream().anyMatch(option::equalsIgnoreCase);
    }

    /**
     * Several of a prefix option in one text, NAME=VALUE each, with commas between them.
     *
     * @throws IllegalArgumentException when a name is missing; the message does not show the text
     */
    public static Map<String, Object> inOneText(String option, String text) {
        Map<String, Object> values = new LinkedHashMap<>();
        int start = 0;
        int open = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            if (c == '{') {
                open++;
            } else if (c == '}') {
                open--;
            } else if (i == text.length() || (c == ',' && open == 0)) { // else it is part of a function
                String pair = text.substring(start, i);
                int equals = pair.indexOf('=');
                if (equals < 0 || pair.substring(0, equals).isBlank()) {
                    throw new IllegalArgumentException("option '" + option + "' must be a name and a value each,"
                            + " separated by commas, as in " + option
                            + "=X-CSRF-Token=${sessionVar(csrf)}; a value with"
                            + " a comma is written " + option + ".NAME=VALUE, on site and component " + option
                            + "[NAME]=VALUE");
                }
                values.put(pair.substring(0, equals).trim(), pair.substring(equals + 1));
                start = i + 1;
            }
        }
        return values;
    }

    /**
     * What the entries of a prefix option are made by, each in Simple.
     *
     * @throws IllegalArgumentException when one is no expression; the message does not show it
     */
    public static Map<String, Expression> expressions(
            CamelContext context, String option, Map<String, Object> written) {
        Map<String, Expression> expressions = new LinkedHashMap<>();
        written.forEach((name, value) -> expressions.put(name, expression(context, option + "." + name, value)));
        return expressions;
    }

    static Expression expression(CamelContext context, String option, Object value) {
        String nameless = nameless(value.toString());
        if (nameless != null) {
            throw new IllegalArgumentException(option + ": " + nameless);
        }
        try {
            Expression made = context.resolveLanguage("simple").createExpression(value.toString());
            made.init(context);
            return made;
        } catch (RuntimeException e) {
            throw notSimple(option, "expression", "", e);
        }
    }

    /**
     * What is wrong with an option in Simple: neither its text nor Camel's exception, which shows that, for it may hold a
     * secret.
     *
     * @param like how it may look, after its kind
     */
    static IllegalArgumentException notSimple(String option, String kind, String like, RuntimeException e) {
        String place = e instanceof SimpleIllegalSyntaxException wrong ? " (at position " + wrong.getIndex() + ")" : "";
        return new IllegalArgumentException(option + " is no " + kind + " in Simple" + place + like
                + "; see that each function is known and its braces are closed");
    }

    /**
     * The values for one send, null when there are none.
     *
     * @param logIn whether it is one of a log-in
     */
    public @Nullable SessionValues of(Exchange exchange, Generation generation, URI target, boolean logIn) {
        Captures taken = logIn || from == CaptureFrom.all ? captures : Captures.NONE;
        return taken.isEmpty() && headers.isEmpty() && fields.isEmpty()
                ? null
                : new Sent(this, exchange, generation, target, taken);
    }

    /** Whether what a URL that a request came to answers concerns the session: it is one of its site, or of the target's. */
    public boolean concerns(URI target, URI url) {
        return target.equals(url)
                || isOfSite(target, url)
                || (isSameHost(target, url) && sites.siteOf(url).equals(sites.siteOf(target)));
    }

    private boolean isOfSite(URI target, URI url) {
        if (url.getRawAuthority() == null) {
            return false;
        }
        String owner = sites.siteOf(url);
        if (sites.hasUris(site)) {
            return owner.equals(site);
        }
        return isSameHost(target, url) && (owner.isEmpty() || owner.equals(site));
    }

    /** What is wrong with the names in an expression's functions of sessions, null when nothing is. */
    private static @Nullable String nameless(String simple) {
        if (NAMED_TOTP.matcher(simple).find()) {
            return "${sessionTotp()} takes no name: it is the code of the session in which the request is sent";
        }
        Matcher found = NAMELESS.matcher(simple);
        return found.find() ? needsName(found.group(1)) : null;
    }

    /** What is wrong with one of these functions. */
    public static String needsName(String name) {
        return "${" + name + "} needs a name, as in ${" + name + "(token)} or ${" + name + "(anna:token)}";
    }

    private static boolean isSameHost(URI target, URI url) {
        return target.getHost() != null && target.getHost().equalsIgnoreCase(url.getHost());
    }

    /**
     * Whether the values of the session belong there. A site that names its URLs says so itself, as long as they are not
     * less safe than the request's target; without that it is the target's origin.
     */
    private boolean isOwn(URI target, URI url) {
        if (!isOfSite(target, url)) {
            return false;
        }
        if (sites.hasUris(site)) {
            return !"https".equalsIgnoreCase(target.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        }
        Origin origin = Origin.of(target);
        Origin other = Origin.of(url);
        return origin != null && other != null && origin.trusts(other);
    }

    private record Sent(ValueRules rules, Exchange exchange, Generation generation, URI target, Captures captures)
            implements SessionValues {

        @Override
        public boolean isOwn(URI url) {
            return rules.isOwn(target, url);
        }

        @Override
        public Map<String, String> requestHeaders() {
            Map<String, String> headers = values(rules.headers);
            headers.forEach((name, value) -> {
                String problem = HeaderRules.valueProblem(value);
                if (problem != null) {
                    throw new IllegalArgumentException("session '" + generation.session() + "': the value of " + HEADERS
                            + "." + name + " " + problem);
                }
            });
            return headers;
        }

        @Override
        public Map<String, String> formFields() {
            return values(rules.fields);
        }

        private Map<String, String> values(Map<String, Expression> expressions) {
            if (expressions.isEmpty()) {
                return Map.of();
            }
            return ExchangeOnThread.in(exchange, generation, () -> {
                Map<String, String> values = new LinkedHashMap<>();
                expressions.forEach((name, expression) -> {
                    String value = expression.evaluate(exchange, String.class);
                    // what is left of "Bearer ${sessionVar(access)}" would be an answer of its own
                    if (!ExchangeOnThread.takeMissing() && value != null && !value.isEmpty()) {
                        values.put(name, value);
                    }
                });
                return values;
            });
        }
    }
}
