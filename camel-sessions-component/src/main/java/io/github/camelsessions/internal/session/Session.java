/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.api.SessionStats;
import io.github.camelsessions.profile.ProfilesAsideException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A named session: the {@link RenewalGate} decides who may use which {@link Generation}, the session sees to the client
 * profile and counts uses. The table of what each event does in which state stands above the gate.
 *
 * <p>A {@link Verdict} tells the one who brings an event what to do, and names others for whom something has to be done
 * too: it must be acted on completely.
 *
 * <p>A generation takes its profile with its first use, not when it is made: a cleared session has an empty jar and no
 * profile, so that the one it gave back is free for other sessions until this one is used again.
 *
 * <p>Thread-safe. One lock, which sessions share, orders taking and giving back of profiles; under it the gate's lock may
 * be taken, and that of the source of profiles, which is a leaf.
 */
public final class Session {

    private final SessionKey key;
    private final long number;
    private final long created; // in epoch millis, as lastUsed
    private final RenewalGate gate;
    private volatile long lastUsed;
    private volatile boolean renewed;

    // how it stands in the order of idleness; guarded by the lock of the registry
    private long idleSince;
    private boolean idleAsRenewed;

    private final ProfileOwnership profiles;

    /**
     * @param number      its place among all sessions that were ever created
     * @param cooldown    of the session that had this name before, null when it left none
     */
    Session(
            SessionKey key,
            long number,
            ProfileOwnership profiles,
            RenewalGate.Generations generations,
            SessionClock clock,
            @Nullable Cooldown cooldown) {
        this.key = key;
        this.number = number;
        this.profiles = profiles;
        this.created = clock.millis();
        this.lastUsed = created;
        this.idleSince = created;
        this.gate = new RenewalGate(key, clock, generations, cooldown);
    }

    /** The session's name. */
    public SessionKey key() {
        return key;
    }

    /** Its place among all sessions that were ever created, from 0. */
    long number() {
        return number;
    }

    /**
     * Sets the rules of the session. The first that are set hold as long as it exists.
     *
     * @param place where the rules were found, for those who come with others
     * @return null when these rules hold now, else the place of those that do
     */
    public @Nullable String configure(GateRules rules, String place) {
        return gate.configure(rules, place);
    }

    // ---- exchanges

    /**
     * An exchange is about to send a request. Each SEND is followed by one report of its end: {@link #refused},
     * {@link #accepted}, {@link #unanswered} or {@link #lost}.
     *
     * @param released whether it was held before: then it does not stand behind those that are still held
     * @param held     the renewal of this session that the exchange belongs to, null for an ordinary one
     */
    public Verdict admit(Passage passage, boolean released, @Nullable RenewalToken held) {
        return touching(gate.admit(passage, released, held));
    }

    /** Requests of an exchange were sent once more, because the server had closed the kept connections they went out on. */
    public void reconnected(int requests) {
        gate.reconnected(requests);
    }

    /** A further request of an admitted exchange, such as a followed redirect: it counts as a use too, unless it is a renewal's. */
    public void sentAgain(Passage passage) {
        gate.sentAgain(passage);
        touch();
    }

    /**
     * The answer of an admitted exchange matches the expiry rules.
     *
     * @throws IllegalStateException when no answer of this passage is awaited, also below
     */
    public Verdict refused(Passage passage) {
        return touching(gate.refused(passage));
    }

    /**
     * The answer of an admitted exchange does not match the expiry rules.
     *
     * @param replayable whether the request may be sent again when its answer is stale
     */
    public Verdict accepted(Passage passage, boolean replayable) {
        return touching(gate.accepted(passage, replayable));
    }

    /** An admitted exchange got no answer. That tells nothing about the session. */
    public Verdict unanswered(Passage passage) {
        return touching(gate.unanswered(passage));
    }

    /**
     * The proxy of the profile that an admitted exchange was sent with has failed: the current generation, if that is the
     * exchange's, is over as if it had reached a limit, so that the next one gets another profile. Put the profile aside
     * before.
     *
     * @param again whether the request may be sent again; of a request of a renewal, whether it has not reached the site
     */
    public Verdict lost(Passage passage, boolean again) {
        return touching(gate.lost(passage, again));
    }

