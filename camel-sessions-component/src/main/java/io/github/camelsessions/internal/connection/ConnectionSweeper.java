/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.connection;

import io.github.camelsessions.internal.session.SessionRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the connections of identities that no session has any more, or that were idle for long. One for each Camel
 * context, where the HTTP clients find it as a plugin; without it they keep such connections until there are too many. It
 * has a thread from the first connection of an identity on. Thread-safe.
 */
public final class ConnectionSweeper extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSweeper.class);
    private static final long SECONDS = 5;

    private final CamelContext context;
    private final SessionRegistry sessions;
    private final Set<IdentityConnections> swept = ConcurrentHashMap.newKeySet();
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable ScheduledExecutorService executor; // guarded by starting

    /**
     * @param sessions knows which identities are still in use
     */
    public ConnectionSweeper(CamelContext context, SessionRegistry sessions) {
        this.context = context;
        this.sessions = sessions;
    }

    /** Sweeps these from now on until they are closed. */
    public void watch(IdentityConnections connections) {
        swept.add(connections);
        starting.lock();
        try {
            if (executor == null && isStarted()) {
                executor = context.getExecutorServiceManager()
                        .newSingleThreadScheduledExecutor(this, "SessionConnections");
                executor.scheduleWithFixedDelay(this::sweep, SECONDS, SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            starting.unlock();
        }
    }

    /** It never throws: that would be the last time. */
    void sweep() {
        try {
            for (IdentityConnections connections : swept) {
                sweep(connections);
            }
        } catch (Error e) {
            // of a heap that is exhausted: the next time, then
        }
    }

    private void sweep(IdentityConnections connections) {
        try {
            connections.sweep(this::isRetired);
        } catch (RuntimeException | Error e) { // the others are swept all the same
            LOG.warn("cannot close idle connections", e);
        }
        if (connections.isClosed()) {
            swept.remove(connections);
        }
    }

    private boolean isRetired(Identity identity) {
        return identity.session() == null
                ? sessions.isUnused(identity.profile())
                : sessions.isUnused(identity.session(), identity.profile());
    }

    @Override
    protected void doStop() {
        starting.lock();
        try {
            if (executor != null) {
                context.getExecutorServiceManager().shutdownNow(executor);
                executor = null;
            }
        } finally {
            starting.unlock();
        }
    }
}
