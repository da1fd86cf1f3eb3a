/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.api;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sites by name, in the order of configuration. Holds nothing but sites, whatever reflection tries to put in.
 *
 * @param <T> always SiteConfiguration; a parameter, so that no cast comes before the check
 */
public final class SiteMap<T> extends LinkedHashMap<String, T> {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable T put(String name, T site) {
        if (!(site instanceof SiteConfiguration known)) {
            throw notInBrackets(name);
        }
        known.named(name);
        return super.put(name, site);
    }

    /** What a property whose site is written with dots comes to. */
    static IllegalArgumentException notInBrackets(String name) {
        return new IllegalArgumentException("sites." + name + " cannot be set: write the site's name in brackets, as in"
                + " camel.component.sessions.sites[" + name + "].uris");
    }
}
