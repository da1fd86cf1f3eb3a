/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;

/**
 * Headers that are taken off messages together. One look at the names that a message has is cheaper than to ask it for
 * each of these, of which it rarely has any. Immutable.
 */
public final class HeaderNames {

    private final String[] names;

    public HeaderNames(String... names) {
        this.names = names;
    }

    public void removeFrom(Message message) {
        if (message.hasHeaders()) {
            // not by the iterator: that of a copied message may throw
            found(message.getHeaders()).forEach(message::removeHeader);
        }
    }

    private List<String> found(Map<String, Object> headers) {
        List<String> found = List.of();
        for (String header : headers.keySet()) {
            if (contains(header)) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(header);
            }
        }
        return found;
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
