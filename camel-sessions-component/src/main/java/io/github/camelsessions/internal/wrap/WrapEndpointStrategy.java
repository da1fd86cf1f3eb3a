/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.support.DefaultInterceptSendToEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Puts sessions under the camel-http endpoints of existing routes. Camel asks it for each endpoint that is registered,
 * before or after its other strategies: one that an intercept stands around already is replaced within it.
 */
public final class WrapEndpointStrategy implements EndpointStrategy {

    private final Supplier<@Nullable CallSource> calls;

    /**
     * @param calls gives the source of calls for endpoints made from now on, null while no site wraps endpoints
     */
    public WrapEndpointStrategy(Supplier<@Nullable CallSource> calls) {
        this.calls = calls;
    }

    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        if (endpoint instanceof HttpEndpoint plain && !(endpoint instanceof WrappedHttpEndpoint)) {
            CallSource source = calls.get();
            return source == null ? endpoint : new WrappedHttpEndpoint(plain, source);
        }
        if (endpoint instanceof InterceptSendToEndpoint intercept) {
            Endpoint original = intercept.getOriginalEndpoint();
            Endpoint replaced = registerEndpoint(uri, original);
            return replaced == original ? endpoint : around(replaced, intercept);
        }
        return endpoint;
    }

    private static Endpoint around(Endpoint endpoint, InterceptSendToEndpoint intercept) {
        DefaultInterceptSendToEndpoint answer = new DefaultInterceptSendToEndpoint(endpoint, intercept.isSkip());
        answer.setBefore(intercept.getBefore());
        answer.setAfter(intercept.getAfter());
        if (intercept instanceof DefaultInterceptSendToEndpoint standard) {
            answer.setOnWhen(standard.getOnWhen());
        }
        return answer;
    }
}
