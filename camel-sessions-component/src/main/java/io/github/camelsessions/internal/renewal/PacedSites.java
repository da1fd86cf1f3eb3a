/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sites with a rate. The first rule that is set for a site decides, until all is stopped. Thread-safe. */
final class PacedSites {

    private static final Logger LOG = LoggerFactory.getLogger(PacedSites.class);

    private final LongSupplier nanos;
    private final BiConsumer<Runnable, Duration> timer;
    private final Map<String, PacedSite> sites = new ConcurrentHashMap<>();
    private final Set<String> differencesLogged = ConcurrentHashMap.newKeySet();

    PacedSites(LongSupplier nanos, BiConsumer<Runnable, Duration> timer) {
        this.nanos = nanos;
        this.timer = timer;
    }

    /**
     * The turns of a request among those of its site.
     *
     * @param rule that of the request, null for none
     * @return null when the site's requests are not paced
     */
    @Nullable
    SiteTurn turn(String site, @Nullable RateRule rule) {
        PacedSite paced = of(site, rule);
        return paced == null ? null : new SiteTurn(paced);
    }

    private @Nullable PacedSite of(String site, @Nullable RateRule rule) {
        if (rule == null) {
            return sites.isEmpty() ? null : sites.get(site);
        }
        PacedSite paced = paced(site, rule);
        if (paced.rule().perSecond() != rule.perSecond() && differencesLogged.add(site)) {
            LOG.warn(
                    "site '{}' keeps {} of {}, though {} sets {}: the first that sets it decides. This is logged once.",
                    site,
                    paced.rule(),
                    paced.rule().place(),
                    rule.place(),
                    rule);
        }
        return paced;
    }

    private PacedSite paced(String site, RateRule rule) {
        PacedSite paced = sites.get(site);
        return paced != null
                ? paced
                : sites.computeIfAbsent(
                        site, name -> new PacedSite(name, rule, new SiteRate(nanos, rule.perSecond()), timer));
    }

    /** Changes the rate of a site, whatever was set for it. */
    void set(String site, RateRule rule) {
        paced(site, rule).setPerSecond(rule.perSecond());
    }

    void mend() {
        sites.values().forEach(PacedSite::mend);
    }

    void clear() {
        sites.clear();
        differencesLogged.clear();
    }
}
