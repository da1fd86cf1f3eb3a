/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.BeanIntrospection;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@link SessionVariables} know the exchange, in those nodes of routes that may ask: they mention {@code session:}, or
 * run code. All others stay as they are. Thread-safe.
 */
final class VariableInterceptor implements InterceptStrategy {

    private static final String PREFIX = SessionVariables.ID + ":";
    private static final Set<String> CODE = Set.of("process", "bean", "script");

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode node, Processor target, @Nullable Processor next) {
        return mayAsk(context, node) ? new Told(target) : target;
    }

    private static boolean mayAsk(CamelContext context, NamedNode node) {
        if (CODE.contains(node.getShortName())) {
            return true;
        }
        String text = node.toString(); // with its expressions, and, of a block, with what is in it
        if (text.contains(PREFIX) || text.contains("{{")) {
            return true; // or may come out of a property
        }
        BeanIntrospection properties = PluginHelper.getBeanIntrospection(context);
        for (String name : new String[] {"name", "toName", "variableSend", "variableReceive"}) {
            if (properties.getOrElseProperty(node, name, "", false) instanceof String value && value.contains(PREFIX)) {
                return true;
            }
        }
        return false;
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
