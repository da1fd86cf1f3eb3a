/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.cookie.CookieJar;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The use of a session by an exchange that cannot renew it, from its admission to its answer. */
public final class Admission implements AutoCloseable {

    private final Session session;
    private final Passage passage;
    private final Generation generation;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Admission(Session session, Passage passage, Generation generation) {
        this.session = session;
        this.passage = passage;
        this.generation = generation;
    }

    /** Null when the session is closed. */
    static @Nullable Admission admit(Session session, @Nullable String profile) {
        Passage passage = new Passage(false, false, 0) {};
        Generation generation = session.admit(passage, false, null).generation();
        if (generation == null) {
            return null;
        }
        try {
            session.equip(generation, null, profile, false);
        } catch (RuntimeException e) {
            session.unanswered(passage);
            throw e;
        }
        return new Admission(session, passage, generation);
    }

    public static Admission admit(SessionRegistry registry, SessionKey key, @Nullable String profile) {
        while (true) {
            Admission admission = admit(registry.session(key), profile);
            if (admission != null) {
                return admission;
            }
        }
    }

    static @Nullable Generation fill(Session session, @Nullable String profile) {
        Generation generation = session.open(null).generation();
        if (generation != null) {
            session.equip(generation, null, profile, false);
        }
        return generation;
    }

    public static CookieJar fill(SessionRegistry registry, SessionKey key) {
        while (true) {
            Generation generation = fill(registry.session(key), null);
            if (generation != null) {
                return generation.jar();
            }
        }
    }

    /** Whether there was anything to empty. */
    static boolean clear(Session session) {
        return session.clear(null).release();
    }

    /** Whether there was a session with something to empty. */
    static boolean clear(SessionRegistry registry, SessionKey key) {
        Session session = registry.existing(key);
        return session != null && clear(session);
    }

    Generation generation() {
        return generation;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            session.accepted(passage, false);
        }
    }
}
