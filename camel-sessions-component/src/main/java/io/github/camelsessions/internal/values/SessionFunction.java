/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import io.github.camelsessions.internal.config.ValueRules;
import io.github.camelsessions.internal.engine.SessionAccess;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
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

    private static final Map<String, BiFunction<SessionAccess, String, @Nullable Object>> READERS = Map.of(
            "sessionCookie", SessionAccess::cookie,
            "sessionVar", (session, key) -> session.variables().get(key),
            "sessionAccount", (session, key) -> session.takeProfile().account().get(key));

    private final CamelContext context;
    private final String name;
    private final BiFunction<SessionAccess, String, @Nullable Object> reader;

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
            throw new IllegalArgumentException(ValueRules.needsName(name));
        }
        SessionAccess session = SessionVariables.session(context, exchange, given);
        Object value = session == null ? null : reader.apply(session, SessionVariables.ownName(given));
        if (value == null) {
            ExchangeOnThread.missing();
        }
        return value;
    }
}
