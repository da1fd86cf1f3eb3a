/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.net.URI;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Decides for each request of a plain camel-http endpoint whether it runs in a session. Thread-safe. */
public interface CallSource {

    /**
     * Opens the call of a request about to be sent.
     *
     * @param target the request's URI
     * @return null when the request runs outside all sessions
     */
    @Nullable
    SessionCall open(Exchange exchange, URI target);

    /** Tells the exchange how its call went and closes the call. Called once for each call that was opened. */
    void done(Exchange exchange, SessionCall call);
}
