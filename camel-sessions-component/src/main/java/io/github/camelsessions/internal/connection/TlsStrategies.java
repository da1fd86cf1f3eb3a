/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.BeanIntrospection;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS strategies of one set of camel-http's options. Each has an {@link SSLContext} of its own, and with it its own
 * TLS sessions and tickets; what is large, the trusted certificates and the keys, they share. Thread-safe.
 */
public final class TlsStrategies {

    private final CamelContext context;
    private final @Nullable SSLContextParameters parameters;
    private final boolean systemProperties;
    private final HostnameVerifier verifier;
    private final HostnameVerificationPolicy policy;

    private final ReentrantLock making = new ReentrantLock();
    private @Nullable SSLContextParameters sharing; // guarded by making
    private TrustManager @Nullable [] trusting; // guarded by making

    public TlsStrategies(
            CamelContext context,
            @Nullable SSLContextParameters parameters,
            boolean systemProperties,
            HostnameVerifier verifier,
            HostnameVerificationPolicy policy) {
        this.context = context;
        this.parameters = parameters;
        this.systemProperties = systemProperties;
        this.verifier = verifier;
        this.policy = policy;
    }

    public TlsSocketStrategy newStrategy() throws GeneralSecurityException, IOException {
        making.lock();
        try {
            return inTime(new DefaultClientTlsStrategy(newContext(), policy, verifier));
        } finally {
            making.unlock();
        }
    }

    /** With the time-out of connecting: in a tunnel HttpClient waits as long as for a response. */
    private static TlsSocketStrategy inTime(TlsSocketStrategy strategy) {
        return (socket, target, port, attachment, context) -> {
            int before = socket.getSoTimeout();
            int limit = connectTimeout(context);
            if (limit > 0 && (before == 0 || limit < before)) {
                socket.setSoTimeout(limit);
            }
            SSLSocket upgraded = strategy.upgrade(socket, target, port, attachment, context);
            socket.setSoTimeout(before);
            return upgraded;
        };
    }

    @SuppressWarnings("deprecation") // camel-http sets it there
    private static int connectTimeout(HttpContext context) {
        Timeout timeout =
                HttpClientContext.cast(context).getRequestConfigOrDefault().getConnectTimeout();
        return timeout == null ? 0 : timeout.toMillisecondsIntBound();
    }

    private SSLContext newContext() throws GeneralSecurityException, IOException {
        if (parameters != null) {
            if (sharing == null) {
                sharing = sharing(parameters);
            }
            return sharing.createSSLContext(context);
        }
        if (systemProperties) {
            SSLContext standard = SSLContext.getDefault();
            // one that the application has set is what it is, for all
            return standard.getProtocol().equals("Default") ? SSLContext.getInstance("Default") : standard;
        }
        if (trusting == null) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            trusting = factory.getTrustManagers();
        }
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(null, trusting, null);
        return made;
    }

    /** The same parameters with managers that are made once. */
    private SSLContextParameters sharing(SSLContextParameters given) throws GeneralSecurityException, IOException {
        if (given.getClass() != SSLContextParameters.class) {
            return given; // it may make contexts in a way of its own
        }
        given.createSSLContext(context); // gives its parts the Camel context, as they need it to find their files
        Map<String, Object> properties = new HashMap<>();
        BeanIntrospection beans = PluginHelper.getBeanIntrospection(context);
        beans.getProperties(given, properties, null, false);
        SSLContextParameters copy = new SSLContextParameters();
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            try {
                beans.setProperty(context, copy, property.getKey(), property.getValue());
            } catch (Exception e) {
                throw new GeneralSecurityException("cannot copy " + property.getKey() + " of the TLS parameters", e);
            }
        }
        if (given.getKeyManagers() != null) {
            copy.setKeyManagers(new SharedKeys(given.getKeyManagers().createKeyManagers()));
        }
        if (given.getTrustManagers() != null) {
            copy.setTrustManagers(new SharedTrust(given.getTrustManagers().createTrustManagers()));
        }
        return copy;
    }

    private static final class SharedKeys extends KeyManagersParameters {

        private final KeyManager[] made;

        SharedKeys(KeyManager[] made) {
            this.made = made;
        }

        @Override
        public KeyManager[] createKeyManagers() {
            return made.clone(); // its elements are replaced by ones that know the alias
        }
    }

    private static final class SharedTrust extends TrustManagersParameters {

        private final TrustManager @Nullable [] made;

        SharedTrust(TrustManager @Nullable [] made) {
            this.made = made;
        }

        @Override
        public TrustManager @Nullable [] createTrustManagers() {
            return made;
        }
    }
}
