/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;

/**
 * The HTTP clients in use: one for each different set of camel-http options, shared by all endpoints that have these
 * options. Thread-safe.
 */
public final class SessionHttpClients {

    private final CamelContext context;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Map<Map<String, Object>, Shared> clients = new HashMap<>();

    private static final class Shared {
        final SessionHttpClient client;
        int users;
        boolean kept;

        Shared(SessionHttpClient client) {
            this.client = client;
        }
    }

    public SessionHttpClients(CamelContext context) {
        this.context = context;
    }

    /**
     * A started client with these options, to be given back by {@link #release}.
     *
     * @throws IllegalArgumentException when an option is unknown or cannot be used
     */
    public SessionHttpClient acquire(Map<String, Object> options) throws Exception {
        lock.lock();
        try {
            Shared shared = shared(options);
            shared.users++;
            return shared.client;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A started client with these options for requests of no endpoint. Nobody gives it back: it is closed with all others.
     *
     * @throws IllegalArgumentException as of {@link #acquire}
     */
    public SessionHttpClient keep(Map<String, Object> options) throws Exception {
        lock.lock();
        try {
            Shared shared = shared(options);
            shared.kept = true;
            return shared.client;
        } finally {
            lock.unlock();
        }
    }

    private Shared shared(Map<String, Object> options) throws Exception {
        Shared shared = clients.get(options);
        if (shared == null) {
            shared = new Shared(new SessionHttpClient(context, options));
            try {
                ServiceHelper.startService(shared.client);
            } catch (RuntimeException e) {
                ServiceHelper.stopService(shared.client);
                throw e;
            }
            clients.put(options, shared);
        }
        return shared;
    }

    /** Gives a client back; its connections are closed with its last user, unless it is kept. */
    public void release(Map<String, Object> options) {
        lock.lock();
        try {
            Shared shared = clients.get(options);
            if (shared != null && --shared.users == 0 && !shared.kept) {
                clients.remove(options);
                ServiceHelper.stopService(shared.client);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks options without keeping a client.
     *
     * @throws IllegalArgumentException when one is unknown or cannot be used
     */
    public void check(Map<String, Object> options) throws Exception {
        if (!options.isEmpty()) {
            acquire(options);
            release(options);
        }
    }

    /** Closes all clients. */
    public void stop() {
        lock.lock();
        try {
            clients.values().forEach(shared -> ServiceHelper.stopService(shared.client));
            clients.clear();
        } finally {
            lock.unlock();
        }
    }
}
