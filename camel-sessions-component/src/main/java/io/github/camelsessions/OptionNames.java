/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.text.NearestName;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.jspecify.annotations.Nullable;

/** The names of the endpoint's options, for telling a mistyped one from a query parameter of the target. */
final class OptionNames {

    private static final List<String> PREFIXES = List.of("http.", "query.", "sessionHeaders.", "sessionFields.");

    private OptionNames() {}

    /** Whether it is the name of an option, or begins as those of options with many names do. */
    static boolean isOption(CamelContext context, String name) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory("sessions");
        return factory != null
                && (factory.propertyNames().contains(name) || PREFIXES.stream().anyMatch(name::startsWith));
    }

    /** The option that the name is but for case and dashes, null when it is none or written as it should be. */
    static @Nullable String otherSpelling(CamelContext context, String name) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory("sessions");
        if (factory == null || factory.propertyNames().contains(name)) {
            return null;
        }
        String plain = name.replace("-", "");
        return factory.propertyNames().stream()
                .filter(plain::equalsIgnoreCase)
                .findFirst()
                .orElse(null);
    }

    /** The option of the operation whose name is near to this one, null when none is. */
    static @Nullable String nearest(CamelContext context, SessionsOperation operation, String name) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory("sessions");
        if (factory == null) {
            return null;
        }
        List<String> options = factory.propertyNames().stream()
                .filter(option -> {
                    SessionsOperation owner = SessionsOperation.ownerOf(option);
                    return owner == null || owner == operation;
                })
                .toList();
        return NearestName.of(name, options);
    }
}
