/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.http.WrapEndpointStrategy;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends each exchange through a camel-http endpoint, with the endpoint's own options and defaults, in the exchange's
 * session. As a bean in YAML it has the property {@code uri} and, if wanted, {@code sessionId}; in Java see
 * {@link Sessions#wrap}. Thread-safe once started; Camel starts it with its route.
 */
public final class SessionHttpProcessor extends AsyncProcessorSupport implements CamelContextAware {

    private @Nullable CamelContext camelContext;
    private @Nullable String uri;
    private final SessionsConfiguration rules = new SessionsConfiguration();

    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable AsyncProcessor producer;

    /** The URI of the camel-http endpoint, such as {@code https://portal.example/api?connectTimeout=5000}. */
    public @Nullable String getUri() {
        return uri;
    }

    public void setUri(String uri) {
        this.uri = uri;
    }

    /** The session when the message names none; by default the one of the site's rules. */
    public @Nullable String getSessionId() {
        return rules.getSessionId();
    }

    public void setSessionId(@Nullable String sessionId) {
        rules.setSessionId(sessionId);
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        AsyncProcessor started;
        try {
            started = startedProducer(exchange.getContext());
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
        return started.process(exchange, callback);
    }

    // A bean that is called through bean: or Simple is started by nobody; then the first exchange starts it.
    private AsyncProcessor startedProducer(CamelContext context) throws Exception {
        AsyncProcessor started = producer;
        if (started != null) {
            return started;
        }
        starting.lock();
        try {
            if (producer == null) {
                producer = newProducer(context);
            }
            return producer;
        } finally {
            starting.unlock();
        }
    }

    private AsyncProcessor newProducer(CamelContext context) throws Exception {
        if (uri == null) {
            throw new IllegalArgumentException("SessionHttpProcessor has no uri: set it to a camel-http endpoint,"
                    + " such as https://portal.example/api");
        }
        Endpoint endpoint = context.getEndpoint(uri);
        while (endpoint instanceof InterceptSendToEndpoint intercept) {
            endpoint = intercept.getOriginalEndpoint();
        }
        if (!(endpoint instanceof HttpEndpoint http)) {
            throw new IllegalArgumentException("SessionHttpProcessor: uri " + URISupport.sanitizeUri(uri)
                    + " is no camel-http endpoint; it must begin with http: or https:");
        }
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        ServiceHelper.startService(component);
        AsyncProcessor answer = AsyncProcessorConverterHelper.convert(
                WrapEndpointStrategy.newProducer(http, SiteCalls.ofAllSites(component, rules)));
        ServiceHelper.startService(answer);
        return answer;
    }

    @Override
    protected void doStart() throws Exception {
        if (camelContext != null) {
            startedProducer(camelContext);
        }
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(producer);
        producer = null;
    }
}
