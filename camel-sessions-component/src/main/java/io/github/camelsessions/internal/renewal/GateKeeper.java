/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.renewal;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.internal.hold.HeldTickets;
import io.github.camelsessions.internal.hold.LimitedExecutor;
import io.github.camelsessions.internal.hold.Mender;
import io.github.camelsessions.internal.hold.SessionThreads;
import io.github.camelsessions.internal.hold.Ticket;
import io.github.camelsessions.internal.hold.Ticket.End;
import io.github.camelsessions.internal.session.Generation;
import io.github.camelsessions.internal.session.Passage;
import io.github.camelsessions.internal.session.RenewalToken;
import io.github.camelsessions.internal.session.Session;
import io.github.camelsessions.internal.session.SessionRegistry;
import io.github.camelsessions.internal.session.Verdict;
import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProxyFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.support.LRUCacheFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks sessions up, and does what the {@link Verdict}s of their gates ask for, after the locks of these were let go. What
 * exchanges of its own take, such as a renewal, it has done by others. Thread-safe.
 */
final class GateKeeper {

    static final int DEFAULT_LANES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(GateKeeper.class);

    private final SessionRegistry registry;
    private final HeldTickets tickets;
    private final SessionThreads threads;
    private final Mender mender;
    private final Staff staff;
    private final WaitGraph waits = new WaitGraph();
    private final SilentLogIns silent;
    private final RenewalReports reports;
    private final PacedSites paced;
    private final LogInPages logInPages = new LogInPages(System::nanoTime);
    private final Map<SessionKey, Boolean> differencesLogged = LRUCacheFactory.newLRUCache(1000);

    /** Who does what takes exchanges of its own. */
    interface Staff {

        /** A gate has begun a renewal, or lets one start that was begun and waited for requests under way. */
        void begin(Session session, RenewalToken token);

        /** The last exchange of a closed session has ended. */
        void emptied(Session session);

        /** A gate has to be told whether its session lives. */
        void check(Session session);

        /** A session is used by rules that have a closeUri. */
        void rememberLogOut(Session session, RenewalRules rules);

        /**
         * A session is used by rules that have a checkUri.
         *
         * @return where the rules are set by which it is asked for, if they are others; else null
         */
        @Nullable
        String rememberCheck(Session session, RenewalRules rules);

        /** A renewal waits for the session, so that its renewal and log-out must not stand in line. */
        void awaited(SessionKey session);

        /** How many renewals run at once if the session's own, or its log-out, waits for its turn; else 0. */
        int inLineBehind(SessionKey session);

        /** Whether all is being stopped. */
        boolean isStopped();
    }

    GateKeeper(SessionRegistry registry, HeldTickets tickets, SessionThreads threads, Mender mender, Staff staff) {
        this.registry = registry;
        this.tickets = tickets;
        this.threads = threads;
        this.mender = mender;
        this.staff = staff;
        this.silent = new SilentLogIns(tickets, threads);
        this.reports = new RenewalReports(threads);
        this.paced = new PacedSites(System::nanoTime, threads::schedule);
    }

    // ---- sessions

    /**
     * As {@link #session}, for an exchange that may have to wait.
     *
     * @throws RejectedExecutionException when all is being stopped
     */
    Session sessionToUse(SessionKey key, RenewalRules rules) {
        if (staff.isStopped()) {
            throw new RejectedExecutionException("the sessions of this context are stopped");
        }
        return session(key, rules);
    }

    /** The session of that name, with rules that belong to it if it has none yet. */
    Session session(SessionKey key, RenewalRules rules) {
        Session session = registry.session(key);
        if (rules.closeUri() != null) {
            staff.rememberLogOut(session, rules);
        }
        if (rules.configuresSession()) {
            String before = session.configure(rules.gate(), rules.place());
            if (before == null && rules.check() != null) {
                before = staff.rememberCheck(session, rules);
            }
            if (before != null && differencesLogged.putIfAbsent(key, true) == null) {
                LOG.warn(
                        "session '{}' keeps the rules of {} (maxUses, maxAge, maxIdle, maxHeld, renewalAttempts,"
                                + " renewalCooldown, checkUri, validWhen, keepAlive), though {} sets others: the first that configures a session"
                                + " decides. This is logged once.",
                        key,
                        before,
                        rules.place());
            }
        }
        return session;
    }

    /**
     * Gives a generation its client profile, once. A log-in has the one that whoever renews the session asks for, unless
     * its own request names another.
     */
    static void equip(
            Session session,
            Generation generation,
            @Nullable RenewalToken token,
            @Nullable String profile,
            RenewalRules rules) {
        Initiator initiator = Pass.initiator(token);
        String name = profile == null && initiator != null ? initiator.profile() : profile;
        session.equip(generation, token, name, keepsProfile(token, rules));
    }

