/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.time.Duration;
import java.util.concurrent.Future;

/** Ends requests whose time is up. Thread-safe. */
public interface RequestTimer {

    /**
     * Runs an action later, unless it is cancelled, or all is being stopped.
     *
     * @param action may take a while: to close a connection in TLS writes to it
     */
    Future<?> later(Runnable action, Duration delay);
}
