/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.renewal;

import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.BeanRepository;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RenewSessionPolicy} of each reference {@code renewSession:<id>}, so that routes need no bean and their
 * dumps can be loaded elsewhere. Thread-safe.
 */
public final class RenewSessionReferences implements BeanRepository {

    static final String PREFIX = "renewSession:";

    private static final String YAML_RESOLVER = "org.apache.camel.dsl.yaml.common.YamlDeserializerResolver";

    @Override
    public @Nullable Object lookupByName(String name) {
        return name.startsWith(PREFIX) ? new RenewSessionPolicy(name.substring(PREFIX.length())) : null;
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        return type.isAssignableFrom(RenewSessionPolicy.class) ? type.cast(lookupByName(name)) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return Map.of();
    }

    // Older versions of camel-yaml-dsl do not read the service file, but look for steps here. The type is compared by
    // its name: without camel-yaml-dsl there is no such class, and nobody asks.
    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return type.getName().equals(YAML_RESOLVER) ? Set.of(type.cast(new RenewSessionStep())) : Set.of();
    }
}
