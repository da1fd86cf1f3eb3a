/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

/** What a gate counts for its {@link GateStats}, where the counts are explained. Guarded by the lock of its gate. */
final class Tally {
    long renewals;
    long attempts;
    long failures;
    long useless;
    long checks;
    long checksExpired;
    long late;
    long refused;
    long standing;
    long replays;
    long stale;
    long staleReplays;
    long blocked;
    long otherLogIns;
    long logOuts;
    long failedLogOuts;
}