    /** An exchange is over: its time was up while it waited, or its route was stopped, or an error came, wherever it was. */
    public Verdict left(Passage passage) {
        return touching(gate.left(passage));
    }

    /** Whether those that wait still have to: ask after a hold was made, for the renewal may have ended meanwhile. */
    public boolean holding(Passage passage) {
        return gate.holding(passage);
    }

    /** Whether somebody has frozen it. */
    public boolean isFrozen() {
        return gate.isFrozen();
    }

    /** How long the site wants to be left alone from now on, zero when it does not. */
    public Duration pauseLeft() {
        return Duration.ofMillis(gate.pauseLeft());
    }

    /** What those that wait, or are suspected, wait for may have come to its time: called when a verdict asked for it. */
    public Verdict wake() {
        return gate.wake();
    }

    // ---- errors

    /** An error may have kept somebody from acting on a verdict: {@link #mend} is to be called. Needs no memory. */
    public void tear() {
        gate.tear();
    }

    /** Whether an error has come between, here or with those who act on verdicts, and nothing was mended since. */
    public boolean isTorn() {
        return gate.isTorn();
    }

    /** Undoes what an error has left half done: an attempt that nobody makes is given up, and whoever waits asks again. */
    public Verdict mend() {
        Verdict verdict = gate.mend();
        try {
            abortIfRevoked(gate.latestAttempt());
        } catch (RuntimeException | Error e) {
            tear();
        }
        return verdict;
    }

    /** Whether it waits for nothing: asked after an error, of an exchange that nobody may have told so. */
    public boolean isToldNothing(Passage passage) {
        return gate.isToldNothing(passage);
    }

    // ---- checks and pauses

    /**
     * A request is about to be sent that tells whether the session lives. Each SEND is followed by one {@link #checked}.
     *
     * @return SEND with the generation to ask, or SKIP when there is nothing to be asked now, or LOOK_UP
     */
    public Verdict check(Passage passage) {
        return touching(gate.check(passage));
    }

    /**
     * The check has ended: whoever was refused before it was sent was forbidden, if the session lives, or else the session is
     * renewed.
     *
     * @param alive null when there was no answer: then the doubt is settled without
     */
    public Verdict checked(Passage passage, @Nullable Boolean alive) {
        return touching(gate.checked(passage, alive));
    }

    /**
     * The site has asked to be left alone for a while, in its answer to an admitted exchange: that one asks for admission
     * again, and everybody waits.
     */
    public Verdict blocked(Passage passage, Duration time) {
        return touching(gate.blocked(passage, time.toMillis()));
    }

    /**
     * As {@link #blocked(Passage, Duration)}, but the site has not said for how long. The pause doubles with each such answer
     * in a row, until one is accepted that was sent later; answers to requests that were under way together count once.
     *
     * @param first how long the first pause in a row is
     * @param most  what it grows to at most
     */
    public Verdict blocked(Passage passage, Duration first, Duration most) {
        return touching(gate.blocked(passage, first.toMillis(), most.toMillis()));
    }

    /** Everybody who wants to use the session waits for a while. */
    public Verdict pause(Duration time) {
        return gate.pauses(time.toMillis());
    }

    /**
     * An operation without a request reads or fills the session.
     *
     * @return SEND with the generation to work in, which is not counted as a use and needs no report
     */
    public Verdict open(@Nullable RenewalToken held) {
        return touching(gate.open(held));
    }

    // ---- renewals

    /**
     * An exchange or an operator asks for a renewal. The requests of the priority exchange are then admitted one by one,
     * with the token.
     *
     * @param observed the generation that the asker saw last, null when it asks whatever there was
     * @param passage  the asker; it waits like any other when another renews
     * @param held     the renewal of this session that the asker belongs to, null for none
     * @return SEND with a renewal: the asker is the priority exchange; SEND without: it has joined the renewal that it
     *     belongs to; HOLD: another one renews, ask again afterwards; SKIP: the generation it saw was renewed since
     */
    public Verdict renew(Passage passage, @Nullable Generation observed, @Nullable RenewalToken held) {
        return touching(gate.renew(passage, observed, held));
    }

    /**
     * Whether the attempt may start because no ordinary request of the session is on the wire. When it may not yet, the
     * verdict of the event that ends the last of them has the token as its renewal, once; whoever does not want to wait
     * that long starts it before, and then has to drop what that verdict says. False for an attempt that has ended.
     */
    public boolean drained(RenewalToken waits) {
        return gate.drained(waits);
    }

