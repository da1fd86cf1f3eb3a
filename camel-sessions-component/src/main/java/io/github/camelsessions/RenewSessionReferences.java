/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.block.RenewSessionProcessor;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.BeanRepository;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RenewSessionPolicy} of each reference {@code renewSession:<id>}, so that routes need no bean and their
 * dumps can be loaded elsewhere. Thread-safe.
 */
public final class RenewSessionReferences implements BeanRepository {

    @Override
    public @Nullable Object lookupByName(String name) {
        return name.startsWith(RenewSessionProcessor.PREFIX)
                ? new RenewSessionPolicy(name.substring(RenewSessionProcessor.PREFIX.length()))
                : null;
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        return type.isAssignableFrom(RenewSessionPolicy.class) ? type.cast(lookupByName(name)) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return Map.of();
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return Set.of();
    }
}
