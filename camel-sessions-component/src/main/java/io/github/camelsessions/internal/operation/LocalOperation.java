/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.operation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.camelsessions.api.ListOf;
import io.github.camelsessions.api.PoolStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionRenewalException;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.api.SessionsConstants;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.cookie.Cookie;
import io.github.camelsessions.cookie.CookieTarget;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.Sites;
import io.github.camelsessions.internal.engine.ExplicitCookies;
import io.github.camelsessions.internal.engine.SessionAccess;
import io.github.camelsessions.internal.engine.SessionCalls;
import io.github.camelsessions.internal.engine.SessionEngine;
import io.github.camelsessions.internal.http.HttpTarget;
import io.github.camelsessions.internal.interchange.DescribedCookie;
import io.github.camelsessions.internal.interchange.NetscapeCookies;
import io.github.camelsessions.internal.interchange.PlaywrightState;
import io.github.camelsessions.internal.pool.SessionPools;
import io.github.camelsessions.internal.renewal.RenewalScope;
import io.github.camelsessions.internal.session.Generation;
import java.io.File;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/** The operations on sessions that do not send the exchange's request. */
public final class LocalOperation extends ServiceSupport implements ExchangeOperation {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final OperationEndpoint endpoint;
    private final SessionEngine engine;

    public LocalOperation(OperationEndpoint endpoint) {
        this.endpoint = endpoint;
        this.engine = SessionEngine.get(endpoint.getCamelContext());
    }

