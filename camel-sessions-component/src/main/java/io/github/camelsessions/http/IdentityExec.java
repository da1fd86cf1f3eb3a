/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import io.github.camelsessions.profile.ProxyServer;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.URIScheme;

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
            Identity identity = Identity.of(call);
            if (identity != null) {
                context.setUserToken(identity);
                ProxyServer proxy = identity.profile().proxy();
                if (proxy != null) {
                    return throughProxy(proxy, identity.profile(), request, scope, chain);
                }
            }
        }
        return chain.proceed(request, scope);
    }

    private static ClassicHttpResponse throughProxy(
            ProxyServer proxy,
            ClientProfile profile,
            ClassicHttpRequest request,
            ExecChain.Scope scope,
            ExecChain chain)
            throws IOException, HttpException {
        HttpHost host = new HttpHost(proxy.scheme(), proxy.host(), proxy.port());
        HttpHost target = scope.route.getTargetHost();
        boolean secure = URIScheme.HTTPS.same(target.getSchemeName());
        HttpRoute route = new HttpRoute(target, scope.route.getLocalAddress(), host, secure);
        HttpClientContext context = scope.clientContext;
        request.removeHeaders(HttpHeaders.PROXY_AUTHORIZATION); // the message's own would reach the site
        giveCredentials(proxy, context.getAuthExchange(host));
        ClassicHttpResponse response = chain.proceed(request, through(route, scope));
        if (isRefused(response, route, context)) {
            response.close();
            scope.execRuntime.discardEndpoint();
            throw new ProxyFailedException(
                    profile,
                    (proxy.username() == null ? "asks for" : "refuses the") + " credentials: status 407",
                    null);
        }
        return response;
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
    private static boolean isRefused(ClassicHttpResponse response, HttpRoute route, HttpClientContext context) {
        return response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                && (!route.isTunnelled() || context.getAttribute(IdentityEndpoint.TUNNEL_REFUSED) != null);
    }
}
