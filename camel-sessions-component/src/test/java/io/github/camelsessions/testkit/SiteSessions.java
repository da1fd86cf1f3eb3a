/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.testkit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The users of a site and all sessions it ever opened, ended ones included, so that a foreign cookie can be told from an
 * unknown one.
 *
 * <p>Thread-safe without locks: each user has an epoch, each session the epoch it was opened in, and it lives as long as
 * the two are equal. To end all sessions of a user is one increment; with one session per user the log-in does that
 * increment itself, so that of two log-ins at once exactly one session lives.
 */
final class SiteSessions {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SiteRules rules;
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicLong serials = new AtomicLong();

    SiteSessions(SiteRules rules) {
        this.rules = rules;
        rules.users().forEach((name, user) -> users.put(name, new User(name, user.password(), new AtomicLong())));
    }

    private record User(String name, String password, AtomicLong epoch) {}

    /** A session of one user. The identity is null until its first request when the test opened it, not a log-in. */
    static final class Session implements SiteForms.Reader {
        private final long serial;
        private final String id;
        private final String token = newToken();
        private final User user;
        private final long epoch;
        private final Instant opened;
        private final AtomicReference<List<String>> identity;
        private final boolean bearer;
        private final AtomicLong uses = new AtomicLong();

        private Session(long serial, User user, long epoch, Instant opened, List<String> identity, boolean bearer) {
            this.serial = serial;
            this.bearer = bearer;
            this.id = serial + "-" + newToken();
            this.user = user;
            this.epoch = epoch;
            this.opened = opened;
            this.identity = new AtomicReference<>(identity);
        }

        /** The session's number, counted from 1 over all users. */
        long serial() {
            return serial;
        }

        /** The value of its cookie, or its bearer token. */
        @Override
        public String id() {
            return id;
        }

        @Override
        public String token() {
            return token;
        }

        String user() {
            return user.name();
        }
    }

    static String newToken() {
        return HexFormat.of().toHexDigits(RANDOM.nextLong());
    }

    boolean knows(String name, String password) {
        User user = name == null ? null : users.get(name);
        return user != null && user.password().equals(password);
    }

    /** Opens a session for the user whom the request logs in. */
    Session open(String name, SiteRequest login) {
        return open(name, identity(login), false);
    }

    /** Opens a session for a user, whose id is a bearer token and no cookie. */
    Session openForBearer(String name, SiteRequest login) {
        return open(name, identity(login), true);
    }

    /** Opens a session that takes its identity from its first request. */
    Session open(String name) {
        return open(name, null, false);
    }

    private Session open(String name, List<String> identity, boolean bearer) {
        User user = user(name);
        long epoch = rules.oneSessionPerUser()
                ? user.epoch().incrementAndGet()
                : user.epoch().get();
        Session session = new Session(
                serials.incrementAndGet(), user, epoch, rules.clock().instant(), identity, bearer);
        sessions.put(session.id(), session);
        return session;
    }

    /** The session of this cookie value, also when it has ended; null when the site never opened it. */
    Session find(String id) {
        return id == null ? null : sessions.get(id);
    }

    /** The session of the request: that of its bearer token, without one that of its cookie; null when there is none. */
    Session of(SiteRequest request) {
        String token = request.bearerToken();
        Session session = find(token == null ? request.cookie(ExpiringSite.SESSION_COOKIE) : token);
        return session == null || session.bearer != (token != null) ? null : session;
    }

    /** Whether it would accept the request. */
    boolean isOpen(Session session, SiteRequest request) {
        return session.epoch == session.user.epoch().get()
                && isYoung(session)
                && isIdentity(session, identity(request))
                && session.uses.get() < rules.maxUses();
    }

    /**
     * Whether the session accepts one more request. A refused one is no use, but for the one that exceeds the limit: the
     * session is over from then on anyway.
     */
    boolean accepts(Session session, SiteRequest request) {
        return session.epoch == session.user.epoch().get()
                && isYoung(session)
                && isIdentity(session, identity(request))
                && session.uses.incrementAndGet() <= rules.maxUses();
    }

    private boolean isYoung(Session session) {
        return rules.maxAge() == null || rules.clock().instant().isBefore(session.opened.plus(rules.maxAge()));
    }

    private static boolean isIdentity(Session session, List<String> identity) {
        return session.identity.compareAndSet(null, identity)
                || session.identity.get().equals(identity);
    }

    private List<String> identity(SiteRequest request) {
        return rules.identityHeaders().stream()
                .map(name -> String.valueOf(request.header(name)))
                .toList();
    }

    /** Ends all sessions that are open. */
    void end() {
        users.values().forEach(user -> user.epoch().incrementAndGet());
    }

    /** Ends all sessions of a user that are open. */
    void end(String name) {
        user(name).epoch().incrementAndGet();
    }

    private User user(String name) {
        User user = users.get(name);
        if (user == null) {
            throw new IllegalArgumentException("expiring site: no user '" + name + "', there are " + users.keySet());
        }
        return user;
    }
}
