/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.wrap;

import io.github.camelsessions.internal.http.ReservedConnections;
import io.github.camelsessions.internal.http.SessionHttpComponent;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Sends every exchange through a camel-http endpoint of its own, which is in no registry, as a source of calls decides. A
 * service of Camel: start it before use, stopping it closes its connections. Thread-safe.
 */
public final class SessionHttpSender extends AsyncProcessorSupport {

    private final HttpComponent component;
    private final String uri;
    private final HttpEndpoint endpoint;
    private final ReservedConnections reserved;
    private final WrappedHttpProducer producer;

    /**
     * Makes the endpoint. It is not started.
     *
     * @param component whose options the endpoint has
     * @param uri       the endpoint's URI, with its own options
     * @param calls     decides how each exchange is sent
     * @throws Exception when camel-http refuses the URI
     */
    public SessionHttpSender(HttpComponent component, String uri, CallSource calls) throws Exception {
        this.component = component;
        this.uri = uri;
        endpoint = newEndpoint();
        reserved = new ReservedConnections(this::newEndpoint);
        producer = new WrappedHttpProducer(
                endpoint, call -> call.isReserved() ? reserved.client() : endpoint.getHttpClient(), calls);
    }

    private HttpEndpoint newEndpoint() throws Exception {
        return SessionHttpComponent.like(component).newEndpoint(uri, Map.of());
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        return producer.process(exchange, callback);
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(endpoint, reserved, producer);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(producer, reserved, endpoint);
    }
}