    /** The attempt has filled its generation: it becomes the current one. A late success is dropped, as below. */
    public Verdict succeeded(RenewalToken done) {
        Verdict verdict = touching(gate.succeeded(done));
        if (verdict.release()) {
            renewed = true;
        }
        return verdict;
    }

    /**
     * The attempt has failed, or its time is up: its token is revoked, its requests are aborted. The end of an attempt that
     * had ended before is dropped: answered with NOTHING that releases nobody.
     *
     * @param again whether another attempt may help: the failure was transient and there is time left
     * @return with a renewal: the next attempt, to be started after the backoff
     */
    public Verdict failed(RenewalToken done, boolean again, Throwable cause) {
        return failed(done, again, cause, Duration.ZERO);
    }

    /**
     * @param notBefore how long the site asks to be left alone: when that is longer than the cool-down, it lasts so long
     * @see #failed(RenewalToken, boolean, Throwable)
     */
    public Verdict failed(RenewalToken done, boolean again, Throwable cause, Duration notBefore) {
        Verdict verdict = touching(gate.failed(done, again, cause, notBefore.toMillis()));
        abortIfRevoked(done);
        return verdict;
    }

    /**
     * As {@link #failed}, but the attempt has failed because the proxy of its profile has: it does not count among those
     * that the renewal may make, unless the site has seen any of it. The caller sees to it that there is an end.
     */
    public Verdict lost(RenewalToken done, boolean again, Throwable cause) {
        Verdict verdict = touching(gate.lost(done, again, cause));
        abortIfRevoked(done);
        return verdict;
    }

    private static void abortIfRevoked(@Nullable RenewalToken token) {
        if (token != null && token.state() == RenewalToken.State.REVOKED) {
            token.abort();
        }
    }

    // ---- operators

    /**
     * Empties the session and gives its profile back: the next exchange starts with an empty jar and the next profile.
     * Responses under way fill the jar they were admitted with, which nobody reads any more. Within a renewal only its
     * owner empties anything: what is pending.
     *
     * @return releasing when there was anything to empty: then the next generation was installed
     */
    public Verdict clear(@Nullable RenewalToken held) {
        return profiles.locked(() -> {
            boolean empty = current() == null && !profiles.ownsAny();
            GateStats now = gate.stats();
            boolean usable = !now.state().equals(RenewalGate.State.FAILED.name());
            if (held == null && empty && usable && now.inFlight() == 0) {
                return Verdict.of(Verdict.Action.NOTHING);
            }
            Verdict verdict = gate.clear(held);
            if (verdict.release()) {
                profiles.giveBack();
            }
            return verdict;
        });
    }

    /**
     * Holds whoever asks from now on, but for the renewal under way, and begins no renewal: what is on the wire ends as
     * usual. To be ended by {@link #unfreeze}.
     */
    public Verdict freeze() {
        return gate.freeze(true);
    }

    /** Ends {@link #freeze}. Nothing happens when the session is not frozen. */
    public Verdict unfreeze() {
        return gate.freeze(false);
    }

    /**
     * The current generation counts as over, as if it had reached a limit: the next admission of an exchange that can renew
     * begins a renewal, of one that cannot starts the next generation. Nothing happens while the session is renewed.
     */
    public void expire() {
        gate.expire();
    }

    /** Ends the cool-down, so that the next exchange may renew. */
    public Verdict endCooldown() {
        return gate.endCooldown();
    }

    /** What is left of its cool-down when the session is closed, null when that is over. */
    @Nullable
    Cooldown cooldown() {
        return gate.cooldown();
    }

    /** Closes the session unless somebody needs it. Returns whether it is closed now. */
    boolean close() {
        return profiles.locked(() -> {
            boolean closed = gate.close();
            if (closed) {
                profiles.giveBack();
            }
            return closed;
        });
    }

    /** Closes the session for good, aborts the renewal under way; whoever waits is released, to be failed. */
    public Verdict stop() {
        Verdict verdict = retire();
        giveBack();
        return verdict;
    }

