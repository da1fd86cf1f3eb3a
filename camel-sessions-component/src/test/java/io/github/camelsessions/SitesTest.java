/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SiteConfiguration;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.Place;
import io.github.camelsessions.internal.config.Sites;
import io.github.camelsessions.internal.engine.SessionEngine;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class SitesTest {

    @Test
    void theMostSpecificSiteWinsWhateverTheOrder() {
        for (List<String> order : List.of(List.of("all", "portal", "api"), List.of("api", "portal", "all"))) {
            Map<String, SiteConfiguration> given = new LinkedHashMap<>();
            for (String name : order) {
                given.put(
                        name,
                        site(
                                switch (name) {
                                    case "all" -> "*://*/*";
                                    case "portal" -> "https://portal.example/*";
                                    default -> "https://portal.example/api/*";
                                }));
            }
            Sites sites = new Sites(given);

            assertThat(sites.siteOf(URI.create("https://portal.example/api/1"))).isEqualTo("api");
            assertThat(sites.siteOf(URI.create("https://portal.example/x"))).isEqualTo("portal");
            assertThat(sites.siteOf(URI.create("http://other.example"))).isEqualTo("all");
        }
    }

    @Test
    void ofEquallySpecificSitesTheFirstByNameWins() {
        Sites sites = new Sites(Map.of("b", site("https://portal.example/*"), "a", site("https://portal.example/*")));

        assertThat(sites.siteOf(URI.create("https://portal.example/"))).isEqualTo("a");
    }

    @Test
    void equalUrisOfTwoSitesAreTold() {
        try (LogCapture log = new LogCapture()) {
            new Sites(Map.of(
                            "b", site("https://portal.example"),
                            "a", site("https://PORTAL.example/*,https://portal.example/a"),
                            "c", site("https://portal.example/b")))
                    .tellOfEqualUris();

            assertThat(log.of(Sites.class.getName()))
                    .singleElement(STRING)
                    .contains("WARN", "sites[a] and sites[b] have the same uris", "belongs to sites[a]");
        }
    }

    @Test
    void aTargetInNoSiteIsToldOnceWhereThereAreSites() {
        Sites sites = new Sites(Map.of("portal", site("http://localhost:8080/*")));
        try (LogCapture log = new LogCapture()) {
            sites.tellOfNoSite(URI.create("http://localhost:8080/orders"));
            sites.tellOfNoSite(URI.create("http://127.0.0.1:8080/orders?token=geheim"));
            sites.tellOfNoSite(URI.create("http://127.0.0.2:8080/orders"));
            new Sites(Map.of("named", new SiteConfiguration())).tellOfNoSite(URI.create("http://127.0.0.1:8080/"));

            assertThat(log.of(Sites.class.getName()))
                    .singleElement(STRING)
                    .contains("WARN", "http://127.0.0.1:8080 belongs to no site", "[portal]")
                    .doesNotContain("geheim");
        }
    }

    @Test
    void aTargetThatNoSiteClaimsBelongsToTheDefaultSite() {
        Sites sites = new Sites(Map.of("portal", site("https://portal.example/*")));

        assertThat(sites.siteOf(URI.create("https://other.example/"))).isEmpty();
        assertThat(sites.isWrapped("")).isFalse();
        assertThat(sites.rules("").getSessionId()).isNull();
    }

    @Test
    void aSiteHasSeveralPatternsSeparatedByCommas() {
        Sites sites = new Sites(Map.of("portal", site("https://portal.example/* , https://login.example")));

        assertThat(sites.siteOf(URI.create("https://portal.example/x"))).isEqualTo("portal");
        assertThat(sites.siteOf(URI.create("https://login.example/x"))).isEqualTo("portal");
    }

    @Test
    void aSiteWithoutPatternsIsFoundByNameOnly() {
        Sites sites = new Sites(Map.of("portal", new SiteConfiguration()));

        assertThat(sites.require("portal")).isEqualTo("portal");
        assertThat(sites.siteOf(URI.create("https://portal.example/"))).isEmpty();
    }

    @Test
    void anUnknownSiteIsRefusedWithTheNearestName() {
        Sites sites = new Sites(Map.of("portal", site("https://portal.example/*")));

        assertThatThrownBy(() -> sites.require("potral"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'potral'")
                .hasMessageContaining("did you mean portal?");
        assertThatThrownBy(() -> sites.rules("somethingelse"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("camel.component.sessions.sites[somethingelse].uris");
    }

    @Test
    void wrongSitesAreRefusedWithTheirPlace() {
        assertThatThrownBy(() -> new Sites(Map.of("portal", site("https://portal.example/*,"))))
                .hasMessageContaining("sites[portal].uris")
                .hasMessageContaining("''");
        assertThatThrownBy(() -> new Sites(Map.of("a/b", site("https://portal.example/*"))))
                .hasMessageContaining("sites[a/b]")
                .hasMessageContaining("slash");
        SiteConfiguration wrapped = new SiteConfiguration();
        wrapped.setWrap(true);
        assertThatThrownBy(() -> new Sites(Map.of("portal", wrapped)))
                .hasMessageContaining("sites[portal].wrap=true")
                .hasMessageContaining("sites[portal].uris");
    }

    @Test
    void eachRuleComesFromTheFirstPlaceThatSetsIt() {
        SessionsConfiguration endpoint = new SessionsConfiguration();
        SiteConfiguration site = new SiteConfiguration();
        SessionsConfiguration component = new SessionsConfiguration();
        endpoint.setMaxRedirects(1);
        site.setMaxRedirects(2);
        component.setMaxRedirects(3);
        site.setSessionId("of site");
        component.setSessionId("of component");
        component.setCookiesEnabled(false);

        EffectiveRules rules = rules(endpoint, site, component);

        assertThat(rules.call().maxRedirects()).isEqualTo(1);
        assertThat(rules.session().id()).isEqualTo("of site");
        assertThat(rules.call().cookiesEnabled()).isFalse();
        assertThat(rules.call().followRedirects()).isTrue();
        assertThat(rules.call().throwExceptionOnFailure()).isTrue();
        assertThat(rules.profile()).isNull();
    }

    @Test
    void httpOptionsOfAllPlacesAreMerged() {
        SessionsConfiguration endpoint = new SessionsConfiguration();
        SiteConfiguration site = new SiteConfiguration();
        SessionsConfiguration component = new SessionsConfiguration();
        endpoint.setHttp(Map.of("connectTimeout", "1"));
        site.setHttp(Map.of("connectTimeout", "2", "soTimeout", "2"));
        component.setHttp(Map.of("connectTimeout", "3", "soTimeout", "3", "userAgent", "3"));

        EffectiveRules rules = rules(endpoint, site, component);

        assertThat(rules.http())
                .containsExactlyInAnyOrderEntriesOf(Map.of("connectTimeout", "1", "soTimeout", "2", "userAgent", "3"));
    }

    private static EffectiveRules rules(SessionsConfiguration... places) {
        return EffectiveRules.of(
                new DefaultCamelContext(),
                new Sites(Map.of("portal", new SiteConfiguration())),
                "portal",
                Stream.of(places).map(place -> new Place("test", place)).toList(),
                SessionEngine.get(new DefaultCamelContext()));
    }

    private static SiteConfiguration site(String uris) {
        SiteConfiguration site = new SiteConfiguration();
        site.setUris(uris);
        return site;
    }
}
