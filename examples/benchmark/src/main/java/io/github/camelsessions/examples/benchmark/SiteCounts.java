/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.examples.benchmark;

/**
 * What the {@link TargetSite} counted since its last change of rules. Immutable.
 *
 * @param logins        log-ins
 * @param failedLogins  log-ins that went wrong on purpose
 * @param accepted      pages given
 * @param refused       pages refused, because nobody was logged in or the session was at its limit
 * @param forbidden     requests for the page that is refused to all
 * @param faults        requests for a page that went wrong on purpose
 * @param withCookie    requests for the page that is the same for all, with a session cookie
 * @param withoutCookie the same without one
 * @param connections   connections that are open now, the one that asks for the counts included
 */
record SiteCounts(
        long logins,
        long failedLogins,
        long accepted,
        long refused,
        long forbidden,
        long faults,
        long withCookie,
        long withoutCookie,
        int connections) {}
