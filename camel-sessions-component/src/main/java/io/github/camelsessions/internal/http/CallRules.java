/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.api.CookiesDebug;
import io.github.camelsessions.api.Isolation;
import io.github.camelsessions.profile.NoProxy;
import java.time.Duration;

/**
 * How requests are sent, resolved from endpoint, site and component. Immutable.
 *
 * @param throwExceptionOnFailure whether a status outside the ok range is an exception
 * @param followRedirects         whether redirects are followed
 * @param maxRedirects            how many redirects one request may follow
 * @param cookiesEnabled          whether the jar takes part; profile and session do in any case
 * @param cookiesDebug            what is logged of the cookies
 * @param isolation               which sessions share connections
 * @param noProxy                 the hosts that are reached without the proxy of the session's profile
 * @param requestTimeout          how long a request may take, redirects and reading of the answer included; zero for any
 *                                time
 * @param maxResponseSize         how many octets the body of an answer may have, decoded; 0 for any number
 */
public record CallRules(
        boolean throwExceptionOnFailure,
        boolean followRedirects,
        int maxRedirects,
        boolean cookiesEnabled,
        CookiesDebug cookiesDebug,
        Isolation isolation,
        NoProxy noProxy,
        Duration requestTimeout,
        long maxResponseSize) {

    /** The same, but redirects are followed to their end, and no status is an exception. */
    public CallRules throughout() {
        return new CallRules(
                false,
                true,
                maxRedirects,
                cookiesEnabled,
                cookiesDebug,
                isolation,
                noProxy,
                requestTimeout,
                maxResponseSize);
    }

    /** Whether answers have to be watched while they are read. */
    boolean isLimited() {
        return maxResponseSize > 0 || !requestTimeout.isZero();
    }
}
