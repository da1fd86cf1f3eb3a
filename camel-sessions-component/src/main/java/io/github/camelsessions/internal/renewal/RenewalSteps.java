/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.RenewalToken;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What renews a session on an exchange of the user: its own request, or the steps of a block. */
public interface RenewalSteps {

    /** Runs one attempt on this thread, and returns when it has ended. */
    void run(Exchange exchange, RenewalToken token);

    /** The exchange belongs to a renewal of this session that is under way already: it takes part in that. */
    void join(Exchange exchange, RenewalToken token);

    /** The name of the client profile that it asks for, null for any. */
    default @Nullable String profile() {
        return null;
    }

    /** Whether it can run another time. */
    boolean isRepeatable();

    /** The exchange goes on after the renewal, or fails by it; not called when an error handler has answered it. */
    void ended(Exchange exchange);
}
