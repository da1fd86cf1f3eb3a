/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

/**
 * How many cookies a jar holds before it evicts some (RFC 6265bis, sections 5.7 and 6.1).
 *
 * @param perDomain cookies of one registrable domain, at least 1
 * @param total cookies of the whole jar, at least 1
 */
public record CookieLimits(int perDomain, int total) {

    /** As browsers have it: 180 for each registrable domain, 3000 in all; the RFC asks for 50 and 3000 at least. */
    public static final CookieLimits DEFAULT = new CookieLimits(180, 3000);

    /** Refuses limits below 1. */
    public CookieLimits {
        if (perDomain < 1 || total < 1) {
            throw new IllegalArgumentException(
                    "cookie limits: perDomain=" + perDomain + ", total=" + total + ", both must be 1 or more");
        }
    }
}
