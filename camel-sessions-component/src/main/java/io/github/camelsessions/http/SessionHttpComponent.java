/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.CompositeHttpConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpComponentConfigurer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.util.URISupport;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the HTTP clients that sessions use: camel-http's own, with the options that the context's {@code https}
 * component has, but with our cookies instead of HttpClient's, without automatic retries, and with the octets of cookies
 * kept as they are. Never registered in the context.
 */
final class SessionHttpComponent extends HttpComponent {

    /** Copies the options of an HTTP component, for clients that differ only in what sessions need. */
    static SessionHttpComponent like(HttpComponent original) {
        CamelContext context = original.getCamelContext();
        SessionHttpComponent copy = new SessionHttpComponent();
        copy.setCamelContext(context);
        HttpComponentConfigurer options = new HttpComponentConfigurer();
        Map<String, Object> properties = new HashMap<>();
        PluginHelper.getBeanIntrospection(context).getProperties(original, properties, null, false);
        properties.forEach((name, value) -> options.configure(context, copy, name, value, false));
        copy.setCookieManagementDisabled(true);
        copy.setAutomaticRetriesDisabled(true);
        copy.setRedirectHandlingDisabled(false);
        return copy;
    }

    /** An endpoint of camel-http that is not registered in the context: start and stop it yourself. */
    HttpEndpoint newEndpoint(String uri, Map<String, Object> options) throws Exception {
        HttpEndpoint endpoint = (HttpEndpoint) createEndpoint(uri, options);
        CompositeHttpConfigurer configurers = new CompositeHttpConfigurer();
        configurers.addConfigurer(endpoint.getHttpClientConfigurer());
        configurers.addConfigurer(SessionHttpComponent::sessionize);
        endpoint.setHttpClientConfigurer(configurers);
        endpoint.setCamelContext(getCamelContext());
        SecretMaskingListener.install(endpoint);
        return endpoint;
    }

    /** Makes a client builder build clients for sessions. To be called once for each builder. */
    static void sessionize(HttpClientBuilder builder) {
        builder.disableCookieManagement()
                .disableAutomaticRetries()
                .addRequestInterceptorLast(CookieInterceptor.INSTANCE)
                .addResponseInterceptorFirst(CookieInterceptor.INSTANCE);
    }

    /** A connection manager with the connection options of an existing endpoint. */
    HttpClientConnectionManager newConnectionManager(HttpEndpoint endpoint) throws Exception {
        String uri = endpoint.getEndpointUri();
        Map<String, Object> parameters = new HashMap<>(URISupport.parseQuery(URISupport.extractQuery(uri)));
        SSLContextParameters ssl =
                resolveAndRemoveReferenceParameter(parameters, "sslContextParameters", SSLContextParameters.class);
        if (ssl == null) {
            ssl = getSslContextParameters();
        }
        URI target = endpoint.getHttpUri();
        if (ssl == null && "https".equals(target.getScheme())) {
            ssl = retrieveGlobalSslContextParameters();
        }
        Map<String, Object> socketOptions = new HashMap<>();
        socketOptions.put("soTimeout", Timeout.ofMilliseconds(endpoint.getSoTimeout()));
        return createConnectionManager(parameters, ssl, socketOptions);
    }

    // Camel 4.22 calls this one ...
    @SuppressWarnings("MissingOverride") // overrides nothing in Camel 4.18
    protected HttpClientConnectionManager createConnectionManager(
            TlsSocketStrategy tls, int maxTotalConnections, int connectionsPerRoute, SocketConfig socketConfig) {
        PoolingHttpClientConnectionManager manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(tls)
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setConnectionFactory(octetsFactory())
                .build();
        return limit(manager, maxTotalConnections, connectionsPerRoute, socketConfig);
    }

    // ... and Camel 4.18 this one.
    @SuppressWarnings({"deprecation", "MissingOverride"}) // overrides nothing in Camel 4.22
    protected HttpClientConnectionManager createConnectionManager(
            Registry<org.apache.hc.client5.http.socket.ConnectionSocketFactory> sockets,
            int maxTotalConnections,
            int connectionsPerRoute,
            SocketConfig socketConfig) {
        PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager(
                sockets, PoolConcurrencyPolicy.STRICT, TimeValue.NEG_ONE_MILLISECOND, octetsFactory());
        return limit(manager, maxTotalConnections, connectionsPerRoute, socketConfig);
    }

    private static HttpConnectionFactory<ManagedHttpClientConnection> octetsFactory() {
        return ManagedHttpClientConnectionFactory.builder()
                .requestWriterFactory(CookieOctetWriter::new)
                .build();
    }

    private HttpClientConnectionManager limit(
            PoolingHttpClientConnectionManager manager,
            int maxTotalConnections,
            int connectionsPerRoute,
            SocketConfig socketConfig) {
        manager.setDefaultSocketConfig(socketConfig);
        manager.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setTimeToLive(TimeValue.ofMilliseconds(getConnectionTimeToLive()))
                .build());
        manager.setMaxTotal(maxTotalConnections > 0 ? maxTotalConnections : getMaxTotalConnections());
        manager.setDefaultMaxPerRoute(connectionsPerRoute > 0 ? connectionsPerRoute : getConnectionsPerRoute());
        return manager;
    }
}
