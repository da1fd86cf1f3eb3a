/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import io.github.camelsessions.cookie.CookieTarget;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.component.http.HttpMethods;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP client with its connection pool, made from a set of camel-http options, that sends requests in any session to
 * any absolute URL. A service of Camel: start it before use, stopping it closes its connections. Thread-safe.
 */
public final class SessionHttpClient extends ServiceSupport {

    // No request goes there: each call names its own target. RFC 2606 keeps the name from ever existing.
    private static final String NO_TARGET = "https://sessions.invalid";

    private final HttpComponent http;
    private final Map<String, Object> options = new LinkedHashMap<>();
    private final HttpEndpoint endpoint;
    private final ReservedConnections reserved;
    private final FetchHttpProducer throwing;
    private final FetchHttpProducer lenient;

    /**
     * Makes the client. It is not started.
     *
     * @param options camel-http options, without the prefix {@code http.}
     * @throws IllegalArgumentException when an option is unknown, or has no effect in a session or a dangerous one
     * @throws Exception                when camel-http refuses an option's value
     */
    public SessionHttpClient(CamelContext context, Map<String, Object> options) throws Exception {
        HttpOptions.check(options);
        this.options.putAll(options);
        this.options.put("followRedirects", true); // whether a call follows them is decided for each call
        http = context.getComponent("https", HttpComponent.class);
        if (http.getProxyAuthScheme() == null) {
            // camel-http takes the scheme of the endpoint, which is made up here, and would speak TLS to the proxy
            this.options.putIfAbsent("proxyAuthScheme", "http");
        }
        endpoint = newEndpoint();
        HttpOptions.checkAllUsed(options, endpoint);
        reserved = new ReservedConnections(this::newEndpoint);
        endpoint.setThrowExceptionOnFailure(true);
        throwing = new FetchHttpProducer(endpoint, reserved);
        endpoint.setThrowExceptionOnFailure(false);
        lenient = new FetchHttpProducer(endpoint, reserved);
    }

    private HttpEndpoint newEndpoint() throws Exception {
        return SessionHttpComponent.like(http).newEndpoint(NO_TARGET, new LinkedHashMap<>(options));
    }

    /** Whether camel-http has an endpoint option of that name, exactly. */
    public static boolean isOption(String name) {
        return HttpOptions.KNOWN.contains(name);
    }

    /**
     * Limits credentials among the options to the target's host: without one camel-http gives them to any that asks, also
     * to one that a redirect leads to.
     *
     * @param target where all requests with these options go, null when each message says so
     * @throws IllegalArgumentException when there are credentials, and no host to limit them to
     */
    public static Map<String, Object> limitCredentials(Map<String, Object> options, @Nullable URI target) {
        if (HttpOptions.get(options, "authUsername") == null || HttpOptions.get(options, "authHost") != null) {
            return options;
        }
        if (target == null) {
            throw new IllegalArgumentException("http.authUsername needs http.authHost where the target comes from the"
                    + " message: any host that asks would get the credentials");
        }
        Map<String, Object> limited = new LinkedHashMap<>(options);
        limited.put("authHost", CookieTarget.of(target).host());
        return Map.copyOf(limited);
    }

    /**
     * A request to any URL.
     *
     * @param target absolute http or https, in the form that HttpClient sends: with a path
     */
    public HttpSending sending(URI target, HttpMethods method) {
        return new Sending(this, target, method);
    }

    private record Sending(SessionHttpClient client, URI target, HttpMethods method) implements HttpSending {

        @Override
        public boolean throwsOnFailure(CallRules rules) {
            return rules.throwExceptionOnFailure();
        }

        @Override
        public HttpSending seeOther(URI other) {
            return new Sending(client, other, HttpMethods.GET);
        }

        @Override
        public void send(Exchange exchange, @Nullable SessionCall call) throws Exception {
            Objects.requireNonNull(call, "a fetch is a call, in a session or bypassing all");
            FetchHttpProducer producer = call.rules().throwExceptionOnFailure() ? client.throwing : client.lenient;
            producer.send(exchange, call, target, method);
        }
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(endpoint, reserved, throwing, lenient);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(throwing, lenient, reserved, endpoint);
    }
}
