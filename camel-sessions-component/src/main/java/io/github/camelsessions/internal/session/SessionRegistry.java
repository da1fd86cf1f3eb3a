/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.ProfileOrder;
import io.github.camelsessions.api.ProfileStats;
import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.cookie.CookieLimits;
import io.github.camelsessions.cookie.PublicSuffixes;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileRotation;
import io.github.camelsessions.profile.ProxyFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of a Camel context, by site and id. Sessions are created by their first use; reading creates none. When
 * the limit is reached, the session that was idle longest makes room for the new one, those that were never renewed before
 * those that were, because a log-in was spent on these; a session with an exchange in flight or held, or in a cool-down,
 * is never evicted.
 *
 * <p>Thread-safe. Finding a session takes no lock; creating one and paging take the registry's lock, under which an eviction
 * takes the profiles' lock and a session's; never the other way round.
 */
public final class SessionRegistry {

    private final PublicSuffixes suffixes;
    private final SessionClock clock;
    private final GateState.Generations generations = this::newGeneration; // one for all sessions
    private final ConcurrentHashMap<SessionKey, Session> sessions = new ConcurrentHashMap<>();

    private final ReentrantLock creation = new ReentrantLock();
    // Ordered by what was true when a session was put here. Use moves it back only: a head of which that is still true
    // is the first of all, and one that was used or renewed since is put here again.
    private final PriorityQueue<Session> idleOrder = new PriorityQueue<>(Comparator.comparingLong(Session::idleRank));
    private int goneFromOrder; // how many in there were removed
    private final SessionsByNumber byNumber = new SessionsByNumber();
    // the cool-downs of sessions that were removed: whoever comes with that name again has them; guarded by creation
    private final Map<SessionKey, Cooldown> coolingDown = new HashMap<>();
    private int tooManyCooling = 1000;
    private volatile Consumer<Session> evicted = session -> {};
    private int maxSessions;
    private final ProfileRotation rotation;
    private volatile Predicate<SessionKey> ownProfiles = key -> false;

    private final ReentrantLock profileLock = new ReentrantLock(); // as the rotation has; 48 bytes less in each session

    /**
     * @param suffixes    tells the jars which domains are public suffixes
     * @param clock       wall clock for cookies and idle times, monotonic for all that lasts
     * @param maxSessions how many sessions may exist at once
     */
    public SessionRegistry(PublicSuffixes suffixes, SessionClock clock, int maxSessions) {
        this.suffixes = suffixes;
        this.clock = clock;
        this.rotation = new ProfileRotation(clock, clock::monotonicMillis);
        this.maxSessions = maxSessions;
    }

    /** Changes the limit. Sessions beyond it are evicted when the next one is created. */
    public void setMaxSessions(int maxSessions) {
        if (maxSessions < 1) {
            throw new IllegalArgumentException("maxSessions=" + maxSessions + ": must be at least 1");
        }
        locked(() -> {
            this.maxSessions = maxSessions;
            return null;
        });
    }

    /**
     * Replaces the profiles that sessions take from now on. Those that are equal to one before keep their users and their
     * place, so that a reload of unchanged configuration does not start the rotation anew. Sessions keep the profile they
     * have.
     */
    public void setProfiles(List<ClientProfile> profiles) {
        rotation.replace(profiles);
    }

    /** Changes the order in which sessions take profiles, and how long those are put aside whose proxy fails from now on. */
    public void setRotation(ProfileOrder order, Duration profileCooldown) {
        rotation.configure(order, profileCooldown);
    }

    /** Says which of the sessions that are made from now on take the profile that bears their id. */
    public void setOwnProfiles(Predicate<SessionKey> sessions) {
        ownProfiles = sessions;
    }

    /**
     * Hands a profile out no more for a while, because its proxy has failed.
     *
     * @return until when; null when it is put aside already, or is none of the profiles
     */
    public @Nullable Instant putAside(ProxyFailedException failure) {
        return rotation.putAside(failure.profile(), failure);
    }

    /** How each profile is used, in the order of the file. */
    public List<ProfileStats> profiles() {
        return rotation.stats();
    }

    /**
     * Checks that there is a profile of that name.
     *
     * @throws IllegalArgumentException when there is none, with the nearest name
     */
    public void requireProfile(String name) {
        rotation.require(name);
    }

