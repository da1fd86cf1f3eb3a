/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Message;

/**
 * Headers that are taken off messages together. One look at the names that a message has is cheaper than to ask it for
 * each of these, of which it rarely has any. Immutable.
 */
final class HeaderNames {

    private static final String PREFIX = "Camel";

    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * @param names all begin with Camel
     */
    HeaderNames(String... names) {
        this.names.addAll(List.of(names));
    }

    void removeFrom(Message message) {
        if (message.hasHeaders()) {
            message.getHeaders().keySet().removeIf(this::contains);
        }
    }

    private boolean contains(String name) {
        return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length()) && names.contains(name);
    }
}
