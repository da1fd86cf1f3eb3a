/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.internal.operation.ExchangeOperation;
import io.github.camelsessions.internal.operation.LocalOperation;
import io.github.camelsessions.internal.operation.RequestOperation;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import io.github.camelsessions.internal.renewal.SessionTraffic;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceHelper;

/** Runs the endpoint's operation on each exchange. */
final class SessionsProducer extends DefaultAsyncProducer {

    private final ExchangeOperation operation;

    SessionsProducer(SessionsEndpoint endpoint) {
        super(endpoint);
        operation =
                endpoint.getOperation().sendsRequest() ? new RequestOperation(endpoint) : new LocalOperation(endpoint);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            return operation.process(exchange, doneSync -> done(exchange, callback, doneSync));
        } catch (Throwable e) { // an error, too, must end the exchange
            SessionTraffic.fail(exchange, e);
            callback.done(true);
            return true;
        }
    }

    /** An exchange that was held goes on here, perhaps to put the answer into a variable of its session. */
    private static void done(Exchange exchange, AsyncCallback callback, boolean doneSync) {
        ExchangeOnThread before = doneSync ? null : ExchangeOnThread.enter(exchange, null);
        try {
            callback.done(doneSync);
        } finally {
            if (!doneSync) {
                ExchangeOnThread.leave(before);
            }
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(operation);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(operation);
        super.doStop();
    }
}
