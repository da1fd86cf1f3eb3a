/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.session;

import io.github.camelsessions.cookie.CookieJar;
import io.github.camelsessions.profile.ClientProfile;
import org.jspecify.annotations.Nullable;

/**
 * One life of a session: the jar and the client profile between two renewals or clears. A request keeps the generation
 * it was admitted with, so a late response writes to its own, old jar, which nobody reads any more.
 *
 * <p>Compare generations by identity, never by number: a session that was evicted and created again starts at 0.
 *
 * <p>Thread-safe. Nothing changes but the jar, and the profile once, with the first use.
 */
public final class Generation {

    private final SessionKey session;
    private final long number;
    private final CookieJar jar;
    private volatile @Nullable ClientProfile profile;
    private boolean rotated; // written before profile, read after it

    Generation(SessionKey session, long number, CookieJar jar) {
        this.session = session;
        this.number = number;
        this.jar = jar;
    }

    /** The session this is a generation of. */
    public SessionKey session() {
        return session;
    }

    /** How many times the session was renewed or cleared before, 0 for the first generation. */
    public long number() {
        return number;
    }

    /**
     * The client identity of each request of this generation; {@link ClientProfile#NONE} without profiles, and before the
     * generation's first use.
     */
    public ClientProfile profile() {
        ClientProfile taken = profile;
        return taken == null ? ClientProfile.NONE : taken;
    }

    boolean hasProfile() {
        return profile != null;
    }

    /** Whether its profile was the next one of the rotation, so that it may be exchanged when its proxy fails. */
    public boolean isProfileRotated() {
        return hasProfile() && rotated;
    }

    /** Gives the generation its profile, once. */
    void takes(ClientProfile taken, boolean fromRotation) {
        rotated = fromRotation;
        profile = taken;
    }

    /** The cookies of this generation. */
    public CookieJar jar() {
        return jar;
    }

    @Override
    public String toString() {
        return session + "#" + number;
    }
}
