/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.values;

import io.github.camelsessions.SessionRoutes;
import io.github.camelsessions.internal.renewal.ExchangeOnThread;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@link SessionVariables} know the exchange, in those nodes of a route that may ask: they mention {@code session:}, or
 * run code. Only routes that have to do with sessions have it (see {@link SessionRoutes}): Camel puts something around each
 * node of a route that has any such strategy. Thread-safe.
 */
public final class VariableInterceptor implements InterceptStrategy {

    private static final String PREFIX = SessionVariables.ID + ":";
    private static final Set<String> CODE = Set.of("process", "bean", "script");

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode node, Processor target, @Nullable Processor next) {
        return mayAsk(context, node) ? new Told(target) : target;
    }

    private static boolean mayAsk(CamelContext context, NamedNode node) {
        return CODE.contains(node.getShortName()) || NodeText.of(context, node).contains(PREFIX);
    }

    private static final class Told extends DelegateAsyncProcessor {

        Told(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            ExchangeOnThread before = ExchangeOnThread.enter(exchange, null);
            try {
                return super.process(exchange, callback);
            } finally {
                ExchangeOnThread.leave(before);
            }
        }
    }
}
