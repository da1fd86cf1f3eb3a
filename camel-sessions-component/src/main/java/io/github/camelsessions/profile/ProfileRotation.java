/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands the client profiles to sessions in turn: each new session takes the next one, all are used before any repeats.
 *
 * <p>Every profile is in exactly one of two queues:
 *
 * <ul>
 *   <li><b>free</b>, no session uses it: in the order of the file at first, then in the order in which they were given
 *       back. The head is taken next.
 *   <li><b>busy</b>, at least one session uses it: ordered by its latest assignment. When no profile is free, the head
 *       (assigned longest ago) is shared with one more session and goes to the tail.
 * </ul>
 *
 * <p>A profile moves from free to busy with its first user and back to the tail of free when its last user gave it
 * back. Without profiles every session gets {@link ClientProfile#NONE}.
 *
 * <p>Thread-safe: one lock guards both queues and the counts of users; nothing is called out while it is held. Each
 * method takes constant time, however many sessions share the profiles.
 */
public final class ProfileRotation {

    private final List<ClientProfile> profiles;
    private final Map<String, Slot> slots = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final LinkedHashSet<Slot> free = new LinkedHashSet<>();
    // guarded by lock
    private final LinkedHashSet<Slot> busy = new LinkedHashSet<>();

    /**
     * Creates a rotation in which every profile is free.
     *
     * @throws IllegalArgumentException when two profiles have the same name, or one has none
     */
    public ProfileRotation(List<ClientProfile> profiles) {
        this.profiles = List.copyOf(profiles);
        for (ClientProfile profile : this.profiles) {
            if (profile.name().isEmpty()) {
                throw new IllegalArgumentException("a client profile of the rotation has no name");
            }
            Slot slot = new Slot(profile);
            if (slots.put(profile.name(), slot) != null) {
                throw new IllegalArgumentException(
                        "two client profiles of the rotation are named '" + profile.name() + "'");
            }
            free.add(slot);
        }
    }

    /** Takes the next profile for one more session: a free one if there is any, else a shared one, else NONE. */
    public ClientProfile take() {
        lock.lock();
        try {
            Slot slot = head(null);
            return slot == null ? ClientProfile.NONE : assign(slot);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the profile of that name for one more session, wherever it stands in the order: for sessions with a fixed
     * profile and for sessions that are restored.
     *
     * @return null when no profile has this name; nothing is taken then
     */
    public @Nullable ClientProfile take(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            return null;
        }
        lock.lock();
        try {
            return assign(slot);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives the profile back and takes the next one, in one step, so that no other session comes in between.
     *
     * <p>The session keeps its profile only when nothing else is there to take: it has the only profile, or its own is
     * the only free one after it was given back (no other session's profile is shared then).
     *
     * @param current what the session has taken before; NONE and unknown profiles are not given back
     */
    public ClientProfile next(ClientProfile current) {
        lock.lock();
        try {
            Slot old = release(current);
            Slot slot = head(old);
            return slot == null ? ClientProfile.NONE : assign(slot);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a profile back that one session has taken. NONE, unknown profiles and profiles that nobody uses are
     * ignored.
     */
    public void giveBack(ClientProfile profile) {
        lock.lock();
        try {
            release(profile);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the profile of that name without taking it, or null when there is none. */
    public @Nullable ClientProfile byName(String name) {
        Slot slot = slots.get(name);
        return slot == null ? null : slot.profile;
    }

    /** Tells whether the profile is one of these and no session uses it. */
    public boolean isFree(ClientProfile profile) {
        Slot slot = slots.get(profile.name());
        if (slot == null || !slot.profile.equals(profile)) {
            return false;
        }
        lock.lock();
        try {
            return slot.users == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Returns all profiles in the order of the file, unmodifiable. */
    public List<ClientProfile> profiles() {
        return profiles;
    }

    /** Tells whether there are no profiles, so that sessions get {@link ClientProfile#NONE}. */
    public boolean isEmpty() {
        return profiles.isEmpty();
    }

    /** Shows the profiles' names in the order in which they would be taken, with the number of their users. */
    @Override
    public String toString() {
        List<String> shown = new ArrayList<>();
        lock.lock();
        try {
            free.forEach(slot -> shown.add(slot.profile.name() + "=" + slot.users));
            busy.forEach(slot -> shown.add(slot.profile.name() + "=" + slot.users));
        } finally {
            lock.unlock();
        }
        return "ProfileRotation" + shown;
    }

    /** Returns the next free slot, else the busy one assigned longest ago that is not {@code avoided} if possible. */
    private @Nullable Slot head(@Nullable Slot avoided) {
        if (!free.isEmpty()) {
            return free.iterator().next();
        }
        Slot first = null;
        // ends after the second slot at the latest
        for (Slot slot : busy) {
            if (slot != avoided) {
                return slot;
            }
            first = slot;
        }
        return first;
    }

    private ClientProfile assign(Slot slot) {
        free.remove(slot);
        busy.remove(slot);
        busy.add(slot);
        slot.users++;
        return slot.profile;
    }

    private @Nullable Slot release(ClientProfile profile) {
        Slot slot = slots.get(profile.name());
        if (slot == null || !slot.profile.equals(profile)) {
            return null;
        }
        if (slot.users > 0 && --slot.users == 0) {
            busy.remove(slot);
            free.add(slot);
        }
        return slot;
    }

    /** A profile and how many sessions use it. Compared by identity; users is guarded by the rotation's lock. */
    private static final class Slot {
        final ClientProfile profile;
        int users;

        Slot(ClientProfile profile) {
            this.profile = profile;
        }
    }
}
