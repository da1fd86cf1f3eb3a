/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.api.SiteMap;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.EffectiveRules.Place;
import io.github.camelsessions.internal.config.PoolOptions;
import io.github.camelsessions.internal.config.ProfileLoader;
import io.github.camelsessions.internal.config.ProfileWatch;
import io.github.camelsessions.internal.config.RenewalOptions;
import io.github.camelsessions.internal.config.Sites;
import io.github.camelsessions.internal.config.ValueRules;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.http.SessionHttpClients;
import io.github.camelsessions.internal.renewal.SessionRequest;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.session.SessionClock;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.PlaceName;
import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileRotation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.PropertiesHelper;
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
public class SessionsComponent extends DefaultComponent {

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
    private int maxSessions = Sessions.DEFAULT_MAX_SESSIONS;

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

    private volatile @Nullable Sites siteRules;
    private @Nullable ScheduledExecutorService profileWatch; // as all options, set by one thread

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

        SessionsEndpoint endpoint = new SessionsEndpoint(uri, this, SessionsOperation.parse(operation));
        refuseForeign(endpoint.getOperation(), parameters.keySet());
        refuseOtherSpellings(parameters.keySet());
        Map<String, Object> targetParameters = takeTargetParameters(httpUri, parameters);
        endpoint.getConfiguration().setHttp(PropertiesHelper.extractProperties(parameters, "http."));
        endpoint.getConfiguration().setSessionHeaders(takeValues("sessionHeaders", parameters));
        endpoint.getConfiguration().setSessionFields(takeValues("sessionFields", parameters));
        endpoint.setQuery(PropertiesHelper.extractProperties(parameters, "query."));
        setOptions(endpoint, parameters);

