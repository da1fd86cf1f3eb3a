/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.renewal.RenewalRules;
import io.github.camelsessions.internal.renewal.RenewalSites;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/** Tells renew blocks what the component of their context says. Thread-safe. */
final class BlockSites implements RenewalSites {

    private final CamelContext context;

    BlockSites(CamelContext context) {
        this.context = context;
    }

    @Override
    public SessionTraffic traffic() {
        return Sessions.get(context).traffic();
    }

    @Override
    public boolean has(String site) {
        return component().siteRules().has(site);
    }

    @Override
    public RenewalRules rules(
            String site,
            String place,
            @Nullable Object renewedWhen,
            @Nullable Duration renewalTimeout,
            @Nullable Duration holdTimeout) {
        SessionsConfiguration own = new SessionsConfiguration();
        own.setRenewedWhen(renewedWhen);
        own.setRenewalTimeout(renewalTimeout);
        own.setHoldTimeout(holdTimeout);
        return component().rules(site, new EffectiveRules.Place(place, own)).renewal();
    }

    private SessionsComponent component() {
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        component.awaitStart();
        return component;
    }
}
