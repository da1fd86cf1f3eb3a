/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.api.SiteMap;
import io.github.camelsessions.internal.config.Places;
import io.github.camelsessions.internal.config.PoolOptions;
import io.github.camelsessions.internal.config.ProfilesOption;
import io.github.camelsessions.internal.config.Rulebook;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.text.PlaceName;
import io.github.camelsessions.profile.ProfileRotation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches HTTP resources in named sessions: each exchange gets its session's cookie jar and client profile.
 *
 * <p>The sessions themselves are kept by {@link Sessions}, a service of the Camel context, so that they survive when the
 * component is made anew, as a reload of its properties does.
 */
@Component("sessions")
public class SessionsComponent extends DefaultComponent implements Rulebook.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(SessionsComponent.class);

    @Metadata(description = "The rules that hold where neither endpoint nor site sets them.")
    private SessionsConfiguration configuration = new SessionsConfiguration();

    @Metadata(
            description = "The client profiles: a JSON or YAML resource, such as classpath:profiles.yaml or"
                    + " file:/etc/portal/profiles.json. Property placeholders in it are resolved.",
            supportFileReference = true)
    private @Nullable String profiles;

    @Metadata(
            defaultValue = "sequential",
            description = "Which client profiles sessions take; those that no session uses come first:"
                    + " sequential takes one after the other, so that all are used before any repeats, random any,"
                    + " leastUsed the one that was taken fewest times. bySessionId gives each session the profile that"
                    + " bears its id, and fails where there is none.")
    private ProfileOrder profileRotation = ProfileOrder.sequential;

    @Metadata(
            defaultValue = "5m",
            javaType = "java.time.Duration",
            description = "How long a client profile is put aside when its proxy has failed.")
    private Duration profileCooldown = ProfileRotation.DEFAULT_COOLDOWN;

    @Metadata(
            defaultValue = "5s",
            javaType = "java.time.Duration",
            description = "How often a profile file (file:) is looked at, to be loaded anew when it has changed; 0 for"
                    + " never. Sessions keep the profiles that they have.")
    private Duration profilesReload = Duration.ofSeconds(5);

    @Metadata(
            defaultValue = "10000",
            description = "How many sessions may exist at once. For a further one the session that was idle longest"
                    + " makes room, never one with an exchange in flight.")
    private int maxSessions = SessionEngine.DEFAULT_MAX_SESSIONS;

    @Metadata(
            defaultValue = "16",
            description = "How many exchanges that were held go on at once for each site, in the order in which they"
                    + " came. One that takes longer than a second counts no more.")
    private int resumeConcurrency = SessionTraffic.DEFAULT_RESUME_CONCURRENCY;

    @Metadata(
            defaultValue = "8",
            description = "How many renewals by renewalUri run at once. One within another is not counted. A site of"
                    + " which none runs may begin one more, until twice as many run.")
    private int renewalConcurrency = SessionTraffic.DEFAULT_RENEWAL_CONCURRENCY;

    @Metadata(defaultValue = "100000", description = "How many exchanges are held without a thread, in all sessions.")
    private int maxHeldTotal = SessionTraffic.DEFAULT_MAX_HELD_TOTAL;

    @Metadata(
            description = "Rules by target URL, one entry for each site, its name in brackets: uris (URL patterns"
                    + " separated by commas), wrap, and any rule that an endpoint can have. A session belongs to its"
                    + " site: the same id on two sites names two sessions.",
            // without the type of its values: with it Camel would take the map itself for a site in sites.portal.uris
            javaType = "java.util.Map")
    private Map<String, SiteConfiguration> sites = new SiteMap<>();

    private @Nullable ProfilesOption profilesOption; // as all options, set by one thread
    private volatile @Nullable Rulebook rulebook;

    @Override
    public void setCamelContext(CamelContext camelContext) {
        super.setCamelContext(camelContext);
        OptionConfigurer.bind(camelContext); // before any option is set
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        int slash = remaining.indexOf('/');
        String operation = slash < 0 ? remaining : remaining.substring(0, slash);
        String httpUri = slash < 0 ? "" : remaining.substring(slash + 1);

        SessionsEndpoint endpoint = new SessionsEndpoint(uri, this, EndpointOptions.operation(operation));
        new EndpointOptions(getCamelContext()).read(this, endpoint, httpUri, parameters);
        return endpoint;
    }

    /** Sets properties of an endpoint as Camel does. */
    void bind(SessionsEndpoint endpoint, Map<String, Object> options) throws Exception {
        setProperties(endpoint, options);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        // so that the bean is there when routes are made
        Sessions.create(getCamelContext(), SessionClock.system()).join();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        useLimits();
        useProfiles();
        Rulebook rules = ownRulebook();
        rules.set(configuration, sites);
        // whatever is wrong with the options of component and sites shows now, not at the first request
        check(rules, "");
        for (String site : sites.keySet()) {
            checkRotation(site, sites.get(site));
            check(rules, site);
        }
        rules.sites().tellOfEqualUris();
        getCamelContext().addStartupListener((context, alreadyStarted) -> warnWithoutPool());
    }

    private void check(Rulebook rules, String site) throws Exception {
        try {
            engine().require(rules.rules(site));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PlaceName.of(site) + ": " + e.getMessage(), e);
        }
    }

    // a site may have the options for pools that endpoints name; which there are is known when all routes are made
    private void warnWithoutPool() {
        boolean named = configuration.getPool() != null
                || getCamelContext().getEndpoints().stream()
                        .anyMatch(endpoint -> endpoint instanceof SessionsEndpoint sessions
                                && sessions.getConfiguration().getPool() != null);
        if (!named) {
            warnWithoutPool("", configuration);
            sites.forEach(this::warnWithoutPool);
        }
    }

    private void warnWithoutPool(String site, SessionsConfiguration rules) {
        List<String> options = PoolOptions.ofPoolsOnly(rules);
        if (rules.getPool() == null && !options.isEmpty()) {
            LOG.warn(
                    "{}: {} has no effect until there is a pool: set pool here or on an endpoint, or remove it",
                    PlaceName.of(site),
                    String.join(", ", options));
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (profilesOption != null) {
            profilesOption.stop();
        }
        super.doStop();
    }

    private void useLimits() {
        SessionEngine engine = engine();
        engine.setMaxSessions(maxSessions);
        engine.traffic().setResumeConcurrency(atLeastOne("resumeConcurrency", resumeConcurrency), ofSites());
        engine.traffic().setRenewalConcurrency(atLeastOne("renewalConcurrency", renewalConcurrency));
        engine.traffic().setMaxHeldTotal(atLeastOne("maxHeldTotal", maxHeldTotal));
        if (profileCooldown.isZero() || profileCooldown.isNegative()) {
            throw new IllegalArgumentException(
                    "profileCooldown=" + profileCooldown + ": must be a duration of more than 0, such as 5m");
        }
        Places.notTooLong("profileCooldown", profileCooldown);
        engine.registry().setRotation(profileRotation, profileCooldown);
        engine.registry().setOwnProfiles(key -> rotation(key.site()) == ProfileOrder.bySessionId);
    }

    private ProfileOrder rotation(String site) {
        SiteConfiguration own = sites.get(site);
        return own != null && own.getProfileRotation() != null ? own.getProfileRotation() : profileRotation;
    }

    private static void checkRotation(String site, SiteConfiguration rules) {
        ProfileOrder own = rules.getProfileRotation();
        if (own != null && own != ProfileOrder.bySessionId) {
            throw new IllegalArgumentException(
                    PlaceName.of(site) + ": profileRotation=" + own
                            + ": a site may say bySessionId only; all sites take profiles in one order, which is the component's");
        }
    }

    private Map<String, Integer> ofSites() {
        Map<String, Integer> concurrencies = new HashMap<>();
        sites.forEach((name, site) -> {
            Integer own = site.getResumeConcurrency();
            if (own != null) {
                concurrencies.put(name, atLeastOne(PlaceName.of(name) + ": resumeConcurrency", own));
            }
        });
        return concurrencies;
    }

    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + "=" + value + ": must be at least 1");
        }
        return value;
    }

    private void useProfiles() {
        if (profilesOption == null) {
            profilesOption = new ProfilesOption(getCamelContext(), engine().registry()::setProfiles);
        }
        profilesOption.use(profiles, profilesReload);
    }

    private SessionEngine engine() {
        return SessionEngine.get(getCamelContext());
    }

    /** The rulebook, started or not. */
    Rulebook ownRulebook() {
        Rulebook own = rulebook;
        if (own == null) {
            own = new Rulebook(getCamelContext(), engine());
            own.set(configuration, sites);
            rulebook = own;
        }
        return own;
    }

    @Override
    public Rulebook rulebook() {
        if (isNew() || isInit() || isStarting()) {
            ServiceHelper.startService(this);
        }
        return ownRulebook();
    }

    /** Whether any site wraps plain camel-http endpoints; known as soon as the options are set. */
    boolean wrapsEndpoints() {
        return sites.values().stream().anyMatch(SiteConfiguration::isWrap);
    }

    public SessionsConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(SessionsConfiguration configuration) {
        this.configuration = configuration;
        useRules();
    }

    public @Nullable String getProfiles() {
        return profiles;
    }

    public void setProfiles(@Nullable String profiles) {
        this.profiles = profiles;
        if (isStarted()) {
            useProfiles();
        }
    }

    public ProfileOrder getProfileRotation() {
        return profileRotation;
    }

    public void setProfileRotation(ProfileOrder profileRotation) {
        this.profileRotation = profileRotation;
        useLimitsIfStarted();
    }

    public Duration getProfileCooldown() {
        return profileCooldown;
    }

    public void setProfileCooldown(Duration profileCooldown) {
        this.profileCooldown = profileCooldown;
        useLimitsIfStarted();
    }

    public Duration getProfilesReload() {
        return profilesReload;
    }

    public void setProfilesReload(Duration profilesReload) {
        this.profilesReload = profilesReload;
        if (isStarted()) {
            useProfiles();
        }
    }

    public int getMaxSessions() {
        return maxSessions;
    }

    public void setMaxSessions(int maxSessions) {
        this.maxSessions = maxSessions;
        useLimitsIfStarted();
    }

    private void useLimitsIfStarted() {
        if (isStarted()) {
            useLimits();
        }
    }

    public int getResumeConcurrency() {
        return resumeConcurrency;
    }

    public void setResumeConcurrency(int resumeConcurrency) {
        this.resumeConcurrency = resumeConcurrency;
        useLimitsIfStarted();
    }

    public int getRenewalConcurrency() {
        return renewalConcurrency;
    }

    public void setRenewalConcurrency(int renewalConcurrency) {
        this.renewalConcurrency = renewalConcurrency;
        useLimitsIfStarted();
    }

    public int getMaxHeldTotal() {
        return maxHeldTotal;
    }

    public void setMaxHeldTotal(int maxHeldTotal) {
        this.maxHeldTotal = maxHeldTotal;
        useLimitsIfStarted();
    }

    /** The sites, to be changed by the caller. Endpoints that are started afterwards go by the changes. */
    public Map<String, SiteConfiguration> getSites() {
        useRules();
        return sites;
    }

    public void setSites(Map<String, SiteConfiguration> sites) {
        this.sites = new SiteMap<>();
        sites.forEach(this.sites::put);
        useRules();
    }

    private void useRules() {
        if (rulebook != null) {
            rulebook.set(configuration, sites);
        }
    }
}
