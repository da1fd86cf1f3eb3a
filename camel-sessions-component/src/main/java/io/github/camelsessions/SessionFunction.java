/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.SimpleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A function of Simple that reads something of the exchange's session, {@code ${sessionVar(token)}}, or of the session that
 * it names, {@code ${sessionVar(anna:token)}} or {@code ${sessionVar(portal/anna:token)}}. What is not there is null.
 * Thread-safe.
 */
final class SessionFunction implements SimpleFunction {

    private static final Map<String, BiFunction<NamedSession, String, @Nullable Object>> READERS = Map.of(
            "sessionCookie", NamedSession::cookie,
            "sessionVar", NamedSession::variable,
            "sessionAccount", (session, key) -> session.takeProfile().account().get(key));

    /** One without a name, for which Camel would take the body. */
    private static final Pattern NAMELESS =
            Pattern.compile("\\{(" + String.join("|", READERS.keySet()) + ")\\s*(\\(\\s*\\))?\\s*}");

    private final CamelContext context;
    private final String name;
    private final BiFunction<NamedSession, String, @Nullable Object> reader;

    private SessionFunction(CamelContext context, String name) {
        this.context = context;
        this.name = name;
        this.reader = Objects.requireNonNull(READERS.get(name));
    }

    /** All that there are, by name. */
    static Map<String, SimpleFunction> all(CamelContext context) {
        Map<String, SimpleFunction> all = new TreeMap<>();
        READERS.keySet().forEach(name -> all.put(name, new SessionFunction(context, name)));
        return all;
    }

    /** What is wrong with an expression that holds a function of these without a name, null when none does. */
    static @Nullable String nameless(String simple) {
        Matcher found = NAMELESS.matcher(simple);
        return found.find() ? needsName(found.group(1)) : null;
    }

    private static String needsName(String name) {
        return "${" + name + "} needs a name, as in ${" + name + "(token)} or ${" + name + "(anna:token)}";
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean allowNull() {
        return true;
    }

    @Override
    public @Nullable Object apply(Exchange exchange, @Nullable Object input) {
        String given = input == null ? "" : input.toString().trim();
        if (SessionVariables.ownName(given).isEmpty()) {
            throw new IllegalArgumentException(needsName(name));
        }
        NamedSession session = SessionVariables.session(context, exchange, given);
        Object value = session == null ? null : reader.apply(session, SessionVariables.ownName(given));
        if (value == null) {
            ExchangeOnThread.missing();
        }
        return value;
    }
}
