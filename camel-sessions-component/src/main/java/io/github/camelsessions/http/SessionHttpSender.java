/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.http;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Sends every exchange in a session through a camel-http endpoint of its own, which is in no registry. A service of
 * Camel: start it before use, stopping it closes its connections. Thread-safe.
 */
public final class SessionHttpSender extends ServiceSupport implements Processor {

    private final HttpEndpoint endpoint;
    private final WrappedHttpProducer producer;

    /**
     * Makes the endpoint. It is not started.
     *
     * @param component whose options the endpoint has
     * @param uri       the endpoint's URI, with its own options
     * @param calls     opens the call of each exchange
     * @throws Exception when camel-http refuses the URI
     */
    public SessionHttpSender(HttpComponent component, String uri, CallSource calls) throws Exception {
        endpoint = SessionHttpComponent.like(component).newEndpoint(uri, Map.of());
        endpoint.setCamelContext(component.getCamelContext());
        SecretMaskingListener.install(endpoint);
        producer = new WrappedHttpProducer(endpoint, endpoint::getHttpClient, calls);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        producer.process(exchange);
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(endpoint, producer);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(producer, endpoint);
    }
}
