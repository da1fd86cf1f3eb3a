/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time as sessions see it: the wall clock for cookies and for what people read, a monotonic one for all that lasts, so
 * that nobody who sets the wall clock ends a cool-down or makes a session old. Thread-safe.
 */
public interface SessionClock extends InstantSource {

    /** Millis since some moment, the same one for the life of this clock: only differences mean anything. */
    long monotonicMillis();

    /** The clocks of this machine. */
    static SessionClock system() {
        return SystemClock.INSTANCE;
    }

    /** The clocks of this machine. */
    enum SystemClock implements SessionClock {
        INSTANCE;

        @Override
        public Instant instant() {
            return Instant.now();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicMillis() {
            return System.nanoTime() / 1_000_000;
        }
    }
}