        if (httpUri.isEmpty()) {
            refuseUnknown(endpoint.getOperation(), parameters.keySet());
        } else if (endpoint.getHttpUri() != null) {
            throw targetGivenTwice();
        } else if (httpUri.startsWith("RAW(")) {
            // cut at its ? by now; it comes from YAML with operation and httpUri both among the parameters
            throw new IllegalArgumentException(
                    "httpUri=RAW(...) works as an option only, not in the path: in YAML write uri: sessions:"
                            + operation + " with httpUri among the parameters");
        } else {
            refuseNearMisses(endpoint.getOperation(), parameters.keySet());
            targetParameters.putAll(parameters);
            endpoint.setHttpUri(HttpTarget.addQuery(httpUri, targetParameters));
            parameters.clear();
        }
        return endpoint;
    }

    // No others: Camel would look for setters of their names, which makes options of what is the target's; and its
    // first look
    // in a context is not thread-safe.
    private void setOptions(SessionsEndpoint endpoint, Map<String, Object> parameters) throws Exception {
        Map<String, Object> others = new LinkedHashMap<>(parameters);
        others.keySet().removeIf(name -> OptionNames.isOption(getCamelContext(), name));
        parameters.keySet().removeAll(others.keySet());
        try {
            setProperties(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw badValue(e);
        }
        parameters.putAll(others);
    }

    // what Camel wraps around what is wrong names no option, or one of Camel's classes
    private static IllegalArgumentException badValue(PropertyBindingException e) {
        if (e.getCause() instanceof NoSuchBeanException missing) {
            return new IllegalArgumentException("option " + e.getPropertyName() + "=" + Quoted.bare(e.getValue())
                    + ": there is no bean " + Quoted.of(missing.getName()) + " in the registry");
        }
        return e.getCause() instanceof IllegalArgumentException told
                ? told
                : new IllegalArgumentException(
                        "option " + e.getPropertyName() + "=" + Quoted.bare(e.getValue()) + ": cannot be used", e);
    }

    static IllegalArgumentException targetGivenTwice() {
        return new IllegalArgumentException(
                "the target is given twice, in the path and as option httpUri: remove one of them");
    }

    // limit and format are names that targets use for their own parameters: they must not vanish without a word
    private void refuseForeign(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            SessionsOperation owner = SessionsOperation.ownerOf(name);
            if (owner != null && owner != operation) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " belongs to the operation " + owner
                        + ", not to " + operation + "; a query parameter of this name is written query." + name);
            }
            if (owner == null && OptionNames.isOption(getCamelContext(), name) && !operation.uses(name)) {
                throw new IllegalArgumentException(
                        "option '" + name + "' has no effect on the operation " + operation + ": remove it");
            }
        }
    }

    // Camel would take sessionid for sessionId, but it may as well be a parameter of the target
    private void refuseOtherSpellings(Set<String> names) {
        for (String name : names) {
            String option = OptionNames.otherSpelling(getCamelContext(), name);
            if (option != null) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " is written " + option
                        + "; a query parameter of this name is written query." + name);
            }
        }
    }

    // in one text for YAML's parameters, which lose the dashes of names
    private static Map<String, Object> takeValues(String option, Map<String, Object> parameters) {
        Object text = parameters.remove(option);
        Map<String, Object> values =
                text == null ? new LinkedHashMap<>() : ValueRules.inOneText(option, text.toString());
        values.putAll(PropertiesHelper.extractProperties(parameters, option + "."));
        return values;
    }

    // The names of the prefixes are no options themselves, and query is what many a search calls its parameter
    private static Map<String, Object> takeTargetParameters(String httpUri, Map<String, Object> parameters) {
        Map<String, Object> taken = new LinkedHashMap<>();
        if (!httpUri.isEmpty()) {
            for (String name : List.of("query", "http")) {
                if (parameters.containsKey(name)) {
                    taken.put(name, parameters.remove(name));
                }
            }
        }
        return taken;
    }

    private void refuseUnknown(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            String nearest = OptionNames.nearest(getCamelContext(), operation, name);
            throw new IllegalArgumentException("unknown option " + Quoted.of(name)
                    + (nearest == null
                            ? ": options of camel-http are written http." + name
                                    + ", query parameters of the target query." + name
                            : ", did you mean " + nearest + "?"));
        }
    }

    // With a target in the path an unknown parameter is the target's, as in camel-http, but a mistyped option must not
    // silently go out in the query.
    private void refuseNearMisses(SessionsOperation operation, Set<String> names) {
        for (String name : names) {
            if (SessionHttpClient.isOption(name)) {
                throw new IllegalArgumentException("option " + Quoted.of(name) + " of camel-http is written http."
                        + name + "; a query parameter of this name is written query." + name);
            }
            String nearest = OptionNames.nearest(getCamelContext(), operation, name);
            if (nearest != null) {
                throw new IllegalArgumentException("unknown option " + Quoted.of(name) + ", did you mean " + nearest
                        + "? A query parameter of this name is written query." + name);
            }
        }
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
        Sites made = makeSiteRules();
        made.tellOfEqualUris();
        siteRules = made;
        getCamelContext().addStartupListener((context, alreadyStarted) -> warnWithoutPool());
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
        stopProfileWatch();
        super.doStop();
    }

    private Sites makeSiteRules() throws Exception {
        Sites made = new Sites(sites);
        // whatever is wrong with the options of component and sites shows now, not at the first request
        checkRules(made, "");
        for (String site : sites.keySet()) {
            checkRotation(site, made.rules(site));
            checkRules(made, site);
        }
        return made;
    }

    private void checkRules(Sites made, String site) throws Exception {
        try {
            EffectiveRules rules = EffectiveRules.of(
                    getCamelContext(),
                    made,
                    site,
                    List.of(place(site, made.rules(site)), place("", configuration)),
                    this::checkRequest);
            if (rules.profile() != null) {
                Sessions.get(getCamelContext()).registry().requireProfile(rules.profile());
            }
            clients().check(rules.http());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PlaceName.of(site) + ": " + e.getMessage(), e);
        }
    }

    private void useLimits() {
        Sessions sessions = Sessions.get(getCamelContext());
        sessions.registry().setMaxSessions(maxSessions);
        sessions.traffic().setResumeConcurrency(atLeastOne("resumeConcurrency", resumeConcurrency), ofSites());
        sessions.traffic().setRenewalConcurrency(atLeastOne("renewalConcurrency", renewalConcurrency));
        sessions.traffic().setMaxHeldTotal(atLeastOne("maxHeldTotal", maxHeldTotal));
        if (profileCooldown.isZero() || profileCooldown.isNegative()) {
            throw new IllegalArgumentException(
                    "profileCooldown=" + profileCooldown + ": must be a duration of more than 0, such as 5m");
        }
        RenewalOptions.notTooLong("profileCooldown", profileCooldown);
        sessions.registry().setRotation(profileRotation, profileCooldown);
        sessions.registry().setOwnProfiles(key -> rotation(key.site()) == ProfileOrder.bySessionId);
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

    // A component made anew by a reload is started before it gets its options. Until then the profiles stay that there
    // are: a session that is new in between must not go out without its proxy.
    private void useProfiles() {
        stopProfileWatch();
        if (profilesReload.isNegative()) {
            throw new IllegalArgumentException("profilesReload=" + profilesReload
                    + ": must be a duration, such as 5s, or 0 for no look at the file");
        }
        RenewalOptions.notTooLong("profilesReload", profilesReload);
        String resource = profiles;
        if (resource != null) {
            ProfileWatch watch = newProfileWatch(resource);
            loadProfiles(resource);
            if (watch != null) {
                startProfileWatch(watch);
            }
        }
    }

    private @Nullable ProfileWatch newProfileWatch(String resource) {
        if (profilesReload.isZero() || !resource.startsWith("file:")) {
            return null;
        }
        URI file = ResourceHelper.resolveResource(getCamelContext(), resource).getURI();
        return new ProfileWatch(resource, Path.of(file), () -> loadProfiles(resource));
    }

    private void startProfileWatch(ProfileWatch watch) {
        ScheduledExecutorService executor = getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "SessionsProfiles");
        profileWatch = executor;
        long nanos = profilesReload.toNanos();
        executor.scheduleWithFixedDelay(watch::check, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void stopProfileWatch() {
        if (profileWatch != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(profileWatch);
            profileWatch = null;
        }
    }

    private int loadProfiles(String profiles) {
        List<ClientProfile> loaded = readProfiles(profiles);
        Sessions.get(getCamelContext()).registry().setProfiles(loaded);
        return loaded.size();
    }

    private List<ClientProfile> readProfiles(String profiles) {
        String text;
        try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(getCamelContext(), profiles)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException(
                    "option profiles: there is no resource " + profiles + "; give classpath:name or file:path", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("option profiles: " + profiles + " cannot be read", e);
        }
        return ProfileLoader.parse(getCamelContext(), profiles, text);
    }

    /** Makes sure that the component is started: Camel gives it out before, to threads that ask at the same time. */
    void awaitStart() {
        if (isNew() || isInit() || isStarting()) {
            ServiceHelper.startService(this);
        }
    }

    /** The configured sites, made of the options when these have changed. */
    Sites siteRules() {
        Sites made = siteRules;
        if (made == null) {
            try {
                made = makeSiteRules();
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
            siteRules = made;
        }
        return made;
    }

    void refuseMistyped(String site) {
        String nearest = site.isEmpty() || sites.containsKey(site) ? null : NearestName.of(site, sites.keySet());
        if (nearest != null) {
            throw new IllegalArgumentException("site '" + site + "' is not configured: did you mean " + nearest + "?");
        }
    }

    /** The rules for one site, for an endpoint. */
    EffectiveRules rules(String site, SessionsEndpoint endpoint) {
        return rules(site, new Place("endpoint " + endpoint, endpoint.getConfiguration()));
    }

    /** The rules for one site, for a place with rules of its own. */
    EffectiveRules rules(String site, Place own) {
        Sites now = siteRules();
        return EffectiveRules.of(
                getCamelContext(),
                now,
                site,
                List.of(own, place(site, now.rules(site)), place("", configuration)),
                this::checkRequest);
    }

    private SessionRequest checkRequest(EffectiveRules rules, SessionKey session, URI uri) {
        Sessions sessions = Sessions.get(getCamelContext());
        try {
            SessionHttpClient client = sessions.clients().keep(SessionHttpClient.limitCredentials(rules.http(), uri));
            return new CallRequest(
                    sessions.calls(), session, rules, rules.profile(), null, client.sending(uri, HttpMethods.GET));
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
    }

    private static Place place(String site, SessionsConfiguration rules) {
        return new Place(PlaceName.of(site), rules);
    }

    /** Whether any site wraps plain camel-http endpoints; known as soon as the options are set. */
    boolean wrapsEndpoints() {
        return sites.values().stream().anyMatch(SiteConfiguration::isWrap);
    }

    SessionHttpClients clients() {
        return Sessions.get(getCamelContext()).clients();
    }

    public SessionsConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(SessionsConfiguration configuration) {
        this.configuration = configuration;
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
        siteRules = isStarted() ? null : siteRules;
        return sites;
    }

    public void setSites(Map<String, SiteConfiguration> sites) {
        this.sites = new SiteMap<>();
        sites.forEach(this.sites::put);
        siteRules = isStarted() ? null : siteRules;
    }
}