    /** As {@link #stop}, but the session keeps its profile until {@link #giveBack}: it is still to be logged out. */
    public Verdict retire() {
        Verdict verdict = gate.stop();
        abortIfRevoked(gate.latestAttempt());
        return verdict;
    }

    /** A closed session gives its profile back. */
    public void giveBack() {
        profiles.locked(() -> {
            profiles.giveBack();
            return null;
        });
    }

    /** The current generation, used or not, and of a closed session the one that was. */
    public Generation latest() {
        return gate.latest();
    }

    /** Whether no answer is awaited; {@link Verdict#emptied} says when that comes true of a closed session. */
    public boolean isEmpty() {
        return gate.isEmpty();
    }

    /** Counts a log-in that no renewal has made. */
    public void loggedIn() {
        gate.loggedIn();
    }

    /** Counts a log-out. */
    public void loggedOut(boolean well) {
        gate.loggedOut(well);
    }

    // ---- what it shows

    /** The current generation, null while it is unused, as after a clear, and when the session is closed. */
    public @Nullable Generation current() {
        Generation generation = gate.current();
        return generation != null && (generation.hasProfile() || generation.isFilled()) ? generation : null;
    }

    /** How the session stands. */
    public SessionStats stats() {
        GateStats now = gate.stats();
        Generation generation = current();
        return new SessionStats(
                key,
                number,
                now.state(),
                generation == null ? now.generation() : generation.number(),
                generation == null ? 0 : generation.jar().size(),
                generation == null ? "" : generation.profile().name(),
                now.usesInAll(),
                now.uses(),
                now.inFlight(),
                now.held(),
                now.heldInAll(),
                now.longestHold(),
                now.renewals(),
                now.failures(),
                now.attempts(),
                now.useless(),
                now.checks(),
                now.checksExpired(),
                now.refused(),
                now.standing(),
                now.replays(),
                now.stale(),
                now.staleReplays(),
                now.logIns(),
                now.logOuts(),
                now.failedLogOuts(),
                now.reconnects(),
                now.blocked(),
                now.pausedUntil(),
                now.retryAt(),
                Instant.ofEpochMilli(created),
                Instant.ofEpochMilli(lastUsed));
    }

    /** When the session was last used, in epoch millis. Two threads at once may set it back by a moment. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether it was ever renewed. */
    boolean renewed() {
        return renewed;
    }

    /** In the order of idleness: when it was used last, in epoch millis, as known there. */
    long idleSince() {
        return idleSince;
    }

    /** In the order of idleness: whether it was ever renewed, as known there. */
    boolean idleAsRenewed() {
        return idleAsRenewed;
    }

    /**
     * Brings up to date what the order of idleness knows, while the session is not in it. It only ever moves back there.
     *
     * @return whether that was up to date
     */
    boolean updateIdle() {
        long since = lastUsed;
        boolean asRenewed = renewed;
        boolean upToDate = idleSince == since && idleAsRenewed == asRenewed;
        idleSince = since;
        idleAsRenewed = asRenewed;
        return upToDate;
    }

    private Verdict touching(Verdict verdict) {
        touch();
        return verdict;
    }

    private void touch() {
        long now = gate.millis();
        if (now > lastUsed) { // within one milli, one exchange writes for all
            lastUsed = now;
        }
    }

    // ---- its client profile

    /**
     * Gives a generation its client profile, once, before its first use. All attempts of one renewal share one, as long as
     * it is not put aside.
     *
     * @param token       the renewal that the caller belongs to, null for none
     * @param profile     the name of the profile this generation must have; null for the one named before, or for a
     *                    renewal, and without such a name, the next one of the rotation
     * @param sameProfile whether a renewal keeps the profile that the session has, unless one is named
     * @throws IllegalArgumentException when there is no profile of that name: nothing has changed then
     * @throws ProfilesAsideException when all profiles are put aside: nothing has changed then
     */
    public void equip(
            Generation generation, @Nullable RenewalToken token, @Nullable String profile, boolean sameProfile) {
        if (generation.hasProfile()) {
            return;
        }
        profiles.locked(() -> {
            if (!generation.hasProfile()) {
                profiles.equip(generation, token, profile, sameProfile);
                if (gate.current() == null) {
                    profiles.giveBack(); // nobody will once the session is closed; a late exchange keeps its identity
                }
            }
            return null;
        });
    }
}