    /**
     * Whether no session has the profile at present: a good time to close its connections. Never said of {@link
     * ClientProfile#NONE}.
     */
    public boolean isUnused(ClientProfile profile) {
        return rotation.isFree(profile);
    }

    /** Whether a session does not exist any more, or has another profile by now. */
    public boolean isUnused(SessionKey key, ClientProfile profile) {
        Generation generation = find(key);
        return generation == null || !generation.profile().equals(profile);
    }

    /**
     * The session of that name, which is created when it does not exist. It may be closed at any time while nobody uses it:
     * then its verdicts say so, and it has to be looked up again.
     *
     * @throws IllegalStateException when a new session is needed and each of the others is in use
     */
    public Session session(SessionKey key) {
        Session session = sessions.get(key);
        return session != null ? session : create(key);
    }

    /** The session of that name, null when it does not exist. Creates nothing. */
    public @Nullable Session existing(SessionKey key) {
        return sessions.get(key);
    }

    /** Whether there is a session of that name, or one that was removed has left its cool-down. */
    public boolean knows(SessionKey key) {
        if (sessions.containsKey(key)) {
            return true;
        }
        return locked(() -> {
            return coolingDown.containsKey(key);
        });
    }

    /**
     * A generation of no session, to try something: empty, with the client profile that the session has, or would be likely
     * to have. Nobody else learns of it, and the profile counts as taken by nobody.
     *
     * @param profile the name of the profile that it must have, null for any
     * @throws IllegalArgumentException when there is none of that name
     */
    public Generation trial(SessionKey key, @Nullable String profile) {
        Generation present = find(key);
        Generation trial = newGeneration(key, present == null ? 0 : present.number());
        trial.takes(trialProfile(key, present, profile), false);
        return trial;
    }

    private ClientProfile trialProfile(SessionKey key, @Nullable Generation present, @Nullable String profile) {
        if (profile == null && present != null && present.hasProfile()) {
            return present.profile();
        }
        String name = profile == null && ownProfiles.test(key) ? key.id() : profile;
        if (name != null) {
            rotation.require(name);
        }
        ClientProfile named = name == null ? null : rotation.byName(name);
        return named != null ? named : rotation.profiles().stream().findFirst().orElse(ClientProfile.NONE);
    }

    /** The current generation of a session, null when the session does not exist or is cleared. Creates nothing. */
    public @Nullable Generation find(SessionKey key) {
        Session session = sessions.get(key);
        return session == null ? null : session.current();
    }

    /**
     * The other sessions of its site whose client profile has the account of that one; none when it has no account. Looks at
     * all sessions, so it is nothing for every request.
     */
    public List<Session> sharingAccount(Session session, ClientProfile profile) {
        if (profile.account().isEmpty()) {
            return List.of();
        }
        String site = session.key().site();
        return sessions.values().stream()
                .filter(other -> other != session && other.key().site().equals(site))
                .filter(other -> other.latest().profile().account().equals(profile.account()))
                .toList();
    }

    /** How a session stands, null when it does not exist. Creates nothing. */
    public @Nullable SessionStats stats(SessionKey key) {
        Session session = sessions.get(key);
        return session == null ? null : session.stats();
    }

    /** All sessions as they stand, in no order. */
    public Stream<SessionStats> stats() {
        return sessions.values().stream().map(Session::stats);
    }

    /** The names of all sessions, in no order. */
    public Stream<SessionKey> keys() {
        return sessions.keySet().stream();
    }

    /**
     * Sessions as they stand, in the order of their numbers. Whoever goes on with the number after the last one sees each
     * session that is there all the time once, whatever is created and evicted meanwhile.
     *
     * @param site  the site whose sessions are shown, null for all
     * @param from  the first number
     * @param limit how many are shown at most
     */
    public List<SessionStats> page(@Nullable String site, long from, int limit) {
        List<SessionStats> page = new ArrayList<>();
        long next = from;
        List<Session> some = numbered(next);
        while (!some.isEmpty() && page.size() < limit) {
            some.stream()
                    .filter(session -> site == null || site.equals(session.key().site()))
                    .limit(limit - page.size())
                    .map(Session::stats)
                    .forEach(page::add);
            next = some.get(some.size() - 1).number() + 1;
            some = numbered(next);
        }
        return page;
    }

    private List<Session> numbered(long from) {
        return locked(() -> {
            return byNumber.from(from, 100);
        });
    }

