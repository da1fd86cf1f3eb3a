/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.api.SessionKey;
import io.github.camelsessions.internal.session.GateState.Generations;
import io.github.camelsessions.profile.ProfilesAsideException;
import org.jspecify.annotations.Nullable;

/**
 * A named session: a {@link RenewalGate} that decides who may use which {@link Generation}, and the client profiles of
 * these. The table of what each event does in which state stands above the gate.
 *
 * <p>A generation takes its profile with its first use, not when it is made: a cleared session has an empty jar and no
 * profile, so that the one it gave back is free for other sessions until this one is used again.
 *
 * <p>Thread-safe. One lock, which sessions share, orders taking and giving back of profiles; under it the gate's lock may
 * be taken, and that of the source of profiles, which is a leaf.
 */
public final class Session extends RenewalGate {

    private static final long RENEWED = Long.MAX_VALUE / 2; // beyond all times

    private final ProfileOwnership profiles;
    private long idleRank; // its place in the order of idleness; guarded by the lock of the registry

    /**
     * @param number   its place among all sessions that were ever created
     * @param cooldown of the session that had this name before, null when it left none
     */
    Session(
            SessionKey key,
            long number,
            ProfileOwnership profiles,
            Generations generations,
            SessionClock clock,
            @Nullable Cooldown cooldown) {
        super(key, number, clock, generations, cooldown);
        this.profiles = profiles;
        this.idleRank = lastUsed();
    }

    /**
     * Empties the session and gives its profile back: the next exchange starts with an empty jar and the next profile.
     * Responses under way fill the jar they were admitted with, which nobody reads any more. Within a renewal only its
     * owner empties anything: what is pending.
     *
     * @return releasing when there was anything to empty: then the next generation was installed
     */
    @Override
    public Verdict clear(@Nullable RenewalToken held) {
        return profiles.locked(() -> {
            if (held == null && !profiles.ownsAny() && isUntouched()) {
                return Verdict.of(Verdict.Action.NOTHING);
            }
            Verdict verdict = super.clear(held);
            if (verdict.release()) {
                profiles.giveBack();
            }
            return verdict;
        });
    }

    @Override
    boolean close() {
        return profiles.locked(() -> {
            boolean closed = super.close();
            if (closed) {
                profiles.giveBack();
            }
            return closed;
        });
    }

    @Override
    public Verdict stop() {
        Verdict verdict = retire();
        giveBack();
        return verdict;
    }

    /** As {@link #stop}, but the session keeps its profile until {@link #giveBack}: it is still to be logged out. */
    public Verdict retire() {
        return super.stop();
    }

    /** A closed session gives its profile back. */
    public void giveBack() {
        profiles.locked(() -> {
            profiles.giveBack();
            return null;
        });
    }

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
                if (isClosed()) {
                    profiles.giveBack(); // nobody will once the session is closed; a late exchange keeps its identity
                }
            }
            return null;
        });
    }

    /** Its place in the order of idleness, as known there: sessions that were never renewed first, then by their last use. */
    long idleRank() {
        return idleRank;
    }

    /**
     * Brings up to date what the order of idleness knows, while the session is not in it. It only ever moves back there.
     *
     * @return whether that was up to date
     */
    boolean updateIdleRank() {
        long before = idleRank;
        idleRank = lastUsed() + (isRenewed() ? RENEWED : 0);
        return idleRank == before;
    }
}
