/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.text;

/** How messages call the place where an option is set. */
public final class PlaceName {

    private PlaceName() {}

    /** @param site empty for the component */
    public static String of(String site) {
        return site.isEmpty() ? "component sessions" : "sites[" + site + "]";
    }
}
