/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.internal.connection.Identity;
import io.github.camelsessions.internal.connection.IdentityEndpoint;
import io.github.camelsessions.internal.connection.RequestUrl;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import io.github.camelsessions.profile.ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends each hop of a call, the first and those of followed redirects, over the connections of its identity and through the
 * proxy of its profile. HttpClient has planned a route before; it stays for calls whose profile has no proxy, so that
 * camel-http's proxy options hold for them. Thread-safe: all state is in the {@link SessionCall} of the request's context.
 */
final class IdentityExec implements ExecChainHandler {

    static final IdentityExec INSTANCE = new IdentityExec();

    private IdentityExec() {}

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        if (context.getAttribute(CookieInterceptor.CALL) instanceof SessionCall call) {
            if (call.asksWhereItGoes()) {
                call.goesTo(url(request)); // which takes as long as all else here
            }
            HttpHost target = scope.route.getTargetHost();
            if (call.hasReachedSite() // before, it goes where the call goes
                    && !call.hasCredentialsForOthers()
                    && !call.trusts(target.getSchemeName(), target.getHostName(), target.getPort())) {
                keepForeignCredentials(context, target); // one that a redirect leads to may ask for them
            }
            Identity identity = call.identity();
            if (identity != null) {
                ProxyServer proxy = identity.profile().proxy();
                context.setUserToken(identity);
                if (proxy != null) {
                    return throughProxy(proxy, identity, call, request, scope, chain);
                }
            }
        }
        return chain.proceed(request, scope);
    }

    static URI url(ClassicHttpRequest request) throws ProtocolException {
        try {
            return RequestUrl.of(request);
        } catch (URISyntaxException e) {
            throw new ProtocolException(e.getReason()); // its message holds the query
        }
    }

    private static ClassicHttpResponse throughProxy(
            ProxyServer proxy,
            Identity identity,
            SessionCall call,
            ClassicHttpRequest request,
            ExecChain.Scope scope,
            ExecChain chain)
            throws IOException, HttpException {
        HttpHost target = scope.route.getTargetHost();
        boolean secure = URIScheme.HTTPS.same(target.getSchemeName());
        boolean direct = proxy.noProxy().matches(target.getHostName(), target.getPort())
                || call.rules().noProxy().matches(target.getHostName(), target.getPort());
        if (direct || proxy.isSocks()) {
            if (!direct) {
                scope.clientContext.setUserToken(identity.through(proxy));
            }
            HttpRoute route = new HttpRoute(target, scope.route.getLocalAddress(), secure);
            return chain.proceed(request, through(route, scope));
        }
        HttpHost host = new HttpHost(proxy.scheme(), proxy.host(), proxy.port());
        HttpRoute route = new HttpRoute(target, scope.route.getLocalAddress(), host, secure);
        return throughHttpProxy(proxy, identity.profile(), request, through(route, scope), chain);
    }

    private static ClassicHttpResponse throughHttpProxy(
            ProxyServer proxy,
            ClientProfile profile,
            ClassicHttpRequest request,
            ExecChain.Scope scope,
            ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        HttpHost host = scope.route.getProxyHost();
        keepForeignCredentials(context, host);
        giveCredentials(proxy, context.getAuthExchange(host));
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (proxy.username() != null && isRefused(response, scope) && isRepeatable(request)) {
            // Some insist on their own challenge, and take no credentials before it.
            drop(response, scope);
            giveCredentials(proxy, context.getAuthExchange(host));
            response = chain.proceed(request, scope);
        }
        if (isRefused(response, scope)) {
            drop(response, scope);
            throw new ProxyFailedException(
                    profile,
                    (proxy.username() == null ? "asks for" : "refuses the") + " credentials: status 407",
                    null,
                    false);
        }
        return response;
    }

    /** Lets a host have none of the credentials that the HTTP options bring for others. */
    private static void keepForeignCredentials(HttpClientContext context, HttpHost host) {
        CredentialsProvider given = context.getCredentialsProvider();
        if (given != null
                && !(given instanceof OthersOnly others && others.host().equals(host))) {
            context.setCredentialsProvider(new OthersOnly(given, host));
        }
    }

    private record OthersOnly(CredentialsProvider given, HttpHost host) implements CredentialsProvider {

        @Override
        public @Nullable Credentials getCredentials(AuthScope scope, HttpContext context) {
            boolean own = host.getHostName().equalsIgnoreCase(scope.getHost()) && host.getPort() == scope.getPort();
            return own ? null : given.getCredentials(scope, context);
        }
    }

    private static boolean isRepeatable(ClassicHttpRequest request) {
        return request.getEntity() == null || request.getEntity().isRepeatable();
    }

    private static void drop(ClassicHttpResponse response, ExecChain.Scope scope) {
        EntityUtils.consumeQuietly(response.getEntity());
        scope.execRuntime.discardEndpoint();
    }

    private static void giveCredentials(ProxyServer proxy, AuthExchange exchange) {
        if (proxy.username() != null) {
            String password = proxy.password() == null ? "" : proxy.password();
            BasicScheme basic = new BasicScheme();
            basic.initPreemptive(new UsernamePasswordCredentials(proxy.username(), password.toCharArray()));
            exchange.reset();
            exchange.select(basic);
        }
    }

    private static ExecChain.Scope through(HttpRoute route, ExecChain.Scope scope) {
        return new ExecChain.Scope(
                scope.exchangeId, route, scope.originalRequest, scope.execRuntime, scope.clientContext);
    }

    // what comes through a tunnel is the site's
    private static boolean isRefused(ClassicHttpResponse response, ExecChain.Scope scope) {
        return response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                && (!scope.route.isTunnelled()
                        || scope.clientContext.getAttribute(IdentityEndpoint.TUNNEL_REFUSED) != null);
    }
}
