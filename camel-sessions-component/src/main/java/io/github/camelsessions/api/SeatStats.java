/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

/**
 * How many log-ins and log-outs there were since the context started, for sites that allow a number of sessions at once.
 * Immutable.
 *
 * @param logIns        log-ins that succeeded
 * @param logOuts       log-outs that succeeded, or found that the site had ended the session itself
 * @param failedLogOuts log-outs that failed: what they should have freed may still be taken
 */
public record SeatStats(long logIns, long logOuts, long failedLogOuts) {

    /** How many sessions the site may still count as logged in. */
    public long seats() {
        return logIns - logOuts;
    }
}
