/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelsessions.api.SessionsOperation;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.catalog.RuntimeCamelCatalog;
import org.apache.camel.catalog.impl.DefaultRuntimeCamelCatalog;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.EndpointUriFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Camel's tools, which know only the generated catalog file and URI factory, make of the component's URIs. */
class UriToolingTest {

    private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
    private static final RuntimeCamelCatalog CATALOG = new DefaultRuntimeCamelCatalog();

    @BeforeAll
    static void start() {
        CONTEXT.disableJMX();
        CATALOG.setCamelContext(CONTEXT);
        CATALOG.start();
    }

    @AfterAll
    static void stop() {
        CATALOG.stop();
        CONTEXT.stop();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sessions:fetch?sessionId=1",
                "sessions:fetch/https://site:8443/x?sessionId=1",
                "sessions:fetch/http://127.0.0.1:8080/a/b/c?profile=anna&sessionId=1",
                "sessions:fetch/https://site.example?method=POST",
                "sessions:clear?sessionId=1&site=portal",
                "sessions:list?limit=10&offset=20"
            })
    void uriSurvivesCatalogAndUriFactory(String uri) throws Exception {
        Map<String, String> properties = CATALOG.endpointProperties(uri);

        assertThat(CATALOG.asEndpointUri("sessions", new TreeMap<>(properties), false))
                .isEqualTo(uri);
        assertThat(factory().buildUri("sessions", new TreeMap<>(properties), false))
                .isEqualTo(uri);
    }

    @Test
    void theCatalogCutsAUriIntoOperationTargetAndOptions() throws Exception {
        assertThat(CATALOG.endpointProperties("sessions:fetch/https://site:8443/x?sessionId=1&http.connectTimeout=5"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "operation",
                        "fetch",
                        "httpUri",
                        "https://site:8443/x",
                        "sessionId",
                        "1",
                        "http.connectTimeout",
                        "5"));
    }

    @Test
    void whatTheUriFactoryBuildsIsAnEndpoint() throws Exception {
        String uri = factory()
                .buildUri(
                        "sessions",
                        Map.of("operation", "fetch", "httpUri", "https://site:8443/x", "sessionId", "a b", "a", "1"),
                        true);

        SessionsEndpoint endpoint = CONTEXT.getEndpoint(uri, SessionsEndpoint.class);

        assertThat(endpoint.getOperation()).isEqualTo(SessionsOperation.fetch);
        assertThat(endpoint.getConfiguration().getSessionId()).isEqualTo("a b");
        assertThat(endpoint.getHttpUri()).isEqualTo("https://site:8443/x?a=1");
    }

    @Test
    void theCatalogValidates() throws Exception {
        assertThat(validate("sessions:fetch/https://site/x?sessionId=1&maxRedirects=3&query.a=b&http.connectTimeout=5")
                        .isSuccess())
                .isTrue();
        assertThat(validate("sessions:fetch?maxRedirects=three").getInvalidInteger())
                .containsKey("maxRedirects");
        assertThat(validate("sessions:fetch?cookiesEnabled=perhaps").getInvalidBoolean())
                .containsKey("cookiesEnabled");
        assertThat(validate("sessions:fetsh").getInvalidEnum()).containsKey("operation");
        assertThat(validate("sessions:fetch?format=xml").getInvalidEnum()).containsKey("format");
    }

    @Test
    void theUriFactoryKnowsAllOptionsOfTheEndpoint() {
        assertThat(factory().isEnabled("sessions")).isTrue();
        assertThat(factory().isLenientProperties()).isTrue();
        assertThat(factory().multiValuePrefixes())
                .containsEntry("http", "http.")
                .containsEntry("query", "query.");
        assertThat(factory().propertyNames())
                .contains("operation", "httpUri", "sessionId", "site", "profile", "method", "lazyStartProducer");
    }

    private static EndpointValidationResult validate(String uri) throws Exception {
        return CATALOG.validateProperties("sessions", CATALOG.endpointProperties(uri));
    }

    private static EndpointUriFactory factory() {
        return CONTEXT.getCamelContextExtension().getEndpointUriFactory("sessions");
    }
}
