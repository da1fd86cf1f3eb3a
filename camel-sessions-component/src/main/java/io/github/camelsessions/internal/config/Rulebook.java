/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.config.EffectiveRules.Requests;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.PlaceName;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.jspecify.annotations.Nullable;

/**
 * What component and sites set, and the rules that come of it. The options may be changed at any time by whoever has their
 * beans; what rules were made of them before stays as it is. Thread-safe.
 */
public final class Rulebook {

    /** The component, of which lower rooms know no more than this. */
    public interface Owner extends Component {

        /** The rulebook, once the owner is started: Camel gives it out before, to threads that ask at the same time. */
        Rulebook rulebook();
    }

    private static final Place NOWHERE = new Place("", new SessionsConfiguration());

    private final CamelContext context;
    private final Requests requests;
    private volatile SessionsConfiguration all = new SessionsConfiguration();
    private volatile Map<String, SiteConfiguration> ofSites = Map.of();
    private volatile @Nullable Sites sites;

    /** @param requests makes what checks and log-ins send */
    public Rulebook(CamelContext context, Requests requests) {
        this.context = context;
        this.requests = requests;
    }

    /** What is set from now on, for all and for each site. */
    public void set(SessionsConfiguration all, Map<String, SiteConfiguration> ofSites) {
        this.all = all;
        this.ofSites = ofSites;
        sites = null;
    }

    /** What is set for all sites. */
    public SessionsConfiguration all() {
        return all;
    }

    /** The sites, made of what is set when that has changed. */
    public Sites sites() {
        Sites made = sites;
        if (made == null) {
            made = new Sites(ofSites);
            sites = made;
        }
        return made;
    }

    /**
     * The rules for one site, for a place with rules of its own.
     *
     * @throws IllegalArgumentException when there is no such site, or what is set cannot be used
     */
    public EffectiveRules rules(String site, Place own) {
        Sites now = sites();
        return EffectiveRules.of(
                context,
                now,
                site,
                List.of(own, new Place(PlaceName.of(site), now.rules(site)), new Place(PlaceName.of(""), all)),
                requests);
    }

    /** The rules that site and component set. */
    public EffectiveRules rules(String site) {
        return rules(site, NOWHERE);
    }

    /**
     * Sees that a name is not that of a site, mistyped.
     *
     * @throws IllegalArgumentException when it is
     */
    public void refuseMistyped(String site) {
        String nearest = site.isEmpty() || ofSites.containsKey(site) ? null : NearestName.of(site, ofSites.keySet());
        if (nearest != null) {
            throw new IllegalArgumentException("site '" + site + "' is not configured: did you mean " + nearest + "?");
        }
    }
}
