/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.profile.ClientProfile;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A named session: the {@link RenewalGate} decides who may use which {@link Generation}, the session sees to the client
 * profile and counts uses.
 *
 * <p>A generation takes its profile with its first use, not when it is made: a cleared session has an empty jar and no
 * profile, so that the one it gave back is free for other sessions until this one is used again.
 *
 * <p>Thread-safe. One lock orders taking and giving back of profiles; under it the gate's lock may be taken, and that of
 * the source of profiles, which is a leaf.
 */
final class Session {

    private final SessionKey key;
    private final Profiles profiles;
    private final InstantSource clock;
    private final Instant created;
    private final RenewalGate gate;
    private final AtomicLong uses = new AtomicLong();
    private volatile long lastUsed;

    private final ReentrantLock profileLock = new ReentrantLock();
    // guarded by profileLock
    private @Nullable String pinnedProfile;

    Session(SessionKey key, Profiles profiles, JarFactory jars, InstantSource clock) {
        this.key = key;
        this.profiles = profiles;
        this.clock = clock;
        this.created = Instant.ofEpochMilli(clock.millis()); // as exact as lastUsed
        this.lastUsed = created.toEpochMilli();
        this.gate = new RenewalGate(
                key, GateRules.WITHOUT_RENEWAL, clock, number -> new Generation(key, number, jars.newJar()));
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
        Passage passage = new Passage();
        Generation generation = gate.admit(passage, false, null).generation();
        if (generation == null) {
            return null;
        }
        try {
            takeProfile(generation, profile);
        } catch (RuntimeException | Error e) {
            gate.unanswered(passage);
            throw e;
        }
        uses.incrementAndGet();
        touch();
        return new Admission(this, passage, generation);
    }

    /**
     * The current generation, to be filled from outside an exchange.
     *
     * @param profile as for {@link #admit}
     * @return null when the session is closed: then it must be looked up again
     */
    @Nullable
    Generation fill(@Nullable String profile) {
        profileLock.lock(); // so that the session is not closed between the two steps
        try {
            Generation generation = gate.open(null).generation();
            if (generation != null) {
                takeProfile(generation, profile);
                touch();
            }
            return generation;
        } finally {
            profileLock.unlock();
        }
    }

    private void takeProfile(Generation generation, @Nullable String profile) {
        if (generation.hasProfile()) {
            return;
        }
        profileLock.lock();
        try {
            if (!generation.hasProfile()) {
                String wanted = profile != null ? profile : pinnedProfile;
                if (profile == null && pinnedProfile != null && !profiles.has(pinnedProfile)) {
                    wanted = null; // the profile named before was taken out of the file
                }
                generation.takes(profiles.take(wanted));
                pinnedProfile = wanted; // not before: taking an unknown profile fails
            }
        } finally {
            profileLock.unlock();
        }
    }

    void released(Passage passage) {
        gate.accepted(passage, false);
        touch();
    }

    /**
     * Empties the session: the next exchange starts with an empty jar and the next profile. Responses under way fill
     * the jar they were admitted with, which nobody reads any more.
     *
     * @return whether there was anything to empty
     */
    boolean clear() {
        profileLock.lock();
        try {
            Generation old = current();
            if (old == null) {
                return false;
            }
            gate.clear(null);
            profiles.giveBack(old.profile());
            return true;
        } finally {
            profileLock.unlock();
        }
    }

    /** Closes the session unless an exchange uses it. Returns whether it is closed now. */
    boolean close() {
        profileLock.lock();
        try {
            Generation last = current();
            if (!gate.close()) {
                return false;
            }
            if (last != null) {
                profiles.giveBack(last.profile());
            }
            return true;
        } finally {
            profileLock.unlock();
        }
    }

    /** The current generation, null while it is unused, as after a clear, and when the session is closed. */
    @Nullable
    Generation current() {
        Generation generation = gate.open(null).generation();
        return generation != null && generation.hasProfile() ? generation : null;
    }

    /** When the session was last used, in epoch milliseconds. */
    long lastUsed() {
        return lastUsed;
    }

    SessionStats stats() {
        GateStats now = gate.stats();
        Generation generation = current();
        return new SessionStats(
                key,
                generation == null ? now.generation() : generation.number(),
                generation == null ? 0 : generation.jar().size(),
                generation == null ? "" : generation.profile().name(),
                uses.get(),
                now.inFlight(),
                created,
                Instant.ofEpochMilli(lastUsed));
    }

    private void touch() {
        lastUsed = Math.max(lastUsed, clock.millis());
    }

    /** Where a session gets its client profile from. Implementations never call back into a session. */
    interface Profiles {

        /** Whether there is a profile of that name. */
        boolean has(String name);

        /** The profile of that name, or the next one of the rotation when the name is null. */
        ClientProfile take(@Nullable String name);

        void giveBack(ClientProfile profile);
    }

    /** Makes an empty jar. */
    interface JarFactory {
        CookieJar newJar();
    }
}
