/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.ConnectionSweeper;
import io.github.camelsessions.internal.connection.CookieOctetWriter;
import io.github.camelsessions.internal.connection.EarlyAnswerConnection;
import io.github.camelsessions.internal.connection.Identity;
import io.github.camelsessions.internal.connection.IdentityConnections;
import io.github.camelsessions.internal.connection.SocksSocket;
import io.github.camelsessions.internal.connection.TlsStrategies;
import io.github.camelsessions.internal.connection.WholeHeadParser;
import io.github.camelsessions.profile.ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.net.ssl.HostnameVerifier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.CompositeHttpConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpComponentConfigurer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.util.URISupport;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes the HTTP clients that sessions use: camel-http's own, with the options that the context's {@code https}
 * component has, but with our cookies instead of HttpClient's, without automatic retries, and with the octets of cookies
 * kept as they are. Never registered in the context.
 */
public final class SessionHttpComponent extends HttpComponent {

    // of the connection manager that is being made
    private @Nullable TlsStrategies tls;
    private @Nullable TlsSocketStrategy registered;

    /** Copies the options of an HTTP component, for clients that differ only in what sessions need. */
    public static SessionHttpComponent like(HttpComponent original) {
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
    public HttpEndpoint newEndpoint(String uri, Map<String, Object> options) throws Exception {
        HttpEndpoint endpoint = (HttpEndpoint) createEndpoint(uri, options);
        CompositeHttpConfigurer configurers = new CompositeHttpConfigurer();
        configurers.addConfigurer(SessionHttpComponent::setExecutor); // first: a user's wins
        configurers.addConfigurer(endpoint.getHttpClientConfigurer());
        configurers.addConfigurer(builder -> {
            sessionize(builder);
            ClientConnections.install(builder, endpoint.getClientConnectionManager()); // which the endpoint closes
        });
        endpoint.setHttpClientConfigurer(configurers);
        endpoint.setCamelContext(getCamelContext());
        SecretMaskingListener.install(endpoint);
        return endpoint;
    }

    /** Has requests sent once more that met a connection which was closed. */
    public static void setExecutor(HttpClientBuilder builder) {
        builder.setRequestExecutor(StaleConnections.INSTANCE);
    }

    /** Makes a client builder build clients for sessions. To be called once for each builder. */
    public static void sessionize(HttpClientBuilder builder) {
        builder.disableCookieManagement()
                .disableAutomaticRetries()
                .setRedirectStrategy(Redirects.INSTANCE)
                .addExecInterceptorFirst("session-errors", ClientConnections::dropAtError)
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "session-decoding", Decoding::decode)
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "session-identity", IdentityExec.INSTANCE)
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "session-fields", SessionFields::add)
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "session-limits", BoundedBody::limitHop)
                .addExecInterceptorBefore(
                        ChainElement.CONNECT.name(), "session-stale-connections", StaleConnections::sendAgain)
                .addRequestInterceptorLast(CookieInterceptor.INSTANCE)
                .addResponseInterceptorFirst(CookieInterceptor.INSTANCE);
    }

    /** A connection manager with the connection options of an existing endpoint. */
    public HttpClientConnectionManager newConnectionManager(HttpEndpoint endpoint) throws Exception {
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

    @Override
    protected HttpClientConnectionManager createConnectionManager(
            Map<String, Object> parameters, @Nullable SSLContextParameters ssl, Map<String, Object> socketOptions)
            throws GeneralSecurityException, IOException {
        HttpClientConnectionManager made = super.createConnectionManager(parameters, ssl, socketOptions);
        return made == getClientConnectionManager() ? new IdentityConnections(made) : made;
    }

    // Camel 4.22 calls these two ...
    @SuppressWarnings("MissingOverride") // overrides nothing in Camel 4.18
    protected TlsSocketStrategy createTlsStrategy(
            HostnameVerifier verifier,
            HostnameVerificationPolicy policy,
            @Nullable SSLContextParameters ssl,
            boolean systemProperties)
            throws GeneralSecurityException, IOException {
        tls = new TlsStrategies(getCamelContext(), ssl, systemProperties, verifier, policy);
        return tls.newStrategy();
    }

    @SuppressWarnings("MissingOverride") // overrides nothing in Camel 4.18
    protected HttpClientConnectionManager createConnectionManager(
            TlsSocketStrategy strategy, int maxTotalConnections, int connectionsPerRoute, SocketConfig socketConfig) {
        TlsStrategies strategies = Objects.requireNonNull(tls, "made before");
        int total = maxTotalConnections > 0 ? maxTotalConnections : getMaxTotalConnections();
        int perRoute = connectionsPerRoute > 0 ? connectionsPerRoute : getConnectionsPerRoute();
        TimeValue timeToLive = TimeValue.ofMilliseconds(getConnectionTimeToLive());
        Function<HttpClientConnectionOperator, PoolingHttpClientConnectionManager> pools = operator -> {
            PoolingHttpClientConnectionManager made = new PoolingHttpClientConnectionManager(
                    operator,
                    PoolConcurrencyPolicy.STRICT,
                    PoolReusePolicy.LIFO,
                    TimeValue.NEG_ONE_MILLISECOND,
                    octetsFactory());
            made.setDefaultSocketConfig(socketConfig);
            made.setDefaultConnectionConfig(
                    ConnectionConfig.custom().setTimeToLive(timeToLive).build());
            made.setMaxTotal(total);
            made.setDefaultMaxPerRoute(perRoute);
            return made;
        };
        ConnectionSweeper sweeper =
                getCamelContext().getCamelContextExtension().getContextPlugin(ConnectionSweeper.class);
        return new IdentityConnections(
                pools.apply(new DefaultHttpClientConnectionOperator(null, null, only(strategy))),
                identity -> pools.apply(operator(identity, new OwnTls(strategies))),
                connections -> {
                    if (sweeper != null) {
                        sweeper.watch(connections);
                    }
                },
                System::nanoTime);
    }

    // ... and Camel 4.18 these.
    @SuppressWarnings({"deprecation", "MissingOverride"}) // overrides nothing in Camel 4.22
    protected Registry<org.apache.hc.client5.http.socket.ConnectionSocketFactory> createConnectionRegistry(
            HostnameVerifier verifier, @Nullable SSLContextParameters ssl, boolean systemProperties)
            throws GeneralSecurityException, IOException {
        registered = createTlsStrategy(verifier, HostnameVerificationPolicy.CLIENT, ssl, systemProperties);
        return RegistryBuilder.<org.apache.hc.client5.http.socket.ConnectionSocketFactory>create()
                .build();
    }

    @SuppressWarnings({"deprecation", "MissingOverride"}) // overrides nothing in Camel 4.22
    protected HttpClientConnectionManager createConnectionManager(
            Registry<org.apache.hc.client5.http.socket.ConnectionSocketFactory> unused,
            int maxTotalConnections,
            int connectionsPerRoute,
            SocketConfig socketConfig) {
        return createConnectionManager(
                Objects.requireNonNull(registered, "made before"),
                maxTotalConnections,
                connectionsPerRoute,
                socketConfig);
    }

    private static HttpClientConnectionOperator operator(Identity identity, OwnTls tls) {
        ProxyServer socks = identity.socks();
        return socks == null
                ? new DefaultHttpClientConnectionOperator(null, null, tls)
                : new DefaultHttpClientConnectionOperator(
                        none -> new SocksSocket(socks), null, SocksSocket.RESOLVED_BY_PROXY, tls);
    }

    private static Lookup<TlsSocketStrategy> only(TlsSocketStrategy strategy) {
        return scheme -> URIScheme.HTTPS.same(scheme) ? strategy : null;
    }

    /** The TLS strategy of one identity, made when it first speaks TLS. Thread-safe. */
    private static final class OwnTls implements Lookup<TlsSocketStrategy> {

        private final TlsStrategies strategies;
        private final ReentrantLock making = new ReentrantLock();
        private volatile @Nullable TlsSocketStrategy strategy;

        OwnTls(TlsStrategies strategies) {
            this.strategies = strategies;
        }

        @Override
        public @Nullable TlsSocketStrategy lookup(String scheme) {
            return URIScheme.HTTPS.same(scheme) ? strategy() : null;
        }

        private TlsSocketStrategy strategy() {
            TlsSocketStrategy made = strategy;
            if (made == null) {
                making.lock();
                try {
                    made = strategy;
                    if (made == null) {
                        made = strategies.newStrategy();
                        strategy = made;
                    }
                } catch (GeneralSecurityException | IOException e) {
                    throw new IllegalStateException("cannot make TLS sessions of an identity's own", e);
                } finally {
                    making.unlock();
                }
            }
            return made;
        }
    }

    private static final class WholeHeads implements HttpMessageParserFactory<ClassicHttpResponse> {

        @Override
        public HttpMessageParser<ClassicHttpResponse> create(Http1Config config) {
            return new WholeHeadParser(config);
        }

        @Override
        @SuppressWarnings({"deprecation", "InlineMeSuggester"}) // abstract in HttpCore all the same
        public HttpMessageParser<ClassicHttpResponse> create() {
            return new WholeHeadParser(null);
        }
    }

    private static HttpConnectionFactory<ManagedHttpClientConnection> octetsFactory() {
        return EarlyAnswerConnection.factory(CookieOctetWriter::new, new WholeHeads());
    }
}
