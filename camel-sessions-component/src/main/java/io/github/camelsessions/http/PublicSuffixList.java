/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import io.github.camelsessions.cookie.PublicSuffixes;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.jspecify.annotations.Nullable;

/**
 * The public suffix list that HttpClient ships, its private section included, so that {@code github.io} counts as a
 * suffix. Remembers the hosts it was asked for, because each request asks. Thread-safe.
 */
public final class PublicSuffixList implements PublicSuffixes {

    private static final int REMEMBERED_HOSTS = 10_000;

    private final PublicSuffixMatcher matcher = PublicSuffixMatcherLoader.getDefault();
    private final Map<String, Optional<String>> domains = LRUCacheFactory.newLRUCache(REMEMBERED_HOSTS);

    @Override
    public @Nullable String registrableDomain(String host) {
        // An unknown host, as attackers may make without end, costs one entry of a bounded cache.
        return domains.computeIfAbsent(host, h -> Optional.ofNullable(matcher.getDomainRoot(h, null)))
                .orElse(null);
    }
}
