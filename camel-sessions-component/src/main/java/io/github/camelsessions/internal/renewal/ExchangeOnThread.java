/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.internal.session.Generation;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The exchange that the thread works on, for whoever is asked about the session of an exchange and not told which: Camel
 * asks a repository of variables by name only. Also says in which generation a request is being sent, and whether a value
 * of the session was asked for that is not there. Used by its thread.
 */
public final class ExchangeOnThread {

    // A place that each thread keeps, for a route enters at many of its steps; of no class of ours, so that a thread
    // that
    // outlives us keeps none of them.
    private static final ThreadLocal<@Nullable Object[]> NOW = ThreadLocal.withInitial(() -> new @Nullable Object[1]);

    private final Exchange exchange;
    private final @Nullable Generation generation;
    private boolean missing;

    private ExchangeOnThread(Exchange exchange, @Nullable Generation generation) {
        this.exchange = exchange;
        this.generation = generation;
    }

    public Exchange exchange() {
        return exchange;
    }

    /** That of the request that is being sent, null at other times. */
    public @Nullable Generation generation() {
        return generation;
    }

    /** A value of the session was asked for that is not there. */
    public static void missing() {
        ExchangeOnThread now = now();
        if (now != null) {
            now.missing = true;
        }
    }

    /** Whether one was asked for since this was asked last. */
    public static boolean takeMissing() {
        ExchangeOnThread now = now();
        if (now == null || !now.missing) {
            return false;
        }
        now.missing = false;
        return true;
    }

    /** The innermost one, null when the thread works on none that matters. */
    public static @Nullable ExchangeOnThread now() {
        return (ExchangeOnThread) NOW.get()[0];
    }

    /**
     * From now on the thread works on the exchange.
     *
     * @return what was before, to be given to {@link #leave}
     */
    public static @Nullable ExchangeOnThread enter(Exchange exchange, @Nullable Generation generation) {
        @Nullable Object[] place = NOW.get();
        ExchangeOnThread before = (ExchangeOnThread) place[0];
        place[0] = new ExchangeOnThread(exchange, generation);
        return before;
    }

    public static void leave(@Nullable ExchangeOnThread before) {
        NOW.get()[0] = before;
    }

    public static <T extends @Nullable Object> T in(
            Exchange exchange, @Nullable Generation generation, Supplier<T> action) {
        ExchangeOnThread before = enter(exchange, generation);
        try {
            return action.get();
        } finally {
            leave(before);
        }
    }
}
