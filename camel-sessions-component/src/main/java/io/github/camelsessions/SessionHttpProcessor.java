/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import io.github.camelsessions.internal.wrap.SessionHttpSender;
import io.github.camelsessions.internal.wrap.SiteCalls;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.StringHelper;
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
    private volatile @Nullable SessionHttpSender sender;

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
        SessionHttpSender started;
        try {
            started = startedSender(exchange.getContext());
        } catch (Throwable e) { // an error, too, must end the exchange
            SessionTraffic.fail(exchange, e);
            callback.done(true);
            return true;
        }
        return started.process(exchange, callback);
    }

    private SessionHttpSender startedSender(CamelContext context) throws Exception {
        SessionHttpSender started = sender;
        if (started != null && started.isRunAllowed()) {
            return started;
        }
        starting.lock();
        try {
            if (sender == null || !sender.isRunAllowed()) { // the context stops it, too
                sender = newSender(context);
                if (!isStarting()) {
                    // called through bean: or Simple, it is started by nobody, and the context has to stop it
                    context.addService(sender);
                }
            }
            return sender;
        } finally {
            starting.unlock();
        }
    }

    private SessionHttpSender newSender(CamelContext context) throws Exception {
        if (uri == null) {
            throw new IllegalArgumentException("SessionHttpProcessor has no uri: set it to a camel-http endpoint,"
                    + " such as https://portal.example/api");
        }
        String resolved = context.resolvePropertyPlaceholders(uri);
        String scheme = StringHelper.before(resolved, ":", "");
        if (!(context.getComponent(scheme) instanceof HttpComponent http)) {
            throw new IllegalArgumentException("SessionHttpProcessor: uri " + URISupport.sanitizeUri(uri)
                    + " is no camel-http endpoint; it must begin with http: or https:");
        }
        SessionsComponent component = context.getComponent("sessions", SessionsComponent.class);
        SessionHttpSender made = new SessionHttpSender(
                http, resolved, SiteCalls.ofAllSites(SessionEngine.get(context).calls(), component, rules));
        ServiceHelper.startService(made);
        return made;
    }

    @Override
    protected void doStart() throws Exception {
        if (camelContext != null) {
            startedSender(camelContext);
        }
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(sender);
        sender = null;
    }
}
