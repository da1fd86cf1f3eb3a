/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.session;

import io.github.camelsessions.profile.ClientProfile;
import io.github.camelsessions.profile.ProfilesAsideException;
import org.jspecify.annotations.Nullable;

/**
 * Which client profile each generation of a session gets. The session owns one profile at most, the one it took last; it
 * gives that back when it takes another one for a later generation or attempt, and when it is cleared or closed. An
 * exchange that is late keeps what it was given, or gets what the session owns, but never takes that away from it.
 *
 * <p>Where the profiles come from, the subclass knows. Guarded by the lock of its session, into which it never calls back.
 */
abstract class Equipment {

    private static final long NONE = -1;

    private final @Nullable String own;
    private @Nullable String namedBefore;
    private long ownedSince = NONE; // the number of the generation that the profile was taken for
    private @Nullable RenewalToken sharing; // the first attempt of the renewal that it was taken for
    private boolean rotated; // whether it was taken as the next one, and not by its name

    /**
     * @param own the profile that the session has unless another one is named, null for the next of the rotation
     */
    Equipment(@Nullable String own) {
        this.own = own;
    }

    /**
     * The profile for a generation that a renewal fills; all its attempts share one, unless it is put aside meanwhile.
     *
     * @param renewal the first of the attempts
     * @param name    the profile that it must be, null for any
     * @param same    whether it is the one that the session has, unless one is named
     * @throws IllegalArgumentException when there is no profile of that name: nothing has changed then
     * @throws ProfilesAsideException when all are put aside: nothing has changed then
     */
    final ClientProfile forRenewal(RenewalToken renewal, Generation pending, @Nullable String name, boolean same) {
        boolean keeps = same && name == null;
        boolean shares = renewal == sharing && (keeps || !rotated || !isAside());
        if (!shares && !(keeps && ownsAny())) {
            take(keeps ? namedBefore() : name);
        }
        ownedSince = pending.number();
        sharing = renewal;
        if (name != null) {
            namedBefore = name;
        }
        return present();
    }

    /**
     * The profile for a generation that no renewal has equipped.
     *
     * @param name the profile that it must be, null for the one named before, else the next one of the rotation
     * @throws IllegalArgumentException when there is no profile of that name: nothing has changed then
     * @throws ProfilesAsideException when all are put aside: nothing has changed then
     */
    final ClientProfile forOrdinary(Generation generation, @Nullable String name) {
        if (generation.number() > ownedSince) {
            String wanted = name != null ? name : namedBefore();
            take(wanted);
            ownedSince = generation.number();
            namedBefore = wanted; // not before: taking an unknown profile fails
        }
        return present();
    }

    private void take(@Nullable String name) {
        String wanted = name != null ? name : own;
        exchange(wanted);
        rotated = wanted == null;
    }

    /** Whether the profile was the next one of the rotation when it was taken, so that the next one may replace it. */
    final boolean rotated() {
        return rotated;
    }

    private @Nullable String namedBefore() {
        boolean known = namedBefore != null && has(namedBefore);
        return known ? namedBefore : null; // it may have been taken out of the file
    }

    final boolean ownsAny() {
        return ownedSince != NONE;
    }

    final void giveBack() {
        returnOwned();
        ownedSince = NONE;
        sharing = null;
    }

    /** Whether there is a profile of that name. */
    abstract boolean has(String name);

    /** The one that the session owns. */
    abstract ClientProfile present();

    /** Whether the one that the session owns is put aside, because its proxy has failed. */
    abstract boolean isAside();

    /**
     * Gives back what the session owns, if anything, and takes the profile of that name, or the next one of the rotation when
     * the name is null.
     *
     * @throws IllegalArgumentException when there is no profile of that name: then the session keeps what it owns
     * @throws ProfilesAsideException when all are put aside: then, too, the session keeps what it owns
     */
    abstract void exchange(@Nullable String name);

    /** Gives back what the session owns, if anything. */
    abstract void returnOwned();
}
