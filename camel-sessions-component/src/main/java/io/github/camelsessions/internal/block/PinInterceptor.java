/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.block;

import io.github.camelsessions.internal.renewal.RenewalScope;
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
 * Ends the run of a pinned block for an exchange whose copies have ended it: an exchange that is stopped is told so itself,
 * but the one that a splitter has made it of goes on, with a message that is not what its next steps wait for. Around nodes
 * that send copies and go on with the original; all others stay as they are. Thread-safe.
 */
public final class PinInterceptor implements InterceptStrategy {

    private static final Set<String> COPYING = Set.of("split", "multicast", "recipientList", "loop", "enrich");

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode node, Processor target, @Nullable Processor next) {
        return COPYING.contains(node.getShortName()) ? new Copying(target) : target;
    }

    private static final class Copying extends DelegateAsyncProcessor {

        Copying(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            return super.process(exchange, doneSync -> {
                if (RenewalScope.isLeftOut(exchange)) {
                    exchange.setRouteStop(true);
                }
                callback.done(doneSync);
            });
        }
    }
}
