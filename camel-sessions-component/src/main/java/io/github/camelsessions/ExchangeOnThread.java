/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions;

import io.github.camelsessions.session.Generation;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The exchange that the thread works on, for whoever is asked about the session of an exchange and not told which: Camel
 * asks a repository of variables by name only. Also says in which generation a request is being sent, and whether a value
 * of the session was asked for that is not there. Used by its thread.
 */
final class ExchangeOnThread {

    private static final ThreadLocal<@Nullable ExchangeOnThread> NOW = new ThreadLocal<>();

    private final Exchange exchange;
    private final @Nullable Generation generation;
    private boolean missing;

    private ExchangeOnThread(Exchange exchange, @Nullable Generation generation) {
        this.exchange = exchange;
        this.generation = generation;
    }

    Exchange exchange() {
        return exchange;
    }

    /** That of the request that is being sent, null at other times. */
    @Nullable
    Generation generation() {
        return generation;
    }

    /** A value of the session was asked for that is not there. */
    static void missing() {
        ExchangeOnThread now = NOW.get();
        if (now != null) {
            now.missing = true;
        }
    }

    /** Whether one was asked for since this was asked last. */
    static boolean takeMissing() {
        ExchangeOnThread now = NOW.get();
        boolean was = now != null && now.missing;
        if (was) {
            now.missing = false;
        }
        return was;
    }

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
