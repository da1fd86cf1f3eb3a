/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.SimpleFunction;
import org.apache.camel.spi.VariableRepository;
import org.jspecify.annotations.Nullable;

/**
 * What Camel looks for in the registry to find the variables of sessions and the functions of Simple: nothing is bound, so
 * that a bean of the user's may have any of the names. Immutable.
 */
public final class SessionBeans implements BeanRepository {

    private final VariableRepository variables;
    private final Map<String, SimpleFunction> functions;

    public SessionBeans(CamelContext context) {
        variables = new SessionVariables(context);
        functions = SessionFunction.all(context);
        functions.put(TotpFunction.NAME, new TotpFunction(context));
    }

    @Override
    public @Nullable Object lookupByName(String name) {
        return null;
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        return type == VariableRepository.class && name.equals(SessionVariables.ID) ? type.cast(variables) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return type == SimpleFunction.class
                ? functions.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> type.cast(entry.getValue())))
                : Map.of();
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.copyOf(findByTypeWithName(type).values());
    }
}
