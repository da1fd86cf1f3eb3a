/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.Duration;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * What a renew block needs from the component: a plugin of the context, so that this package need not know the component.
 * Thread-safe.
 */
public interface RenewalSites {

    /** The plugin of a context. */
    static RenewalSites of(CamelContext context) {
        RenewalSites sites = context.getCamelContextExtension().getContextPlugin(RenewalSites.class);
        if (sites == null) {
            throw new IllegalStateException("renewSession: this Camel context has no plugin of camel-sessions: it loads"
                    + " no ContextServicePlugin");
        }
        return sites;
    }

    SessionTraffic traffic();

    /** Whether a site of that name is configured. */
    boolean has(String site);

    /**
     * The rules of a site, where those that are given win.
     *
     * @param place where they are given, for messages
     * @throws IllegalArgumentException when there is no such site, or a rule is wrong
     */
    RenewalRules rules(
            String site,
            String place,
            @Nullable Object renewedWhen,
            @Nullable Duration renewalTimeout,
            @Nullable Duration holdTimeout);
}
