/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import io.github.camelsessions.internal.text.HostNames;

/** Whether a host belongs to a domain (RFC 6265bis, section 5.1.3). */
final class DomainMatch {

    private DomainMatch() {}

    /** Tells whether the host domain-matches the domain; both are canonical. */
    static boolean matches(String host, String domain) {
        int dot = host.length() - domain.length() - 1;
        if (dot < 0) {
            return host.equals(domain);
        }
        return host.charAt(dot) == '.' && host.endsWith(domain) && !HostNames.isIpAddress(host);
    }
}