    /** Whether the session is to keep the profile that it has. */
    static boolean keepsProfile(@Nullable RenewalToken token, RenewalRules rules) {
        Initiator initiator = Pass.initiator(token);
        return rules.sameProfile() || (initiator != null && initiator.rules().sameProfile());
    }

    /** The site wants to be left alone by a session: so do the others wait that have its account. */
    void pauseAccount(Session session, ClientProfile profile) {
        Duration left = session.pauseLeft();
        if (!left.isZero()) {
            registry.sharingAccount(session, profile).forEach(other -> act(other, other.pause(left)));
        }
    }

    /** A proxy has failed: no session gets its profile for a while. */
    void putAside(ProxyFailedException failure) {
        Instant until = registry.putAside(failure);
        if (until != null) {
            long left = registry.profiles().stream()
                    .filter(profile -> profile.asideUntil() == null)
                    .count();
            LOG.warn("{}. It is put aside until {}, profiles left: {}.", failure.getMessage(), until, left);
        }
    }

    // ---- verdicts

    /** Does for all what a gate has decided. Never throws: what an error keeps it from doing is done a little later. */
    void act(Session session, Verdict verdict) {
        RenewalToken token = verdict.renewal();
        try {
            if (token != null) {
                staff.begin(session, token);
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
        actOnOthers(session, verdict);
    }

    /** Does for those that wait what a gate has decided. Never throws, as {@link #act}. */
    void actOnOthers(Session session, Verdict verdict) {
        try {
            if (verdict.emptied()) {
                staff.emptied(session);
            }
            if (verdict.check()) {
                staff.check(session);
            }
            verdict.standing().forEach(passage -> goOn(passage, End.STANDS));
            verdict.again().forEach(passage -> goOn(passage, End.RESUMED));
            if (verdict.release()) {
                tickets.release(session);
            }
            if (verdict.wakeAfter() > 0) {
                threads.runLater(() -> act(session, session.wake()), Duration.ofMillis(verdict.wakeAfter()));
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
    }

    private void goOn(Passage passage, End how) {
        Ticket ticket = Pass.bearer(passage).ticket();
        if (ticket != null && !ticket.isClaimed()) {
            tickets.goOn(ticket, how);
        }
    }

    /** Releases those that are held for the session if this one need not wait there. Never throws, as {@link #act}. */
    void releaseIfOver(Session session, Passage passage) {
        try {
            if (!session.holding(passage)) {
                tickets.release(session);
            }
        } catch (RuntimeException | Error e) {
            torn(session, e);
        }
    }

    /** An error may have kept something from being done for a session: it will be, a little later. Needs no memory. */
    void torn(Session session, Throwable error) {
        session.tear();
        mender.tear(error);
    }

    // ---- what is waited for

    /**
     * An exchange of some renewals is about to wait for a session.
     *
     * @return null when it belongs to none
     * @throws WaitGraph.CycleException when that session's renewal waits, in the end, for one of these renewals
     */
    WaitGraph.@Nullable Wait await(List<RenewalToken> renewals, SessionKey session) throws WaitGraph.CycleException {
        WaitGraph.Wait wait = waits.enter(renewals, session);
        if (wait != null) {
            staff.awaited(session);
        }
        return wait;
    }

    /** What an exchange of the session waits for, in words. */
    String obstacle(Session session) {
        int others = staff.inLineBehind(session.key());
        if (others > 0) {
            return "its renewal waits for its turn behind others, renewalConcurrency=" + others
                    + " of which run at once; see whether these take too long";
        }
        SessionStats stats = session.stats();
        boolean renewing = stats.state().equals("RENEWING");
        if (!renewing && session.isFrozen()) {
            return "the session is frozen; unfreeze it";
        }
        if (!renewing && !session.pauseLeft().isZero()) {
            return "the site wants to be left alone until " + session.stats().pausedUntil();
        }
        if (!renewing && session.isExclusive()) {
            return "a pinned block has the session to itself; see whether that takes too long";
        }
        if (stats.state().equals("FAILED")) {
            return "the latest renewal has failed, the next attempt is made at " + stats.retryAt();
        }
        return renewing
                ? "the renewal has not ended; see whether the log-in takes too long"
                : "others that came before it have not gone on";
    }

    /** Lanes for what renewals, log-outs or checks send. */
    LimitedExecutor newLanes() {
        return new LimitedExecutor(threads, DEFAULT_LANES, mender::tear);
    }

    SessionRegistry registry() {
        return registry;
    }

    HeldTickets tickets() {
        return tickets;
    }

    SessionThreads threads() {
        return threads;
    }

    Mender mender() {
        return mender;
    }

    WaitGraph waits() {
        return waits;
    }

    SilentLogIns silent() {
        return silent;
    }

    RenewalReports reports() {
        return reports;
    }

    LogInPages logInPages() {
        return logInPages;
    }

    PacedSites paced() {
        return paced;
    }
}
