/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.block.PinSessionProcessor;
import io.github.camelsessions.internal.block.RenewSessionProcessor;
import io.github.camelsessions.internal.text.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.BeanRepository;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RenewSessionPolicy} of each reference {@code renewSession:<id>}, and a {@link PinSessionPolicy} of each
 * {@code pinSession:<id>}, so that routes need no bean and their dumps can be loaded elsewhere. Thread-safe.
 */
public final class BlockReferences implements BeanRepository {

    private static final String RESTARTS = "restarts";
    private static final String EXCLUSIVE = "exclusive";

    @Override
    public @Nullable Object lookupByName(String name) {
        if (name.startsWith(RenewSessionProcessor.PREFIX)) {
            return new RenewSessionPolicy(name.substring(RenewSessionProcessor.PREFIX.length()));
        }
        return name.startsWith(PinSessionProcessor.PREFIX) ? pin(name) : null;
    }

    private static PinSessionPolicy pin(String name) {
        String reference = name.substring(PinSessionProcessor.PREFIX.length());
        int mark = mark(reference);
        PinSessionPolicy made = new PinSessionPolicy(reference.substring(0, mark));
        if (mark < reference.length()) {
            for (String option : reference.substring(mark + 1).split("&", -1)) {
                set(made, option, name);
            }
        }
        return made;
    }

    /** Where options begin: at the first question mark that does not belong to an expression. */
    private static int mark(String reference) {
        int depth = 0;
        for (int i = 0; i < reference.length(); i++) {
            char c = reference.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == '?' && depth <= 0) {
                return i;
            }
        }
        return reference.length();
    }

    private static void set(PinSessionPolicy policy, String option, String reference) {
        int equals = option.indexOf('=');
        String key = equals < 0 ? option : option.substring(0, equals);
        String value = equals < 0 ? "" : option.substring(equals + 1);
        if (key.equals(EXCLUSIVE) && (value.equals("true") || value.equals("false"))) {
            policy.setExclusive(value.equals("true"));
        } else if (key.equals(RESTARTS) && value.matches("\\d{1,9}")) {
            policy.setRestarts(Integer.parseInt(value));
        } else if (key.equals(EXCLUSIVE) || key.equals(RESTARTS)) {
            throw new IllegalArgumentException(reference + ": " + option
                    + " is wrong; write restarts=<number>, exclusive=true or exclusive=false");
        } else {
            String near = NearestName.of(key, List.of(RESTARTS, EXCLUSIVE));
            throw new IllegalArgumentException(reference + ": unknown option " + key
                    + (near == null ? "; there are restarts and exclusive" : "; did you mean " + near + "?"));
        }
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        if (!type.isAssignableFrom(RenewSessionPolicy.class) && !type.isAssignableFrom(PinSessionPolicy.class)) {
            return null;
        }
        Object found = lookupByName(name);
        return type.isInstance(found) ? type.cast(found) : null;
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
