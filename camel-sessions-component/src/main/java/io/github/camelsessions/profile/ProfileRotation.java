/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.profile;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.internal.text.NearestName;
import io.github.camelsessions.internal.text.Quoted;
import io.github.camelsessions.profile.ProfileLine.Slot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the client profiles to sessions: in the order of the file by default, so that all are used before any repeats.
 *
 * <p>Every profile is in exactly one of three places:
 *
 * <ul>
 *   <li><b>free</b>, no session uses it. Of these one is taken next, by {@code sequential} the one that has been free
 *       longest.
 *   <li><b>busy</b>, at least one session uses it. When none is free, one of these is shared with one more session, by
 *       {@code sequential} the one that was assigned longest ago.
 *   <li><b>aside</b>, its proxy has failed: until the cool-down is over it is taken by its name only. Sessions that use it
 *       keep it. Whoever comes after that time puts it back among the others, behind them; there is no timer.
 * </ul>
 *
 * <p>A profile moves from free to busy with its first user and back when its last user gave it back. Without profiles every
 * session gets {@link ClientProfile#NONE}. The profiles can be replaced: those that are equal to one before keep their
 * place and their users, one that is no longer there is remembered until its last user gave it back.
 *
 * <p>Thread-safe: one lock, a leaf, guards all; only clock and randomness are asked while it is held. Each method takes
 * time that grows with the logarithm of the number of profiles at most, however many sessions share them.
 */
public final class ProfileRotation {

    public static final Duration DEFAULT_COOLDOWN = Duration.ofMinutes(5);

    private final InstantSource clock; // for what is told
    private final LongSupplier monotonicMillis; // for what lasts
    private final IntUnaryOperator random;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Listing listing = new Listing(List.of(), Map.of()); // written under lock
    // guarded by lock, all below
    private ProfileOrder order = ProfileOrder.sequential;
    private Duration cooldown = DEFAULT_COOLDOWN;
    private ProfileLine free;
    private ProfileLine busy;
    private final TreeSet<Slot> aside = new TreeSet<>(
            Comparator.comparingLong((Slot slot) -> slot.asideUntilMillis).thenComparingLong(slot -> slot.since));
    private final Map<ClientProfile, Slot> unlisted = new HashMap<>(); // those that are still in use
    private @Nullable Throwable latestFailure;
    private long moves;

    /** What the file has: the profiles in its order, and their slots by name. Immutable. */
    private record Listing(List<ClientProfile> profiles, Map<String, Slot> slots) {}

    /**
     * Creates a rotation without profiles.
     *
     * @param clock           says until when profiles are put aside
     * @param monotonicMillis ends that, so that nobody who sets the clock does
     */
    public ProfileRotation(InstantSource clock, LongSupplier monotonicMillis) {
        this(clock, monotonicMillis, bound -> ThreadLocalRandom.current().nextInt(bound));
    }

    /**
     * @param random gives a number from 0 to below its argument
     */
    ProfileRotation(InstantSource clock, LongSupplier monotonicMillis, IntUnaryOperator random) {
        this.clock = clock;
        this.monotonicMillis = monotonicMillis;
        this.random = random;
        this.free = ProfileLine.of(order, random);
        this.busy = ProfileLine.of(order, random);
    }

    /** Changes the order, and how long profiles are put aside from now on. */
    public void configure(ProfileOrder wanted, Duration profileCooldown) {
        locked(() -> {
            cooldown = profileCooldown;
            if (order != wanted) {
                order = wanted;
                free = ProfileLine.of(wanted, random);
                busy = ProfileLine.of(wanted, random);
                listing.slots.values().stream()
                        .filter(slot -> slot.asideUntil == null)
                        .sorted(Comparator.comparingLong(slot -> slot.since))
                        .forEach(this::place);
            }
            return null;
        });
    }

    /**
     * Replaces the profiles. Those that are new are free; those that are no longer there are not taken any more.
     *
     * @throws IllegalArgumentException when two profiles have the same name, or one has none: nothing has changed then
     */
    public void replace(List<ClientProfile> profiles) {
        locked(() -> {
            Map<String, Slot> before = listing.slots;
            Map<String, Slot> now = slots(profiles);
            before.forEach((name, slot) -> {
                if (now.get(name) != slot) {
                    unlist(slot);
                }
            });
            now.forEach((name, slot) -> {
                if (before.get(name) != slot) {
                    unlisted.remove(slot.profile);
                    slot.since = ++moves;
                    place(slot);
                }
            });
            listing = new Listing(List.copyOf(profiles), now);
            return null;
        });
    }

    private Map<String, Slot> slots(List<ClientProfile> profiles) {
        Map<String, Slot> slots = new LinkedHashMap<>();
        for (ClientProfile profile : profiles) {
            if (profile.name().isEmpty()) {
                throw new IllegalArgumentException("a client profile of the rotation has no name");
            }
            Slot known = find(profile);
            if (slots.put(profile.name(), known == null ? new Slot(profile) : known) != null) {
                throw new IllegalArgumentException(
                        "two client profiles of the rotation are named '" + profile.name() + "'");
            }
        }
        return slots;
    }

    private void unlist(Slot slot) {
        displace(slot);
        slot.asideUntil = null;
        if (slot.users > 0) {
            unlisted.put(slot.profile, slot);
        }
    }

    /**
     * Takes the profile of that name for one more session, wherever it stands in the order: for sessions with a fixed
     * profile and for sessions that are restored.
     *
     * @throws IllegalArgumentException when no profile has this name, with the nearest name; nothing is taken then
     */
    public ClientProfile take(String name) {
        return locked(() -> assign(named(name)));
    }

    /**
     * Gives the profile back and takes the next one, in one step, so that no other session comes in between: a free one if
     * there is any, else a shared one, else NONE.
     *
     * <p>The session keeps its profile only when that is not put aside and nothing else is there to take: it is the only
     * one, or the only free one after it was given back (no other session's profile is shared then).
     *
     * @param current what the session has taken before; NONE and unknown profiles are not given back
     * @throws ProfilesAsideException when all are put aside; the profile is not given back then
     */
    public ClientProfile next(ClientProfile current) {
        return locked(() -> {
            returnThoseDue();
            if (free.isEmpty() && busy.isEmpty() && !aside.isEmpty()) {
                throw new ProfilesAsideException(
                        aside.size(), Objects.requireNonNull(aside.first().asideUntil), latestFailure);
            }
            Slot old = release(current);
            Slot slot = free.isEmpty() ? busy.first(old) : free.first(old);
            return slot == null ? ClientProfile.NONE : assign(slot);
        });
    }

    /**
     * Gives a profile back that one session has taken. NONE, unknown profiles and profiles that nobody uses are
     * ignored.
     */
    public void giveBack(ClientProfile profile) {
        locked(() -> release(profile));
    }

    /**
     * Puts a profile aside, because its proxy has failed.
     *
     * @return until when; null when it is aside already, or is none of these profiles: nothing has changed then
     */
    public @Nullable Instant putAside(ClientProfile profile, Throwable why) {
        return locked(() -> {
            returnThoseDue();
            Slot slot = listed(profile);
            if (slot == null || slot.asideUntil != null) {
                return null;
            }
            displace(slot);
            slot.asideUntil = Instant.ofEpochMilli(clock.millis()).plus(cooldown);
            slot.asideUntilMillis = monotonicMillis.getAsLong() + cooldown.toMillis();
            slot.since = ++moves;
            aside.add(slot);
            latestFailure = why;
            return slot.asideUntil;
        });
    }

    /** Whether the profile is put aside now. */
    public boolean isAside(ClientProfile profile) {
        return locked(() -> {
            returnThoseDue();
            Slot slot = listed(profile);
            return slot != null && slot.asideUntil != null;
        });
    }

    /** Returns the profile of that name without taking it, or null when there is none. */
    public @Nullable ClientProfile byName(String name) {
        Slot slot = listing.slots.get(name);
        return slot == null ? null : slot.profile;
    }

    /**
     * Checks that there is a profile of that name.
     *
     * @throws IllegalArgumentException when there is none, with the nearest name
     */
    public void require(String name) {
        named(name);
    }

    private Slot named(String name) {
        Slot slot = listing.slots.get(name);
        if (slot == null) {
            List<String> names = List.copyOf(listing.slots.keySet());
            String nearest = NearestName.of(name, names);
            throw new IllegalArgumentException("profile " + Quoted.of(name) + " is unknown: "
                    + (names.isEmpty()
                            ? "no profiles are loaded, set the component option profiles"
                            : nearest == null ? "must be one of " + names : "did you mean " + nearest + "?"));
        }
        return slot;
    }

    /** Tells whether no session uses the profile, be it one of these or taken out of them; not said of NONE. */
    public boolean isFree(ClientProfile profile) {
        return locked(() -> {
            Slot slot = find(profile);
            return slot == null ? !profile.name().isEmpty() : slot.users == 0;
        });
    }

    /** Returns all profiles in the order of the file, unmodifiable. */
    public List<ClientProfile> profiles() {
        return listing.profiles;
    }

    /** How each profile is used, in the order of the file. */
    public List<ProfileStats> stats() {
        return locked(() -> {
            returnThoseDue();
            return listing.slots.values().stream()
                    .map(slot -> new ProfileStats(slot.profile.name(), slot.users, slot.taken, slot.asideUntil))
                    .toList();
        });
    }

    /** Shows the profiles' names, the free ones first, those put aside last, with the number of their users. */
    @Override
    public String toString() {
        return locked(() -> {
            returnThoseDue();
            List<String> shown = new ArrayList<>();
            free.slots().forEach(slot -> shown.add(slot.profile.name() + "=" + slot.users));
            busy.slots().forEach(slot -> shown.add(slot.profile.name() + "=" + slot.users));
            aside.forEach(slot -> shown.add(slot.profile.name() + "=" + slot.users + " until " + slot.asideUntil));
            return "ProfileRotation" + shown;
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock

    private void returnThoseDue() {
        while (!aside.isEmpty() && monotonicMillis.getAsLong() >= aside.first().asideUntilMillis) {
            Slot due = aside.first();
            aside.remove(due);
            due.asideUntil = null;
            due.since = ++moves;
            place(due);
        }
        if (aside.isEmpty()) {
            latestFailure = null;
        }
    }

    private ClientProfile assign(Slot slot) {
        boolean isAside = slot.asideUntil != null; // keeps its place there
        if (!isAside) {
            displace(slot);
            slot.since = ++moves;
        }
        slot.users++;
        slot.taken++;
        if (!isAside) {
            place(slot);
        }
        return slot.profile;
    }

    private @Nullable Slot release(ClientProfile profile) {
        Slot slot = find(profile);
        if (slot == null || slot.users == 0) {
            return slot;
        }
        boolean inLine = slot.asideUntil == null && listed(profile) == slot;
        if (inLine) {
            displace(slot);
        }
        slot.users--;
        if (inLine) {
            slot.since = slot.users == 0 ? ++moves : slot.since;
            place(slot);
        } else if (slot.users == 0) {
            unlisted.remove(profile, slot);
        }
        return slot;
    }

    /** The slot of a profile of the file, or of one that was in it and is still used. */
    private @Nullable Slot find(ClientProfile profile) {
        Slot slot = listed(profile);
        return slot != null ? slot : unlisted.get(profile);
    }

    private @Nullable Slot listed(ClientProfile profile) {
        Slot slot = listing.slots.get(profile.name());
        return slot != null && slot.profile.equals(profile) ? slot : null;
    }

    private void place(Slot slot) {
        (slot.users == 0 ? free : busy).add(slot);
    }

    private void displace(Slot slot) {
        if (slot.asideUntil != null) {
            aside.remove(slot);
        } else {
            (slot.users == 0 ? free : busy).remove(slot);
        }
    }
}
