/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.cookie;

import org.jspecify.annotations.Nullable;

/**
 * Tells where the public part of a host name ends, so that {@code shop.co.uk} cannot set a cookie for all of
 * {@code co.uk}.
 *
 * <p>Implementations are thread-safe and quick: a jar asks once for each request and each response.
 */
@FunctionalInterface
public interface PublicSuffixes {

    /**
     * Returns the public suffix of the host plus the label to its left.
     *
     * @param host a canonical host name of two labels or more; never an IP address and never {@code localhost}
     * @return for example {@code shop.co.uk} for {@code www.shop.co.uk}; null when the host is itself a public suffix
     */
    @Nullable
    String registrableDomain(String host);
}
