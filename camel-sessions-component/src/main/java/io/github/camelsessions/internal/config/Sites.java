/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.config;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured sites: finds the one that a target belongs to. Immutable once made, but for what it has told already. */
public final class Sites {

    private static final Logger LOG = LoggerFactory.getLogger(Sites.class);

    private static final SiteConfiguration NO_RULES = new SiteConfiguration();

    private record Entry(UriPattern pattern, String site) {}

    private final Map<String, SiteConfiguration> sites;
    // the longest pattern first, so that the most specific site wins whatever the order of configuration
    private final List<Entry> entries = new ArrayList<>();
    private final AtomicBoolean told = new AtomicBoolean();

    public Sites(Map<String, SiteConfiguration> sites) {
        this.sites = Map.copyOf(sites);
        sites.forEach((name, site) -> {
            if (name.isBlank() || name.contains("/")) {
                throw new IllegalArgumentException("sites[" + name + "]: a site's name must be without a slash");
            }
            String place = "sites[" + name + "].uris";
            if (site.getUris() != null) {
                for (String pattern : site.getUris().split(",", -1)) {
                    entries.add(new Entry(UriPattern.parse(place, pattern.trim()), name));
                }
            } else if (site.isWrap()) {
                throw new IllegalArgumentException("sites[" + name + "].wrap=true needs " + place);
            }
        });
        entries.sort(Comparator.comparingInt((Entry entry) -> entry.pattern().length())
                .reversed()
                .thenComparing(Entry::site));
    }

    /** The name of the site that the target belongs to, that of the default site when none claims it. */
    public String siteOf(URI target) {
        if (!entries.isEmpty()) {
            String canonical = UriPattern.canonical(target);
            for (Entry entry : entries) {
                if (entry.pattern().matches(canonical)) {
                    return entry.site();
                }
            }
        }
        return SessionKey.DEFAULT_SITE;
    }

    /** Says once that a target is in no site although there are sites, as 127.0.0.1 where localhost is meant. */
    public void tellOfNoSite(URI target) {
        if (!entries.isEmpty() && !told.get() && siteOf(target).isEmpty() && told.compareAndSet(false, true)) {
            LOG.warn(
                    "{}://{} belongs to no site, for no uris match it: its sessions are those of the default site. If it"
                            + " belongs to one of {}, add it to the uris of that one. This is logged once.",
                    target.getScheme(),
                    target.getRawAuthority(),
                    entries.stream()
                            .map(Entry::site)
                            .distinct()
                            .sorted()
                            .limit(10)
                            .toList());
        }
    }

    /** Says which sites have equal patterns: one of them gets all that match. */
    public void tellOfEqualUris() {
        Map<String, String> owners = new HashMap<>();
        for (Entry entry : entries) {
            String owner = owners.putIfAbsent(entry.pattern().key(), entry.site());
            if (owner != null && !owner.equals(entry.site())) {
                LOG.warn(
                        "sites[{}] and sites[{}] have the same uris {}: what matches belongs to sites[{}]. Remove them from"
                                + " one of the two.",
                        owner,
                        entry.site(),
                        entry.pattern(),
                        owner);
            }
        }
    }

    /** The rules of a site; those of the default site are empty. */
    public SiteConfiguration rules(String site) {
        return Objects.requireNonNullElse(sites.get(require(site)), NO_RULES);
    }

    /** The name itself, when there is such a site. */
    public String require(String site) {
        if (!site.isEmpty() && !sites.containsKey(site)) {
            String nearest = NearestName.of(site, sites.keySet());
            throw new IllegalArgumentException("site " + Quoted.of(site) + " is not configured: "
                    + (nearest == null
                            ? "set camel.component.sessions.sites[" + site + "].uris"
                            : "did you mean " + nearest + "?"));
        }
        return site;
    }

    /** The names of all sites, without that of the default site. */
    public Stream<String> names() {
        return sites.keySet().stream().sorted();
    }

    public boolean isEmpty() {
        return sites.isEmpty();
    }

    /** Whether the site says which URLs belong to it. */
    boolean hasUris(String site) {
        return rules(site).getUris() != null;
    }

    public boolean has(String site) {
        return sites.containsKey(site);
    }

    public boolean isWrapped(String site) {
        return rules(site).isWrap();
    }
}
