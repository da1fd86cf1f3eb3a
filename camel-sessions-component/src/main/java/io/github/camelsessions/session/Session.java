/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.profile.ClientProfile;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A named session: it points at its current {@link Generation} and counts who uses it.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>event</th><th>OPEN(n)</th><th>CLEARED(n)</th><th>CLOSED</th></tr>
 * <tr><td>admit, fill</td><td>use n</td><td>take a profile, OPEN(n)</td><td>refused: look the session up again</td></tr>
 * <tr><td>clear</td><td>give the profile back, CLEARED(n+1)</td><td>nothing</td><td>nothing</td></tr>
 * <tr><td>close</td><td>with an exchange in flight nothing, else give the profile back, CLOSED</td>
 * <td>with an exchange in flight nothing, else CLOSED</td><td>nothing</td></tr>
 * </table>
 *
 * CLEARED is a session without a generation: it has an empty jar and no profile, so that the profile it gave back is free
 * for other sessions until this one is used again.
 *
 * <p>Thread-safe. Guarded by one lock per session; the only call made under it is to the source of profiles, whose lock
 * is a leaf.
 */
final class Session {

    private final SessionKey key;
    private final Profiles profiles;
    private final JarFactory jars;
    private final InstantSource clock;
    private final Instant created;

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Generation current;
    private @Nullable String pinnedProfile;
    private long generations;
    private long uses;
    private int inFlight;
    private boolean closed;
    private volatile long lastUsed;

    Session(SessionKey key, Profiles profiles, JarFactory jars, InstantSource clock) {
        this.key = key;
        this.profiles = profiles;
        this.jars = jars;
        this.clock = clock;
        this.created = Instant.ofEpochMilli(clock.millis()); // as exact as lastUsed, which must not precede it
        this.lastUsed = created.toEpochMilli();
    }

    SessionKey key() {
        return key;
    }

    /**
     * Admits an exchange to the current generation.
     *
     * @param profile the name of the profile this session must have, null for the one named before, else the next one of
     *                the rotation; it counts when the session takes a profile, that is, when it is new or was cleared
     * @return null when the session is closed: then it must be looked up again
     */
    @Nullable
    Admission admit(@Nullable String profile) {
        lock.lock();
        try {
            Generation generation = open(profile);
            if (generation == null) {
                return null;
            }
            uses++;
            inFlight++;
            touch();
            return new Admission(this, generation);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The current generation, to be filled without a request.
     *
     * @param profile as for {@link #admit}
     * @return null when the session is closed: then it must be looked up again
     */
    @Nullable
    Generation fill(@Nullable String profile) {
        lock.lock();
        try {
            Generation generation = open(profile);
            if (generation != null) {
                touch();
            }
            return generation;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Generation open(@Nullable String profile) {
        if (closed) {
            return null;
        }
        if (current == null) {
            String wanted = profile == null ? pinnedProfile : profile;
            current = new Generation(key, generations, profiles.take(wanted), jars.newJar());
            pinnedProfile = wanted; // not before: taking an unknown profile fails
        }
        return current;
    }

    void released() {
        lock.lock();
        try {
            inFlight--;
            touch();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Empties the session: the next exchange starts with an empty jar and the next profile. Responses under way fill
     * the jar they were admitted with, which nobody reads any more.
     *
     * @return whether there was anything to empty
     */
    boolean clear() {
        lock.lock();
        try {
            Generation old = current;
            if (closed || old == null) {
                return false;
            }
            current = null;
            generations++;
            profiles.giveBack(old.profile());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the session unless an exchange uses it. Returns whether it is closed now. */
    boolean close() {
        lock.lock();
        try {
            if (inFlight > 0) {
                return false;
            }
            clear();
            closed = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The current generation, null while the session is cleared or closed. Takes no profile. */
    @Nullable
    Generation current() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** When the session was last used, in epoch milliseconds. */
    long lastUsed() {
        return lastUsed;
    }

    SessionStats stats() {
        lock.lock();
        try {
            Generation generation = current;
            return new SessionStats(
                    key,
                    generations,
                    generation == null ? 0 : generation.jar().size(),
                    generation == null ? "" : generation.profile().name(),
                    uses,
                    inFlight,
                    created,
                    Instant.ofEpochMilli(lastUsed));
        } finally {
            lock.unlock();
        }
    }

    private void touch() {
        lastUsed = Math.max(lastUsed, clock.millis());
    }

    /** Where a session gets its client profile from. Implementations never call back into a session. */
    interface Profiles {

        /** The profile of that name, or the next one of the rotation when the name is null. */
        ClientProfile take(@Nullable String name);

        void giveBack(ClientProfile profile);
    }

    /** Makes an empty jar. */
    interface JarFactory {
        CookieJar newJar();
    }
}
