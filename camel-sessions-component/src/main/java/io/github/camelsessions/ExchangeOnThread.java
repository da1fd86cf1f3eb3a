/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.session.Generation;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The exchange that the thread works on, for whoever is asked about the session of an exchange and not told which: Camel
 * asks a repository of variables by name only. Also says in which generation a request is being sent. Immutable.
 *
 * @param generation of the request that is being sent, null at other times
 */
record ExchangeOnThread(Exchange exchange, @Nullable Generation generation) {

    private static final ThreadLocal<@Nullable ExchangeOnThread> NOW = new ThreadLocal<>();

    /** The innermost one, null when the thread works on none that matters. */
    static @Nullable ExchangeOnThread now() {
        return NOW.get();
    }

    /**
     * From now on the thread works on the exchange.
     *
     * @return what was before, to be given to {@link #leave}
     */
    static @Nullable ExchangeOnThread enter(Exchange exchange, @Nullable Generation generation) {
        ExchangeOnThread before = NOW.get();
        NOW.set(new ExchangeOnThread(exchange, generation));
        return before;
    }

    static void leave(@Nullable ExchangeOnThread before) {
        if (before == null) {
            NOW.remove();
        } else {
            NOW.set(before);
        }
    }

    static <T extends @Nullable Object> T in(Exchange exchange, @Nullable Generation generation, Supplier<T> action) {
        ExchangeOnThread before = enter(exchange, generation);
        try {
            return action.get();
        } finally {
            leave(before);
        }
    }
}