    @Override
    protected void doStart() {
        Sites sites = sites();
        endpoint.target();
        if (endpoint.getSite() != null) {
            sites.require(endpoint.getSite());
        }
        String domain = endpoint.getDomain();
        if (domain != null && !domain.equals("*")) {
            try {
                CookieTarget.of("https", domain.startsWith(".") ? domain.substring(1) : domain, "/");
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("option domain: " + e.getMessage(), e);
            }
        }
        if (endpoint.getOffset() < 0 || endpoint.getLimit() < 1) {
            throw new IllegalArgumentException("offset=" + endpoint.getOffset() + ", limit=" + endpoint.getLimit()
                    + ": offset must be at least 0 and limit at least 1");
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) throws Exception {
        if (endpoint.getOperation() == SessionsOperation.close) {
            return close(exchange, callback);
        }
        if (endpoint.getOperation() == SessionsOperation.check) {
            return check(exchange, callback);
        }
        run(exchange);
        callback.done(true);
        return true;
    }

    /** Waits for the log-out. */
    private boolean close(Exchange exchange, AsyncCallback callback) {
        Message message = exchange.getMessage();
        URI target = targetOf(message);
        EffectiveRules rules = rules(exchange, target);
        SessionKey session = SessionCalls.session(exchange, rules);
        HttpTarget.consumeHeaders(message);
        RenewalScope.begunAnew(exchange, session);
        return await(engine.close(session, rules::renewal), exchange, callback);
    }

    /** Waits for the answer. The message is otherwise left as it is. */
    private boolean check(Exchange exchange, AsyncCallback callback) {
        Message message = exchange.getMessage();
        message.removeHeader(SessionsConstants.VALID);
        EffectiveRules rules = rules(exchange, targetOf(message));
        CompletableFuture<Void> checked = engine.traffic()
                .check(SessionCalls.session(exchange, rules), rules.renewal())
                .thenAccept(alive -> alive.ifPresent(valid -> message.setHeader(SessionsConstants.VALID, valid)));
        return await(checked, exchange, callback);
    }

    /** Without a thread, but for an exchange that may not leave its own. */
    private static boolean await(CompletableFuture<?> bounded, Exchange exchange, AsyncCallback callback) {
        if (exchange.isTransacted()) {
            bounded.join(); // never failed
        }
        if (bounded.isDone()) {
            callback.done(true);
            return true;
        }
        bounded.thenRun(() -> callback.done(false));
        return false;
    }

    private void run(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        switch (endpoint.getOperation()) {
            case endCooldown -> engine.traffic().state().endCooldown(session(exchange, targetOf(message)));
            case clear -> engine.traffic().state().clear(session(exchange, targetOf(message)), exchange);
            case getCookies -> {
                URI target = targetOf(message);
                message.setBody(cookies(handle(exchange, target), target));
            }
            case getProfile ->
                message.setBody(handle(exchange, targetOf(message)).profile().masked());
            case addCookies -> addCookies(exchange);
            case markGood -> chosen(exchange).mark(true);
            case markBad -> chosen(exchange).mark(false);
            case retire -> chosen(exchange).close();
            case list -> message.setBody(endpoint.getOf() == ListOf.pools ? pools() : rows());
            case fetch, renew, submit, login, check, close ->
                throw new IllegalStateException("requests are not sent here");
        }
        HttpTarget.consumeHeaders(message);
    }

    private @Nullable URI targetOf(Message message) {
        URI target = endpoint.target();
        if (target != null || endpoint.getSite() != null) {
            return target;
        }
        // a consumer's relative CamelHttpUri tells nothing about the session; only fetch has to refuse it
        return HttpTarget.fromHeaders(message, false);
    }

    private SessionKey session(Exchange exchange, @Nullable URI target) {
        return SessionCalls.session(exchange, rules(exchange, target));
    }

    private Sites sites() {
        return endpoint.getComponent().rulebook().sites();
    }

    private EffectiveRules rules(Exchange exchange, @Nullable URI target) {
        return rules(exchange, target, exchange.getMessage().getHeader(SessionsConstants.ID, String.class));
    }

    private EffectiveRules rules(Exchange exchange, @Nullable URI target, @Nullable String id) {
        String site = endpoint.getSite() != null
                ? endpoint.getSite()
                : target != null ? sites().siteOf(target) : UnnamedSite.of(endpoint, exchange, id);
        return endpoint.rules(site);
    }

    private SessionAccess handle(Exchange exchange, @Nullable URI target) {
        return new SessionAccess(engine, session(exchange, target), exchange);
    }

    /** The session that the exchange was sent in last, unless its message names another one. */
    private SessionAccess chosen(Exchange exchange) {
        Message message = exchange.getMessage();
        URI target = targetOf(message);
        String id = message.getHeader(SessionsConstants.ID, String.class);
        if (id == null) {
            id = message.getHeader(SessionsConstants.USED_ID, String.class);
        }
        if (id == null) {
            return handle(exchange, target);
        }
        Generation seen = endpoint.getSite() == null && target == null ? RenewalScope.latest(exchange, id) : null;
        return new SessionAccess(
                engine,
                seen != null
                        ? seen.session()
                        : new SessionKey(rules(exchange, target, id).site(), id),
                exchange);
    }

    private Object cookies(SessionAccess session, @Nullable URI target) throws JsonProcessingException {
        String domain = endpoint.getDomain();
        if (domain == null && target != null) {
            domain = CookieTarget.of(target).host();
        }
        List<Cookie> cookies = domain == null
                ? session.cookiesOfFirstHost()
                : domain.equals("*") ? session.cookies() : session.cookies(domain);
        return switch (endpoint.getFormat()) {
            case map -> SessionAccess.byName(cookies);
            case list -> cookies.stream().map(Cookie::toSetCookieString).toList();
            case json ->
                JSON.writeValueAsString(
                        cookies.stream().map(DescribedCookie::of).toList());
            case netscape -> NetscapeCookies.write(cookies);
            case playwright -> JSON.writeValueAsString(PlaywrightState.of(cookies));
        };
    }

    private void addCookies(Exchange exchange) throws SessionRenewalException {
        Message message = exchange.getMessage();
        URI target = targetOf(message);
        Object body = message.getBody();
        if (body instanceof File || body instanceof WrappedFile<?>) {
            byte[] octets = message.getBody(byte[].class);
            body = octets == null ? null : new String(octets, StandardCharsets.UTF_8); // whatever was read before it
        } else if (body instanceof byte[] || body instanceof InputStream || body instanceof StreamCache) {
            body = message.getBody(String.class);
        }
        ExplicitCookies cookies = ExplicitCookies.parse("the body of addCookies", body);
        // it makes a session, and asks no other: without a site that of the default site
        EffectiveRules rules = target == null && endpoint.getSite() == null
                ? endpoint.rules(SessionKey.DEFAULT_SITE)
                : rules(exchange, target);
        SessionKey session = SessionCalls.session(exchange, rules);
        String profile = engine.calls().profile(message, rules);
        cookies.addTo(
                engine.traffic()
                        .state()
                        .fill(session, exchange, profile, rules.renewal())
                        .jar(),
                target);
    }

    private List<Map<String, Object>> rows() {
        Instant now = Instant.now();
        return engine.registry().page(endpoint.getSite(), endpoint.getOffset(), endpoint.getLimit()).stream()
                .map(stats -> row(stats, now))
                .toList();
    }

    private List<Map<String, Object>> pools() {
        return engine.poolStats(endpoint.getSite()).stream()
                .skip(endpoint.getOffset())
                .limit(endpoint.getLimit())
                .map(LocalOperation::row)
                .toList();
    }

    private static Map<String, Object> row(PoolStats stats) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("site", stats.site());
        row.put("pool", stats.name());
        row.put("size", stats.size());
        row.put("ready", stats.ready());
        row.put("busy", stats.busy());
        row.put("creating", stats.creating());
        row.put("closing", stats.closing());
        row.put("warm", stats.warm());
        row.put("waiting", stats.waiting());
        row.put("created", stats.created());
        row.put("uses", stats.uses());
        row.put("retired", stats.retired());
        row.put("blocked", stats.blocked());
        row.put("replayed", stats.replayed());
        row.put("loginsFailed", stats.loginsFailed());
        row.put("longestWait", stats.longestWait());
        return row;
    }

    private Map<String, Object> row(SessionStats stats, Instant now) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("site", stats.key().site());
        row.put("id", stats.key().id());
        row.put("number", stats.number());
        row.put("state", stats.state());
        row.put("generation", stats.generation());
        row.put("cookies", stats.cookies());
        row.put("profile", stats.profile());
        row.put("held", stats.held());
        row.put("inFlight", stats.inFlight());
        row.put("blocked", stats.blocked());
        row.put("pausedUntil", stats.pausedUntil());
        row.put("uses", stats.uses());
        row.put("reconnects", stats.reconnects());
        row.put("renewals", stats.renewals());
        row.put("failures", stats.failures());
        row.put("retryAt", stats.retryAt());
        row.put("checks", stats.checks());
        row.put("checksExpired", stats.checksExpired());
        row.put("logIns", stats.logIns());
        row.put("logOuts", stats.logOuts());
        row.put("failedLogOuts", stats.failedLogOuts());
        row.put("age", Duration.between(stats.created(), now));
        row.put("idle", Duration.between(stats.lastUsed(), now));
        SessionPools.Membership membership = engine.pools().membership(stats.key());
        if (membership != null) {
            row.put("pool", membership.pool());
            row.put("errorScore", membership.errorScore());
        }
        return row;
    }
}
