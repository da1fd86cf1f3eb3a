/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import org.apache.camel.Message;

/**
 * Headers that are taken off messages together. One look at the names that a message has is cheaper than to ask it for
 * each of these, of which it rarely has any. Immutable.
 */
final class HeaderNames {

    private final String[] names;

    HeaderNames(String... names) {
        this.names = names;
    }

    void removeFrom(Message message) {
        if (message.hasHeaders()) {
            message.getHeaders().keySet().removeIf(this::contains);
        }
    }

    private boolean contains(String header) {
        for (String name : names) {
            if (name.equalsIgnoreCase(header)) { // compares the lengths first
                return true;
            }
        }
        return false;
    }
}
