/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfileRotation;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which client profile each generation of a session gets. The session owns one profile at most, the one it took last; it
 * gives that back when it takes another one for a later generation or attempt, and when it is cleared or closed. An
 * exchange that is late keeps what it was given, or gets what the session owns, but never takes that away from it.
 *
 * <p>Guarded by a lock that all sessions of a context share, for the rotation has one lock too.
 */
final class ProfileOwnership {

    private static final long NONE = -1;

    private final ProfileRotation rotation;
    private final ReentrantLock lock;
    private final @Nullable String own;

    // all below is guarded by lock
    private @Nullable String namedBefore;
    private ClientProfile owned = ClientProfile.NONE;
    private long ownedSince = NONE; // the number of the generation that the profile was taken for
    private @Nullable RenewalToken sharing; // the first attempt of the renewal that it was taken for
    private boolean rotated; // whether it was taken as the next one, and not by its name

    /**
     * @param own the profile that the session has unless another one is named, null for the next of the rotation
     */
    ProfileOwnership(ProfileRotation rotation, ReentrantLock lock, @Nullable String own) {
        this.rotation = rotation;
        this.lock = lock;
        this.own = own;
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Gives a generation its profile, once, as {@link Session#equip} says; under the lock. */
    void equip(Generation generation, @Nullable RenewalToken token, @Nullable String name, boolean same) {
        if (token != null && token.pending() == generation && token.state() == RenewalToken.State.LIVE) {
            forRenewal(token.first(), generation, name, same);
        } else {
            forOrdinary(generation, name);
        }
        generation.takes(owned, rotated);
    }

    private void forRenewal(RenewalToken renewal, Generation pending, @Nullable String name, boolean same) {
        boolean keeps = same && name == null;
        boolean shares = renewal == sharing && (keeps || !rotated || !rotation.isAside(owned));
        if (!shares && !(keeps && ownsAny())) {
            take(keeps ? namedBefore() : name);
        }
        ownedSince = pending.number();
        sharing = renewal;
        if (name != null) {
            namedBefore = name;
        }
    }

    private void forOrdinary(Generation generation, @Nullable String name) {
        if (generation.number() > ownedSince) {
            String wanted = name != null ? name : namedBefore();
            take(wanted);
            ownedSince = generation.number();
            namedBefore = wanted; // not before: taking an unknown profile fails
        }
    }

    /** When it fails, the session keeps what it owns. */
    private void take(@Nullable String name) {
        String wanted = name != null ? name : own;
        if (wanted == null) {
            owned = rotation.next(owned); // in one step, so that it is not the same if there is another
        } else {
            ClientProfile taken = rotation.take(wanted);
            rotation.giveBack(owned);
            owned = taken;
        }
        rotated = wanted == null;
    }

    private @Nullable String namedBefore() {
        boolean known = namedBefore != null && rotation.byName(namedBefore) != null;
        return known ? namedBefore : null; // it may have been taken out of the file
    }

    /** Under the lock, as {@link #giveBack}. */
    boolean ownsAny() {
        return ownedSince != NONE;
    }

    void giveBack() {
        rotation.giveBack(owned);
        owned = ClientProfile.NONE;
        ownedSince = NONE;
        sharing = null;
    }
}
