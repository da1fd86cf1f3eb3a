/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.operation;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.PoolOptions;
import io.github.camelsessions.internal.config.Sites;
import io.github.camelsessions.internal.config.ValueRules;
import io.github.camelsessions.internal.engine.SessionCalls;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.engine.SubmitFiller;
import io.github.camelsessions.internal.http.HttpSending;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.http.SessionHttpClient;
import io.github.camelsessions.internal.pool.PoolChoice;
import io.github.camelsessions.internal.pool.SessionPools;
import io.github.camelsessions.internal.text.Quoted;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StartupListener;
import org.apache.camel.StreamCache;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends the exchange's HTTP request in its session: the operations {@code fetch} and, unless a priority exchange does it,
 * {@code renew}.
 */
public final class RequestOperation extends ServiceSupport implements ExchangeOperation {

    private final OperationEndpoint endpoint;
    private final SessionEngine engine;
    private final SessionCalls calls;
    // few: one for each site this endpoint has sent to
    private final Map<String, Sender> senders = new ConcurrentHashMap<>();
    private @Nullable URI fixedTarget;
    private @Nullable String fixedSite;
    private @Nullable SubmitFiller filler;

    /** How requests of this endpoint go to one site. */
    private record Sender(EffectiveRules rules, Map<String, Object> http, SessionHttpClient client) {}

    public RequestOperation(OperationEndpoint endpoint) {
        this.endpoint = endpoint;
        this.engine = SessionEngine.get(endpoint.getCamelContext());
        this.calls = engine.calls();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) throws Exception {
        Message message = exchange.getIn();
        if (endpoint.getOperation() != SessionsOperation.submit) {
            SessionCalls.removeResults(message);
        }
        return switch (endpoint.getOperation()) {
            case submit -> submit(exchange, callback);
            case login -> logIn(exchange, callback);
            default -> request(exchange, callback);
        };
    }

    private boolean logIn(Exchange exchange, AsyncCallback callback) throws Exception {
        EffectiveRules rules = unaimed(exchange, null);
        if (!endpoint.isExplain()) {
            return calls.logIn(this, exchange, callback, rules, engine);
        }
        Message message = exchange.getMessage();
        SessionEngine.Explained explained =
                engine.explainLogIn(rules, SessionCalls.session(exchange, rules), calls.profile(message, rules));
        message.setBody(explained.text());
        message.setHeader(SessionsConstants.VALID, explained.loggedIn());
        callback.done(true);
        return true;
    }

    private boolean submit(Exchange exchange, AsyncCallback callback) throws Exception {
        Message message = exchange.getMessage();
        URI page = fixedTarget != null ? fixedTarget : HttpTarget.fromHeaders(message, false);
        boolean inBody = page == null;
        if (page == null) {
            String shown = message.getHeader(SessionsConstants.FINAL_URI, String.class);
            if (shown == null || message.getBody() instanceof Map || !hasBody(message)) {
                throw new IllegalArgumentException("endpoint " + endpoint + " has no page: write it into the URI, as in"
                        + " sessions:submit/https://portal.example/search, or set the header " + HttpConstants.HTTP_URI
                        + ", or send the message as sessions:fetch leaves it, with the page in its body");
            }
            page = HttpTarget.parse("header " + SessionsConstants.FINAL_URI, shown);
        }
        SessionCalls.removeResults(message);
        HttpTarget.consumeHeaders(message);
        Sender sender = sender(site(page));
        SubmitFiller filler = Objects.requireNonNull(this.filler, "not started");
        return calls.submit(this, exchange, callback, sender.rules(), sender.client(), page, filler, inBody);
    }

    /** The rules for a message that need not name a target. */
    private EffectiveRules unaimed(Exchange exchange, @Nullable URI target) throws Exception {
        String id = exchange.getMessage().getHeader(SessionsConstants.ID, String.class);
        String site = target == null && fixedSite == null ? UnnamedSite.of(endpoint, exchange, id) : site(target);
        return sender(site).rules();
    }

