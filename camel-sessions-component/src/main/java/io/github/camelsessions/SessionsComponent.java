/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.http.SessionHttpClients;
import io.github.camelsessions.profile.ClientProfile;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.PropertiesHelper;
import org.jspecify.annotations.Nullable;

/**
 * Fetches HTTP resources in named sessions: each exchange gets its session's cookie jar and client profile.
 *
 * <p>The sessions themselves are kept by {@link Sessions}, a service of the Camel context, so that they survive when the
 * component is made anew, as a reload of its properties does.
 */
@Component("sessions")
public class SessionsComponent extends DefaultComponent {

    @Metadata(description = "The rules that hold where neither endpoint nor site sets them.")
    private SessionsConfiguration configuration = new SessionsConfiguration();

    @Metadata(
            description = "The client profiles: a JSON or YAML resource, such as classpath:profiles.yaml or"
                    + " file:/etc/portal/profiles.json. Property placeholders in it are resolved.",
            supportFileReference = true)
    private @Nullable String profiles;

    @Metadata(
            defaultValue = "10000",
            description = "How many sessions may exist at once. For a further one the session that was idle longest"
                    + " makes room, never one with an exchange in flight.")
    private int maxSessions = Sessions.DEFAULT_MAX_SESSIONS;

    @Metadata(
            description = "Rules by target URL, one entry for each site, its name in brackets: uris (URL patterns"
                    + " separated by commas), wrap, and any rule that an endpoint can have. A session belongs to its"
                    + " site: the same id on two sites names two sessions.",
            javaType = "java.util.Map<java.lang.String, io.github.camelsessions.SiteConfiguration>")
    private Map<String, SiteConfiguration> sites = new SiteMap();

    private final SessionHttpClients clients = new SessionHttpClients(this);
    private @Nullable Sites siteRules;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        int slash = remaining.indexOf('/');
        String operation = slash < 0 ? remaining : remaining.substring(0, slash);
        String httpUri = slash < 0 ? "" : remaining.substring(slash + 1);

        SessionsEndpoint endpoint = new SessionsEndpoint(uri, this, SessionsOperation.parse(operation));
        endpoint.getConfiguration().setHttp(PropertiesHelper.extractProperties(parameters, "http."));
        endpoint.setQuery(PropertiesHelper.extractProperties(parameters, "query."));
        try {
            setProperties(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw badValue(e);
        }

        if (httpUri.isEmpty()) {
            refuseUnknown(parameters.keySet());
        } else if (endpoint.getHttpUri() != null) {
            throw new IllegalArgumentException(
                    "the target is given twice, in the path and as option httpUri: " + "remove one of them");
        } else {
            refuseNearMisses(parameters.keySet());
            endpoint.setHttpUri(HttpTarget.addQuery(httpUri, parameters));
            parameters.clear();
        }
        return endpoint;
    }

    // Camel tells the option and its value, but not what the value may be.
    private IllegalArgumentException badValue(PropertyBindingException e) {
        String name = String.valueOf(e.getPropertyName());
        Class<?> type = getEndpointPropertyConfigurer() instanceof PropertyConfigurerGetter options
                ? options.getOptionType(name, true)
                : null;
        String choice;
        if (type != null && type.isEnum()) {
            choice = "must be one of " + Arrays.toString(type.getEnumConstants());
        } else if (type == boolean.class || type == Boolean.class) {
            choice = "must be true or false";
        } else {
            choice = "cannot be used";
        }
        return new IllegalArgumentException("option " + name + "=" + e.getValue() + ": " + choice, e);
    }

    private void refuseUnknown(Set<String> names) {
        for (String name : names) {
            String nearest = OptionNames.nearest(getCamelContext(), name);
            throw new IllegalArgumentException("unknown option '" + name + "'"
                    + (nearest == null
                            ? ": options of camel-http are written http." + name
                                    + ", query parameters of the target query." + name
                            : ", did you mean " + nearest + "?"));
        }
    }

    // With a target in the path an unknown parameter is the target's, as in camel-http, but a mistyped option must not
    // silently go out in the query.
    private void refuseNearMisses(Set<String> names) {
        for (String name : names) {
            String nearest = OptionNames.nearest(getCamelContext(), name);
            if (nearest != null) {
                throw new IllegalArgumentException("unknown option '" + name + "', did you mean " + nearest
                        + "? A query parameter of this name is written query." + name);
            }
        }
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        Sessions.get(getCamelContext()); // so that the bean is there when routes are made
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Sites made = new Sites(sites);
        Sessions.get(getCamelContext()).configure(loadProfiles(), maxSessions);
        // whatever is wrong with the options of component and sites shows now, not at the first request
        checkRules(made, "");
        for (String site : sites.keySet()) {
            checkRules(made, site);
        }
        siteRules = made;
    }

    private void checkRules(Sites made, String site) throws Exception {
        String place = site.isEmpty() ? "component sessions" : "sites[" + site + "]";
        try {
            EffectiveRules rules = EffectiveRules.of(site, List.of(made.rules(site), configuration));
            if (rules.profile() != null) {
                Sessions.get(getCamelContext()).registry().requireProfile(rules.profile());
            }
            clients.check(rules.http());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private List<ClientProfile> loadProfiles() throws Exception {
        if (profiles == null) {
            return List.of();
        }
        String text;
        try (InputStream in = ResourceHelper.resolveMandatoryResourceAsInputStream(getCamelContext(), profiles)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException(
                    "option profiles: there is no resource " + profiles + "; give classpath:name or file:path", e);
        }
        return ProfileLoader.parse(getCamelContext(), profiles, text);
    }

    @Override
    protected void doStop() throws Exception {
        clients.stop();
        super.doStop();
    }

    /** The configured sites. They are there once the component was started. */
    Sites siteRules() {
        Sites made = siteRules;
        if (made == null) {
            throw new IllegalStateException("component sessions is not started");
        }
        return made;
    }

    /** Whether any site wraps plain camel-http endpoints; known as soon as the options are set. */
    boolean wrapsEndpoints() {
        return sites.values().stream().anyMatch(SiteConfiguration::isWrap);
    }

    SessionHttpClients clients() {
        return clients;
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
    }

    public int getMaxSessions() {
        return maxSessions;
    }

    public void setMaxSessions(int maxSessions) {
        this.maxSessions = maxSessions;
    }

    public Map<String, SiteConfiguration> getSites() {
        return sites;
    }

    public void setSites(Map<String, SiteConfiguration> sites) {
        this.sites = new SiteMap();
        this.sites.putAll(sites);
    }

    /** Refuses what a dotted property name makes of a site, and tells how it is written. */
    private static final class SiteMap extends LinkedHashMap<String, SiteConfiguration> {

        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable SiteConfiguration put(String name, SiteConfiguration site) {
            Object value = site; // reflection does not keep to the declared type
            if (!(value instanceof SiteConfiguration)) {
                throw new IllegalArgumentException("sites." + name + " cannot be set: write the site's name in"
                        + " brackets, as in camel.component.sessions.sites[" + name + "].uris");
            }
            return super.put(name, site);
        }
    }
}
