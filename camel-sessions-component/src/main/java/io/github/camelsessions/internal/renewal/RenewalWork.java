/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.RenewalToken;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What renews a session: a priority exchange, or an exchange of the user. */
interface RenewalWork {

    /**
     * Runs one attempt on this thread, and returns when it has ended.
     *
     * @return the exchange that shows how it went
     */
    Exchange run(RenewalToken token) throws Exception;

    /** Whether it can run another time. */
    boolean isRepeatable();

    /** The renewal is over. Called once, never while {@link #run} runs, on a thread that may continue a route. */
    void ended(@Nullable Throwable failure);
}
