/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How it is asked whether a session lives. Immutable.
 *
 * @param uri       the page that tells it
 * @param validWhen matches the answer of a session that lives, null when the expiry rules judge
 * @param condition validWhen as it was given, empty without one
 * @param keepAlive how long a session that is in use stays unused before it is asked for, zero for any time
 * @param requests  makes the request in a session
 */
public record CheckRules(
        URI uri,
        @Nullable Predicate validWhen,
        String condition,
        Duration keepAlive,
        Function<SessionKey, SendableRequest> requests) {

    boolean isSame(CheckRules other) {
        return this == other
                || (uri.equals(other.uri) && condition.equals(other.condition) && keepAlive.equals(other.keepAlive));
    }
}
