/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an answer besides what is on the exchange. Immutable.
 *
 * @param status  the status of the final response
 * @param uri     the URI that gave it, after redirects
 * @param ofSite  whether that is a URI of the session's site: what others ask for concerns not the session
 * @param redirected whether it came after a further request, as to where a redirect led
 * @param strayed an address that tells the end of the session, through which redirects have led to another host and on to
 *                something else than was asked for; null when they did not
 * @param headers its own status and headers, never those of the request: as camel-http names them, without regard to case;
 *                made when they are asked for
 */
public record Reply(
        int status,
        URI uri,
        boolean ofSite,
        boolean redirected,
        @Nullable URI strayed,
        Supplier<Map<String, Object>> headers) {

    /** Its own header of that name, the first of several, null without one. */
    @Nullable
    String header(String name) {
        Object value = headers.get().get(name);
        Object first = value instanceof List<?> list && !list.isEmpty() ? list.get(0) : value;
        return first == null ? null : first.toString();
    }

    /** Its headers as it has sent them, the first of several of one name, without what Camel adds. */
    public Map<String, String> ownHeaders() {
        Map<String, String> own = new LinkedHashMap<>();
        for (String name : headers.get().keySet()) {
            String value = header(name);
            if (value != null && !name.startsWith("Camel")) {
                own.put(name, value);
            }
        }
        return own;
    }

    /** Whether the server says that it could not do what it was asked. */
    boolean isFailure() {
        return status >= 400;
    }
}
