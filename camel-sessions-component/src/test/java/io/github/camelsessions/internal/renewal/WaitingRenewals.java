/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

/** Shows tests of other packages what only this one may know. */
public final class WaitingRenewals {

    private WaitingRenewals() {}

    /** How many waits there are of renewals for other sessions. */
    public static int count(SessionTraffic traffic) {
        return traffic.gates().waits().size();
    }
}
