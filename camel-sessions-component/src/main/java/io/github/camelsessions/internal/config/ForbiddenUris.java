/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The URLs that are never fetched in a session. Immutable. */
final class ForbiddenUris {

    private final List<UriPattern> patterns;

    private ForbiddenUris(List<UriPattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * @param option patterns separated by commas, null for none
     * @throws IllegalArgumentException when one is no pattern
     */
    static @Nullable ForbiddenUris parse(@Nullable String option) {
        return option == null
                ? null
                : new ForbiddenUris(Stream.of(option.split(",", -1))
                        .map(pattern -> UriPattern.parse("forbiddenUris", pattern.trim()))
                        .toList());
    }

    /** As {@link #check(URI)}, of a URL that an option names. */
    void check(String option, URI url) {
        try {
            check(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    /**
     * Looks at a URL before a request goes there.
     *
     * @throws IllegalArgumentException when it is not to be fetched
     */
    void check(URI url) {
        String canonical = UriPattern.canonical(url);
        for (UriPattern pattern : patterns) {
            if (pattern.matches(canonical)) {
                throw new IllegalArgumentException(url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath()
                        + " is not fetched: the pattern " + pattern
                        + " of forbiddenUris matches it; only the exchange of"
                        + " closeUri may, which logs the session out");
            }
        }
    }
}