    /** All sessions, in no order. */
    public List<Session> all() {
        return List.copyOf(sessions.values());
    }

    /** Those that an error has torn: {@link Session#mend}. */
    public List<Session> torn() {
        return sessions.values().stream().filter(Session::isTorn).toList();
    }

    /** How many sessions there are. */
    public int size() {
        return sessions.size();
    }

    /**
     * Stops all sessions for good and drops them; exchanges in flight keep their generations.
     *
     * @return what each of them says about those that wait
     */
    public List<Verdict> closeAll() {
        return locked(() -> {
                    List<Session> stopped = List.copyOf(sessions.values());
                    idleOrder.clear();
                    goneFromOrder = 0;
                    byNumber.clear();
                    sessions.clear();
                    return stopped;
                })
                .stream()
                .map(Session::stop)
                .toList();
    }

    /** Drops the session of that name; who uses it keeps it to the end. Null when there is none. */
    public @Nullable Session remove(SessionKey key) {
        return locked(() -> {
            Session removed = sessions.remove(key);
            if (removed != null) {
                byNumber.remove(removed);
                dropFromOrder();
                keepCooldown(removed);
            }
            return removed;
        });
    }

    /** Without that, a route that closes its session after each failure would log in again and again. */
    private void keepCooldown(Session removed) {
        Cooldown left = removed.cooldown();
        if (left == null) {
            return;
        }
        if (coolingDown.size() >= tooManyCooling) {
            long now = clock.monotonicMillis();
            coolingDown.values().removeIf(cooldown -> !cooldown.active(now));
            tooManyCooling = Math.max(1000, 2 * coolingDown.size());
        }
        coolingDown.put(removed.key(), left);
    }

    /** Forgets the cool-down that a removed session of that name has left. */
    public void endCooldown(SessionKey key) {
        locked(() -> {
            coolingDown.remove(key);
            return null;
        });
    }

    /** To find one in the order of idleness takes long: it stays there until there are as many such as others. */
    private void dropFromOrder() {
        goneFromOrder++;
        if (goneFromOrder > idleOrder.size() / 2) {
            idleOrder.removeIf(session -> sessions.get(session.key()) != session);
            goneFromOrder = 0;
        }
    }

    /** Names who is told of each session that made room for another, by the thread that needed the room; no lock is held. */
    public void onEviction(Consumer<Session> listener) {
        evicted = listener;
    }

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        creation.lock();
        try {
            return action.get();
        } finally {
            creation.unlock();
        }
    }

    private Session create(SessionKey key) {
        List<Session> gone = new ArrayList<>(0);
        try {
            return create(key, gone);
        } finally {
            gone.forEach(evicted);
        }
    }

    private Session create(SessionKey key, List<Session> gone) {
        return locked(() -> {
            Session session = sessions.get(key);
            if (session == null) {
                while (sessions.size() >= maxSessions) {
                    gone.add(evictLongestIdle(key));
                }
                session = new Session(
                        key,
                        byNumber.nextNumber(),
                        new ProfileOwnership(rotation, profileLock, ownProfiles.test(key) ? key.id() : null),
                        generations,
                        clock,
                        coolingDown.remove(key));
                idleOrder.add(session);
                byNumber.add(session);
                sessions.put(key, session);
            }
            return session;
        });
    }

    private Session evictLongestIdle(SessionKey wanted) {
        List<Session> busy = new ArrayList<>();
        try {
            for (Session head = idleOrder.poll(); head != null; head = idleOrder.poll()) {
                if (sessions.get(head.key()) != head) {
                    goneFromOrder--;
                } else if (!head.updateIdleRank()) {
                    idleOrder.add(head);
                } else if (head.close()) {
                    sessions.remove(head.key(), head);
                    byNumber.remove(head);
                    return head;
                } else {
                    busy.add(head);
                }
            }
        } finally {
            idleOrder.addAll(busy);
        }
        throw new IllegalStateException("session '" + wanted + "': no room, each of the " + sessions.size()
                + " sessions has an exchange in flight or held, or is in a cool-down; raise the component option maxSessions"
                + " (now " + maxSessions + ")");
    }

    private Generation newGeneration(SessionKey session, long number) {
        return new Generation(session, number, new CookieJar(suffixes, clock, CookieLimits.DEFAULT));
    }
}
