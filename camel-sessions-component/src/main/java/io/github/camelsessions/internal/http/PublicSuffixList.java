/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.cookie.PublicSuffixes;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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
    private final ConcurrentMap<String, Optional<String>> domains = new ConcurrentHashMap<>();

    @Override
    public @Nullable String registrableDomain(String host) {
        Optional<String> domain = domains.get(host);
        if (domain == null) {
            domain = Optional.ofNullable(matcher.getDomainRoot(host, null));
            if (domains.size() >= REMEMBERED_HOSTS) {
                domains.clear(); // hosts without end are an attack or a crawl: no order of use is worth its cost
            }
            domains.put(host, domain);
        }
        return domain.orElse(null);
    }
}