    private boolean request(Exchange exchange, AsyncCallback callback) throws Exception {
        Message message = exchange.getMessage();
        boolean renews = endpoint.getOperation() == SessionsOperation.renew;
        URI target = fixedTarget != null ? fixedTarget : HttpTarget.fromHeaders(message, !renews);
        if (renews && fixedTarget == null) {
            EffectiveRules rules = unaimed(exchange, target);
            if (rules.renewal().renews()) {
                return calls.renew(this, exchange, callback, rules);
            }
        }
        if (target == null) {
            throw new IllegalArgumentException("endpoint " + endpoint + " has no target: write it into the URI, as in"
                    + " sessions:" + endpoint.getOperation() + "/https://portal.example/orders, or set the header "
                    + HttpConstants.HTTP_URI + (renews ? "; or set loginPage or renewalUri" : ""));
        }
        HttpMethods method = method(message);
        HttpTarget.consumeHeaders(message);
        Sender sender = sender(site(target));
        HttpSending sending = sender.client().sending(target, method);
        return renews
                ? calls.renew(this, exchange, callback, sender.rules(), sending)
                : calls.send(this, exchange, callback, sender.rules(), sending);
    }

    private Sites sites() {
        return endpoint.getComponent().rulebook().sites();
    }

    private String site(@Nullable URI target) {
        if (fixedSite != null) {
            return fixedSite;
        }
        return target == null ? SessionKey.DEFAULT_SITE : sites().siteOf(target);
    }

    private HttpMethods method(Message message) {
        if (endpoint.getMethod() != null) {
            return endpoint.getMethod();
        }
        Object given = message.getHeader(HttpConstants.HTTP_METHOD);
        if (given != null) {
            HttpMethods method = endpoint.getCamelContext().getTypeConverter().tryConvertTo(HttpMethods.class, given);
            if (method == null) {
                throw new IllegalArgumentException("header " + HttpConstants.HTTP_METHOD + ": unknown HTTP method "
                        + Quoted.of(given) + ", must be one of " + Arrays.toString(HttpMethods.values()));
            }
            return method;
        }
        return hasBody(message) ? HttpMethods.POST : HttpMethods.GET;
    }

    private static boolean hasBody(Message message) {
        Object body = message.getBody();
        return body instanceof StreamCache cache ? cache.length() != 0 : body != null;
    }

    private Sender sender(String site) throws Exception {
        Sender sender = senders.get(site);
        return sender != null ? sender : newSender(site);
    }

    private Sender newSender(String site) throws Exception {
        EffectiveRules rules = endpoint.rules(site);
        if (rules.pool() == null) {
            PoolOptions.refuseWithoutPool(endpoint.getConfiguration());
        } else if (rules.pool().rules().size() > engine.maxSessions()) {
            throw new IllegalArgumentException(
                    "poolSize=" + rules.pool().rules().size() + ": more than maxSessions=" + engine.maxSessions()
                            + " of the component allows; lower the one or raise the other");
        }
        if (rules.profile() != null) {
            engine.registry().requireProfile(rules.profile());
        }
        Map<String, Object> http = SessionHttpClient.limitCredentials(rules.http(), fixedTarget);
        Sender made = new Sender(rules, http, engine.clients().acquire(http));
        Sender other = senders.putIfAbsent(site, made);
        if (other != null) {
            engine.clients().release(http);
            return other;
        }
        if (rules.pool() != null && endpoint.getOperation() == SessionsOperation.fetch) {
            warmUp(rules, rules.pool());
        }
        return made;
    }

    /** Has spare sessions logged in as soon as there are routes that can. */
    private void warmUp(EffectiveRules rules, PoolChoice pool) throws Exception {
        SessionPools pools = engine.pools();
        endpoint.getCamelContext().addStartupListener(new StartupListener() {
            @Override
            public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
                if (alreadyStarted) { // nothing else is told then
                    pools.warmUp(pool, rules.renewal());
                }
            }

            @Override
            public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
                pools.warmUp(pool, rules.renewal()); // not before: the sessions' own threads are started last of all
            }
        });
    }

    @Override
    protected void doStart() throws Exception {
        Sites sites = sites();
        fixedTarget = endpoint.target();
        if (endpoint.getSite() != null) {
            fixedSite = sites.require(endpoint.getSite());
        } else if (fixedTarget != null) {
            fixedSite = sites.siteOf(fixedTarget);
        }
        filler = new SubmitFiller(
                endpoint.getForm(),
                endpoint.getSubmit(),
                ValueRules.expressions(endpoint.getCamelContext(), "field", endpoint.getField()));
        // whatever is wrong with the endpoint's options shows now, not at the first request
        sender(fixedSite == null ? SessionKey.DEFAULT_SITE : fixedSite);
    }

    @Override
    protected void doStop() {
        calls.stop(this);
        senders.values().forEach(sender -> engine.clients().release(sender.http()));
        senders.clear();
    }
}
